"""Pausing keeps what was used; another priority or queue keeps it too and moves the due time."""

import pytest

from tests.factories.people import UserFactory
from tests.factories.sla import STANDARD, PolicyFactory, TicketFactory, at, ticket_under_standard, version_of
from tests.factories.tickets import QueueFactory
from tickets.enums import Author, ClockState, Metric, Priority, TicketStatus
from tickets.models import Message
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply

pytestmark = pytest.mark.django_db
FIRST, NEXT, RESOLUTION = Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.RESOLUTION


def clock(ticket, metric, cycle=1):
    return ticket.clocks.get(metric=metric, cycle=cycle)


def kinds(clock):
    return list(clock.events.order_by("id").values_list("kind", flat=True))


@pytest.fixture
def ticket():
    ticket = ticket_under_standard()
    apply(ticket, TicketChange.OPENED, at=at("10:00"))
    return ticket


def test_pending_pauses_the_resolution_alone(ticket):
    apply(ticket, TicketChange.WAITING, at=at("12:00"))
    resolution = clock(ticket, RESOLUTION)
    assert (resolution.state, resolution.consumed_seconds, resolution.due_at) == (ClockState.PAUSED, 7200, None)
    assert clock(ticket, FIRST).state == ClockState.RUNNING


def test_paused_clock_leaves_the_ticket_without_its_due_time(ticket):
    apply(ticket, TicketChange.AGENT_REPLIED, at=at("11:00"))
    apply(ticket, TicketChange.WAITING, at=at("11:00"))
    ticket.refresh_from_db()
    assert ticket.next_due_at is None


def test_resume_adds_what_is_left(ticket):
    apply(ticket, TicketChange.WAITING, at=at("12:00"))
    apply(ticket, TicketChange.WORKING, at=at("12:00", day=2))
    assert clock(ticket, RESOLUTION).due_at == at("10:00", day=4)


def test_customer_message_resumes(ticket):
    apply(ticket, TicketChange.WAITING, at=at("12:00"))
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("12:00", day=2))
    assert clock(ticket, RESOLUTION).due_at == at("10:00", day=4)
    assert kinds(clock(ticket, RESOLUTION)) == ["start", "pause", "resume"]


def test_pausing_twice_and_resuming_twice_is_once(ticket):
    for change in (TicketChange.WAITING, TicketChange.WAITING, TicketChange.WORKING, TicketChange.WORKING):
        apply(ticket, change, at=at("12:00"))
    assert kinds(clock(ticket, RESOLUTION)) == ["start", "pause", "resume"]


def test_pausing_outside_hours_adds_nothing(ticket):
    apply(ticket, TicketChange.WAITING, at=at("19:00"))
    assert clock(ticket, RESOLUTION).consumed_seconds == 7 * 3600
    apply(ticket, TicketChange.WORKING, at=at("20:00"))
    apply(ticket, TicketChange.WAITING, at=at("06:00", day=1))
    assert clock(ticket, RESOLUTION).consumed_seconds == 7 * 3600


def test_pausing_after_breach_stays_breached(ticket):
    apply(ticket, TicketChange.WAITING, at=at("11:00", day=2))
    resolution = clock(ticket, RESOLUTION)
    assert (resolution.state, resolution.breached_at) == (ClockState.PAUSED, at("10:00", day=2))
    apply(ticket, TicketChange.WORKING, at=at("12:00", day=2))
    resolution = clock(ticket, RESOLUTION)
    assert (resolution.due_at, resolution.breached_at) == (at("12:00", day=2), at("10:00", day=2))
    apply(ticket, TicketChange.RESOLVED, at=at("13:00", day=2))
    assert kinds(clock(ticket, RESOLUTION)) == ["start", "breach", "pause", "resume", "met"]


def test_resolving_while_paused_resumes_first(ticket):
    apply(ticket, TicketChange.WAITING, at=at("12:00"))
    apply(ticket, TicketChange.RESOLVED, at=at("12:00", day=30))
    resolution = clock(ticket, RESOLUTION)
    assert kinds(resolution) == ["start", "pause", "resume", "met"]
    assert (resolution.met_at, resolution.breached_at) == (at("12:00", day=30), None)


def test_resume_that_arrives_late_counts_nothing_twice(ticket):
    apply(ticket, TicketChange.WAITING, at=at("12:00"))
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at("11:50"))
    assert clock(ticket, RESOLUTION).running_since == at("12:00")
    assert clock(ticket, RESOLUTION).due_at == at("10:00", day=2)


def test_higher_priority_keeps_what_is_consumed(ticket):
    ticket.priority = Priority.URGENT
    apply(ticket, TicketChange.RETARGETED, at=at("10:30"), cause="Priority urgent")
    first, resolution = clock(ticket, FIRST), clock(ticket, RESOLUTION)
    assert (first.target_seconds, first.consumed_seconds, first.due_at) == (3600, 1800, at("11:00"))
    assert first.warn_at == at("10:45")
    assert resolution.due_at == at("10:00", day=1)
    ticket.refresh_from_db()
    assert ticket.next_due_at == at("11:00")


