"""Moments and lengths in the words of a ledger, in one reader's zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

_WEEK = timedelta(days=6)  # within it a weekday alone names a day
_NIGHT = timedelta(hours=18)


@dataclass(frozen=True)
class Teller:
    """`short`: everything told lies within days of now, so that "Mon 16:40" says which Monday."""

    zone: ZoneInfo
    now: datetime
    short: bool

    @classmethod
    def of(cls, zone: ZoneInfo, now: datetime, first: datetime, last: datetime) -> "Teller":
        return cls(zone, now, short=now - first < _WEEK and last - now < _WEEK)

    def moment(self, at: datetime) -> str:
        """ "Mon 16:40"; "Mon 2 Mar 16:40" where that is further away, with its year where that is another one."""
        here = at.astimezone(self.zone)
        if self.short:
            return date_format(here, "D H:i")
        return date_format(here, "D j M H:i" if here.year == self.now.astimezone(self.zone).year else "D j M Y H:i")

    def time(self, at: datetime) -> str:
        """ "16:40"."""
        return date_format(at.astimezone(self.zone), "H:i")


def span_words(seconds: float) -> str:
    """ "1 h 25 min", "40 s": hours are never made days, since a business day is no 24 hours."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    hours, minutes = divmod((whole + 30) // 60, 60)
    return " ".join(
        map(str, (part for part in (f"{hours} h" if hours else "", f"{minutes} min" if minutes else "") if part))
    )


def closed_words(begin: datetime, end: datetime, own: ZoneInfo, tell: Teller) -> str:
    """What kind of closed stretch this is by the calendar's own zone, told in the reader's."""
    first, last = begin.astimezone(own).date(), end.astimezone(own).date()
    days = (last - first).days
    until = f"until {tell.moment(end)}"
    if days == 0:
        return f"Closed {tell.time(begin)}–{tell.time(end)}"
    if days == 1 and end - begin <= _NIGHT:
        return f"Closed overnight, {tell.time(begin)}–{tell.time(end)}"
    between = {(first + timedelta(days=day)).weekday() for day in range(1, min(days, 7))}
    if {5, 6} <= between and days <= 4:
        more = " and a day beside it" if days == 4 else ""
        return f"Closed over the weekend{more}, {until}"
    return f"Closed {until}"
