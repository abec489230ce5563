"""Works webhooks off, from their rows: the oldest first, a few in one transaction, by one worker at a time.

What fails is undone alone, tried again later and quarantined in the end; both are seen in the admin, and can be
replayed there.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from subscribers.enums import DeliveryState
from subscribers.later import soon
from subscribers.live import gathered
from subscribers.models import WebhookDelivery
from subscribers.providers.base import Malformed, NotYet, provider_of
from subscribers.webhooks.topics import HANDLERS

logger = logging.getLogger(__name__)

# Seconds until the next attempt, by attempts made: a day in all. What another webhook brings is there by then.
WAITS = (1, 5, 30, 120, 600, 3600, 4 * 3600, 20 * 3600)
BATCH = 50
# In one transaction: their rows, their marks and what pages hear of them take one statement each. Few enough that who
# waits for the lock of a subscription among them hardly notices.
GROUP = 10
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
            for first in range(0, len(claimed), GROUP):
                process(claimed[first : first + GROUP])
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


def process(delivery_ids: Sequence[int]) -> None:
    """One attempt at each, in this order. Safe to call twice: facts are told once."""
    try:
        with transaction.atomic(), gathered():
            with connection.cursor() as cursor:
                # What is lost by a crash is lost together with the mark that it was done, and so is done again.
                cursor.execute("SET LOCAL synchronous_commit = off")
            rows = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("connection__store")
            found = rows.filter(pk__in=delivery_ids, state=DeliveryState.STORED).in_bulk()
            attempted = [found[pk] for pk in delivery_ids if pk in found]
            for delivery in attempted:
                _attempt(delivery)
            _mark(attempted)
    except Exception:  # of the transaction as a whole, or of one that took it along
        if len(delivery_ids) == 1:
            raise
        logger.exception("webhooks %s could not be processed together", delivery_ids)
        for pk in delivery_ids:
            _alone_in_its_transaction(pk)


def _alone_in_its_transaction(delivery_id: int) -> None:
    try:
        process([delivery_id])
    except Exception:  # its lease ends, and it is due again
        logger.exception("webhook %s could not be processed", delivery_id)


def _attempt(delivery: WebhookDelivery) -> None:
    """What it tells, or why that could not be recorded; its row says so, and is not saved yet."""
    try:
        with transaction.atomic():
            told = _take(delivery)
    except (NotYet, Malformed) as error:
        _failed(delivery, str(error), is_hopeless=isinstance(error, Malformed))
    except Exception as error:  # logged, kept with the row, tried again
        logger.exception("webhook %s could not be processed", delivery.pk)
        _failed(delivery, f"{type(error).__name__}: {error}", is_hopeless=False)
    else:
        delivery.state = DeliveryState.IGNORED if told is None else DeliveryState.PROCESSED
        delivery.outcome, delivery.error = "; ".join(told or ()), ""
        delivery.processed_at = timezone.now()


def _take(delivery: WebhookDelivery) -> tuple[str, ...] | None:
    try:
        delivery.payload  # noqa: B018  read once, for whoever takes it
    except ValueError as error:
        raise Malformed(str(error)) from error
    if handler := HANDLERS.get((delivery.connection.provider, delivery.topic)):
        return handler(delivery)
    try:
        provider = provider_of(delivery.connection.provider)
    except LookupError:
        return None
    return provider.take(delivery)


def _failed(delivery: WebhookDelivery, error: str, *, is_hopeless: bool) -> None:
    delivery.error = error.replace("\x00", "")[:5000]
    if is_hopeless or delivery.attempts > len(WAITS):
        delivery.state, delivery.processed_at = DeliveryState.QUARANTINED, timezone.now()
    else:
        wait = WAITS[max(delivery.attempts, 1) - 1]
        delivery.next_attempt_at = timezone.now() + timedelta(seconds=wait)


MARK = """
UPDATE subscribers_webhookdelivery AS delivery SET
    state = told.state, outcome = told.outcome, error = told.error,
    processed_at = told.processed_at, next_attempt_at = told.next_attempt_at
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[])
    AS told (id, state, outcome, error, processed_at, next_attempt_at)
WHERE delivery.id = told.id
"""


def _mark(deliveries: Sequence[WebhookDelivery]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            MARK,
            [
                [one.pk for one in deliveries],
                [str(one.state) for one in deliveries],
                [one.outcome for one in deliveries],
                [one.error for one in deliveries],
                [one.processed_at for one in deliveries],
                [one.next_attempt_at for one in deliveries],
            ],
        )


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
