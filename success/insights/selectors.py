"""Reads figures from their daily sums: a fixed number of statements, whatever the number of tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Sum
from django.db.models.functions import TruncMonth

from subscribers.directory import subscribers_of_view
from subscribers.models import Product, Reason, Store
from subscribers.models.stores import Viewer
from success.insights.behind import measured, words_of
from success.insights.definitions import BY_KEY, Definition, Unit
from success.models import DailyFigure
from tickets.models import Queue

SMALL = 30  # below it, chance moves a figure more than work does
Z = 1.959964


@dataclass(frozen=True)
class Period:
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


@dataclass(frozen=True)
class Figure:
    """`number` measured, `hits` of them above the line; medians and p90 in seconds, elapsed and in business hours."""

    definition: Definition
    number: int = 0
    hits: int = 0
    median: float | None = None
    p90: float | None = None
    business_median: float | None = None
    business_p90: float | None = None

    @property
    def amount(self) -> float | None:
        """What is compared and drawn: seconds, a share from 0 to 1, or a count; None where there is nothing."""
        if self.definition.unit == Unit.TIME:
            return self.median
        if self.definition.unit == Unit.SHARE:
            return self.hits / self.number if self.number else None
        return float(self.number)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's, at 95 %, of a share."""
        if self.definition.unit != Unit.SHARE or not self.number:
            return None
        share, n = self.hits / self.number, self.number
        middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def is_small(self) -> bool:
        return self.definition.unit in (Unit.TIME, Unit.SHARE) and 0 < self.number < SMALL


def figures(
    user: Viewer, metrics: Sequence[str], period: Period, by: str = "", queue: int | None = None
) -> dict[tuple[str, Any], Figure]:
    """By metric and value of a dimension (0 where there is none asked for), of what this person sees.

    Of tickets: the queues; of subscriptions, which are in none: the stores.
    """
    standing = [key for key in metrics if BY_KEY[key].unit == Unit.STANDING]
    place = "queue_id" if by == "queue" else "day" if by == "day" else "value"
    values: dict[str, Any] = {
        "queues": [pk for pk in Queue.objects.visible_to(user).values_list("pk", flat=True) if queue in (None, pk)],
        "stores": list(Store.objects.visible_to(user).values_list("pk", flat=True)) if queue is None else [],
        "metrics": list(metrics),
        "standing": standing,
        "dimension": "" if by in ("queue", "day") else by,
        "first": period.first,
        "last": period.last,
    }
    where = """(queue_id = ANY(%(queues)s) OR (queue_id IS NULL AND store_id = ANY(%(stores)s)))
        AND metric = ANY(%(metrics)s) AND dimension = %(dimension)s
        AND day <= %(last)s AND (day >= %(first)s OR metric = ANY(%(standing)s))"""
    found: dict[tuple[str, Any], dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT metric, {place}, sum(number), sum(hits) FROM success_dailyfigure WHERE {where} GROUP BY 1, 2",  # noqa: S608
            values,
        )
        for metric, value, number, hits in cursor.fetchall():
            found[metric, value or 0] = {"number": number, "hits": hits}
        for column, prefix in (("seconds", ""), ("business_seconds", "business_")):
            cursor.execute(
                f"""SELECT metric, {place}, percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY took)
                FROM success_dailyfigure, unnest({column}) AS took WHERE {where} GROUP BY 1, 2""",  # noqa: S608
                values,
            )
            for metric, value, (median, p90) in cursor.fetchall():
                found[metric, value or 0] |= {f"{prefix}median": median, f"{prefix}p90": p90}
    return {key: Figure(BY_KEY[key[0]], **fields) for key, fields in found.items()}


def subjects_behind(user: Viewer, metric: str, period: Period) -> int:
    """How many tickets, or subscribers, the list behind a figure shows to this person."""
    if BY_KEY[metric].about == "subscription":
        theirs = measured(metric, period.first, period.last).values("subscription__subscriber")
        return subscribers_of_view("all", user).filter(pk__in=theirs).count()
    queues = Queue.objects.visible_to(user)
    rows = measured(metric, period.first, period.last).filter(ticket__queue__in=queues)
    return rows.values("ticket").distinct().count()


def behind(metric: str, period: Period, dimension: str = "", value: int = 0) -> str:
    return words_of(metric, period.first, period.last, dimension, value)


def by_day(user: Viewer, metric: str, period: Period) -> list[tuple[date, Figure]]:
    """Every day of the period; of what lasts, what stood at its end."""
    definition = BY_KEY[metric]
    found = {day: figure for (_, day), figure in figures(user, [metric], period, by="day").items()}
    days = [period.first + timedelta(days=number) for number in range(period.days)]
    if definition.unit != Unit.STANDING:
        return [(day, found.get(day, Figure(definition))) for day in days]
    stood = sum(figure.number for day, figure in found.items() if day < period.first)
    lines = []
    for day in days:
        stood += found[day].number if day in found else 0
        lines.append((day, Figure(definition, number=stood)))
    return lines


def cohorts(user: Viewer, metric: str, period: Period, most: int = 12) -> list[tuple[date, list[Figure]]]:
    """By month, the newest first: a share by cycle from 1, as far as any month of the period has come."""
    found: dict[date, dict[int, Figure]] = {}
    kept = DailyFigure.objects.filter(store__in=Store.objects.visible_to(user), metric=metric, dimension="cycle")
    kept = kept.filter(day__gte=period.first, day__lte=period.last, value__gte=1, value__lte=most)
    months = kept.annotate(month=TruncMonth("day")).values("month", "value")
    for row in months.annotate(of=Sum("number"), over=Sum("hits")):
        month = found.setdefault(row["month"], {})
        month[row["value"]] = Figure(BY_KEY[metric], row["of"], row["over"])
    widest = max((cycle for cycles in found.values() for cycle in cycles), default=0)
    none = Figure(BY_KEY[metric])
    return [
        (month, [cycles.get(number, none) for number in range(1, widest + 1)])
        for month, cycles in sorted(found.items(), reverse=True)
    ]


def names_of(dimension: str, values: Sequence[int]) -> dict[int, str]:
    if dimension == "cycle":
        return {value: str(value) for value in values if value}
    if dimension == "agent":
        return {person.pk: str(person) for person in get_user_model().objects.filter(pk__in=values)}
    models: dict[str, Any] = {"queue": Queue, "topic": Reason, "product": Product}
    return {one.pk: str(one) for one in models[dimension].objects.filter(pk__in=values)}
