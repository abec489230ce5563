"""The services drive the clocks: a ticket's story, with the promises that a new store starts with."""

import pytest

from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory
from tests.factories.tickets import MailboxFactory, QueueFactory, make_ticket
from tickets.enums import Automatic, ClockState, Metric, OutboundState, TicketStatus
from tickets.models import Clock, OutboundMail
from tickets.services.conversation import add_note, post_system_message, receive_message, reply, reply_failed
from tickets.services.messages import NewMessage
from tickets.services.tickets import change_status, move, resolve
from tickets.sla.ledger import replay
from tickets.sla.starter import install_sla

pytestmark = pytest.mark.django_db
FIRST, NEXT, RESOLUTION = Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.RESOLUTION


@pytest.fixture
def store():
    store = StoreFactory()
    MailboxFactory(queue=QueueFactory(store=store, is_default=True))
    install_sla(store)
    return store


@pytest.fixture
def alice(store):
    return MembershipFactory(store=store).user


@pytest.fixture
def ticket(store):
    return make_ticket(subscriber=SubscriberFactory(store=store))


def states(ticket):
    return {(c.metric, c.cycle): c.state for c in ticket.clocks.all()}


def customer_writes(ticket, text="And now?", automatic=""):
    message = NewMessage(text=text, automatic=automatic)
    receive_message(ticket, subscriber=ticket.subscriber, message=message)


def test_new_ticket_has_two_running_clocks(ticket):
    assert states(ticket) == {(FIRST, 1): ClockState.RUNNING, (RESOLUTION, 1): ClockState.RUNNING}
    ticket.refresh_from_db()
    assert ticket.next_due_at == ticket.clocks.get(metric=FIRST).due_at


def test_answer_meets_the_first_reply_and_pauses_the_resolution(ticket, alice):
    reply(ticket, author=alice, text="It is on its way.", key="1")
    assert states(ticket) == {(FIRST, 1): ClockState.MET, (RESOLUTION, 1): ClockState.PAUSED}
    ticket.refresh_from_db()
    assert ticket.next_due_at is None


def test_customers_answer_resumes_and_owes_the_next_reply(ticket, alice):
    reply(ticket, author=alice, text="It is on its way.", key="1")
    customer_writes(ticket)
    assert states(ticket) == {
        (FIRST, 1): ClockState.MET,
        (NEXT, 1): ClockState.RUNNING,
        (RESOLUTION, 1): ClockState.RUNNING,
    }


def test_note_flow_mail_and_out_of_office_change_nothing(ticket, alice):
    before = list(ticket.clocks.order_by("pk").values())
    add_note(ticket, author=alice, text="Checked with the carrier.")
    post_system_message(ticket, text="We received your mail.", key="ack")
    customer_writes(ticket, "I am away.", automatic=Automatic.AUTO_REPLY)
    assert list(ticket.clocks.order_by("pk").values()) == before


def test_out_of_office_alone_starts_no_clock_and_a_person_after_it_does(store):
    subscriber = SubscriberFactory(store=store)
    away = NewMessage(text="I am away.", automatic=Automatic.AUTO_REPLY)
    ticket = make_ticket(subscriber=subscriber, message=away)
    assert states(ticket) == {}
    customer_writes(ticket, "I am back. Where is my box?")
    assert states(ticket) == {(FIRST, 1): ClockState.RUNNING, (RESOLUTION, 1): ClockState.RUNNING}


def test_customer_who_answers_a_resolved_ticket_starts_new_cycles(ticket, alice):
    reply(ticket, author=alice, text="Here you are.", key="1", status=TicketStatus.RESOLVED)
    assert states(ticket) == {(FIRST, 1): ClockState.MET, (RESOLUTION, 1): ClockState.MET}
    customer_writes(ticket, "It is broken again.")
    assert states(ticket) == {
        (FIRST, 1): ClockState.MET,
        (NEXT, 1): ClockState.RUNNING,
        (RESOLUTION, 1): ClockState.MET,
        (RESOLUTION, 2): ClockState.RUNNING,
    }


def test_on_hold_does_not_pause(ticket, alice):
    change_status(ticket, actor=alice, status=TicketStatus.ON_HOLD)
    assert states(ticket) == {(FIRST, 1): ClockState.RUNNING, (RESOLUTION, 1): ClockState.RUNNING}


def test_move_and_resolve_without_an_answer(ticket, alice):
    move(ticket, actor=alice, queue=QueueFactory(store=ticket.store))
    resolve(ticket, actor=alice)
    assert states(ticket) == {(FIRST, 1): ClockState.CANCELLED, (RESOLUTION, 1): ClockState.MET}


def test_an_answer_that_never_arrived_satisfies_nothing(ticket, alice):
    """As refused by the customer's mail server: owed again, since when it was, and the ticket is ours."""
    asked = ticket.clocks.get(metric=FIRST)
    message = reply(ticket, author=alice, text="Sorry!", key="1")
    OutboundMail.objects.update(state=OutboundState.FAILED)
    reply_failed(message)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since) == (TicketStatus.OPEN, ticket.opened_at)
    first, second = ticket.clocks.filter(metric=FIRST).order_by("cycle")
    assert (first.state, first.met_at, second.state) == (ClockState.CANCELLED, None, ClockState.RUNNING)
    assert (second.started_at, second.due_at) == (asked.started_at, asked.due_at)
    assert ticket.clocks.get(metric=RESOLUTION).state == ClockState.RUNNING
    assert replay(first.events.order_by("pk")).met_at is None


def test_an_answer_that_never_arrived_reopens_what_it_resolved(ticket, alice):
    message = reply(ticket, author=alice, text="Done.", key="1", status=TicketStatus.RESOLVED)
    OutboundMail.objects.update(state=OutboundState.FAILED)
    reply_failed(message)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolved_at) == (TicketStatus.OPEN, None)


def test_a_later_answer_stands_for_one_that_never_arrived(ticket, alice):
    message = reply(ticket, author=alice, text="Sorry!", key="1")
    reply(ticket, author=alice, text="Again, sorry!", key="2")
    OutboundMail.objects.filter(message=message).update(state=OutboundState.FAILED)
    reply_failed(message)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since) == (TicketStatus.PENDING, None)
    assert ticket.clocks.get(metric=FIRST).state == ClockState.MET


def test_an_answered_ticket_that_comes_to_its_first_promise_gets_a_resolution(store, alice, ticket):
    reply(ticket, author=alice, text="Hello", key="1", status=TicketStatus.OPEN)
    Clock.objects.filter(ticket=ticket).delete()
    move(ticket, actor=alice, queue=QueueFactory(store=store))
    assert list(ticket.clocks.values_list("metric", "state")) == [(RESOLUTION, ClockState.RUNNING)]
