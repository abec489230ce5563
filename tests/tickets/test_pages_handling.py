"""What is done with a whole ticket, from its page."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.tickets.conftest import HTMX, Desk, signed_in
from tickets.enums import DeletedAs
from tickets.models import BlockedSender, Ticket, TicketMerge
from tickets.services import merging


def post(client: Client, name: str, ticket: Ticket, **data: object) -> str:
    response = client.post(reverse(name, args=[ticket.pk]), data, headers=HTMX)
    assert response.status_code == 200, response.headers.get("HX-Trigger")
    return response.content.decode()


def test_tags_are_added_suggested_and_taken_off(desk: Desk, alice: Client) -> None:
    ticket = desk.ticket()
    assert "Take off the tag vip" in post(alice, "ticket-tag-add", ticket, tag="vip")
    found = alice.get(reverse("tag-suggestions"), {"for": ticket.pk, "tag": "VI"}).content.decode()
    assert found.strip() == '<option value="vip"></option>'
    assert "vip" not in post(alice, "ticket-tag-remove", ticket, tag="vip").split('id="ticket-facts"')[1]
    refused = alice.post(reverse("ticket-tag-add", args=[ticket.pk]), {"tag": " "}, headers=HTMX)
    assert refused.status_code == 422


def test_a_ticket_is_put_aside_and_woken(desk: Desk, alice: Client) -> None:
    ticket = desk.ticket()
    address = reverse("ticket-snooze", args=[ticket.pk])
    assert "Tomorrow morning" in alice.get(address, headers=HTMX).content.decode()
    assert "Put aside until" in post(alice, "ticket-snooze", ticket, choice="tomorrow")
    ticket.refresh_from_db()
    assert ticket.snoozed_until > timezone.now()
    assert "woke it" in post(alice, "ticket-wake", ticket)
    assert alice.post(address, {"choice": "at"}, headers=HTMX).status_code == 422
    assert alice.post(address, {"choice": "delivery"}, headers=HTMX).status_code == 422


def test_following_starts_and_stops(desk: Desk, alice: Client) -> None:
    ticket = desk.ticket()
    assert "Followed by Alice Martin" in post(alice, "ticket-follow", ticket)
    assert "Followed by" not in post(alice, "ticket-follow", ticket, stop="1")


@pytest.mark.parametrize(("name", "kind"), [("ticket-delete", DeletedAs.DELETED), ("ticket-spam", DeletedAs.SPAM)])
def test_what_is_thrown_away_is_listed_and_comes_back(desk: Desk, alice: Client, name: str, kind: DeletedAs) -> None:
    ticket = desk.ticket()
    assert "It is in no list" in post(alice, name, ticket, block="1")
    assert BlockedSender.objects.count() == (kind == DeletedAs.SPAM)
    page = alice.get(reverse("ticket-discarded"), {"as": kind}).content.decode()
    assert f'id="ticket-{ticket.pk}"' in page
    assert alice.get(ticket.get_absolute_url()).status_code == 200
    assert signed_in(desk.charlie).get(ticket.get_absolute_url()).status_code == 404
    assert "It is in no list" not in post(alice, "ticket-restore", ticket)
    assert BlockedSender.objects.count() == 0
    assert ticket.clocks.filter(state="running").count() == ticket.clocks.values("metric").distinct().count()


def test_merging_is_looked_at_done_and_taken_back(desk: Desk, alice: Client) -> None:
    source, target = desk.ticket("And my tea?"), desk.ticket("Where is it?")
    address = reverse("ticket-merge", args=[source.pk])
    assert alice.get(address).status_code == 200
    assert target.number in alice.get(address, {"into": f"t-{target.pk}"}).content.decode()
    assert alice.get(address, {"into": "T-1"}).status_code == 422
    alice.post(address, {"into": target.pk})
    seen = alice.get(source.get_absolute_url())
    assert (seen.status_code, seen.headers["Location"]) == (302, target.get_absolute_url())
    assert "And my tea?" in alice.get(target.get_absolute_url()).content.decode()
    row = TicketMerge.objects.get()
    assert (
        "are two again"
        in alice.post(reverse("ticket-unmerge", args=[target.pk]), {"merge": row.pk}, headers=HTMX).headers[
            "HX-Trigger"
        ]
    )
    assert alice.get(source.get_absolute_url()).status_code == 200


def test_history_tells_every_change_in_words(desk: Desk, alice: Client) -> None:
    source, target = desk.ticket(), desk.ticket()
    post(alice, "ticket-tag-add", target, tag="vip")
    merging.merge(source, into=target, actor=desk.bob)
    page = alice.get(reverse("ticket-history", args=[target.pk])).content.decode()
    assert "tagged it “vip”" in page
    assert f"merged {source.number} into it" in page
    about = alice.get(reverse("ticket-history", args=[target.pk]), {"about": "people"}).content.decode()
    assert "tagged it" not in about
