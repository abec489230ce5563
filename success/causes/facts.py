"""Reads complaints and boxes of a store by day: two statements a look, whatever the number of series.

A complaint is one standing topic of a ticket. It is about the ticket's box, or else about the latest that was shipped
to the subscriber within LAG days before; of a box that is known nowhere only the topic counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from subscribers.enums import BoxStatus
from subscribers.models import Store
from success.causes.detection import DAYS, GAP, Series, spread
from success.causes.enums import OPEN_CAUSE, Dimension

LAG = 28  # days after shipping within which a box is complained of
HISTORY = DAYS + LAG
# Before a store's own complaints tell how long after shipping they come: as even over a fortnight, worth so many.
USUAL_DAYS, USUAL_WEIGHT = range(1, 15), 14.0
NEARLY_ALL = 0.9  # a part that has so many of the boxes says no more than all of them

# What is asked of a box, by dimension; '' is not known.
PARTS = {
    Dimension.CARRIER: "box.carrier",
    Dimension.REGION: "trim(person.country || ' ' || person.region)",
    Dimension.CYCLE: "CASE WHEN cycle.index > 3 THEN '4+' ELSE cycle.index::text END",
    Dimension.PRODUCT: "coalesce(subscription.product_id::text, '')",
    Dimension.BATCH: "box.batch",
}
OF_BOX = """subscribers_box box JOIN subscribers_cycle cycle ON cycle.id = box.cycle_id
    JOIN subscribers_subscription subscription ON subscription.id = cycle.subscription_id
    JOIN subscribers_subscriber person ON person.id = subscription.subscriber_id"""
SHIPPED_AT = "coalesce(box.shipped_at, box.delivered_at)"
COLUMNS = ", ".join(f"{sql} AS part_{name}" for name, sql in PARTS.items())
NAMES = ", ".join(f"part_{name}" for name in PARTS)
BOXES = f"""
SELECT day, grouping({NAMES}), {NAMES}, count(*) FROM (
    SELECT ({SHIPPED_AT} AT TIME ZONE %(zone)s)::date AS day, {COLUMNS} FROM {OF_BOX}
    WHERE subscription.store_id = %(store)s AND box.status <> %(cancelled)s
        AND {SHIPPED_AT} >= %(since)s AND {SHIPPED_AT} < %(until)s
) shipped
GROUP BY day, GROUPING SETS ((), {", ".join(f"(part_{name})" for name in PARTS)})
"""  # noqa: S608  our own constants
COMPLAINTS = f"""
SELECT topic.reason_id, ticket.id, (ticket.opened_at AT TIME ZONE %(zone)s)::date, about.id, about.day, {NAMES}
FROM tickets_tickettopic topic JOIN tickets_ticket ticket ON ticket.id = topic.ticket_id
LEFT JOIN LATERAL (
    SELECT box.id FROM {OF_BOX}
    WHERE ticket.box_id IS NULL AND subscription.subscriber_id = ticket.subscriber_id
        AND box.status <> %(cancelled)s AND {SHIPPED_AT} <= ticket.opened_at
        AND {SHIPPED_AT} > ticket.opened_at - make_interval(days => %(lag)s)
    ORDER BY {SHIPPED_AT} DESC, box.id DESC LIMIT 1
) latest ON true
LEFT JOIN LATERAL (
    SELECT box.id, ({SHIPPED_AT} AT TIME ZONE %(zone)s)::date AS day, {COLUMNS} FROM {OF_BOX}
    WHERE box.id = coalesce(ticket.box_id, latest.id)
) about ON true
WHERE ticket.store_id = %(store)s AND ticket.opened_at >= %(since)s AND ticket.opened_at < %(until)s
    AND ticket.deleted_at IS NULL AND topic.rejected_at IS NULL
    AND (%(topic)s::bigint IS NULL OR topic.reason_id = %(topic)s)
    AND NOT EXISTS (
        SELECT FROM success_causeticket link JOIN success_cause cause ON cause.id = link.cause_id
        WHERE link.ticket_id = ticket.id AND link.removed_at IS NULL AND cause.state = ANY(%(without)s)
    )
ORDER BY ticket.id, topic.reason_id
"""  # noqa: S608  our own constants


@dataclass(frozen=True)
class Complaint:
    """One topic of a ticket, and the box that it is about. `parts`: the box's value in each dimension that is known."""

    topic: int
    ticket: int
    day: date
    box: int | None
    shipped_on: date | None
    parts: Mapping[str, str]

    def is_of(self, dimension: str, value: str) -> bool:
        return dimension == Dimension.ALL or self.parts.get(dimension) == value


