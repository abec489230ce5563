"""From a calendar's rows to its form, and from a form to business time."""

import json
import logging
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import holidays
from django.utils import timezone

from tickets.models import BusinessCalendar
from tickets.sla.business_time import Calendar
from tickets.sla.business_time_form import WEEKDAYS

logger = logging.getLogger(__name__)

# Public holidays are computed for the years around: an old ticket's past and any promise's future.
YEARS_BACK, YEARS_AHEAD = 3, 6


@lru_cache(maxsize=256)
def public_holidays(country: str, region: str, year: int) -> tuple[str, ...]:
    """ISO dates on which a country (and region, if any) rests, in the years around `year`.

    Raises ValueError where the country or region is not known.
    """
    try:
        days = holidays.country_holidays(
            country, subdiv=region or None, years=range(year - YEARS_BACK, year + YEARS_AHEAD)
        )
    except NotImplementedError as unknown:
        raise ValueError(f"No public holidays are known for {country} {region}".strip() + ".") from unknown
    return tuple(sorted(day.isoformat() for day in days))


def calendar_form(
    *,
    time_zone: str,
    country: str,
    region: str,
    hours: Iterable[tuple[int, str, str]],
    exceptions: Iterable[tuple[str, str, str]],
    year: int,
) -> dict[str, Any]:
    """The form that `Calendar.from_dict` reads. `hours` are (weekday, opens, closes), `exceptions` (ISO date,
    opens, closes) with empty times where it is closed. `holiday_years` says for which years holidays are listed."""
    form: dict[str, Any] = {"tz": time_zone, "hours": {}, "holidays": [], "overrides": {}}
    for weekday, opens, closes in hours:
        form["hours"].setdefault(WEEKDAYS[weekday], []).append([opens, closes])
    if country:
        form["holidays"] = list(public_holidays(country, region, year))
        form["holiday_years"] = [year - YEARS_BACK, year + YEARS_AHEAD - 1]
    for date, opens, closes in exceptions:
        windows = form["overrides"].setdefault(date, [])
        if opens:
            windows.append([opens, closes])
    return form


def form_of(calendar: BusinessCalendar, year: int | None = None) -> dict[str, Any]:
    """The form of a calendar's rows as they are now (two queries), with the public holidays around `year`.

    Raises ValueError, in words, where the calendar is never open or names what does not exist.
    """
    exceptions = calendar.exceptions.order_by("date", "opens").values_list("date", "opens", "closes")
    form = calendar_form(
        time_zone=calendar.time_zone,
        country=calendar.holidays_country,
        region=calendar.holidays_region,
        hours=calendar.hours.order_by("weekday", "opens").values_list("weekday", "opens", "closes"),
        exceptions=[(date.isoformat(), opens, closes) for date, opens, closes in exceptions],
        year=year or timezone.now().year,
    )
    checked(form)
    return form


def read_calendar(calendar: BusinessCalendar, year: int) -> Calendar:
    """Business time of a calendar's rows, for previews. Raises ValueError as `form_of` does."""
    return checked(form_of(calendar, year))


def checked(form: Mapping[str, Any]) -> Calendar:
    """The calendar, which must open in an ordinary week: dated hours alone run out."""
    if not any((form.get("hours") or {}).values()):
        raise ValueError("A calendar needs open hours: this one is closed on every day.")
    return Calendar.from_dict(form)


def frozen_calendar(form: Mapping[str, Any]) -> Calendar:
    """The calendar of a published version; calendar time, and an error in the log, where its form makes none.

    Publishing refuses such a form. Should one be there all the same, mail is still taken in, under the stricter
    promise.
    """
    return _frozen(json.dumps(form, sort_keys=True))


@lru_cache(maxsize=512)
def _frozen(text: str) -> Calendar:
    try:
        return checked(json.loads(text))
    except ValueError as wrong:
        logger.error("a published calendar counts every hour: %s", wrong)
        return Calendar.always()


def says_the_same(published: Mapping[str, Any], form: Mapping[str, Any]) -> bool:
    """Whether a published form still holds: it counts alike, and its list of holidays does not run out soon.

    The list is of the years around; as years pass, the years that only one form knows make no difference.
    """
    if any(published.get(part) != form.get(part) for part in ("tz", "hours", "overrides")):
        return False
    if ("holiday_years" in published) != ("holiday_years" in form):
        return False
    if "holiday_years" not in form:
        return published.get("holidays") == form.get("holidays")
    (first, last), (since, until) = published["holiday_years"], form["holiday_years"]
    if until - last > YEARS_AHEAD // 2:
        return False
    shared = range(max(first, since), min(last, until) + 1)
    here, there = ([day for day in part["holidays"] if int(day[:4]) in shared] for part in (published, form))
    return here == there
