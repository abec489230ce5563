"""A subscription of the 31st is billed on the last day of shorter months, and on the 31st again; at its own hour."""

from calendar import monthrange
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.changes import following
from subscribers.enums import CycleStatus, Interval
from subscribers.providers.builtin.calendar import plan_ahead
from tests.factories.people import StoreFactory, SubscriberFactory
from tests.factories.subscriptions import CycleFactory, SubscriptionFactory

BERLIN = ZoneInfo("Europe/Berlin")


def days(begun: datetime, interval: str, count: int, times: int) -> list[datetime]:
    known = [begun]
    for _ in range(times):
        known.append(following(known, interval, count, BERLIN))
    return known


def test_months_end_and_clocks_change_and_the_day_stays():
    known = days(datetime(2026, 1, 31, 0, 30, tzinfo=BERLIN), Interval.MONTH, 1, 4)
    assert [(at.astimezone(BERLIN).day, at.astimezone(BERLIN).hour) for at in known] == [
        (31, 0),
        (28, 0),
        (31, 0),
        (30, 0),
        (31, 0),
    ]
    quarters = days(datetime(2025, 8, 31, 9, tzinfo=BERLIN), Interval.MONTH, 3, 4)
    assert [at.astimezone(BERLIN).day for at in quarters] == [31, 30, 28, 31, 31]
    leap = days(datetime(2024, 2, 29, 9, tzinfo=BERLIN), Interval.YEAR, 1, 4)
    assert [at.astimezone(BERLIN).day for at in leap] == [29, 28, 28, 28, 29]


def test_a_day_that_somebody_chose_is_the_day_from_then_on():
    chosen = datetime(2026, 2, 28, 9, tzinfo=BERLIN)
    known = [datetime(2026, 1, 15, 9, tzinfo=BERLIN), chosen]
    assert following(known, Interval.MONTH, 1, BERLIN) == datetime(2026, 3, 28, 9, tzinfo=BERLIN)


@given(
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.sampled_from([(Interval.MONTH, 1), (Interval.MONTH, 2), (Interval.MONTH, 3), (Interval.YEAR, 1)]),
)
def test_every_month_has_the_day_or_its_own_last(begun, often):
    for at in days(datetime.combine(begun, time(12), BERLIN), *often, 14):
        local = at.astimezone(BERLIN)
        assert (local.day, local.hour) == (min(begun.day, monthrange(local.year, local.month)[1]), 12)


@pytest.mark.django_db
def test_the_built_in_calendar_goes_by_it():
    begun, coming = datetime(2099, 1, 31, 9, tzinfo=BERLIN), datetime(2099, 2, 28, 9, tzinfo=BERLIN)
    subscription = SubscriptionFactory(
        subscriber=SubscriberFactory(store=StoreFactory(time_zone="Europe/Berlin")), next_billing_at=coming
    )
    CycleFactory(subscription=subscription, starts_at=begun, ends_at=coming, status=CycleStatus.BILLED)
    assert plan_ahead(subscription).ends_at == datetime(2099, 3, 31, 9, tzinfo=BERLIN)
