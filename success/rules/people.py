"""What rules may ask of subscribers: their value, cycle, country, products, and whether they are at risk.

At risk is whoever is in their first cycle, has an open alert, is about to cancel, has a payment that failed, or whose
health is low. A rule with `at_risk` takes the facts of these alone; the reasons are kept with the fact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from subscribers.cancellation.enums import OPEN_SESSION
from subscribers.enums import ENDED_SUBSCRIPTION, PAID_CYCLE, CycleStatus, SubscriptionStatus
from subscribers.selectors import BILLINGS_A_YEAR
from success.enums import LIVE_ALERT
from success.health.enums import HealthWord

LOW_HEALTH = (HealthWord.AT_RISK, HealthWord.CRITICAL)

# As subscribers.selectors.value_at_risk and cycle_index say, of many people in one statement.
A_YEAR = " ".join(f"WHEN '{interval.value}' THEN {times}" for interval, times in BILLINGS_A_YEAR.items())
VALUE = f"sum(price * CASE billing_interval {A_YEAR} END / billing_interval_count)"
SELECT = f"""
SELECT person.id, person.country, round(coalesce(active.value, 0), 2), coalesce(active.products, '{{}}'),
    coalesce(active.intervals, '{{}}'), CASE WHEN counted.subscriptions > 0 THEN greatest(1, counted.billings) END,
    array_remove(ARRAY[
        CASE WHEN counted.subscriptions > 0 AND counted.billings <= 1 THEN 'in their first cycle' END,
        CASE WHEN EXISTS (SELECT FROM success_alert WHERE subscriber_id = person.id AND status = ANY(%(live)s))
            THEN 'an alert is open' END,
        CASE WHEN EXISTS (SELECT FROM subscribers_cancellationsession
            WHERE subscriber_id = person.id AND state = ANY(%(leaving)s)) THEN 'about to cancel' END,
        CASE WHEN counted.failed > 0 THEN 'a payment failed' END,
        CASE WHEN health.word = ANY(%(low)s) THEN 'their health is low' END
    ], NULL)
FROM subscribers_subscriber person
LEFT JOIN success_health health ON health.subscriber_id = person.id
LEFT JOIN LATERAL (
    SELECT {VALUE} AS value, array_agg(DISTINCT product_id) AS products,
        array_agg(DISTINCT billing_interval::text) AS intervals
    FROM subscribers_subscription WHERE subscriber_id = person.id AND status = %(active)s
) active ON true
CROSS JOIN LATERAL (
    SELECT count(DISTINCT one.id) AS subscriptions,
        count(*) FILTER (WHERE cycle.status = ANY(%(paid)s) AND cycle.billed_at <= now()) AS billings,
        count(*) FILTER (WHERE cycle.status = %(failed)s AND NOT one.status = ANY(%(ended)s)) AS failed
    FROM subscribers_subscription one LEFT JOIN subscribers_cycle cycle ON cycle.subscription_id = one.id
    WHERE one.subscriber_id = person.id AND one.started_at <= now()
) counted
WHERE person.id = ANY(%(people)s)
"""  # noqa: S608  our own constants


@dataclass(frozen=True)
class Person:
    """A subscriber as rules see them now. `value`: a year's; `cycle` None: never subscribed."""

    country: str = ""
    value: Decimal = Decimal(0)
    products: frozenset[int] = frozenset()
    intervals: frozenset[str] = frozenset()
    cycle: int | None = None
    risks: tuple[str, ...] = ()


def people_of(subscriber_ids: Iterable[int]) -> dict[int, Person]:
    """Each subscriber as they are now, in one statement; none where nobody is asked about."""
    people = sorted(set(subscriber_ids))
    if not people:
        return {}
    values: dict[str, Any] = {
        "people": people,
        "live": list(LIVE_ALERT),
        "leaving": list(OPEN_SESSION),
        "low": list(LOW_HEALTH),
        "active": SubscriptionStatus.ACTIVE,
        "paid": list(PAID_CYCLE),
        "failed": CycleStatus.FAILED,
        "ended": list(ENDED_SUBSCRIPTION),
    }
    with connection.cursor() as cursor:
        cursor.execute(SELECT, values)
        return {
            pk: Person(country, value, frozenset(products) - {None}, frozenset(intervals), cycle, tuple(risks))
            for pk, country, value, products, intervals, cycle, risks in cursor.fetchall()
        }