def test_due_is_never_before_the_change(ticket):
    ticket.priority = Priority.URGENT
    apply(ticket, TicketChange.RETARGETED, at=at("11:30"))
    assert clock(ticket, FIRST).due_at == at("11:30")


def test_same_promise_leaves_no_line(ticket):
    ticket.priority = Priority.LOW
    version = clock(ticket, FIRST).version_id
    apply(ticket, TicketChange.RETARGETED, at=at("11:30"))
    assert (clock(ticket, FIRST).version_id, kinds(clock(ticket, FIRST))) == (version, ["start"])


def test_retarget_keeps_the_breach(ticket):
    ticket.priority = Priority.URGENT
    apply(ticket, TicketChange.RETARGETED, at=at("13:00"))
    ticket.priority = Priority.LOW
    apply(ticket, TicketChange.RETARGETED, at=at("13:05"))
    first = clock(ticket, FIRST)
    assert first.breached_at == at("12:00")
    assert kinds(first) == ["start", "breach", "retarget", "retarget"]


def test_retarget_of_a_paused_clock_stays_paused(ticket):
    apply(ticket, TicketChange.WAITING, at=at("12:00"))
    ticket.priority = Priority.URGENT
    apply(ticket, TicketChange.RETARGETED, at=at("13:00"))
    resolution = clock(ticket, RESOLUTION)
    assert (resolution.state, resolution.due_at, resolution.target_seconds) == (ClockState.PAUSED, None, 8 * 3600)
    apply(ticket, TicketChange.WORKING, at=at("09:00", day=1))
    assert clock(ticket, RESOLUTION).due_at == at("15:00", day=1)


def test_queue_move_follows_the_new_queues_policy(ticket):
    vip = QueueFactory(store=ticket.store)
    version_of(PolicyFactory(store=ticket.store, queue=vip, position=1), [(FIRST, None, 1), (RESOLUTION, None, 4)])
    ticket.queue = vip
    apply(ticket, TicketChange.RETARGETED, at=at("10:30"))
    assert (clock(ticket, FIRST).due_at, clock(ticket, RESOLUTION).due_at) == (at("11:00"), at("14:00"))


def test_queue_move_cancels_what_the_new_policy_lacks(ticket):
    calm = QueueFactory(store=ticket.store)
    version_of(PolicyFactory(store=ticket.store, queue=calm, position=1), [(FIRST, None, 4)])
    ticket.queue = calm
    apply(ticket, TicketChange.RETARGETED, at=at("10:30"))
    assert (clock(ticket, FIRST).due_at, clock(ticket, RESOLUTION).state) == (at("14:00"), ClockState.CANCELLED)


def test_trip_through_a_queue_without_promises_wins_nothing(ticket):
    home, quiet = ticket.queue, QueueFactory(store=ticket.store)
    PolicyFactory(store=ticket.store, queue=quiet, position=1).versions.create(
        number=1, calendar=ticket.store.calendars.get()
    )
    ticket.queue = quiet
    apply(ticket, TicketChange.RETARGETED, at=at("10:30"))
    assert not ticket.clocks.filter(state__in=("running", "paused")).exists()
    ticket.queue = home
    apply(ticket, TicketChange.RETARGETED, at=at("11:00"))
    assert clock(ticket, FIRST, 2).due_at == at("12:00")
    assert clock(ticket, RESOLUTION, 2).consumed_seconds == 1800


def test_queue_move_to_the_first_promise_counts_replies_from_the_customers_message():
    ticket = TicketFactory()
    apply(ticket, TicketChange.OPENED, at=at("10:00"))
    version_of(PolicyFactory(store=ticket.store), STANDARD)
    apply(ticket, TicketChange.RETARGETED, at=at("11:00"))
    assert clock(ticket, FIRST).due_at == at("12:00")
    assert clock(ticket, RESOLUTION).started_at == at("11:00")


def test_queue_move_of_an_answered_ticket_owes_the_next_reply():
    ticket = TicketFactory(waiting_since=at("11:00"))
    Message.objects.create(ticket=ticket, author_kind=Author.AGENT, author=UserFactory(), text="Hello")
    version_of(PolicyFactory(store=ticket.store), STANDARD)
    apply(ticket, TicketChange.RETARGETED, at=at("11:30"))
    assert sorted(ticket.clocks.values_list("metric", "due_at"))[0] == (NEXT, at("15:00"))


def test_promise_to_a_pending_ticket_begins_paused(ticket):
    quiet, home = QueueFactory(store=ticket.store), ticket.queue
    PolicyFactory(store=ticket.store, queue=quiet, position=1).versions.create(
        number=1, calendar=ticket.store.calendars.get()
    )
    apply(ticket, TicketChange.AGENT_REPLIED, at=at("10:30"))
    apply(ticket, TicketChange.WAITING, at=at("10:30"))
    ticket.status, ticket.waiting_since, ticket.queue = TicketStatus.PENDING, None, quiet
    apply(ticket, TicketChange.RETARGETED, at=at("11:00"))
    ticket.queue = home
    apply(ticket, TicketChange.RETARGETED, at=at("12:00"))
    again = clock(ticket, RESOLUTION, 2)
    assert (again.state, again.consumed_seconds) == (ClockState.PAUSED, 1800)
