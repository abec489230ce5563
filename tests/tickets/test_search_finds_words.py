"""Lists are searched by the words of messages, too."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickets.models import Message, Ticket
from tickets.models.messages import SEARCHED_CHARACTERS
from tickets.selectors import search


def numbers(words: str) -> list[int]:
    return list(search(Ticket.objects.order_by("pk"), words).values_list("pk", flat=True))


@pytest.mark.parametrize(
    "words",
    ["marmalade", "MARMALADE", "marma", "jar of", "jar of marm", '"of marmalade"', "lid -honey", "größe", "T-{pk}"],
)
def test_words_beginnings_and_phrases_are_found(desk, words):
    ticket = desk.ticket("The jar of marmalade came without its lid. Größe passt.")
    desk.ticket("The jar of honey came without its lid, too.", subject="Another")
    assert numbers(words.format(pk=ticket.pk)) == ([ticket.pk] if words != "jar of" else numbers("jar"))


@pytest.mark.parametrize("words", ["marmelade", "-jar", "'", "a:*", '"', "\\", "(jar", "& |", "ja:*r", "jar's"])
def test_other_words_and_operators_find_nothing_and_raise_nothing(desk, words):
    ticket = desk.ticket("The jar of marmalade came without its lid.")
    assert numbers(words) in ([], [ticket.pk])


def test_another_stores_words_are_not_found(desk):
    desk.ticket("A secret word: rhubarb.", queue=desk.closed)
    assert list(search(Ticket.objects.visible_to(desk.alice), "rhubarb")) == []


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(letters=st.text("ab é日-/@.:\U0001f600", min_size=1, max_size=40))
def test_no_text_is_too_long_to_be_stored(desk, letters):
    ticket = desk.ticket("Hello")
    Message.objects.filter(ticket=ticket).update(text=letters * (300_000 // len(letters)))


def test_many_different_words_are_not_too_many(desk):
    text = " ".join(chr(0x4E00 + number % 20_000) + chr(0x4E00 + number // 7 % 20_000) for number in range(200_000))
    ticket = desk.ticket("Hello")
    Message.objects.filter(ticket=ticket).update(text=text)
    assert numbers(text[:SEARCHED_CHARACTERS].split()[-2]) == [ticket.pk]
