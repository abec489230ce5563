"""Opening a ticket for a customer who called."""

import pytest

from subscribers.models import Subscriber
from tests.factories.tickets import QueueFactory
from tickets.models import OutboundMail, Ticket


def said(desk, **changed):
    return {
        "email": "ana@mail.example",
        "name": "Ana Souza",
        "queue": desk.support.pk,
        "priority": "2",
        "subject": "Called about her box",
        "text": "It has not come.",
        **changed,
    }


def test_ticket_is_opened_for_the_customer_and_belongs_to_its_opener(desk, alice):
    response = alice.post("/tickets/new/", said(desk))
    ticket = Ticket.objects.get()
    assert (response.status_code, response.url) == (302, ticket.get_absolute_url())
    assert (ticket.subject, ticket.channel, ticket.priority) == ("Called about her box", "agent", 2)
    assert (ticket.subscriber.email, ticket.subscriber.name) == ("ana@mail.example", "Ana Souza")
    assert (ticket.assignee, ticket.queue) == (desk.alice, desk.support)
    assert list(ticket.messages.values_list("kind", "text")) == [("note", "It has not come.")]
    assert OutboundMail.objects.count() == 0


def test_known_customer_is_found_by_address(desk, alice):
    alice.post("/tickets/new/", said(desk))
    alice.post("/tickets/new/", said(desk, email="ANA@mail.example", name=""))
    assert [(one.email, one.tickets.count()) for one in Subscriber.objects.all()] == [("ana@mail.example", 2)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "ana"),
        ("subject", ""),
        ("subject", "x" * 501),
        ("text", "  "),
        ("priority", "9"),
        ("priority", ""),
        ("queue", ""),
        ("queue", "999999"),
    ],
)
def test_wrong_field_is_named_and_nothing_is_stored(desk, alice, field, value):
    response = alice.post("/tickets/new/", said(desk, **{field: value}))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert (Ticket.objects.count(), Subscriber.objects.count()) == (0, 0)
    if field != "subject":
        assert 'value="Called about her box"' in response.content.decode()


def test_queues_of_others_and_restricted_ones_are_not_offered(desk, alice):
    elsewhere = QueueFactory()
    assert list(alice.get("/tickets/new/").context["form"].fields["queue"].queryset) == [desk.support]
    for queue in (elsewhere, desk.closed):
        assert alice.post("/tickets/new/", said(desk, queue=queue.pk)).status_code == 422
    assert Ticket.objects.count() == 0


def test_address_may_come_with_the_link(desk, alice):
    page = alice.get("/tickets/new/?email=ana@mail.example").content.decode()
    assert 'value="ana@mail.example"' in page
