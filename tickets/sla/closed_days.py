"""Closed days from iCal: a file, or a feed that is read once a day.

An event of whole days is closed, repeated ones each time; one of hours is somebody's meeting and is left out. Dates
that somebody entered by hand are stronger and stay.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

import icalendar
from dateutil.rrule import rrulestr
from django.db import transaction

from tickets.enums import ExceptionSource
from tickets.models import BusinessCalendar, CalendarException
from tickets.sla.calendars import YEARS_AHEAD

MOST_BYTES = 2_000_000
MOST_EVENTS = 5_000
MOST_RULES = 200  # events that repeat; a rule that never comes true is walked for milliseconds
MOST_STEPS = 500_000  # of all rules together, about a second
MOST_DAYS = 3_000
LONGEST_EVENT = 366  # days
OFTEN_ENOUGH = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
WITHIN_A_DAY = {"BYHOUR", "BYMINUTE", "BYSECOND"}
DAY = timedelta(days=1)


class Unreadable(ValueError):
    """No list of closed days; says why, to the person who gave it."""


@dataclass(frozen=True)
class Event:
    """Whole days from `start`, of which `length` are closed each time."""

    uid: str
    start: date
    length: int
    label: str
    rule: str
    left_out: frozenset[date]
    added: frozenset[date]
    instead_of: date | None  # one time of a repeated event, changed


def read_closed_days(content: bytes, *, today: date) -> dict[date, str]:
    """The closed days from last year on and some years ahead, each with its label. Raises `Unreadable`."""
    if len(content) > MOST_BYTES:
        raise Unreadable(f"This is longer than {MOST_BYTES // 1_000_000} MB.")
    first, last = date(today.year - 1, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    events = list(_events(content))
    changed = {(event.uid, event.instead_of) for event in events if event.instead_of}
    if sum(bool(event.rule) for event in events) > MOST_RULES:
        raise Unreadable(f"This has more than {MOST_RULES} events that repeat.")
    days: dict[date, str] = {}
    steps = count()
    for event in events:
        for start in _starts(event, first - event.length * DAY, last, steps):
            if not event.instead_of and (event.uid, start) in changed:
                continue
            for day in (start + n * DAY for n in range(event.length)):
                if first <= day <= last:
                    days.setdefault(day, event.label)
        if len(days) > MOST_DAYS:
            raise Unreadable(f"This closes more than {MOST_DAYS} days.")
    return dict(sorted(days.items()))


@transaction.atomic
def replace_closed_days(calendar: BusinessCalendar, days: dict[date, str], source: ExceptionSource) -> bool:
    """Makes these the calendar's closed days from `source`; whether anything changed. Other sources' rows stay."""
    BusinessCalendar.objects.select_for_update(no_key=True).get(pk=calendar.pk)  # two refreshes at once
    rows = calendar.exceptions.all()
    taken = set(rows.exclude(source=source).values_list("date", flat=True))
    wanted = {day: label[:120] for day, label in days.items() if day not in taken}
    there = dict(rows.filter(source=source).values_list("date", "label"))
    if wanted == there:
        return False
    rows.filter(source=source).exclude(date__in=wanted).delete()
    CalendarException.objects.bulk_create(
        [CalendarException(calendar=calendar, date=day, label=label, source=source) for day, label in wanted.items()],
        update_conflicts=True,
        unique_fields=["calendar", "date", "opens"],
        update_fields=["label", "source"],
    )
    return wanted.keys() != there.keys()


def _events(content: bytes) -> Iterator[Event]:
    try:
        parts = icalendar.Calendar.from_ical(content, multiple=True)
        found = [part for whole in parts for part in whole.walk("VEVENT")]
    except Exception as error:  # whatever a stranger's file does to the parser, it is no calendar
        raise Unreadable("This is no iCal file.") from error
    if not any(part.name == "VCALENDAR" for part in parts):
        raise Unreadable("This is no iCal file.")
    if len(found) > MOST_EVENTS:
        raise Unreadable(f"This has more than {MOST_EVENTS:,} events.")
    for part in found:
        try:
            event = _read(part)
        except Unreadable:
            raise
        except Exception as error:
            raise Unreadable(f"An event cannot be read: {_text(part, 'SUMMARY') or 'one without a name'}.") from error
        if event is not None:
            yield event


def _read(part: Any) -> Event | None:
    if _text(part, "STATUS").upper() == "CANCELLED":
        return None
    start, end = part.decoded("DTSTART"), part.decoded("DTEND", None)
    if isinstance(start, datetime):
        # Some programs write a whole day as midnight to midnight.
        if not isinstance(end, datetime) or start.time() != time() or end.time() != time() or end <= start:
            return None
        start, end = start.date(), end.date()
    if end is None:
        end = start + (part.decoded("DURATION", None) or DAY)
    length = (end - start).days if isinstance(end, date) and not isinstance(end, datetime) else 1
    if length > LONGEST_EVENT:
        raise Unreadable(f"“{_text(part, 'SUMMARY')}” is longer than a year.")
    rules = part.get("RRULE")
    if isinstance(rules, list):
        raise Unreadable(f"“{_text(part, 'SUMMARY')}” repeats by several rules.")
    return Event(
        uid=_text(part, "UID"),
        start=start,
        length=max(1, length),
        label=_text(part, "SUMMARY"),
        rule=_rule(rules, start) if rules else "",
        left_out=_dates(part.get("EXDATE")),
        added=_dates(part.get("RDATE")),
        instead_of=_day(part.decoded("RECURRENCE-ID")) if "RECURRENCE-ID" in part else None,
    )


def _rule(rule: Any, start: date) -> str:
    """The rule, in days: what repeats within a day is refused, an end with a time is that day's."""
    frequency = str((rule.get("FREQ") or [""])[0]).upper()
    if frequency not in OFTEN_ENOUGH:
        raise Unreadable("A closed day repeats within a day.")
    rule = icalendar.vRecur({key: value for key, value in rule.items() if key.upper() not in WITHIN_A_DAY})
    if "UNTIL" in rule:
        rule["UNTIL"] = [datetime.combine(_day(until), time()) for until in rule["UNTIL"]]
    return rule.to_ical().decode()


def _starts(event: Event, first: date, last: date, steps: Iterator[int]) -> Iterator[date]:
    if not event.rule:
        yield event.start
    else:
        times = rrulestr(event.rule, dtstart=datetime.combine(event.start, time()))
        low, high = datetime.combine(first, time()), datetime.combine(last, time())
        for at in times:
            if next(steps) > MOST_STEPS:
                raise Unreadable("Its events repeat too often.")
            if at > high:
                break
            if at >= low and at.date() not in event.left_out:
                yield at.date()
    yield from event.added - event.left_out


def _dates(value: Any) -> frozenset[date]:
    lists = value if isinstance(value, list) else [value] if value is not None else []
    return frozenset(_day(one.dt) for dates in lists for one in dates.dts if not isinstance(one.dt, tuple))


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _text(part: Any, name: str) -> str:
    return " ".join(str(part.get(name) or "").replace("\x00", "").split())
