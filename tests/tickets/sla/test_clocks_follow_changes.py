"""What each change of a ticket does to its clocks, the known edge cases by name."""

import pytest

from subscribers.models import Subscriber
from tests.factories.people import UserFactory
from tests.factories.sla import PolicyFactory, TicketFactory, at, ticket_under_standard, version_of
from tickets.enums import Author, ClockState, MessageKind, Metric, TicketEventKind, TicketStatus
from tickets.models import ClockEvent, Message
from tickets.sla.changes import ACTIONS, TicketChange
from tickets.sla.clocks import apply
from tickets.sla.sweep import sweep_clocks

pytestmark = pytest.mark.django_db
FIRST, NEXT, RESOLUTION = Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.RESOLUTION


def clock(ticket, metric, cycle=1):
    return ticket.clocks.get(metric=metric, cycle=cycle)


def kinds(clock):
    return list(clock.events.order_by("id").values_list("kind", flat=True))


def opened(**fields):
    ticket = ticket_under_standard(**fields)
    apply(ticket, TicketChange.OPENED, at=at("10:00"), cause="Opened")
    return ticket


def answer(ticket, when, author):
    """An agent's public message, as the service writes it, and what it does."""
    Message.objects.create(ticket=ticket, author_kind=Author.AGENT, author=author, text="We are on it.", sent_at=when)
    ticket.waiting_since = None
    apply(ticket, TicketChange.AGENT_REPLIED, at=when)


def states(ticket):
    return {(c.metric, c.cycle): c.state for c in ticket.clocks.all()}


def test_every_change_is_in_the_table():
    assert set(ACTIONS) == set(TicketChange)


def test_opening_starts_first_reply_and_resolution():
    ticket = opened()
    assert states(ticket) == {(FIRST, 1): ClockState.RUNNING, (RESOLUTION, 1): ClockState.RUNNING}
    assert clock(ticket, FIRST).due_at == at("12:00")
    assert clock(ticket, FIRST).warn_at == at("11:30")
    assert clock(ticket, RESOLUTION).due_at == at("10:00", day=2)
    ticket.refresh_from_db()
    assert ticket.next_due_at == at("12:00")


def test_ledger_says_what_was_promised_and_why():
    ticket = opened()
    line = clock(ticket, FIRST).events.get()
    assert (line.kind, line.occurred_at, line.due_at) == ("start", at("10:00"), at("12:00"))
    assert line.data == {
        "change": "opened",
        "cause": "Opened",
        "version": clock(ticket, FIRST).version_id,
        "target_seconds": 7200,
        "in_business_time": True,
    }


def test_second_customer_message_before_a_reply_does_not_restart():
    ticket = opened()
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("11:00"))
    assert states(ticket) == {(FIRST, 1): ClockState.RUNNING, (RESOLUTION, 1): ClockState.RUNNING}
    assert clock(ticket, FIRST).due_at == at("12:00")


def test_agent_created_ticket_owes_the_next_public_reply():
    ticket = ticket_under_standard(waiting_since=None)
    apply(ticket, TicketChange.OPENED_BY_AGENT, at=at("10:00"))
    assert clock(ticket, FIRST).state == ClockState.RUNNING
    answer(ticket, at("10:30"), UserFactory())
    assert (clock(ticket, FIRST).state, clock(ticket, FIRST).met_at) == (ClockState.MET, at("10:30"))


def test_reply_meets_at_the_time_of_the_message():
    ticket = opened()
    answer(ticket, at("11:00"), UserFactory())
    first = clock(ticket, FIRST)
    assert (first.met_at, first.breached_at, first.consumed_seconds) == (at("11:00"), None, 3600)
    assert ticket.next_due_at == clock(ticket, RESOLUTION).due_at


def test_reply_at_the_due_time_is_in_time():
    ticket = opened()
    answer(ticket, at("12:00"), UserFactory())
    assert clock(ticket, FIRST).breached_at is None


