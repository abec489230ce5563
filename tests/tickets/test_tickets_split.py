"""A part of a ticket becomes one of its own, and merging takes it back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from subscribers.errors import Refused
from tests.factories.people import SubscriberFactory
from tests.tickets.conftest import Desk
from tickets.enums import MessageState, TicketStatus
from tickets.linked import linked
from tickets.models import Message, Ticket
from tickets.services import merging, splitting
from tickets.services.conversation import receive_message, reply
from tickets.services.messages import NewMessage
from tickets.wording import words_of


def texts(ticket: Ticket) -> list[str]:
    rows = Message.objects.filter(ticket=ticket).exclude(state=MessageState.WITHDRAWN)
    return list(rows.order_by("created_at", "pk").values_list("text", flat=True))


def ids(ticket: Ticket, *wanted: str) -> list[int]:
    return list(Message.objects.filter(ticket=ticket, text__in=wanted).values_list("pk", flat=True))


@pytest.fixture
def ticket(desk: Desk) -> Ticket:
    """Asked, answered, and another thing asked under the same subject."""
    made = desk.ticket("Where is my box?", opened_at=timezone.now() - timedelta(hours=5))
    reply(made, author=desk.alice, text="On its way.", key="a")
    receive_message(made, message=NewMessage(text="And my card is new."), subscriber=made.subscriber)
    made.refresh_from_db()
    return made


def test_what_goes_waits_since_it_was_written_and_what_stays_is_answered(desk: Desk, ticket: Ticket) -> None:
    asked_at = ticket.waiting_since
    (message,) = ids(ticket, "And my card is new.")
    made = splitting.split(ticket, messages=[message], actor=desk.alice, subject="New card")
    ticket.refresh_from_db()
    made.refresh_from_db()
    assert (texts(ticket), texts(made)) == (["Where is my box?", "On its way."], ["And my card is new."])
    assert (made.subject, made.status, made.opened_at, made.waiting_since) == (
        "New card",
        TicketStatus.NEW,
        asked_at,
        asked_at,
    )
    assert (ticket.waiting_since, made.subscriber, made.queue) == (None, ticket.subscriber, ticket.queue)
    assert [one.ticket for one in linked(ticket, desk.alice)] == [made]
    assert words_of(ticket.events.get(kind="split_off")) == f"made {made.number} of a part of it"
    assert words_of(made.events.get(kind="split_from")) == f"split it off {ticket.number}"
    assert [one.address for one in made.participants.all()] == [one.address for one in ticket.participants.all()]


def test_an_exchange_that_was_answered_goes_with_its_answer(desk: Desk, ticket: Ticket) -> None:
    going = ids(ticket, "Where is my box?", "On its way.")
    made = splitting.split(ticket, messages=going, actor=desk.alice)
    ticket.refresh_from_db()
    assert (made.status, made.waiting_since, made.subject) == (TicketStatus.PENDING, None, ticket.subject)
    assert (texts(ticket), ticket.waiting_since is None) == (["And my card is new."], False)
    assert set(made.outbound_mails.values_list("message__text", flat=True)) == {"On its way."}


def test_merging_takes_it_back(desk: Desk, ticket: Ticket) -> None:
    before, waited = texts(ticket), ticket.waiting_since
    made = splitting.split(ticket, messages=ids(ticket, "And my card is new."), actor=desk.alice)
    merging.merge(made, into=ticket, actor=desk.alice)
    ticket.refresh_from_db()
    assert (texts(ticket), ticket.waiting_since) == (before, waited)


def test_what_cannot_be_split_is_refused_and_nothing_is_moved(desk: Desk, ticket: Ticket) -> None:
    reply(ticket, author=desk.alice, text="Changed.", key="b", undo_seconds=30)
    everything = ids(ticket, *texts(ticket))
    waiting, asked = ids(ticket, "Changed."), ids(ticket, "And my card is new.")
    for wrong in ([], everything, ids(ticket, "On its way."), [*asked, 10**9], [*asked, *waiting]):
        with pytest.raises(Refused):
            splitting.split(ticket, messages=wrong, actor=desk.alice)
    assert Ticket.objects.count() == 1


def test_the_page_splits_once(desk: Desk, alice: Client, ticket: Ticket) -> None:
    address = reverse("ticket-split", args=[ticket.pk])
    (message,) = ids(ticket, "And my card is new.")
    page = alice.get(address, {"from": message}).content.decode()
    assert (page.count('name="message"'), page.count(" checked")) == (3, 1)
    posted = {"message": [message], "subject": "New card", "queue": desk.support.pk}
    answered = alice.post(address, posted)
    made = Ticket.objects.get(subject="New card")
    assert (answered.status_code, answered.headers["Location"]) == (302, made.get_absolute_url())
    again = alice.post(address, posted)
    assert (again.status_code, "Choose messages of this ticket." in again.content.decode()) == (422, True)
    assert alice.post(address, posted | {"queue": desk.closed.pk}).status_code == 404
    assert Ticket.objects.count() == 2


def test_a_mail_that_answers_what_went_joins_the_new_ticket(desk: Desk) -> None:
    person = SubscriberFactory(store=desk.store)
    first = NewMessage(text="One", rfc822_id="one@mail.example")
    ticket = desk.ticket(subscriber=person, message=first)
    receive_message(ticket, message=NewMessage(text="Two", rfc822_id="two@mail.example"), subscriber=person)
    made = splitting.split(ticket, messages=ids(ticket, "Two"), actor=desk.alice)
    known = Message.objects.filter(references__reference="two@mail.example").get()
    assert known.ticket == made
