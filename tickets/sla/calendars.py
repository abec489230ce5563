"""From a calendar's rows to business time."""

import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import holidays

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
    opens, closes) with empty times where it is closed."""
    form: dict[str, Any] = {"tz": time_zone, "hours": {}, "holidays": [], "overrides": {}}
    for weekday, opens, closes in hours:
        form["hours"].setdefault(WEEKDAYS[weekday], []).append([opens, closes])
    if country:
        form["holidays"] = list(public_holidays(country, region, year))
    for date, opens, closes in exceptions:
        windows = form["overrides"].setdefault(date, [])
        if opens:
            windows.append([opens, closes])
    return form


def read_calendar(calendar: BusinessCalendar, year: int) -> Calendar:
    """Business time of a calendar's rows (three queries), for checking one on save and for previews.

    Raises ValueError, in words, where the calendar is never open or names what does not exist.
    """
    return checked(
        calendar_form(
            time_zone=calendar.time_zone,
            country=calendar.holidays_country,
            region=calendar.holidays_region,
            hours=calendar.hours.values_list("weekday", "opens", "closes"),
            exceptions=[
                (date.isoformat(), opens, closes)
                for date, opens, closes in calendar.exceptions.values_list("date", "opens", "closes")
            ],
            year=year,
        )
    )


def checked(form: dict[str, Any]) -> Calendar:
    """The calendar, which must open in an ordinary week: dated hours alone run out."""
    if not form["hours"]:
        raise ValueError("A calendar needs open hours: this one is closed on every day.")
    return Calendar.from_dict(form)


def calendar_or_always(name: str, **rows: Any) -> Calendar:
    """The calendar; calendar time, and an error in the log, where its rows make none.

    Saving refuses such a calendar. Should one be there all the same, mail is still taken in, under the
    stricter promise.
    """
    try:
        return checked(calendar_form(**rows))
    except ValueError as wrong:
        logger.error("calendar %s counts every hour: %s", name, wrong)
        return Calendar.always()
