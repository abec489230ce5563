"""Sums by day: how they are made of what was measured, and whether they still are."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from success.models import DailyFigure

Key = tuple[int, str, date]

# What was measured by day. What lasts counts once on the day when it began, and is taken off on the day when it ended.
_MOVES = """
    SELECT store_id, metric, day, queue_id, agent_id, product_id, cycle_index, topics, hit, seconds, business_seconds,
           1 AS weight
      FROM success_measurement WHERE (store_id, metric, day) IN ({days})
    UNION ALL
    SELECT store_id, metric, until, queue_id, agent_id, product_id, cycle_index, topics, NULL, NULL, NULL, -1
      FROM success_measurement WHERE until IS NOT NULL AND (store_id, metric, until) IN ({days})
"""
_SUMS = f"""
    SELECT store_id, metric, day, queue_id, place.dimension, place.value,
           sum(weight)::int AS number, (count(*) FILTER (WHERE hit))::int AS hits,
           coalesce(array_agg(seconds ORDER BY seconds) FILTER (WHERE seconds IS NOT NULL), '{{{{}}}}') AS seconds,
           coalesce(array_agg(business_seconds ORDER BY business_seconds)
                    FILTER (WHERE business_seconds IS NOT NULL), '{{{{}}}}') AS business_seconds
      FROM ({_MOVES}) AS moves
     CROSS JOIN LATERAL (
        SELECT '' AS dimension, 0::bigint AS value
        UNION ALL SELECT 'agent', coalesce(agent_id, 0)
        UNION ALL SELECT 'product', coalesce(product_id, 0)
        UNION ALL SELECT 'cycle', coalesce(cycle_index, 0)
        UNION ALL SELECT 'topic', unnest(CASE WHEN topics = '{{{{}}}}' THEN '{{{{0}}}}'::bigint[] ELSE topics END)
     ) AS place
     GROUP BY store_id, metric, day, queue_id, place.dimension, place.value
"""  # noqa: S608
COLUMNS = "store_id, metric, day, queue_id, dimension, value, number, hits, seconds, business_seconds"
_EVERY_DAY = """SELECT store_id, metric, day FROM success_measurement
    UNION SELECT store_id, metric, until FROM success_measurement WHERE until IS NOT NULL"""


def sum_again(keys: Sequence[Key]) -> None:
    """The sums of these days become what was measured on them."""
    if not keys:
        return
    listed = ", ".join(["(%s, %s, %s)"] * len(keys))
    values: list[Any] = [part for key in keys for part in key]
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {DailyFigure._meta.db_table} WHERE (store_id, metric, day) IN ({listed})",  # noqa: S608
            values,
        )
        cursor.execute(
            f"INSERT INTO {DailyFigure._meta.db_table} ({COLUMNS}) {_SUMS.format(days=listed)}",
            values * 2,
        )


def differences(limit: int = 20) -> list[tuple[Any, ...]]:
    """Sums that are there and should not be, and those that are not and should: `is_there`, then the columns."""
    made = _SUMS.format(days=_EVERY_DAY)
    kept = f"SELECT {COLUMNS} FROM {DailyFigure._meta.db_table}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"(SELECT true, * FROM ({kept} EXCEPT {made}) AS wrong"  # noqa: S608
            f" UNION ALL SELECT false, * FROM ({made} EXCEPT {kept}) AS absent) LIMIT %s",
            [limit],
        )
        return list(cursor.fetchall())
