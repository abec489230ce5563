"""How often: intervals by the calendar, and the day that follows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from subscribers.enums import Interval
from subscribers.models import Subscription

MOST_COUNT = {Interval.DAY: 366, Interval.WEEK: 52, Interval.MONTH: 24, Interval.YEAR: 2}


def step(interval: str, count: int) -> relativedelta:
    """How long a billing or delivery interval is, by the calendar: a month from 31 January ends in February."""
    match Interval(interval):
        case Interval.DAY:
            return relativedelta(days=count)
        case Interval.WEEK:
            return relativedelta(weeks=count)
        case Interval.MONTH:
            return relativedelta(months=count)
        case Interval.YEAR:
            return relativedelta(years=count)


def following(known: Sequence[datetime], interval: str, count: int, zone: ZoneInfo) -> datetime:
    """When the next billing is after those known (in order, one at least), at the same hour of `zone`'s clocks.

    A month that is too short has its last day instead, and the one after it has the day again: of the 31st, 28
    February is followed by 31 March.
    """
    before, day = known[0].astimezone(zone), 0
    for at in known:
        local = at.astimezone(zone)
        if not day or _next(before, day, interval, count).date() != local.date():
            day = local.day
        before = local
    return _next(before, day, interval, count).astimezone(UTC)


def _next(local: datetime, day: int, interval: str, count: int) -> datetime:
    after = local + step(interval, count)
    return after + relativedelta(day=day) if interval in (Interval.MONTH, Interval.YEAR) else after


def every(subscription: Subscription) -> relativedelta:
    return step(subscription.billing_interval, subscription.billing_interval_count)
