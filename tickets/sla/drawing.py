"""The time line of a promise as geometry: what is drawn where, in the units of its own view box. Pure.

All x lie between 0 and `WIDTH`, in the order of time. What lies far behind the due time is cut off at the right edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.enums import ClockEventKind, ClockState
from tickets.sla.business_time import Calendar
from tickets.sla.explain import Explanation
from tickets.sla.segments import Segment
from tickets.sla.told_times import Teller

WIDTH = 320.0
MOST_BANDS = 120  # finer open hours cannot be seen apart
# A clock that is long overdue is drawn with so many times its own length behind the due time, and no more.
_BEHIND = 1.0
_SHORTEST = timedelta(minutes=1)

Band = tuple[str, datetime, datetime]


@dataclass(frozen=True)
class Box:
    """From `x`, `width` wide. `kind`: open, closed; running, idle (running while closed), paused, ahead."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True)
class Mark:
    """A moment. `kind`: start, warn, due, met, late, breach, cancel, now."""

    kind: str
    x: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Drawing:
    width: float
    bands: tuple[Box, ...]
    segments: tuple[Box, ...]
    marks: tuple[Mark, ...]
    title: str
    is_cut: bool

    def mark(self, kind: str) -> Mark | None:
        return next((mark for mark in self.marks if mark.kind == kind), None)


def draw(told: Explanation, tell: Teller) -> Drawing:
    clock, now = told.clock, told.now
    begin = clock.started_at
    ended = clock.met_at or clock.cancelled_at
    last = max((at for at in (clock.due_at, ended, None if ended else now) if at), default=now)
    limit = last
    if clock.due_at is not None:
        length = max(clock.due_at - begin, _SHORTEST)
        limit = clock.due_at + length * _BEHIND
    end = max(min(last, limit), begin + _SHORTEST)
    scale = WIDTH / (end - begin).total_seconds()

    def x(at: datetime) -> float:
        return min(WIDTH, max(0.0, (at - begin).total_seconds() * scale))

    def box(kind: str, since: datetime, until: datetime) -> Box:
        return Box(kind, x(since), x(until) - x(since))

    bands = _bands(told, begin, end)
    segments = [
        box(kind, since, until)
        for part in told.counted.segments
        if part.begin < end
        for kind, since, until in _pieces(part, bands)
    ]
    reached = max((part.end for part in told.counted.segments), default=begin)
    if clock.state == ClockState.RUNNING and clock.due_at and clock.due_at > reached:
        segments.append(box("ahead", reached, clock.due_at))
    marks = _marks(told, tell)
    return Drawing(
        width=WIDTH,
        bands=tuple(box(*band) for band in bands),
        segments=tuple(segments),
        marks=tuple(
            Mark(kind, x(at), f"{words} {tell.moment(at)}", _anchor(x(at)))
            for kind, at, words in sorted(marks, key=lambda mark: mark[1])
        ),
        title=f"Time line of {clock.get_metric_display().lower()}, {tell.moment(begin)} to {tell.moment(end)}",
        is_cut=last > end,
    )


def _pieces(part: Segment, bands: Sequence[Band]) -> list[Band]:
    """A paused segment whole; a running one in what counted and what, being closed, did not."""
    if not part.is_running:
        return [("paused", part.begin, part.end)]
    return [
        ("running" if kind == "open" else "idle", max(part.begin, since), min(part.end, until))
        for kind, since, until in bands
        if until > part.begin and since < part.end
    ]


def _bands(told: Explanation, begin: datetime, end: datetime) -> list[Band]:
    """Open and closed hours over the whole width, each stretch by the calendar that counted then."""
    stretches: list[tuple[datetime, datetime, Calendar]] = [
        (part.begin, min(part.end, end), part.calendar) for part in told.counted.segments if part.begin < end
    ]
    reached = stretches[-1][1] if stretches else begin
    if reached < end:
        stretches.append((reached, end, told.counted.calendar))
    opened: list[tuple[datetime, datetime]] = []
    for since, until, calendar in stretches:
        for opens, closes in calendar.spans(since, until):
            if opened and opens == opened[-1][1]:
                opened[-1] = (opened[-1][0], closes)
            else:
                opened.append((opens, closes))
    if len(opened) > MOST_BANDS:
        return [("open", begin, end)]
    bands: list[Band] = []
    since = begin
    for opens, closes in opened:
        if opens > since:
            bands.append(("closed", since, opens))
        bands.append(("open", opens, closes))
        since = closes
    if since < end:
        bands.append(("closed", since, end))
    return bands


def _marks(told: Explanation, tell: Teller) -> list[tuple[str, datetime, str]]:
    clock = told.clock
    marks = [("start", clock.started_at, "Started")]
    if clock.warned_at or (clock.warn_at and told.is_open):
        marks.append(("warn", clock.warned_at or clock.warn_at or told.now, "Warning"))
    if clock.due_at:
        marks.append(("due", clock.due_at, "Due"))
    if clock.breached_at and clock.breached_at != clock.due_at:
        marks.append((str(ClockEventKind.BREACH), clock.breached_at, "Was due before"))
    if clock.met_at:
        is_late = clock.due_at is not None and clock.met_at > clock.due_at
        marks.append(("late" if is_late else "met", clock.met_at, "Done"))
    if clock.cancelled_at:
        marks.append(("cancel", clock.cancelled_at, "No longer owed"))
    if told.is_open:
        marks.append(("now", told.now, "Now"))
    return marks


def _anchor(x: float) -> str:
    """On which side of its mark a word stands, so that it stays inside."""
    return "start" if x < WIDTH / 5 else "end" if x > WIDTH * 4 / 5 else "middle"
