"""A clock's life in pieces: when it ran, when it was paused, when nobody was there. Pure, read from its ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.enums import ClockEventKind, ClockState
from tickets.models import Clock, ClockEvent
from tickets.sla.business_time import Calendar

Stretch = tuple[datetime, datetime]
# Recorded when they are found, in effect earlier: they change nothing about how time is counted.
_NOTICES = (ClockEventKind.WARN, ClockEventKind.BREACH)


@dataclass(frozen=True)
class Basis:
    """What a version of a policy counts by."""

    policy: str
    number: int
    calendar_name: str
    calendar: Calendar


@dataclass(frozen=True)
class Segment:
    """A stretch in which a clock ran or was paused. `used_seconds` are counted ones: of open hours in business time."""

    is_running: bool
    begin: datetime
    end: datetime
    used_seconds: float
    calendar: Calendar


@dataclass(frozen=True)
class Counted:
    """All segments of a clock up to `now`, in order and without gaps, and what counts from here on."""

    segments: tuple[Segment, ...]
    carried_seconds: float
    calendar: Calendar

    @property
    def used_seconds(self) -> float:
        return self.carried_seconds + sum(segment.used_seconds for segment in self.segments)


def calendar_by(version: int, in_business_time: bool, bases: Mapping[int, Basis]) -> Calendar:
    return bases[version].calendar if in_business_time else Calendar.always()


def effective(lines: Iterable[ClockEvent]) -> list[tuple[datetime, ClockEvent]]:
    """The lines in the order in which they count, each from when: a message that came late moves nothing backwards.

    `lines` are in the order in which they were recorded (id).
    """
    told: list[tuple[datetime, ClockEvent]] = []
    latest: datetime | None = None
    for line in lines:
        at = line.occurred_at
        if line.kind not in _NOTICES:
            at = latest = max(at, latest or at)
        told.append((at, line))
    return sorted(told, key=lambda pair: pair[0])


def count(clock: Clock, lines: Iterable[ClockEvent], bases: Mapping[int, Basis], *, now: datetime) -> Counted:
    """The segments that a clock's ledger tells; the last of an open clock reaches to `now`."""
    segments: list[Segment] = []
    begin: datetime | None = None
    is_running, used, carried = True, 0.0, 0.0
    calendar = calendar_by(clock.version_id, clock.in_business_time, bases)
    for line in lines:
        if line.kind in _NOTICES:
            continue
        if begin is None:
            begin, carried = line.occurred_at, line.consumed_seconds
        else:
            end = max(begin, line.occurred_at)
            if end > begin:
                segments.append(Segment(is_running, begin, end, line.consumed_seconds - used, calendar))
            begin = end
        used = line.consumed_seconds
        is_running = line.kind != ClockEventKind.PAUSE and (is_running or line.kind != ClockEventKind.RETARGET)
        if "version" in line.data and line.data["version"] in bases:
            calendar = calendar_by(line.data["version"], line.data.get("in_business_time", True), bases)
    begin = begin or clock.started_at
    if clock.state in (ClockState.RUNNING, ClockState.PAUSED) and now > begin:
        is_running = clock.state == ClockState.RUNNING
        more = calendar.between(begin, now) if is_running else 0.0
        segments.append(Segment(is_running, begin, now, more, calendar))
    return Counted(tuple(segments), carried, calendar)


def closed(calendar: Calendar, begin: datetime, end: datetime) -> list[Stretch]:
    """The stretches from `begin` to `end` in which the calendar is not open."""
    found: list[Stretch] = []
    since = begin
    for opens, closes in calendar.spans(begin, end):
        if opens > since:
            found.append((since, opens))
        since = closes
    if since < end:
        found.append((since, end))
    return found
