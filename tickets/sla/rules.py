"""The rules of one clock. Each changes the clock in memory and returns the lines of its ledger; none queries.

A rule that finds the clock overdue first records the breach, at the due time: what is true of a clock never hangs on
when a sweep ran. A change that arrives late (mail) counts from where the clock stood already, so that nothing is
counted twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets.enums import ClockEventKind, ClockState
from tickets.models import Clock, ClockEvent
from tickets.sla.business_time import Calendar

Lines = list[ClockEvent]


@dataclass(frozen=True)
class Counting:
    """How a clock's time is counted, and when it warns: at a share of its target, or so many of its seconds before
    its end."""

    calendar: Calendar
    warn_at_share: float | None
    warn_before_seconds: int | None = None

    def unwarned(self, target_seconds: float) -> float:
        """How much of a target passes without a warning."""
        if self.warn_at_share is not None:
            return target_seconds * self.warn_at_share
        return max(0.0, target_seconds - (self.warn_before_seconds or 0))


def start(clock: Clock, counting: Counting) -> Lines:
    _run(clock, clock.started_at, counting)
    return [_line(clock, ClockEventKind.START, clock.started_at, **_promise(clock))]


def pause(clock: Clock, at: datetime, counting: Counting) -> Lines:
    if clock.state != ClockState.RUNNING:
        return []
    lines = settle(clock, at)
    at = _stop(clock, at, counting)
    clock.state, clock.due_at, clock.warn_at = ClockState.PAUSED, None, None
    return [*lines, _line(clock, ClockEventKind.PAUSE, at)]


def resume(clock: Clock, at: datetime, counting: Counting, paused_at: datetime | None) -> Lines:
    if clock.state != ClockState.PAUSED:
        return []
    at = max(at, paused_at or at)
    _run(clock, at, counting)
    return [_line(clock, ClockEventKind.RESUME, at)]


def retarget(
    clock: Clock, at: datetime, *, version_id: int, seconds: int, in_business_time: bool, old: Counting, new: Counting
) -> Lines:
    """Keeps what is consumed, and a breach; the due time follows the new promise.

    What it would make due before now is due now. What was overdue already, and is by the new promise too, stays due
    when it was.
    """
    promise = (version_id, seconds, in_business_time)
    if promise == (clock.version_id, clock.target_seconds, clock.in_business_time):
        return []
    lines = settle(clock, at)
    running, was_due = clock.state == ClockState.RUNNING, clock.due_at
    if running:
        at = _stop(clock, at, old)
    clock.version_id, clock.target_seconds, clock.in_business_time = promise
    if running:
        _run(clock, at, new)
        if was_due is not None and was_due < at and clock.consumed_seconds >= clock.target_seconds:
            clock.due_at = was_due
    return [*lines, _line(clock, ClockEventKind.RETARGET, at, **_promise(clock))]


def meet(clock: Clock, at: datetime, counting: Counting, paused_at: datetime | None) -> Lines:
    """Met when the message was sent; too late only if that was after the due time.

    A breach that a sweep recorded before a message sent in time arrived here is taken back.
    """
    lines = resume(clock, at, counting, paused_at)
    at = max(at, clock.started_at)
    lines += settle(clock, at)
    data = {}
    if clock.breached_at is not None and clock.breached_at == clock.due_at and at <= clock.due_at:
        clock.breached_at, data = None, {"in_time_after_all": True}
    _stop(clock, at, counting)
    clock.state, clock.met_at = ClockState.MET, at
    return [*lines, _line(clock, ClockEventKind.MET, at, **data)]


def unmeet(clock: Clock, at: datetime, counting: Counting) -> Lines:
    """What met it at `at` satisfied nothing: it counts neither as met nor as breached, and its next cycle goes on."""
    if clock.state != ClockState.MET or clock.met_at != at:
        return []
    clock.met_at, clock.breached_at = None, None
    lines = void(clock, at, counting)
    lines[-1].data["never_arrived"] = True
    return lines


def cancel(clock: Clock, at: datetime, counting: Counting) -> Lines:
    return [*settle(clock, at), *void(clock, at, counting)]


def void(clock: Clock, at: datetime, counting: Counting) -> Lines:
    """Cancels without a look at the due time: a promise to spam cannot be broken."""
    at = max(at, clock.started_at)
    if clock.state == ClockState.RUNNING:
        at = _stop(clock, at, counting)
    clock.state, clock.cancelled_at = ClockState.CANCELLED, at
    return [_line(clock, ClockEventKind.CANCEL, at)]


def settle(clock: Clock, at: datetime) -> Lines:
    """Records that the due time passed before `at`, once a clock."""
    if clock.breached_at or clock.due_at is None or not clock.due_at < at:
        return []
    clock.breached_at = clock.due_at
    return [breach_line(clock)]


def breach_line(clock: Clock) -> ClockEvent:
    """The line of a breach just recorded; by then at least the target was consumed."""
    assert clock.breached_at is not None  # noqa: S101
    line = _line(clock, ClockEventKind.BREACH, clock.breached_at)
    line.consumed_seconds = max(clock.consumed_seconds, float(clock.target_seconds))
    return line


def warn_line(clock: Clock) -> ClockEvent:
    """The line of a warning just recorded."""
    assert clock.warned_at is not None  # noqa: S101
    return _line(clock, ClockEventKind.WARN, clock.warned_at)


def _run(clock: Clock, at: datetime, counting: Counting) -> None:
    """Runs from `at`; due when what is left of the target has passed. Nothing left: at the next open instant."""
    clock.state, clock.running_since = ClockState.RUNNING, at
    clock.due_at = counting.calendar.add(at, max(0.0, clock.target_seconds - clock.consumed_seconds))
    unwarned = counting.unwarned(clock.target_seconds) - clock.consumed_seconds
    clock.warn_at = counting.calendar.add(at, max(0.0, unwarned))


def _stop(clock: Clock, at: datetime, counting: Counting) -> datetime:
    """Counts what passed since it ran, and returns when it stopped: not before it ran."""
    since = clock.running_since
    assert since is not None, "only a running clock stops"  # noqa: S101
    clock.consumed_seconds += counting.calendar.between(since, at)
    clock.running_since = None
    return max(at, since)


def _promise(clock: Clock) -> dict[str, Any]:
    return {
        "version": clock.version_id,
        "target_seconds": clock.target_seconds,
        "in_business_time": clock.in_business_time,
    }


def _line(clock: Clock, kind: ClockEventKind, at: datetime, **data: Any) -> ClockEvent:
    return ClockEvent(
        clock=clock,
        kind=kind,
        occurred_at=at,
        consumed_seconds=clock.consumed_seconds,
        due_at=clock.due_at,
        data=data,
    )
