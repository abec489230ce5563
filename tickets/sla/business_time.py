"""Business time: what is due when, counted in the open hours of a calendar.

Pure arithmetic, no database. Aware datetimes in (any zone), UTC datetimes out, amounts in seconds of real
elapsed time. Decisions, where libraries differ:

- Work due exactly at closing time is due then, not at the next opening; mirrored for `subtract`.
- Adding nothing moves to the first open instant at or after the start (at closing time: the next opening).
- A window belongs to the date on which it opens: a holiday does not cut the night shift of the day before.
- A date's own hours are stronger than a holiday on that date.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Self

from tickets.sla.business_time_form import read_hours, read_special, read_zone
from tickets.sla.business_time_table import (
    DAY_SECONDS,
    FIRST_YEAR,
    LAST_YEAR,
    SECOND,
    Window,
    YearTable,
    build_year,
    merged,
)

Pause = tuple[datetime, datetime]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TOO_FAR = f"That lies outside the years {FIRST_YEAR} to {LAST_YEAR}."


@dataclass(frozen=True)
class Calendar:
    """A zone, the hours of each weekday (Monday first) and dates with hours of their own (none: closed).

    Equal calendars from `from_dict` are one object, so their tables are built once a process.
    """

    tz: str
    hours: tuple[tuple[Window, ...], ...]
    special: tuple[tuple[date, tuple[Window, ...]], ...] = ()
    _by_ordinal: dict[int, tuple[Window, ...]] = field(init=False, repr=False, compare=False)
    _years: dict[int, YearTable] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        read_zone(self.tz)
        if len(self.hours) != 7:
            raise ValueError("A calendar has the hours of seven weekdays.")
        if not any(self.hours) and not any(windows for _, windows in self.special):
            raise ValueError("A calendar needs open hours: this one is closed on every day.")
        object.__setattr__(self, "_by_ordinal", {day.toordinal(): w for day, w in self.special})

    @classmethod
    def from_dict(cls, form: Mapping[str, Any]) -> Self:
        """From {"tz", "hours": {"mon": [["09:00", "17:00"]]}, "holidays": [date], "overrides": {date: …}}.

        Raises ValueError, in words for the person who wrote it.
        """
        if not isinstance(form, Mapping):
            raise ValueError("A calendar is an object with tz and hours.")
        tz = form.get("tz", "UTC")
        if not isinstance(tz, str):
            raise ValueError(f"There is no time zone {tz!r}.")
        special = read_special(form.get("holidays") or [], form.get("overrides") or {})
        return _shared(cls(tz=tz, hours=read_hours(form.get("hours") or {}), special=special))

    @classmethod
    def always(cls) -> Self:
        """Calendar time: open at every instant."""
        return _shared(cls(tz="UTC", hours=(((0, DAY_SECONDS),),) * 7))

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is open; an opening instant is, a closing instant is not."""
        moment = _instant(at)
        return self._year(moment[1]).is_open(moment[0])

    def add(self, start: datetime, seconds: float, pauses: Iterable[Pause] = ()) -> datetime:
        """The first instant at which `seconds` of open time, pauses left out, have passed since `start`."""
        at, year = _instant(start)
        left = _amount(seconds)
        for begin, end in _stops(pauses):
            if end <= at:
                continue
            if begin > at:
                due = self._add(at, year, left)
                if due < begin or (left and due == begin):
                    return _moment(due)
                left -= self._between(at, begin)
            at, year = end, _year_of(end)
        return _moment(self._add(at, year, left))

    def subtract(self, end: datetime, seconds: float, pauses: Iterable[Pause] = ()) -> datetime:
        """The last instant from which `seconds` of open time, pauses left out, pass until `end`."""
        at, year = _instant(end)
        left = _amount(seconds)
        for begin, stop in reversed(_stops(pauses)):
            if begin >= at:
                continue
            if stop < at:
                since = self._subtract(at, year, left)
                if since > stop or (left and since == stop):
                    return _moment(since)
                left -= self._between(stop, at)
            at, year = begin, _year_of(begin)
        return _moment(self._subtract(at, year, left))

    def between(self, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> float:
        """Open seconds from `start` to `end`, pauses left out; 0.0 where `end` is not after `start`."""
        low, high = _instant(start)[0], _instant(end)[0]
        stopped = sum(self._between(max(a, low), min(b, high)) for a, b in _stops(pauses))
        return (self._between(low, high) - stopped) / SECOND

    def spans(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The open stretches from `start` to `end`, in order, apart from each other and clipped to both."""
        low, high = _instant(start)[0], _instant(end)[0]
        years = range(_year_of(low), _year_of(high) + 1) if high > low else range(0)
        found = merged(span for year in years for span in self._year(year).within(low, high))
        return [(_moment(opens), _moment(closes)) for opens, closes in found]

    def _year(self, year: int) -> YearTable:
        table = self._years.get(year)
        if table is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise ValueError(_TOO_FAR)
            # Two threads may build the same table at once: they build equal ones.
            table = self._years[year] = build_year(self.tz, self.hours, self._by_ordinal, year)
        return table

    def _add(self, at: int, year: int, amount: int) -> int:
        table = self._year(year)
        target = table.elapsed(at) + amount
        while target > table.total or (not amount and target == table.total):  # ends at LAST_YEAR
            target -= table.total
            year += 1
            table = self._year(year)
        return table.earliest(target) if amount else table.latest(target)

    def _subtract(self, at: int, year: int, amount: int) -> int:
        table = self._year(year)
        target = table.elapsed(at) - amount
        while target < 0 or (not amount and target == 0):  # ends at FIRST_YEAR
            year -= 1
            table = self._year(year)
            target += table.total
        return table.latest(target) if amount else table.earliest(target)

    def _between(self, low: int, high: int) -> int:
        if high <= low:
            return 0
        first, last = _year_of(low), _year_of(high)
        whole = sum(self._year(year).total for year in range(first, last))
        return whole + self._year(last).elapsed(high) - self._year(first).elapsed(low)


@lru_cache(maxsize=512)
def _shared(calendar: Calendar) -> Any:
    return calendar


def _instant(at: datetime) -> tuple[int, int]:
    """Microseconds since 1970 and the UTC year of an aware datetime."""
    if at.tzinfo is None:
        raise ValueError("A time needs its offset, such as 2026-03-02T09:00:00+01:00.")
    try:
        utc = at.astimezone(UTC)
    except OverflowError:
        raise ValueError(_TOO_FAR) from None
    return (utc - _EPOCH) // _MICROSECOND, utc.year


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _year_of(microseconds: int) -> int:
    return _moment(microseconds).year


def _amount(seconds: float) -> int:
    """Whole microseconds; refuses what is negative or no number."""
    if not 0 <= seconds < float("inf"):
        raise ValueError("The amount is a number of seconds, not negative.")
    return round(seconds * SECOND)


def _stops(pauses: Iterable[Pause]) -> list[tuple[int, int]]:
    """Pauses in order and apart; a reversed one stops nothing."""
    stops = [(_instant(begin)[0], _instant(end)[0]) for begin, end in pauses]
    return merged((begin, end) for begin, end in stops if end > begin)
