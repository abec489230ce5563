"""Looks for causes, once a day of each store, and gathers complaints on those that are open.

A look and everything that it finds is one transaction that begins with its row: two workers never look at one day
twice, and one that dies leaves the day to the next.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from subscribers.models import Product, Reason, Store
from success.causes import services, texts
from success.causes.detection import GAP, RISES, SPIKES, Finding, Judge, spread
from success.causes.enums import OPEN_CAUSE, CauseState, Dimension
from success.causes.facts import Complaint, Days, boxes_by_day, complaints, days_of_look, lag_of, series_of
from success.causes.measuring import measure
from success.models import Cause, CauseLook
from tickets.models import Ticket

logger = logging.getLogger(__name__)

RISES_ON = 0  # Mondays
# What was dismissed, or closed, is not named again for so long: whoever did it knew of it.
QUIET = timedelta(days=60)


def sweep(now: datetime | None = None) -> int:
    """Look at every store's yesterday, unless that was done; gather on open causes. How many causes were found."""
    now, found = now or timezone.now(), 0
    for store in Store.objects.order_by("pk"):
        try:
            found += len(look_at(store, now))
        except Exception:  # the next store is not its affair; the day stays to be looked at
            logger.exception("causes of %s", store)
    for pk in Cause.objects.open().order_by("pk").values_list("pk", flat=True):
        gather(pk, now)
    return found


def look_at(store: Store, now: datetime | None = None) -> list[Cause]:
    """The causes that the last whole day shows; none where it was looked at already."""
    days = days_of_look(store, now or timezone.now())
    if not Ticket.objects.filter(store=store).exists():
        return []
    with transaction.atomic():
        look, is_new = CauseLook.objects.get_or_create(
            store=store, day=days.last, defaults={"series": 0, "found": 0, "looked_at": now or timezone.now()}
        )
        if not is_new:
            return []
        found = complaints(days)
        findings, look.series = _findings(days, found)
        causes = [cause for finding in findings if (cause := _cause(days, finding, found)) is not None]
        look.found = len(causes)
        look.save(update_fields=["series", "found"])
    return causes


def _findings(days: Days, found: Sequence[Complaint]) -> tuple[list[Finding], int]:
    boxes = boxes_by_day(days)
    series = series_of(days, boxes, found)
    if not series:
        return [], 0
    shipped = boxes[Dimension.ALL, ""]
    words, rare = texts.word_series(days, found, spread(shipped, lag_of(found)))
    known = _quiet(days)
    judge = Judge([one for one in [*series, *words] if one.key not in known], others=rare)
    looks = [SPIKES, RISES] if days.last.weekday() == RISES_ON else [SPIKES]
    made = {finding.key: finding for look in reversed(looks) for finding in judge.look(look)}
    return list(made.values()), len(series) + len(words) + rare


def _quiet(days: Days) -> set[tuple[int, str, str]]:
    """What is open, or was decided a short while ago."""
    rows = Cause.objects.filter(store=days.store)
    ended = rows.filter(state__in=(CauseState.DISMISSED, CauseState.CLOSED), updated_at__gte=timezone.now() - QUIET)
    return set((rows.filter(state__in=OPEN_CAUSE) | ended).values_list("topic", "dimension", "value"))


def _cause(days: Days, finding: Finding, found: Sequence[Complaint]) -> Cause | None:
    key: Any = finding.key
    topic_id, dimension, value = key
    begins_on = days.last - timedelta(days=finding.window - 1)
    of_topic = [one for one in found if one.topic == topic_id]
    if dimension == Dimension.WORDS:
        theirs = texts.having([one for one in of_topic if one.day >= begins_on], value)
    else:
        theirs = [one for one in of_topic if one.day >= begins_on and one.is_of(dimension, value)]
    earlier = {one.ticket for one in of_topic if one.day < begins_on and one.day < days.last - timedelta(days=GAP)}
    words = texts.words_of({one.ticket for one in theirs}, earlier)
    topic = Reason.objects.get(pk=topic_id)
    cause = services.open_cause(
        Cause(
            store=days.store,
            topic=topic,
            dimension=dimension,
            value=value,
            title=title_of(days.store, topic, dimension, value)[:200],
            begins_on=begins_on,
            found_on=days.last,
            count=finding.count,
            boxes=finding.boxes,
            expected=finding.expected,
            p=finding.p,
            q=finding.q,
            words=[[word.term, word.count, word.tickets, round(word.times, 1)] for word in words],
        )
    )
    if cause is not None:
        services.link(cause, theirs)
        measure(cause)
    return cause


def title_of(store: Store, topic: Reason, dimension: str, value: str) -> str:
    """In the store's language, as whoever works there speaks of it."""
    with translation.override(store.language):
        part = value_words(dimension, value)
        return f"{topic}: {part}"


def value_words(dimension: str, value: str, products: dict[str, str] | None = None) -> str:
    """A dimension's value, for people. `products`: names by number, where many are asked for."""
    match dimension:
        case Dimension.ALL:
            return gettext("all boxes")
        case Dimension.CYCLE:
            return gettext("box %(number)s of a subscription") % {"number": value}
        case Dimension.PRODUCT:
            names = products if products is not None else {}
            return names.get(value) or str(Product.objects.filter(pk=value).first() or value)
        case Dimension.BATCH:
            return gettext("batch %(name)s") % {"name": value}
        case Dimension.WORDS:
            return gettext("“%(words)s”") % {"words": value}
        case _:
            return value


def complaints_of(cause: Cause, first: datetime | None = None, now: datetime | None = None) -> list[Complaint]:
    """What is complained of as in this cause since it begins (or since `first`), linked or not."""
    now = now or timezone.now()
    zone = Days(cause.store, cause.begins_on, cause.begins_on).zone
    since = first.astimezone(zone).date() if first else cause.begins_on
    days = Days(cause.store, since, now.astimezone(zone).date())
    found = complaints(days, topic=cause.topic_id, is_open_too=True)
    if cause.dimension == Dimension.WORDS:
        return texts.having(found, cause.value)
    return [one for one in found if one.is_of(cause.dimension, cause.value)]


def gather(pk: int, now: datetime | None = None) -> int:
    """Link what was complained of since; of boxes shipped after the fix nothing. How many were new."""
    cause = Cause.objects.select_related("store", "topic").get(pk=pk)
    found = complaints_of(cause, now=now)
    if cause.fixed_on is not None:
        fixed_on = cause.fixed_on
        found = [one for one in found if (one.shipped_on or one.day) < fixed_on]
    new = services.link(cause, found)
    measure(cause, now)
    return new
