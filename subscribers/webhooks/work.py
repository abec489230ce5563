"""Works webhooks off, from their rows: the oldest first, each in a transaction of its own, by one worker at a time.

What fails is tried again later and quarantined in the end; both are seen in the admin, and can be replayed there.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from subscribers.enums import DeliveryState
from subscribers.later import soon
from subscribers.models import WebhookDelivery
from subscribers.providers.base import Malformed, NotYet, provider_of
from subscribers.webhooks.topics import HANDLERS

logger = logging.getLogger(__name__)

# Seconds until the next attempt, by attempts made: a day in all. What another webhook brings is there by then.
WAITS = (1, 5, 30, 120, 600, 3600, 4 * 3600, 20 * 3600)
BATCH = 50
# Longer than a batch takes: what a killed worker had taken is due again then.
LEASE = timedelta(seconds=30)
LONGEST = 20.0  # seconds of one task
KEPT = timedelta(days=30)
LOCK = 0x3EB400C5
HINT_EVERY = 0.25  # seconds

_hinted = 0.0


def hint() -> None:
    """Tell the worker that there is something; once for all that came within a moment.

    Asks nothing of the database (`soon` would open a connection), and a broker that is lost costs nothing: the sweep
    finds the rows.
    """
    global _hinted
    if time.monotonic() - _hinted < HINT_EVERY:
        return
    _hinted = time.monotonic()
    try:
        current_app.send_task("subscribers.tasks.process_webhooks", retry=False)
    except Exception as error:
        logger.warning("the worker was not told of webhooks: %s", error)


def process_due() -> int:
    """Work off what is due, for some seconds at most; how many. Does nothing where another worker is at it."""
    done, until = 0, time.monotonic() + LONGEST
    with _alone() as is_mine:
        while is_mine and time.monotonic() < until:
            claimed = _claim()
            for pk in claimed:
                process(pk)
            done += len(claimed)
            if len(claimed) < BATCH:
                break
    return done


@contextmanager
def _alone() -> Iterator[bool]:
    """One worker keeps the order in which webhooks came, and leaves the others to other work.

    The lock is the session's: a killed worker's is free when its connection is gone.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        is_mine = bool(cursor.fetchone()[0])
        try:
            yield is_mine
        finally:
            if is_mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _claim() -> list[int]:
    """The oldest that are due, theirs for the time of a lease. The attempt is counted before it is made."""
    now = timezone.now()
    with transaction.atomic():
        due = WebhookDelivery.objects.filter(state=DeliveryState.STORED, next_attempt_at__lte=now)
        rows = due.select_for_update(skip_locked=True).order_by("next_attempt_at", "pk")
        pks = list(rows.values_list("pk", flat=True)[:BATCH])
        WebhookDelivery.objects.filter(pk__in=pks).update(next_attempt_at=now + LEASE, attempts=F("attempts") + 1)
    return pks


def process(delivery_id: int) -> None:
    """One attempt at one delivery. Safe to call twice: its facts are told once."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # What is lost by a crash is lost together with the mark that it was done, and so is done again.
                cursor.execute("SET LOCAL synchronous_commit = off")
            rows = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("connection__store")
            delivery = rows.filter(pk=delivery_id, state=DeliveryState.STORED).first()
            if delivery is not None:
                _work_off(delivery)
    except (NotYet, Malformed) as error:
        _failed(delivery_id, str(error), is_hopeless=isinstance(error, Malformed))
    except Exception as error:  # logged, kept with the row, tried again
        logger.exception("webhook %s could not be processed", delivery_id)
        _failed(delivery_id, f"{type(error).__name__}: {error}", is_hopeless=False)


def _work_off(delivery: WebhookDelivery) -> None:
    try:
        delivery.payload  # noqa: B018  read once, for whoever takes it
    except ValueError as error:
        raise Malformed(str(error)) from error
    if handler := HANDLERS.get((delivery.connection.provider, delivery.topic)):
        told: Iterable[str] | None = handler(delivery)
    else:
        try:
            told = provider_of(delivery.connection.provider).take(delivery)
        except LookupError:
            told = None
    delivery.state = DeliveryState.IGNORED if told is None else DeliveryState.PROCESSED
    delivery.outcome = "; ".join(told or ())
    delivery.error = ""
    delivery.processed_at = timezone.now()
    delivery.save(update_fields=["state", "outcome", "error", "processed_at"])


@transaction.atomic
def _failed(delivery_id: int, error: str, *, is_hopeless: bool) -> None:
    row = WebhookDelivery.objects.select_for_update().filter(pk=delivery_id, state=DeliveryState.STORED).first()
    if row is None:
        return
    row.error = error.replace("\x00", "")[:5000]
    if is_hopeless or row.attempts > len(WAITS):
        row.state, row.processed_at = DeliveryState.QUARANTINED, timezone.now()
    else:
        wait = WAITS[max(row.attempts, 1) - 1]
        row.next_attempt_at = timezone.now() + timedelta(seconds=wait)
    row.save(update_fields=["error", "state", "processed_at", "next_attempt_at"])


def replay(delivery_ids: Iterable[int]) -> int:
    """Work deliveries off once more, whatever became of them; what they told already is told to nobody again."""
    changed = WebhookDelivery.objects.filter(pk__in=list(delivery_ids)).update(
        state=DeliveryState.STORED,
        attempts=0,
        next_attempt_at=timezone.now(),
        processed_at=None,
        error="",
        outcome="",
    )
    soon("subscribers.tasks.process_webhooks")
    return changed


def purge() -> int:
    """Forget what was worked off long ago: it tells of people, and nobody sends it again."""
    settled = (DeliveryState.PROCESSED, DeliveryState.IGNORED)
    old = WebhookDelivery.objects.filter(state__in=settled, received_at__lt=timezone.now() - KEPT)
    return old.delete()[0]
