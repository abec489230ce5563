"""Compares what is stored of milestones with what the facts say: computed anew, by the same arithmetic."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from subscribers.models import Subscription
from success.milestones.compute import standing_of
from success.milestones.definitions import definitions_of
from success.milestones.facts import gather
from success.milestones.services import FIELDS
from success.models import MilestoneProgress

BATCH = 1000


def differences(now: datetime | None = None) -> Iterator[str]:
    """One line for each row that is missing, differs, or should not be asked for. Subscriptions of the forgotten are
    left as they were."""
    last = 0
    while True:
        rows = Subscription.objects.filter(subscriber__redacted_at=None, subscriber__gt=last)
        people = list(rows.order_by("subscriber_id").values_list("subscriber_id", flat=True).distinct()[:BATCH])
        if not people:
            return
        yield from _of(people, now or timezone.now())
        last = people[-1]


def _of(people: list[int], now: datetime) -> Iterator[str]:
    lives = [life for theirs in gather(people).values() for life in theirs]
    asked = definitions_of(life.store_id for life in lives)
    stored = {
        (row.subscription_id, row.milestone_id): row
        for row in MilestoneProgress.objects.asked_for().filter(subscription__in=[life.pk for life in lives])
    }
    for life in lives:
        for one in asked[life.store_id]:
            if not one.applies_to(life):
                continue
            said, row = standing_of(one, life, now), stored.pop((life.pk, one.pk), None)
            told = {name: getattr(row, name) for name in FIELDS} if row else None
            meant = {name: getattr(said, name) for name in FIELDS}
            if told != meant:
                yield f"subscription {life.pk}, milestone {one.pk}: {row.state if row else 'missing'}, not {said.state}"
    for subscription, milestone in stored:
        yield f"subscription {subscription}, milestone {milestone}: not asked for"