def test_late_reply_is_breached_at_the_due_time_though_no_sweep_ran():
    ticket = opened()
    answer(ticket, at("12:20"), UserFactory())
    first = clock(ticket, FIRST)
    assert (first.state, first.breached_at, first.met_at) == (ClockState.MET, at("12:00"), at("12:20"))
    assert kinds(first) == ["start", "breach", "met"]
    event = ticket.events.get(kind=TicketEventKind.SLA_BREACHED)
    assert (event.occurred_at, event.data) == (at("12:00"), {"clock": first.pk, "metric": "first_reply"})


def test_next_reply_counts_from_the_oldest_unanswered_message():
    ticket = opened()
    answer(ticket, at("11:00"), UserFactory())
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("12:00"))
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("13:00"))
    assert clock(ticket, NEXT).due_at == at("16:00")
    assert states(ticket)[FIRST, 1] == ClockState.MET


def test_every_exchange_is_a_cycle_of_next_reply():
    alice = UserFactory()
    ticket = opened()
    answer(ticket, at("10:10"), alice)
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("10:20"))
    answer(ticket, at("10:30"), alice)
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("10:40"))
    assert states(ticket) == {
        (FIRST, 1): ClockState.MET,
        (NEXT, 1): ClockState.MET,
        (NEXT, 2): ClockState.RUNNING,
        (RESOLUTION, 1): ClockState.RUNNING,
    }


def test_resolve_after_thanks_cancels_next_reply():
    ticket = opened()
    answer(ticket, at("10:10"), UserFactory())
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("10:20"))
    apply(ticket, TicketChange.RESOLVED, at=at("10:30"))
    next_reply = clock(ticket, NEXT)
    assert (next_reply.state, next_reply.cancelled_at) == (ClockState.CANCELLED, at("10:30"))
    assert (next_reply.met_at, next_reply.breached_at) == (None, None)
    assert clock(ticket, RESOLUTION).state == ClockState.MET
    ticket.refresh_from_db()
    assert ticket.next_due_at is None


def test_resolve_without_reply_is_neither_met_nor_breached():
    ticket = opened()
    apply(ticket, TicketChange.RESOLVED, at=at("11:00"))
    first = clock(ticket, FIRST)
    assert (first.state, first.met_at, first.breached_at) == (ClockState.CANCELLED, None, None)


def test_resolve_without_reply_when_overdue_stays_breached():
    ticket = opened()
    apply(ticket, TicketChange.RESOLVED, at=at("13:00"))
    first = clock(ticket, FIRST)
    assert (first.state, first.breached_at) == (ClockState.CANCELLED, at("12:00"))


def test_reopen_is_a_new_resolution_cycle_and_the_old_one_is_kept():
    ticket = opened()
    answer(ticket, at("10:10"), UserFactory())
    apply(ticket, TicketChange.RESOLVED, at=at("10:10"))
    apply(ticket, TicketChange.REOPENED, at=at("10:00", day=1))
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("10:00", day=1))
    assert states(ticket) == {
        (FIRST, 1): ClockState.MET,
        (NEXT, 1): ClockState.RUNNING,
        (RESOLUTION, 1): ClockState.MET,
        (RESOLUTION, 2): ClockState.RUNNING,
    }
    assert clock(ticket, RESOLUTION).met_at == at("10:10")
    assert clock(ticket, RESOLUTION, 2).due_at == at("10:00", day=3)


def test_reopen_of_a_ticket_that_nobody_answered_owes_its_first_reply():
    ticket = opened()
    apply(ticket, TicketChange.RESOLVED, at=at("10:10"))
    apply(ticket, TicketChange.REOPENED, at=at("11:00"))
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("11:00"))
    assert clock(ticket, FIRST, 2).due_at == at("13:00")
    assert not ticket.clocks.filter(metric=NEXT).exists()


