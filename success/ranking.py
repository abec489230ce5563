"""Where an alert stands in the queue: its due time, brought forward by its priority and by the value at risk.

A moment, not a mixture of numbers: it can be said in words, sorted by an index, and changes only when the alert does.
"""

from datetime import timedelta
from decimal import Decimal

from django.db.models import BigIntegerField, Case, F, Func, Value, When
from django.db.models.expressions import CombinedExpression

from success.enums import AlertPriority

# How much sooner than its due time an alert of a priority stands; less than nothing: later.
SOONER = {
    AlertPriority.URGENT: timedelta(days=3),
    AlertPriority.HIGH: timedelta(days=1),
    AlertPriority.NORMAL: timedelta(0),
    AlertPriority.LOW: timedelta(days=-1),
}
HOUR_FOR = 20  # of the store's currency a year: an hour sooner
MOST_FOR_VALUE = timedelta(days=3)

ORDER_IN_WORDS = (
    "Value at risk and urgency: each alert stands at its due time, brought forward 3 days when urgent and 1 day when "
    f"high (1 day back when low), and by an hour for every {HOUR_FOR} of value at risk a year, at most 3 days."
)


def value_sooner(value: Decimal) -> timedelta:
    """How much sooner an alert stands for `value` a year, to the second."""
    return min(timedelta(seconds=int(value * 3600 / HOUR_FOR)), MOST_FOR_VALUE)


class Moment(Func):
    """Seconds from 2000 to a time. A difference of moments knows no time zone: a generated column may have it."""

    template = "EXTRACT(EPOCH FROM %(expressions)s - TIMESTAMPTZ '2000-01-01 00:00:00+00')::bigint"
    output_field = BigIntegerField()


class ForValue(Func):
    """`value_sooner` of a column, in seconds."""

    template = f"LEAST(FLOOR(%(expressions)s * {3600 // HOUR_FOR}), {int(MOST_FOR_VALUE.total_seconds())})::bigint"
    output_field = BigIntegerField()


def rank() -> CombinedExpression:
    """An alert's rank in SQL: seconds since 2000, the most pressing the least."""
    priority = Case(
        *(When(priority=one, then=Value(int(by.total_seconds()))) for one, by in SOONER.items() if by),
        default=Value(0),
        output_field=BigIntegerField(),
    )
    minus = CombinedExpression.SUB  # as the operator makes it
    sooner = CombinedExpression(Moment(F("due_at")), minus, priority)
    return CombinedExpression(sooner, minus, ForValue(F("value_at_risk")))
