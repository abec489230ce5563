"""The search box takes any text; what it understands of it is told by examples."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tickets.models import Ticket
from tickets.search.finding import Part, ask, newest
from tickets.search.parsing import KEYS, Operator, Search, Word, parse

PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [f"{key}:" for key in sorted(KEYS)] + ['"', "-", "*", "'", "\\", "T-", "#", ":*", "is:open", "!", "&"]
    ),
)


@pytest.mark.parametrize(
    ("text", "words", "operators"),
    [
        ("broken lid", [Word("broken"), Word("lid", is_beginning=True)], []),
        ("lid jar*", [Word("lid"), Word("jar", is_beginning=True)], []),
        ("jar* of", [Word("jar", is_beginning=True), Word("of")], []),
        ('"jar of honey"', [Word("jar of honey")], []),
        ('-"jar of" -lid', [Word("jar of", is_excluded=True), Word("lid", is_excluded=True)], []),
        ("is:open CYCLE:1", [], [Operator("is", "open"), Operator("cycle", "1")]),
        ('-queue:"Late boxes" tea', [Word("tea", is_beginning=True)], [Operator("queue", "Late boxes", True)]),
        ("from:ana@mail.example", [Word("ana@mail.example", place="B")], []),
        ("https://shop.example/x", [Word("https://shop.example/x")], []),
        ("from: tea", [Word("from:"), Word("tea", is_beginning=True)], []),
        ('"open', [Word("open")], []),
        ("& | !", [], []),
        ("", [], []),
    ],
)
def test_text_is_taken_apart(text, words, operators):
    found = parse(text)
    assert (list(found.words), list(found.operators)) == (words, operators)


@given(st.lists(PIECES, max_size=8))
def test_any_text_is_a_search(pieces):
    found = parse("".join(pieces))
    assert isinstance(found, Search)
    assert len(found.words) + len(found.operators) <= 20


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PIECES, max_size=6))
def test_any_search_is_answered(desk, pieces):
    asked = ask(parse("".join(pieces)), desk.alice)
    assert newest(Ticket.objects.visible_to(desk.alice), asked, Part(3)) == []
    with connection.cursor() as cursor:  # the transaction lives on
        cursor.execute("SELECT 1")
