"""Why a promise is due then, on the ticket page: for whom, by how many questions, in whose time."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.tickets.conftest import HTMX, signed_in
from tickets.enums import TicketStatus
from tickets.services.conversation import receive_message, reply
from tickets.services.messages import NewMessage
from tickets.services.tickets import change_status
from tickets.sla.starter import install_sla


@pytest.fixture
def ticket(desk):
    install_sla(desk.store)
    return desk.ticket()


def address(ticket, clock) -> str:
    return reverse("ticket-promise", args=[ticket.pk, clock.pk])


def test_explanation_tells_ledger_policy_and_drawing(ticket, alice):
    clock = ticket.clocks.get(metric="resolution")
    response = alice.get(address(ticket, clock), headers=HTMX)
    told = response.context["told"]
    assert {line.kind for line in told.lines} - {"closed"} == {"start", "now", "due"}
    assert told.policy == "Standard, version 1"
    page = response.content.decode()
    assert "18 h of business time (Office hours, UTC)" in page
    assert re.findall(r'aria-labelledby="([^"]+)"', page) == [f"timeline-{clock.pk}-title timeline-{clock.pk}-desc"]


def test_times_are_in_the_readers_zone(desk, ticket, alice):
    desk.alice.time_zone = "Asia/Tokyo"
    desk.alice.save()
    told = alice.get(address(ticket, ticket.clocks.first())).context["told"]
    assert told.zone_note == "Open hours are kept in UTC; times here are in Asia/Tokyo."


def test_every_promise_of_the_panel_opens_its_own(ticket, alice):
    page = alice.get(ticket.get_absolute_url()).content.decode()
    clocks = ticket.clocks.order_by("pk")
    assert sorted(re.findall(r'hx-get="([^"]+/promises/\d+/)"', page)) == [address(ticket, one) for one in clocks]
    assert re.findall(r'aria-expanded="(\w+)" aria-controls="(promise-\d+)"', page) == [
        ("false", f"promise-{one.pk}") for one in clocks
    ]


def test_clock_of_another_ticket_is_not_found(desk, ticket, alice):
    other = desk.ticket()
    assert alice.get(address(ticket, other.clocks.first())).status_code == 404
    assert alice.get(address(ticket, ticket.clocks.first())).status_code == 200


def test_ticket_out_of_sight_is_not_found(desk, ticket, alice):
    hidden = desk.ticket(queue=desk.closed)
    assert alice.get(address(hidden, hidden.clocks.first())).status_code == 404
    assert signed_in(desk.bob).get(address(hidden, hidden.clocks.first())).status_code == 200
    assert signed_in(desk.charlie).get(address(ticket, ticket.clocks.first())).status_code == 404


def test_nobody_is_asked_to_sign_in(ticket, client):
    asked = address(ticket, ticket.clocks.first())
    assert client.get(asked).url == f"/sign-in/?next={asked}"


def test_explanation_is_not_posted_to(ticket, alice):
    assert alice.post(address(ticket, ticket.clocks.first())).status_code == 405


def test_long_ledger_asks_no_more_than_a_short_one(desk, ticket, alice):
    clock = ticket.clocks.get(metric="resolution")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert alice.get(address(ticket, clock)).status_code == 200
        return len(queries)

    short = asked()
    for key in ("a", "b", "c"):
        reply(ticket, author=desk.alice, text="Sorry.", key=key)
        receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="Still broken"))
    change_status(ticket, actor=desk.alice, status=TicketStatus.RESOLVED)
    assert clock.events.count() > 6
    assert (asked(), short) == (short, 6)
