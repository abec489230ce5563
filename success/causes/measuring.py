"""Measures a cause: its complaints and boxes by day, and since the fix what was avoided. Kept as figures on its row.

Of a batch no box ships any more, so the boxes since the fix are those of its products: what is avoided is what they
would have brought had they been like the batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from subscribers.models import Box
from success.causes import texts
from success.causes.avoided import Avoided
from success.causes.detection import spread
from success.causes.enums import Dimension
from success.causes.facts import LAG, Complaint, Days, boxes_by_day, complaints, lag_of
from success.models import Cause

BEFORE = 56  # days before its beginning, to compare with
LONGEST = 400  # days after it: older ones are history


@dataclass(frozen=True)
class Figures:
    """`days`: (day, complaints, exposure in boxes), oldest first. `avoided`: None before a fix."""

    days: Sequence[tuple[date, int, float]]
    avoided: Avoided | None


def figures_of(cause: Cause) -> Figures:
    """As they were measured last."""
    days = [(date.fromisoformat(day), count, boxes) for day, count, boxes in cause.figures.get("days", ())]
    avoided = cause.figures.get("avoided")
    return Figures(days, Avoided(*avoided) if avoided and cause.fixed_on else None)


def measure(cause: Cause, now: datetime | None = None) -> None:
    """Bring the figures up to date: three statements, whatever their number."""
    now = now or timezone.now()
    zone = Days(cause.store, cause.begins_on, cause.begins_on).zone
    first = cause.begins_on - timedelta(days=BEFORE + LAG)
    last = min(now.astimezone(zone).date(), cause.begins_on + timedelta(days=LONGEST))
    days = Days(cause.store, first, max(last, cause.begins_on))
    of_topic = complaints(days, topic=cause.topic_id, is_open_too=True)
    boxes, lag = boxes_by_day(days), lag_of(of_topic)
    theirs = _of(cause, of_topic)
    shipped = _boxes(days, boxes, cause.dimension, [cause.value])
    exposure = spread(shipped, lag)
    counts = [0] * len(days)
    for one in theirs:
        counts[days.number(one.day)] += 1
    shown = range(LAG, len(days))
    figures: dict[str, Any] = {
        "days": [((first + timedelta(days=day)).isoformat(), counts[day], round(exposure[day], 2)) for day in shown],
        "at": now.isoformat(),
    }
    if cause.fixed_on is not None:
        figures["avoided"] = _avoided(cause, days, boxes, lag, counts, exposure, of_topic)
    cause.figures = figures
    Cause.objects.filter(pk=cause.pk).update(figures=figures)


def _of(cause: Cause, found: Sequence[Complaint]) -> list[Complaint]:
    if cause.dimension == Dimension.WORDS:
        return texts.having(found, cause.value)
    return [one for one in found if one.is_of(cause.dimension, cause.value)]


def _boxes(
    days: Days, boxes: Mapping[tuple[str, str], Sequence[float]], dimension: str, values: Sequence[str]
) -> list[float]:
    """Boxes by day of a part; of words and of everything, all."""
    if dimension in (Dimension.ALL, Dimension.WORDS):
        return list(boxes.get((str(Dimension.ALL), ""), [0.0] * len(days)))
    parts = [boxes.get((dimension, value), [0.0] * len(days)) for value in values]
    return [sum(day) for day in zip(*parts, strict=True)] if parts else [0.0] * len(days)


def _avoided(
    cause: Cause,
    days: Days,
    boxes: Mapping[tuple[str, str], Sequence[float]],
    lag: Sequence[float],
    counts: Sequence[int],
    exposure: Sequence[float],
    of_topic: Sequence[Complaint],
) -> list[float]:
    """Complaints and boxes from its beginning to the fix, and of what was shipped since."""
    assert cause.fixed_on is not None  # noqa: S101  the caller has asked
    begun = days.number(cause.begins_on)
    fixed = min(max(days.number(cause.fixed_on), begun + 1), len(days))
    dimension, values = cause.dimension, [cause.value]
    if dimension == Dimension.BATCH:
        dimension, values = str(Dimension.PRODUCT), products_of(cause)
    since = [number if day >= fixed else 0.0 for day, number in enumerate(_boxes(days, boxes, dimension, values))]
    candidates = _of(cause, of_topic) if cause.dimension == Dimension.WORDS else of_topic
    after = sum(
        one.shipped_on is not None
        and one.shipped_on >= cause.fixed_on
        and (cause.dimension == Dimension.WORDS or any(one.is_of(dimension, value) for value in values))
        for one in candidates
    )
    # Boxes that are still to be complained of count as far as their time has come.
    exposed = sum(spread(since, lag))
    return [sum(counts[begun:fixed]), round(sum(exposure[begun:fixed]), 2), after, round(exposed, 2)]


def products_of(cause: Cause) -> list[str]:
    """The products whose boxes were of its batch."""
    theirs = Box.objects.filter(batch=cause.value, cycle__subscription__store=cause.store_id)
    rows = theirs.annotate(product=F("cycle__subscription__product")).values_list("product", flat=True)
    return [str(pk) for pk in rows.distinct().order_by("product") if pk]
