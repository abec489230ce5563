"""Finds whose milestones and health must be computed again, and has it done, batch by batch."""

import logging
import time
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from subscribers.models import Subscription
from success.health import tell
from success.health.services import compute
from success.health.stale import mark
from success.models import Health, MilestoneProgress, Stale

logger = logging.getLogger(__name__)

BATCH = 500
LONGEST = 20.0  # seconds of one sweep; the next goes on


def due(limit: int, now: datetime) -> list[int]:
    """People of whom facts became known first, then those of whom time alone makes something else.

    Reads only rows that are due, by their partial indexes.
    """
    ids = dict.fromkeys(Stale.objects.order_by("pk").values_list("subscriber_id", flat=True)[: 2 * limit])
    ids = dict.fromkeys(list(ids)[:limit])
    for rows in (
        MilestoneProgress.objects.filter(due_at__lte=now).order_by("due_at"),
        Health.objects.filter(due_at__lte=now).order_by("due_at"),
    ):
        if len(ids) < limit:
            ids |= dict.fromkeys(rows.values_list("subscriber_id", flat=True)[: limit - len(ids)])
    return sorted(ids)


def sweep(now: datetime | None = None) -> int:
    """Compute what is due, and tell alerts and flows; how many people were computed."""
    started, done = time.monotonic(), 0
    while time.monotonic() - started < LONGEST:
        ids = due(BATCH, now or timezone.now())
        computed = compute(ids, now) if ids else 0
        done += computed
        if computed == 0 or len(ids) < BATCH:
            break
    tell.tell_all()
    return done


def compute_all(*, is_quiet: bool = False, store: int | None = None, now: datetime | None = None) -> int:
    """Everybody who ever subscribed, in order of their number; how many. Safe to stop and to call again."""
    rows = Subscription.objects.order_by("subscriber_id")
    rows = rows.filter(store=store) if store is not None else rows
    done = last = 0
    while True:
        ids = list(rows.filter(subscriber__gt=last).values_list("subscriber_id", flat=True).distinct()[: 2 * BATCH])
        if not ids:
            return done
        done += compute(ids, now, is_quiet=is_quiet)
        last = ids[-1]


def find_unknown(limit: int = 10_000) -> int:
    """Mark who subscribes and was never computed: imports in bulk, an installation from before; how many."""
    never = Subscription.objects.exclude(Exists(Health.objects.filter(subscriber=OuterRef("subscriber"))))
    ids = list(never.order_by("subscriber_id").values_list("subscriber_id", flat=True).distinct()[:limit])
    mark(*ids)
    return len(ids)