@dataclass(frozen=True)
class Days:
    """The days of a store's look: `first` to `last`, both of them looked at."""

    store: Store
    first: date
    last: date

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.store.time_zone)

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def number(self, day: date) -> int:
        return (day - self.first).days

    @property
    def values(self) -> dict[str, Any]:
        return {
            "store": self.store.pk,
            "zone": self.store.time_zone,
            "since": datetime.combine(self.first, time(), self.zone),
            "until": datetime.combine(self.last + timedelta(days=1), time(), self.zone),
            "cancelled": BoxStatus.CANCELLED,
            "lag": LAG,
        }


def days_of_look(store: Store, now: datetime) -> Days:
    """Until yesterday of the store's calendar: today is not over."""
    last = now.astimezone(ZoneInfo(store.time_zone)).date() - timedelta(days=1)
    return Days(store, last - timedelta(days=HISTORY - 1), last)


def boxes_by_day(days: Days) -> dict[tuple[str, str], list[float]]:
    """Boxes shipped on each day, by dimension and value; what is not known of a box is in none."""
    found: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * len(days))
    with connection.cursor() as cursor:
        cursor.execute(BOXES, days.values)
        for day, mask, *values, number in cursor.fetchall():
            # The mask has a bit for each part that is not grouped by, the first part's being the highest.
            part = next((at for at in range(len(PARTS)) if not mask & 1 << len(PARTS) - 1 - at), None)
            key = (str(Dimension.ALL), "") if part is None else (str([*PARTS][part]), values[part] or "")
            if part is None or key[1]:
                found[key][days.number(day)] += number
    return dict(found)


def complaints(days: Days, *, topic: int | None = None, is_open_too: bool = False) -> list[Complaint]:
    """Complaints of these days, without those that an open cause explains already (unless `is_open_too`)."""
    values = days.values | {"topic": topic, "without": [] if is_open_too else list(OPEN_CAUSE)}
    with connection.cursor() as cursor:
        cursor.execute(COMPLAINTS, values)
        rows = cursor.fetchall()
    names = [str(name) for name in PARTS]
    return [
        Complaint(topic_id, ticket, day, box, shipped, {n: v for n, v in zip(names, parts, strict=True) if v})
        for topic_id, ticket, day, box, shipped, *parts in rows
    ]


def lag_of(found: Iterable[Complaint]) -> list[float]:
    """The share of complaints that come so many days after shipping; of a young store, as they usually do."""
    counts = [USUAL_WEIGHT / len(USUAL_DAYS) if day in USUAL_DAYS else 0.0 for day in range(LAG)]
    for one in found:
        if one.shipped_on is not None and 0 <= (after := (one.day - one.shipped_on).days) < LAG:
            counts[after] += 1
    total = sum(counts)
    return [count / total for count in counts]


def series_of(days: Days, boxes: Mapping[tuple[str, str], Sequence[float]], found: Sequence[Complaint]) -> list[Series]:
    """Each topic over all boxes and over each part of them that had boxes lately."""
    lag = lag_of(found)
    exposure = {key: spread(shipped, lag) for key, shipped in boxes.items()}
    everything = exposure.get((Dimension.ALL, ""))
    if everything is None:
        return []
    lately = sum(everything[-GAP:])
    heard: dict[tuple[int, str, str], list[set[int]]] = defaultdict(lambda: [set() for _ in range(len(days))])
    for one in found:
        for part in ((str(Dimension.ALL), ""), *one.parts.items()):
            heard[one.topic, *part][days.number(one.day)].add(one.ticket)
    breadth = {str(dimension): place for place, dimension in enumerate(Dimension)}
    wholes: dict[int, Series] = {}
    made = []
    for dimension, value in sorted(exposure, key=lambda key: (breadth[key[0]], key[1])):
        days_of = exposure[dimension, value]
        is_all = dimension == Dimension.ALL
        if not is_all and not 0 < sum(days_of[-GAP:]) < NEARLY_ALL * lately:
            continue
        for topic in sorted({one.topic for one in found}):
            tickets = heard.get((topic, dimension, value)) or [set() for _ in range(len(days))]
            counts = [len(day) for day in tickets]
            key = (topic, dimension, value)
            one_series = Series(key, counts, days_of, wholes.get(topic), breadth[dimension], tickets)
            if is_all:
                wholes[topic] = one_series
            made.append(one_series)
    return made
