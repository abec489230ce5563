"""What each app counts for `/metrics`: gauges, read from the database when they are asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet
from django.utils import timezone


@dataclass(frozen=True)
class Gauge:
    """One family of numbers. `label` tells those of a family apart; without one, `read` gives a single number by ""."""

    name: str
    words: str
    read: Callable[[], Mapping[str, float]]
    label: str = ""


_gauges: list[Gauge] = []


def register(*gauges: Gauge) -> None:
    """Called by each app when it is ready; a second time changes nothing."""
    _gauges.extend(gauge for gauge in gauges if gauge not in _gauges)


def registered() -> list[Gauge]:
    return list(_gauges)


def waiting(name: str, words: str, rows: Callable[[], QuerySet], since: str) -> list[Gauge]:
    """How many rows wait, and for how long the first of them has, in seconds; 0 where none is late.

    `since`: the column from which a row waits; what is due only later does not wait yet.
    """

    def look() -> tuple[int, datetime | None]:
        found = rows().aggregate(number=Count("pk"), first=Min(since))
        return found["number"], found["first"]

    def age() -> float:
        _number, first = look()
        return max(timezone.now() - first, timedelta()).total_seconds() if first else 0.0

    return [
        Gauge(name, words, lambda: {"": look()[0]}),
        Gauge(f"{name}_late_seconds", f"{words}: how late the first of them is", lambda: {"": age()}),
    ]


def by(rows: QuerySet, column: str) -> dict[str, float]:
    """The number of rows for each value of a column. One query."""
    return dict(rows.order_by().values_list(column).annotate(Count("pk")))
