"""Keeps measurements and daily sums as the events say: whatever changed is measured again, days with it.

One sweep at a time (an advisory lock): two that measure the same ticket from two moments would leave the older one.
A change whose transaction ends later leaves its mark later, and is found by the next round.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from success.insights import sums
from success.insights.facts import Gathered
from success.insights.measuring import measure
from success.insights.outcome_facts import GatheredSubscriptions
from success.insights.outcomes import measure_subscription
from success.models import DayMark, MeasureMark, Measurement

AT_ONCE = 400  # tickets or subscriptions in one transaction
DAYS_AT_ONCE = 400
SWEEP_SECONDS = 20.0
COLUMNS = (
    "store_id",
    "metric",
    "day",
    "at",
    "until",
    "ticket_id",
    "subscription_id",
    "queue_id",
    "agent_id",
    "product_id",
    "cycle_index",
    "topics",
    "hit",
    "seconds",
    "business_seconds",
)


def sweep(seconds: float = SWEEP_SECONDS) -> bool:
    """Work off what is marked, tickets and subscriptions before days; whether all was done within the time."""
    end = monotonic() + seconds
    for work in (measure_marked, sum_marked):
        while work():
            if monotonic() > end:
                return False
    return True


@transaction.atomic
def measure_marked() -> int:
    """Measure the oldest marked again; how many marks were worked off, 0 where another sweep is at it."""
    if not _alone():
        return 0
    marks = list(MeasureMark.objects.order_by("pk").values_list("pk", "kind", "subject")[: AT_ONCE * 2])
    for kind in ("ticket", "subscription"):
        measure_again(kind, sorted({subject for _, one, subject in marks if one == kind}))
    MeasureMark.objects.filter(pk__in=[pk for pk, _, _ in marks]).delete()
    return len(marks)


@transaction.atomic
def sum_marked() -> int:
    if not _alone():
        return 0
    marks = list(DayMark.objects.order_by("pk").values_list("pk", "store", "metric", "day")[:DAYS_AT_ONCE])
    sums.sum_again(sorted({(store, metric, day) for _, store, metric, day in marks}))
    DayMark.objects.filter(pk__in=[pk for pk, *_ in marks]).delete()
    return len(marks)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('success.insights'))")
        return bool(cursor.fetchone()[0])


def measure_again(kind: str, subjects: Sequence[int]) -> None:
    """What is measured of these becomes what their events say; rows that are right already stay untouched."""
    if not subjects:
        return
    stale, missing = differences(kind, subjects)
    Measurement.objects.filter(pk__in=stale).delete()
    Measurement.objects.bulk_create(missing, batch_size=1000)


def differences(kind: str, subjects: Sequence[int]) -> tuple[list[int], list[Measurement]]:
    """Rows that should not be there, and those that should."""
    wanted: dict[tuple[Any, ...], list[Measurement]] = {}
    for row in rows_of(kind, subjects):
        wanted.setdefault(_values(row), []).append(row)
    stale = []
    for row in Measurement.objects.filter(**{f"{kind}__in": subjects}).order_by("pk"):
        same = wanted.get(_values(row))
        if same:
            same.pop()
        else:
            stale.append(row.pk)
    return stale, [row for rows in wanted.values() for row in rows]


def _values(row: Measurement) -> tuple[Any, ...]:
    values = (getattr(row, column) for column in COLUMNS)
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)


def rows_of(kind: str, subjects: Sequence[int]) -> Iterable[Measurement]:
    return rows_of_tickets(subjects) if kind == "ticket" else rows_of_subscriptions(subjects)


def rows_of_subscriptions(subjects: Sequence[int]) -> Iterable[Measurement]:
    gathered = GatheredSubscriptions(subjects)
    for pk, subscription in gathered.subscriptions.items():
        zone = ZoneInfo(subscription["zone"])
        for row in measure_subscription(gathered.facts(pk)):
            yield Measurement(
                store_id=subscription["store_id"],
                metric=row.metric,
                day=_day(row.at, zone),
                at=row.at,
                until=_day(row.until, zone) if row.until else None,
                subscription_id=pk,
                product_id=subscription["product_id"],
                cycle_index=row.cycle,
                hit=row.hit,
            )


def rows_of_tickets(subjects: Sequence[int]) -> Iterable[Measurement]:
    gathered = Gathered(subjects)
    for pk, ticket in gathered.tickets.items():
        zone = ZoneInfo(ticket["zone"])
        for row in measure(gathered.facts(pk)):
            yield Measurement(
                store_id=ticket["store_id"],
                metric=row.metric,
                day=_day(row.at, zone),
                at=row.at,
                until=_day(row.until, zone) if row.until else None,
                ticket_id=pk,
                queue_id=row.queue or ticket["queue_id"],
                agent_id=row.agent if row.own_agent else ticket["assignee_id"],
                product_id=ticket["product"] or ticket["boxed"],
                cycle_index=ticket["cycle_index"],
                topics=gathered.topics[pk],
                hit=row.hit,
                seconds=row.seconds,
                business_seconds=row.business_seconds,
            )


def _day(at: datetime, zone: ZoneInfo) -> Any:
    return at.astimezone(zone).date()
