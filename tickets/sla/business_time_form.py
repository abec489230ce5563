"""Reads the written form of a calendar: times, weekdays, dates, zones. Refuses in words."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from tickets.sla.business_time_table import DAY_SECONDS, FIRST_YEAR, LAST_YEAR, Window, merged

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_WINDOWS = 48  # a day
MOST_DATES = 20_000
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", re.ASCII)


@lru_cache(maxsize=1024)
def read_zone(name: str) -> str:
    """The zone's name, known to exist."""
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as unknown:  # not there; not a name; a folder of the database
        raise ValueError(f"There is no time zone {name!r}.") from unknown


def read_clock(text: Any) -> int:
    """Seconds from midnight of "HH:MM" or "HH:MM:SS"; "24:00" ends the day, "26:00" is 02:00 of the next."""
    match = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f"{text!r} is not a time of day such as 09:00.")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > 2 * DAY_SECONDS:
        raise ValueError(f"{text!r} is not a time of day such as 09:00.")
    return seconds


def read_windows(value: Any) -> tuple[Window, ...]:
    """A day's windows. One that ends at or before its start reaches into the next day (22:00 to 06:00)."""
    if not isinstance(value, list | tuple) or len(value) > MOST_WINDOWS:
        raise ValueError(f"A day's hours are a list of at most {MOST_WINDOWS} pairs of times.")
    windows = []
    for pair in value:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise ValueError(f"{pair!r} is not a pair of times such as 09:00 and 17:00.")
        opens, closes = read_clock(pair[0]), read_clock(pair[1])
        if opens >= DAY_SECONDS:
            raise ValueError(f"{pair[0]!r}: a window opens before 24:00.")
        if closes == opens:
            raise ValueError(f"{pair[0]}–{pair[1]} is empty; a whole day is 00:00 to 24:00.")
        windows.append((opens, closes if closes > opens else closes + DAY_SECONDS))
    return tuple(merged(windows))


def read_hours(value: Any) -> tuple[tuple[Window, ...], ...]:
    """Monday to Sunday, from {"mon": [["09:00", "17:00"]], …}; a day left out is closed."""
    if not isinstance(value, Mapping):
        raise ValueError("Hours are given by weekday.")
    unknown = [str(day) for day in value if day not in WEEKDAYS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not a weekday; these are {', '.join(WEEKDAYS)}.")
    return tuple(read_windows(value.get(day) or []) for day in WEEKDAYS)


def read_date(text: Any) -> date:
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"{text!r} is not a date such as 2026-12-25.") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{text}: dates lie between {FIRST_YEAR} and {LAST_YEAR}.")
    return day


def read_special(holidays: Any, overrides: Any) -> tuple[tuple[date, tuple[Window, ...]], ...]:
    """Dated exceptions, sorted. A date's own hours are stronger than a holiday on it."""
    if not isinstance(holidays, list | tuple) or not isinstance(overrides, Mapping):
        raise ValueError("Holidays are a list of dates; overrides give hours by date.")
    if len(holidays) + len(overrides) > MOST_DATES:
        raise ValueError(f"A calendar has at most {MOST_DATES} dated exceptions.")
    special: dict[date, tuple[Window, ...]] = {read_date(day): () for day in holidays}
    special.update({read_date(day): read_windows(windows) for day, windows in overrides.items()})
    return tuple(sorted(special.items()))