def test_notes_and_machines_satisfy_nothing():
    ticket = opened()
    Message.objects.create(ticket=ticket, kind=MessageKind.NOTE, author_kind=Author.SYSTEM, text="A note")
    Message.objects.create(ticket=ticket, author_kind=Author.SYSTEM, text="We received your mail.")
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("10:30"))
    assert clock(ticket, FIRST).state == ClockState.RUNNING


def test_ticket_opened_by_a_machine_owes_from_the_first_human_message():
    ticket = ticket_under_standard(waiting_since=None)
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("14:00"))
    assert clock(ticket, FIRST).due_at == at("16:00")
    assert clock(ticket, RESOLUTION).started_at == at("14:00")


def test_spam_cancels_without_a_breach():
    ticket = opened()
    apply(ticket, TicketChange.DISCARDED, at=at("15:00"), cause="Spam")
    assert [(c.state, c.breached_at) for c in ticket.clocks.all()] == [(ClockState.CANCELLED, None)] * 2
    ticket.refresh_from_db()
    assert ticket.next_due_at is None


def test_message_that_arrives_late_but_was_sent_in_time_takes_a_recorded_breach_back():
    ticket = opened()
    sweep_clocks(now=at("12:05"))
    assert clock(ticket, FIRST).breached_at == at("12:00")
    answer(ticket, at("11:58"), UserFactory())
    first = clock(ticket, FIRST)
    assert (first.met_at, first.breached_at) == (at("11:58"), None)
    assert kinds(first) == ["start", "breach", "met"]


def test_opening_outside_hours_counts_from_the_next_opening():
    ticket = ticket_under_standard()
    apply(ticket, TicketChange.OPENED, at=at("20:00", day=4))
    assert clock(ticket, FIRST).due_at == at("11:00", day=7)


def test_calendar_time_counts_every_hour():
    ticket = TicketFactory()
    version_of(PolicyFactory(store=ticket.store), [(FIRST, None, 2, False)])
    apply(ticket, TicketChange.OPENED, at=at("20:00", day=4))
    assert clock(ticket, FIRST).due_at == at("22:00", day=4)


def test_without_a_policy_there_is_no_clock():
    ticket = TicketFactory()
    for change in TicketChange:
        apply(ticket, change, at=at("10:00"))
    assert not ticket.clocks.exists()
    assert ticket.next_due_at is None


def test_edited_policy_counts_for_later_cycles_only():
    ticket = opened()
    policy = ticket.store.sla_policies.get()
    version_of(policy, [(FIRST, None, 1), (NEXT, None, 1)])
    assert clock(ticket, FIRST).due_at == at("12:00")
    answer(ticket, at("11:00"), UserFactory())
    assert clock(ticket, FIRST).version.number == 1
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("12:00"))
    assert (clock(ticket, NEXT).version.number, clock(ticket, NEXT).due_at) == (2, at("13:00"))


def test_calendar_with_no_open_day_does_not_stop_a_ticket(caplog):
    ticket = TicketFactory()
    version_of(PolicyFactory(store=ticket.store), [(FIRST, None, 2)], calendar_form={"tz": "UTC", "hours": {}})
    apply(ticket, TicketChange.OPENED, at=at("20:00"))
    assert clock(ticket, FIRST).due_at == at("22:00")
    assert "closed on every day" in caplog.text


def test_people_and_their_tickets_can_be_erased_with_their_ledgers():
    ticket = opened()
    ticket.delete()
    assert ClockEvent.objects.count() == 0
    assert Subscriber.objects.count() == 1


def test_resolved_ticket_has_no_due_time():
    ticket = opened()
    ticket.status = TicketStatus.RESOLVED
    apply(ticket, TicketChange.RESOLVED, at=at("11:00"))
    apply(ticket, TicketChange.RETARGETED, at=at("11:05"))
    assert ticket.next_due_at is None
    assert set(states(ticket).values()) == {ClockState.CANCELLED, ClockState.MET}
