"""Taking a ticket, handing it over, and saying whether one is there: on the pages."""

import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.messages import get_messages
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers.enums import Role
from subscribers.errors import Refused
from tests.factories.people import MembershipFactory
from tests.tickets.conftest import HTMX, signed_in
from tickets.assignment.claims import take
from tickets.models import Presence, Ticket


def toast(response):
    return json.loads(response.headers["HX-Trigger"])["toast"]


def test_the_second_hears_who_has_it(desk, alice):
    ticket = desk.ticket()
    address = f"/tickets/{ticket.pk}/take/"
    assert toast(signed_in(desk.bob).post(address, {"seen": ""}, headers=HTMX))["text"] == "It is yours"
    second = alice.post(address, {"seen": ""}, headers=HTMX)
    assert (second.status_code, toast(second)["text"]) == (422, "Bob Keller has it already.")
    # Who knows whose it is may take it over.
    assert toast(alice.post(address, {"seen": desk.bob.pk}, headers=HTMX))["text"] == "It is yours"
    ticket.refresh_from_db()
    assert ticket.assignee == desk.alice


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_gets_it(desk):
    ticket, ready, heard = desk.ticket(), Barrier(2), []

    def claim(user):
        ready.wait(10)
        try:
            take(ticket, actor=user)
            heard.append("")
        except Refused as refused:
            heard.append(refused.message)
        connections.close_all()

    threads = [Thread(target=claim, args=(user,)) for user in (desk.alice, desk.bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    ticket.refresh_from_db()
    assert sorted(heard) == ["", f"{ticket.assignee} has it already."]


def test_handing_over_takes_a_note_along(desk, alice):
    ticket = desk.ticket()
    address = f"/tickets/{ticket.pk}/hand-over/"
    form = alice.get(address, headers=HTMX)
    assert [str(person) for person in form.context["form"].fields["to"].queryset] == ["Alice Martin", "Bob Keller"]
    response = alice.post(address, {"to": desk.bob.pk, "note": "They called twice.", "seen": ""}, headers=HTMX)
    assert (response.status_code, toast(response)["text"]) == (204, "Handed over to Bob Keller")
    ticket.refresh_from_db()
    assert ticket.assignee == desk.bob
    assert [message.text for message in ticket.messages.filter(kind="note")] == ["They called twice."]
    gone = alice.post(address, {"to": desk.alice.pk, "seen": ""}, headers=HTMX)
    assert (gone.status_code, gone.context["form"].non_field_errors()) == (422, ["Bob Keller has it already."])
    assert alice.post(address, {"to": desk.charlie.pk}).status_code == 422


def test_pages_tell_that_somebody_is_there(desk, alice):
    assert alice.post("/presence/").json() == {"state": "available", "words": "Available"}
    presence = Presence.objects.get(user=desk.alice)
    assert (presence.is_available(), presence.is_available(timezone.now() + timedelta(minutes=5))) == (True, False)


def test_one_says_whether_one_takes_tickets(desk, alice):
    response = alice.post("/availability/", {"state": "away", "until": "hour", "next": "/tickets/"})
    assert (response.status_code, response.url) == (302, "/tickets/")
    presence = Presence.objects.get(user=desk.alice)
    assert presence.is_away()
    assert timedelta(minutes=59) < presence.away_until - timezone.now() <= timedelta(hours=1)
    page = alice.get("/tickets/").content.decode()
    assert 'data-availability="away"' in page
    alice.post("/availability/", {"state": "available", "next": "https://elsewhere.example/"})
    presence.refresh_from_db()
    assert not presence.is_away()
    wrong = alice.post("/availability/", {"state": "away", "at": "2020-01-01 10:00"})
    assert [str(message) for message in get_messages(wrong.wsgi_request)][-1] == "Choose a time in the future."


def test_who_is_there_costs_the_same_for_many(desk, alice):
    desk.ticket()
    with CaptureQueriesContext(connection) as first:
        page = alice.get("/who/")
    [shown] = page.context["desks"]
    assert [(one.name, one.state) for one in shown.colleagues] == [
        ("Alice Martin", "offline"),
        ("Bob Keller", "offline"),
    ]
    assert [(one.queue.name, one.waiting) for one in shown.queues] == [("Support", 1)]
    for _ in range(3):
        Presence.objects.create(user=MembershipFactory(store=desk.store, role=Role.AGENT).user)
        desk.ticket()
    with CaptureQueriesContext(connection) as second:
        alice.get("/who/")
    assert len(second) == len(first)
    assert Ticket.objects.filter(assignee=None).count() == 4
