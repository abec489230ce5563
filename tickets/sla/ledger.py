"""A clock's ledger: written together for all clocks of a change, and read back into the clock's state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.enums import ClockEventKind, ClockState
from tickets.models import Clock, ClockEvent


def write(lines: Sequence[ClockEvent], *, change: str, cause: str) -> None:
    """Appends lines in one statement, each saying which change of the ticket they come from."""
    explain(lines, change=change, cause=cause)
    append(lines)


def explain(lines: Iterable[ClockEvent], *, change: str, cause: str) -> None:
    for line in lines:
        line.data = {"change": change, **({"cause": cause} if cause else {}), **line.data}


def append(lines: Sequence[ClockEvent]) -> None:
    for line in lines:
        line.clock_id = line.clock.pk  # the clock may have been saved after its line was made
    ClockEvent.objects.bulk_create(lines)


def paused_at(clock: Clock) -> datetime | None:
    """When a paused clock stopped (one query); None where it has no ledger."""
    return (
        ClockEvent.objects.filter(clock=clock, kind=ClockEventKind.PAUSE)
        .order_by("-occurred_at", "-id")
        .values_list("occurred_at", flat=True)
        .first()
    )


@dataclass
class Standing:
    """A clock as its ledger tells it."""

    state: ClockState = ClockState.RUNNING
    target_seconds: int = 0
    in_business_time: bool = True
    consumed_seconds: float = 0.0
    running_since: datetime | None = None
    due_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    met_at: datetime | None = None
    cancelled_at: datetime | None = None


def replay(lines: Iterable[ClockEvent]) -> Standing:
    """What the lines of one clock, in the order in which they were recorded (id), add up to."""
    standing = Standing()
    for line in lines:
        if line.kind == ClockEventKind.WARN:
            standing.warned_at = line.occurred_at
        elif line.kind == ClockEventKind.BREACH:
            standing.breached_at = line.occurred_at
        else:
            _change(standing, line)
    return standing


def _change(standing: Standing, line: ClockEvent) -> None:
    standing.consumed_seconds, standing.due_at = line.consumed_seconds, line.due_at
    standing.target_seconds = line.data.get("target_seconds", standing.target_seconds)
    standing.in_business_time = line.data.get("in_business_time", standing.in_business_time)
    match line.kind:
        case ClockEventKind.START | ClockEventKind.RESUME:
            standing.state, standing.running_since = ClockState.RUNNING, line.occurred_at
        case ClockEventKind.RETARGET if standing.state == ClockState.RUNNING:
            standing.running_since = line.occurred_at
        case ClockEventKind.PAUSE:
            standing.state, standing.running_since = ClockState.PAUSED, None
        case ClockEventKind.MET:
            standing.state, standing.running_since = ClockState.MET, None
            standing.met_at = line.occurred_at
            if line.data.get("in_time_after_all"):
                standing.breached_at = None
        case ClockEventKind.CANCEL:
            standing.state, standing.running_since = ClockState.CANCELLED, None
            standing.cancelled_at = line.occurred_at
            if line.data.get("never_arrived"):
                standing.met_at = standing.breached_at = None
