"""Answers that wait: an undo, a schedule, a customer who writes meanwhile. Until one leaves, it satisfied nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from subscribers.errors import Refused
from tests.thorough import examples
from tests.tickets.mail.plumbing import letter, make_world
from tickets.enums import ClockState, MessageState, Metric, OutboundState, TicketStatus
from tickets.mail import sending
from tickets.models import OutboundMail
from tickets.services.conversation import receive_message, reply
from tickets.services.leaving import let_go, schedule, send_now, take_back
from tickets.services.messages import NewAttachment, NewMessage
from tickets.sla.starter import install_sla


@pytest.fixture
def ticket(world):
    install_sla(world.store)
    return world.open()


def make_due() -> None:
    OutboundMail.objects.filter(state=OutboundState.PLANNED).update(not_before=timezone.now() - timedelta(seconds=1))


def states(ticket) -> list[tuple[str, str]]:
    return list(ticket.clocks.order_by("pk").values_list("metric", "state"))


def customer_writes(ticket, text="And another thing"):
    return receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text=text))


def tomorrow():
    return timezone.now() + timedelta(days=1)


def test_an_answer_counts_from_when_it_leaves(world, ticket, outside):
    before = states(ticket)
    message = reply(ticket, author=world.alice, text="Done.", key="1", status=TicketStatus.RESOLVED, undo_seconds=10)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since, states(ticket)) == ("new", ticket.opened_at, before)
    assert (let_go(), sending.sweep(), outside.mails) == (0, 0, [])

    make_due()
    assert (let_go(), let_go(), sending.sweep(), len(outside.mails)) == (1, 0, 1, 1)
    ticket.refresh_from_db()
    message.refresh_from_db()
    clock = ticket.clocks.get(metric=Metric.FIRST_REPLY)
    assert (ticket.status, message.state, clock.state) == ("resolved", MessageState.SAID, ClockState.MET)
    assert clock.met_at == message.created_at == message.sent_at
    with pytest.raises(Refused):
        take_back(message, actor=world.alice)


def test_taken_back_nothing_was_said(world, ticket, outside):
    before = states(ticket)
    message = reply(ticket, author=world.alice, text="Done.", key="1", status=TicketStatus.RESOLVED, undo_seconds=10)
    take_back(message, actor=world.alice)
    make_due()
    assert (let_go(), sending.sweep(), outside.mails) == (0, 0, [])
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since, states(ticket)) == ("new", ticket.opened_at, before)
    assert OutboundMail.objects.get().state == OutboundState.CANCELLED
    # The same request once more, late: it was answered before.
    assert reply(ticket, author=world.alice, text="Done.", key="1") == message


def test_files_of_an_answer_taken_back_go_with_the_next(world, ticket, outside):
    files = (NewAttachment("a.txt", "text/plain", b"a"), NewAttachment("b.txt", "text/plain", b"b"))
    first = reply(ticket, author=world.alice, text="See", key="1", attachments=files, undo_seconds=10)
    take_back(first, actor=world.alice)
    kept = list(first.attachments.filter(name="b.txt"))
    reply(ticket, author=world.alice, text="See b", key="2", resumes=first, kept=kept)
    sending.sweep()
    (mail,) = outside.mails
    assert [(file.get_filename(), file.get_content()) for file in mail.iter_attachments()] == [("b.txt", "b")]


def test_a_customer_who_writes_in_those_seconds_is_still_owed_an_answer(world, ticket):
    reply(ticket, author=world.alice, text="Done.", key="1", status=TicketStatus.RESOLVED, undo_seconds=10)
    came = customer_writes(ticket)
    make_due()
    let_go()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since) == ("open", came.created_at)
    assert states(ticket) == [("first_reply", "met"), ("resolution", "running"), ("next_reply", "running")]
    assert ticket.clocks.get(metric=Metric.NEXT_REPLY).started_at == came.created_at


def test_a_scheduled_answer_is_held_when_the_customer_writes_first(world, ticket, outside):
    message = reply(ticket, author=world.alice, text="Tomorrow", key="1", send_at=tomorrow())
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == ("new", world.alice)
    world.take(letter("Never mind", In_Reply_To="", References="", Subject=f"[{ticket.number}]"))
    message.refresh_from_db()
    assert message.state == MessageState.HELD
    make_due()
    assert (let_go(), outside.mails) == (0, [])

    schedule(message, actor=world.alice, send_at=tomorrow())
    make_due()
    assert (let_go(), sending.sweep(), len(outside.mails)) == (1, 1, 1)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since) == ("pending", None)


@pytest.mark.parametrize("moment", [timedelta(0), timedelta(days=-1), timedelta(days=400)])
def test_a_time_that_cannot_be_is_refused(world, ticket, moment):
    with pytest.raises(Refused):
        reply(ticket, author=world.alice, text="Then", key="1", send_at=timezone.now() + moment)
    assert not OutboundMail.objects.exists()


def test_a_deleted_ticket_sends_nothing_any_more(world, ticket, outside):
    message = reply(ticket, author=world.alice, text="Then", key="1", send_at=tomorrow())
    type(ticket).objects.filter(pk=ticket.pk).update(deleted_at=timezone.now(), deleted_as="deleted")
    make_due()
    let_go()
    message.refresh_from_db()
    assert (message.state, OutboundMail.objects.get().state) == (MessageState.WITHDRAWN, OutboundState.CANCELLED)


STEPS = st.lists(st.sampled_from(["answer", "schedule", "undo", "now", "due", "customer"]), max_size=8)


class AnyOrder(TestCase):
    """Whatever agents and customers do: what was sent is what was said, and a promise is met only by that."""

    @given(steps=STEPS)
    @settings(max_examples=examples(10), deadline=None)
    def test_what_left_is_what_was_said(self, steps: list[str]) -> None:
        world = make_world("any", "any@demo.example")
        install_sla(world.store)
        ticket = world.open(To="any@demo.example")
        for number, step in enumerate(steps):
            waiting = ticket.messages.filter(state__in=("leaving", "scheduled", "held")).order_by("pk").first()
            if step in ("answer", "schedule"):
                later = {"undo_seconds": 10} if step == "answer" else {"send_at": tomorrow()}
                reply(ticket, author=world.alice, text=str(number), key=str(number), **later)
            elif step == "customer":
                customer_writes(ticket)
            elif step == "due":
                make_due()
                let_go()
            elif waiting is not None:
                (take_back if step == "undo" else send_now)(waiting, actor=world.alice)
        ticket.refresh_from_db()
        said = ticket.messages.filter(author_kind="agent", state="said")
        left = OutboundMail.objects.filter(ticket=ticket).exclude(state__in=("planned", "cancelled"))
        assert set(left.values_list("message", flat=True)) == set(said.values_list("pk", flat=True))
        assert ticket.clocks.filter(metric="first_reply", state="met").exists() == said.exists()
        for clock in ticket.clocks.filter(met_at__isnull=False, metric__in=("first_reply", "next_reply")):
            assert said.filter(created_at=clock.met_at).exists()
        last = said.order_by("-created_at").first()
        asked = ticket.messages.filter(author_kind="subscriber")
        owed = asked.filter(created_at__gt=last.created_at).exists() if last else True
        assert not owed or ticket.waiting_since is not None
