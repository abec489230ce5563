"""Every change of a ticket goes through one service, is written down, and drives what follows."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from subscribers.enums import Role
from subscribers.errors import Refused
from tests.factories.people import MembershipFactory, StoreFactory, UserFactory
from tests.factories.subscriptions import BoxFactory
from tests.factories.tickets import DetectionRuleFactory, QueueFactory, ReasonFactory, make_ticket
from tests.thorough import examples
from tickets import signals
from tickets.enums import MessageKind, Priority, TicketEventKind, TicketStatus
from tickets.models import OutboundMail, Ticket, TicketEvent
from tickets.services.conversation import add_note, receive_message, reply
from tickets.services.messages import NewMessage
from tickets.services.tickets import TRANSITIONS, assign, change_status, move, resolve, set_box, set_priority
from tickets.services.topics import add_topic, reject_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    return make_ticket()


@pytest.fixture
def agent(ticket):
    return MembershipFactory(store=ticket.store).user


def last(ticket: Ticket) -> TicketEvent:
    return ticket.events.order_by("-pk").first()


def customer_writes(ticket: Ticket, **fields):
    return receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="Hello?", **fields))


def test_reply_leaves_as_a_row_and_waits_for_the_customer(ticket, agent):
    message = reply(ticket, author=agent, text="It is on its way.", key="1")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee, ticket.waiting_since) == (TicketStatus.PENDING, agent, None)
    outbound = OutboundMail.objects.get()
    assert (outbound.message, outbound.recipient, outbound.state) == (message, ticket.subscriber.email, "queued")


def test_reply_sent_twice_answers_once(ticket, agent):
    first = reply(ticket, author=agent, text="Hello", key="same")
    assert reply(ticket, author=agent, text="Hello", key="same") == first
    assert OutboundMail.objects.count() == 1


def test_empty_reply_is_refused(ticket, agent):
    with pytest.raises(Refused):
        reply(ticket, author=agent, text=" ", key="1")
    assert ticket.messages.count() == 1


def test_reply_to_a_resolved_ticket_reopens_it(ticket, agent):
    resolve(ticket, actor=agent)
    reply(ticket, author=agent, text="One more thing.", key="1")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolved_at) == (TicketStatus.PENDING, None)


def test_reply_may_resolve(ticket, agent):
    reply(ticket, author=agent, text="Done.", key="1", status=TicketStatus.RESOLVED)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.RESOLVED


def test_reply_may_leave_a_new_ticket_open(ticket, agent):
    reply(ticket, author=agent, text="I look into it.", key="1", status=None)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN


def test_note_stays_inside(ticket, agent):
    note = add_note(ticket, author=agent, text="Be kind")
    ticket.refresh_from_db()
    assert (note.kind, ticket.status, OutboundMail.objects.count()) == (MessageKind.NOTE, TicketStatus.NEW, 0)


@pytest.mark.parametrize("status", [TicketStatus.PENDING, TicketStatus.RESOLVED])
def test_customer_brings_a_ticket_back(ticket, agent, status):
    change_status(ticket, actor=agent, status=status)
    customer_writes(ticket)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.resolved_at, ticket.waiting_since is not None) == (TicketStatus.OPEN, None, True)


def test_out_of_office_brings_nothing_back(ticket, agent):
    resolve(ticket, actor=agent)
    customer_writes(ticket, automatic="auto_reply")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.messages.count()) == (TicketStatus.RESOLVED, 2)


def test_second_question_keeps_the_first_ones_waiting(ticket):
    since = Ticket.objects.get(pk=ticket.pk).waiting_since
    customer_writes(ticket)
    ticket.refresh_from_db()
    assert ticket.waiting_since == since


@pytest.mark.parametrize("before", TicketStatus)
@pytest.mark.parametrize("after", TicketStatus)
def test_status_moves_as_the_table_says(ticket, agent, before, after):
    if before != TicketStatus.NEW:
        change_status(ticket, actor=agent, status=before)
    if after == before:
        events = ticket.events.count()
        change_status(ticket, actor=agent, status=after)
        assert ticket.events.count() == events
    elif after in TRANSITIONS[before]:
        change_status(ticket, actor=agent, status=after)
        event = last(ticket)
        assert (event.from_value, event.to_value, event.actor) == (before, after, agent)
    else:
        with pytest.raises(Refused):
            change_status(ticket, actor=agent, status=after)


def test_facts_are_told_with_what_they_promise(ticket, agent):
    told = []

    def hear(name):
        def receiver(sender, **facts):
            facts.pop("signal")
            told.append((name, sender, sorted(facts)))

        return receiver

    names = ["agent_replied", "customer_replied", "ticket_resolved", "ticket_reopened"]
    receivers = {name: hear(name) for name in names}
    for name, receiver in receivers.items():
        getattr(signals, name).connect(receiver)
    try:
        reply(ticket, author=agent, text="Hello", key="1", status=TicketStatus.RESOLVED)
        customer_writes(ticket)
    finally:
        for name, receiver in receivers.items():
            getattr(signals, name).disconnect(receiver)
    assert told == [
        ("ticket_resolved", Ticket, ["actor", "ticket"]),
        ("agent_replied", Ticket, ["message", "ticket"]),
        ("ticket_reopened", Ticket, ["actor", "ticket"]),
        ("customer_replied", Ticket, ["message", "ticket"]),
    ]


def test_ticket_goes_only_to_who_may_see_it(ticket, agent):
    with pytest.raises(Refused):
        assign(ticket, actor=agent, assignee=UserFactory())
    assign(ticket, actor=agent, assignee=agent)
    assign(ticket, actor=agent, assignee=None)
    assert list(ticket.events.filter(kind=TicketEventKind.ASSIGNED).values_list("to_value", flat=True)) == [
        agent.name,
        "",
    ]


def test_restricted_queue_is_its_members(ticket, agent):
    restricted = QueueFactory(store=ticket.store, is_restricted=True)
    move(ticket, actor=agent, queue=restricted)
    member = MembershipFactory(store=ticket.store).user
    restricted.members.add(member)
    lead = MembershipFactory(store=ticket.store, role=Role.LEAD).user
    seeing = [user for user in (agent, member, lead, UserFactory()) if Ticket.objects.visible_to(user).exists()]
    assert seeing == [member, lead]


def test_moving_to_another_store_is_refused(ticket, agent):
    with pytest.raises(Refused):
        move(ticket, actor=agent, queue=QueueFactory())


def test_priority_is_written_down(ticket, agent):
    set_priority(ticket, actor=agent, priority=Priority.URGENT)
    set_priority(ticket, actor=agent, priority=Priority.URGENT)
    changes = ticket.events.filter(kind=TicketEventKind.PRIORITY_CHANGED)
    assert list(changes.values_list("from_value", "to_value")) == [("Normal", "Urgent")]


def test_box_of_somebody_else_is_refused(ticket, agent):
    with pytest.raises(Refused):
        set_box(ticket, actor=agent, box=BoxFactory())


def test_rejected_topic_stays_rejected_for_rules(ticket, agent):
    DetectionRuleFactory()
    customer_writes_damage(ticket)
    reject_topic(ticket, reason=ReasonFactory(), actor=agent)
    customer_writes_damage(ticket)
    topic = ticket.topics.get()
    assert (topic.rejected_at is not None, topic.decided_by) == (True, agent)


def customer_writes_damage(ticket: Ticket):
    return receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="It arrived broken."))


def test_topic_of_another_store_is_refused(ticket, agent):
    with pytest.raises(Refused):
        add_topic(ticket, reason=ReasonFactory(store=StoreFactory(), key="own"), actor=agent)


def test_history_cannot_be_changed(ticket):
    with pytest.raises(IntegrityError), transaction.atomic():
        ticket.events.update(to_value="nothing happened")


def test_database_refuses_a_resolved_ticket_without_its_time(ticket):
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(status=TicketStatus.RESOLVED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(resolved_at=timezone.now())


class AnyHistory(TestCase):
    """Whatever people do, in any order, a ticket's row agrees with its history."""

    @settings(max_examples=examples(10), deadline=None)
    @given(
        st.lists(st.sampled_from(["reply", "customer", "pending", "on_hold", "open", "resolved", "note"]), max_size=12)
    )
    def test_row_agrees_with_its_history(self, steps):
        ticket = make_ticket()
        agent = MembershipFactory(store=ticket.store).user
        for number, step in enumerate(steps):
            try:
                if step == "reply":
                    reply(ticket, author=agent, text="Hello", key=str(number))
                elif step == "customer":
                    customer_writes(ticket)
                elif step == "note":
                    add_note(ticket, author=agent, text="Hm")
                else:
                    change_status(ticket, actor=agent, status=TicketStatus(step))
            except Refused:
                continue
        ticket.refresh_from_db()
        kinds = (TicketEventKind.STATUS_CHANGED, TicketEventKind.RESOLVED, TicketEventKind.REOPENED)
        changes = ticket.events.filter(kind__in=kinds).order_by("pk").values_list("from_value", "to_value")
        status = TicketStatus.NEW
        for before, after in changes:
            assert before == status
            status = after
        assert ticket.status == status
        messages = ticket.messages.filter(kind=MessageKind.PUBLIC).order_by("pk").values_list("author_kind", flat=True)
        if ticket.waiting_since is not None:
            assert list(messages)[-1] == "subscriber"


def test_late_mail_counts_from_when_it_reached_us(ticket, agent):
    Ticket.objects.filter(pk=ticket.pk).update(updated_at=timezone.now() - timedelta(hours=9))
    received_at = timezone.now() - timedelta(hours=3)
    new = NewMessage(text="More")
    message = receive_message(ticket, subscriber=ticket.subscriber, message=new, received_at=received_at)
    assert message.created_at == received_at


def test_late_mail_never_counts_from_before_the_last_change(ticket, agent):
    reply(ticket, author=agent, text="Hello", key="1")
    ticket.refresh_from_db()
    received_at = timezone.now() - timedelta(hours=3)
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="More"), received_at=received_at)
    assert Ticket.objects.get(pk=ticket.pk).waiting_since == ticket.updated_at


def test_nobody_keeps_a_ticket_that_they_cannot_see(ticket, agent):
    assign(ticket, actor=agent, assignee=agent)
    move(ticket, actor=agent, queue=QueueFactory(store=ticket.store, is_restricted=True))
    ticket.refresh_from_db()
    assert (ticket.assignee, last(ticket).kind, last(ticket).to_value) == (None, TicketEventKind.ASSIGNED, "")
