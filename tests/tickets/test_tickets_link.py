"""Tickets are linked with each other, and no longer; both tell of it."""

import pytest
from django.test import Client
from django.urls import reverse

from subscribers.errors import Refused
from tests.factories.tickets import make_ticket
from tests.tickets.conftest import HTMX, Desk
from tests.tickets.test_pages_queries import asked
from tickets.enums import TicketEventKind
from tickets.linked import Relation, linked, number_in
from tickets.models import Ticket, TicketLink
from tickets.services import linking, merging
from tickets.wording import words_of


def seen(desk: Desk, ticket: Ticket) -> list[tuple[str, Ticket]]:
    return [(one.relation.value, one.ticket) for one in linked(ticket, desk.alice)]


def told(ticket: Ticket) -> list[str]:
    kinds = (TicketEventKind.LINKED, TicketEventKind.UNLINKED)
    return [words_of(event) for event in ticket.events.filter(kind__in=kinds).order_by("pk")]


@pytest.mark.parametrize("relation", Relation)
def test_a_link_reads_from_both_sides_and_is_told_in_both_histories(desk: Desk, relation: Relation) -> None:
    one, other = desk.ticket("Broken jar"), desk.ticket("Broken lid")
    linking.link(one, to=other, relation=relation, actor=desk.alice)
    assert seen(desk, one) == [(relation.value, other)]
    assert seen(desk, other) == [(relation.reversed.value, one)]
    how, back = str(relation.label).lower(), str(relation.reversed.label).lower()
    assert told(one) == [f"linked it: {how} {other.number}"]
    assert told(other) == [f"linked it: {back} {one.number}"]


def test_a_pair_has_one_link_and_the_last_word_counts(desk: Desk) -> None:
    one, other = desk.ticket(), desk.ticket()
    first = linking.link(one, to=other, relation=Relation.RELATED, actor=desk.alice)
    assert linking.link(other, to=one, relation=Relation.RELATED, actor=desk.alice) == first
    linking.link(one, to=other, relation=Relation.DUPLICATE, actor=desk.alice)
    linking.link(other, to=one, relation=Relation.DUPLICATE, actor=desk.alice)
    assert seen(desk, one) == [("original", other)]
    assert len(told(one)) == 3


def test_a_link_is_removed_once(desk: Desk) -> None:
    one, other, third = desk.ticket(), desk.ticket(), desk.ticket()
    row = linking.link(one, to=other, relation=Relation.CAUSED, actor=desk.alice)
    assert linking.unlink(third, link=row.pk, actor=desk.alice) is False
    assert linking.unlink(other, link=row.pk, actor=desk.alice) is True
    assert linking.unlink(other, link=row.pk, actor=desk.alice) is False
    assert (seen(desk, one), told(one)[1:]) == ([], [f"removed the link with {other.number}"])


def test_a_merge_brings_links_along_and_takes_them_back(desk: Desk) -> None:
    source, target, first, both = desk.ticket(), desk.ticket(), desk.ticket(), desk.ticket()
    linking.link(first, to=source, relation=Relation.CAUSED, actor=desk.alice)
    linking.link(source, to=both, relation=Relation.RELATED, actor=desk.alice)
    linking.link(target, to=both, relation=Relation.DUPLICATE, actor=desk.alice)
    linking.link(source, to=target, relation=Relation.DUPLICATE, actor=desk.alice)
    row = merging.merge(source, into=target, actor=desk.alice)
    assert seen(desk, target) == [("cause", first), ("duplicate", both)]
    merging.unmerge(row, actor=desk.alice)
    assert seen(desk, source) == [("cause", first), ("related", both), ("duplicate", target)]
    assert seen(desk, target) == [("duplicate", both), ("original", source)]


def test_what_cannot_be_linked_is_refused_in_words(desk: Desk) -> None:
    one, elsewhere = desk.ticket(), make_ticket()
    with pytest.raises(Refused, match="with itself"):
        linking.link(one, to=one, relation=Relation.RELATED, actor=desk.alice)
    with pytest.raises(Refused, match="two stores"):
        linking.link(one, to=elsewhere, relation=Relation.RELATED, actor=desk.alice)
    assert not TicketLink.objects.exists()


def test_the_page_links_by_number_and_address_and_unlinks(desk: Desk, alice: Client) -> None:
    one, other, third = desk.ticket("Broken jar"), desk.ticket("Broken lid"), desk.ticket("Broken cup")
    address = reverse("ticket-link-add", args=[one.pk])
    page = alice.post(address, {"to": other.number, "relation": "duplicate"}, headers=HTMX).content.decode()
    assert "Duplicate of" in page.split('id="ticket-links"')[1]
    alice.post(address, {"to": f"https://desk.example{third.get_absolute_url()}#message-1"})
    assert seen(desk, one) == [("duplicate", other), ("related", third)]
    for wrong in ("", "nonsense", "T-999999", one.number, str(make_ticket().pk)):
        assert alice.post(address, {"to": wrong}, headers=HTMX).status_code == 422
    row = TicketLink.objects.get(other=other)
    alice.post(reverse("ticket-link-remove", args=[one.pk]), {"link": row.pk}, headers=HTMX)
    assert seen(desk, one) == [("related", third)]


def test_the_page_asks_the_same_with_one_link_and_with_three(desk: Desk, alice: Client) -> None:
    one = desk.ticket()
    address = one.get_absolute_url()
    counts = []
    for _ in range(3):
        linking.link(one, to=desk.ticket(), relation=Relation.RELATED, actor=desk.alice)
        counts.append(len(asked(lambda: alice.get(address))))
    assert counts[0] == counts[2]


@pytest.mark.parametrize(
    ("text", "number"),
    [("T-1042", 1042), (" t-7 ", 7), ("#12", 12), ("12", 12), ("https://x.example/tickets/31/?part=live", 31)]
    + [(text, None) for text in ("", "T-", "twelve", "12 13", "/tickets/", "١٢", "9" * 19)],
)
def test_numbers_are_read_as_people_write_them(text: str, number: int | None) -> None:
    assert number_in(text) == number
