"""What facts say of how somebody fares: signals, each with its moment and the row that it rests on. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from subscribers.cancellation.enums import SessionState
from subscribers.enums import PAID_CYCLE, BoxStatus, CycleStatus
from success.health.enums import SignalKind
from success.health.facts import Person, TicketRow
from success.milestones.enums import EngagementKind, MilestoneState
from success.milestones.facts import BoxRow, CycleRow, Life
from tickets.enums import DAMAGED

# Topics by which a ticket is a complaint, with the store's own ones below them.
COMPLAINTS = frozenset(
    (DAMAGED, "missing_item", "wrong_item", "late", "quality", "did_not_like", "billing", "customer_service")
)
SLOW = timedelta(hours=72)
LATE = timedelta(days=2)  # after the day on which it was expected: its evening, and a day of grace in any time zone
QUARTER = timedelta(days=90)
BAD_SCORE = 2


class Signal(NamedTuple):
    kind: str
    at: datetime
    key: str  # the row that it rests on, such as ticket:1042


class Read(NamedTuple):
    """The signals, and the next moment at which there is another one though nothing happens."""

    signals: list[Signal]
    next_at: datetime | None


def read(person: Person, now: datetime) -> Read:
    """Everything that is so by now. Moments to come are kept back, and the earliest is told."""
    found: list[Signal] = []
    next_at: datetime | None = None
    for signal in _every(person):
        if signal.at <= now:
            found.append(signal)
        elif next_at is None or signal.at < next_at:
            next_at = signal.at
    return Read(found, next_at)


def _every(person: Person) -> Iterator[Signal]:
    for life in person.lives:
        if life.is_live:
            yield from _of_life(life)
            yield from (_of_box(box) for box in life.boxes if _is_ever_late(box))
    yield from _of_milestones(person)
    yield from _of_engagements(person)
    yield from _tenure(person)
    for ticket in person.tickets:
        yield from _of_ticket(ticket)
    yield from _of_cancelling(person)


def _of_life(life: Life) -> Iterator[Signal]:
    last_paid = max((cycle.number for cycle in life.cycles if cycle.status in PAID_CYCLE), default=0)
    in_a_row: list[CycleRow] = []
    for cycle in life.cycles:
        key = f"cycle:{cycle.pk}"
        if cycle.status in PAID_CYCLE and cycle.number > 1 and cycle.billed_at is not None:
            yield Signal(SignalKind.RENEWED, cycle.billed_at, key)
        elif cycle.status == CycleStatus.SKIPPED:
            yield Signal(SignalKind.SKIPPED, life.skipped_at.get(cycle.pk, cycle.expected_at), key)
        elif cycle.status in (CycleStatus.FAILED, CycleStatus.LOST):
            yield Signal(SignalKind.PAYMENT_FAILED, life.failed_at.get(cycle.pk, cycle.expected_at), key)
        if cycle.status != CycleStatus.SKIPPED:
            in_a_row = []
            continue
        in_a_row.append(cycle)
        if len(in_a_row) == 2 and cycle.number > last_paid:
            told = (life.skipped_at.get(one.pk, one.expected_at) for one in in_a_row)
            yield Signal(SignalKind.SKIPPED_TWICE, max(told), key)
    if life.paused_at is not None:
        yield Signal(SignalKind.PAUSED, life.paused_at, f"subscription:{life.pk}")


def _is_ever_late(box: BoxRow) -> bool:
    if box.expected_on is None or box.status == BoxStatus.CANCELLED:
        return False
    return box.delivered_at is None or box.delivered_at >= _midnight(box.expected_on) + LATE


def _of_box(box: BoxRow) -> Signal:
    """A box that is not there yet is late from a moment to come."""
    expected_on = box.expected_on or date.max
    return Signal(SignalKind.BOX_LATE, _midnight(expected_on) + LATE, f"box:{box.pk}")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _of_milestones(person: Person) -> Iterator[Signal]:
    live = {life.pk for life in person.lives if life.is_live}
    kinds = {
        MilestoneState.ACHIEVED: SignalKind.MILESTONE_ACHIEVED,
        MilestoneState.BEHIND: SignalKind.MILESTONE_BEHIND,
        MilestoneState.STUCK: SignalKind.MILESTONE_STUCK,
    }
    for row in person.milestones:
        kind = kinds.get(MilestoneState(row.state))
        if kind is not None and row.subscription_id in live:
            yield Signal(kind, row.since, f"milestone:{row.pk}")


def _of_engagements(person: Person) -> Iterator[Signal]:
    told = {one.pk: one for life in person.lives for one in life.engagements}
    latest = {one.ticket_id: one for one in told.values() if one.kind == EngagementKind.RATED}
    for one in told.values():
        if one.kind != EngagementKind.RATED:
            yield Signal(SignalKind.ENGAGED, one.at, f"engagement:{one.pk}")
    for one in latest.values():  # whoever rates again means the last one
        if one.number is not None and one.number <= BAD_SCORE:
            yield Signal(SignalKind.LOW_SATISFACTION, one.at, f"ticket:{one.ticket_id}")


def _tenure(person: Person) -> Iterator[Signal]:
    """A signal a quarter since the oldest subscription that lives; the next one is a moment to come."""
    live = min((life for life in person.lives if life.is_live), key=lambda life: life.started_at, default=None)
    if live is not None:
        for number in range(1, 9):
            yield Signal(SignalKind.TENURE, live.started_at + number * QUARTER, f"subscription:{live.pk}")


def _of_ticket(ticket: TicketRow) -> Iterator[Signal]:
    key = f"ticket:{ticket.pk}"
    if ticket.cycle_index == 1:
        yield Signal(SignalKind.CYCLE_ONE_TICKET, ticket.opened_at, key)
    if DAMAGED in ticket.topics:
        yield Signal(SignalKind.DAMAGED_BOX, ticket.topics[DAMAGED], key)
    if ticket.resolved_at is None and not COMPLAINTS.isdisjoint(ticket.topics):
        yield Signal(SignalKind.COMPLAINT_OPEN, ticket.opened_at, key)
    if ticket.resolved_at is None or ticket.resolved_at - ticket.opened_at > SLOW:
        yield Signal(SignalKind.SLOW_RESOLUTION, ticket.opened_at + SLOW, key)
    for at in ticket.breaches:
        yield Signal(SignalKind.SLA_BREACHED, at, key)
    for at in ticket.reopened:
        yield Signal(SignalKind.REOPENED, at, key)


def _of_cancelling(person: Person) -> Iterator[Signal]:
    """Who only looked, or was kept in another subscription that ended since, is not about to go."""
    live = {life.pk for life in person.lives if life.is_live}
    for session in person.sessions:
        if session.subscription_id in live and session.state != SessionState.BOUNCED:
            yield Signal(SignalKind.CANCELLATION_STARTED, session.started_at, f"session:{session.pk}")
    told = {session.subscription_id for session in person.sessions if session.state == SessionState.CANCELLED}
    for life in person.lives:
        if life.is_live and life.cancels_at is not None and life.pk not in told:
            at = life.cancel_told_at or life.started_at
            yield Signal(SignalKind.CANCELLATION_STARTED, at, f"subscription:{life.pk}")
