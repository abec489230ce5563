"""Works webhooks off, from their rows: the oldest first, many in one transaction, each shop by one worker at a time.

What fails is undone alone, tried again later and quarantined in the end; both are seen in the admin, and can be
replayed there.
"""

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol, runtime_checkable

from celery import current_app
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from subscribers.bulk import update_many
from subscribers.enums import DeliveryState
from subscribers.later import soon
from subscribers.live import gathered
from subscribers.models import Connection, WebhookDelivery
from subscribers.providers.base import Malformed, NotYet, provider_of
from subscribers.services.ledger import Ledger, recording
from subscribers.services.ledger_lookups import References, look_for
from subscribers.webhooks.topics import HANDLERS

logger = logging.getLogger(__name__)

# Seconds until the next attempt, by attempts made: a day in all. What another webhook brings is there by then.
WAITS = (1, 5, 30, 120, 600, 3600, 4 * 3600, 20 * 3600)
# In one transaction: what they need is read, and what they change is written, in some few statements. Few enough that
# who waits for the lock of a subscription among them hardly notices.
BATCH = 100
# Attempts that are made together with others'. One that ends its worker does so to others no more often than this.
TOGETHER = 3
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
    """Work off what is due, for some seconds at most; how many. A store that another worker has is left to it."""
    done, until = 0, time.monotonic() + LONGEST
    stores = _waiting()
    while stores and time.monotonic() < until:
        store_id = stores.pop(0)
        with _alone(store_id) as is_mine:
            claimed = _claim(store_id) if is_mine else []
            for together in _groups(claimed):
                process(together)
        done += len(claimed)
        if len(claimed) == BATCH:  # it may have more, after the others
            stores.append(store_id)
    return done


def _waiting() -> list[int]:
    """Stores for which something is due."""
    due = WebhookDelivery.objects.filter(
        connection=OuterRef("pk"), state=DeliveryState.STORED, next_attempt_at__lte=timezone.now()
    )
    return sorted(set(Connection.objects.filter(Exists(due)).values_list("store_id", flat=True)))


@contextmanager
def _alone(store_id: int) -> Iterator[bool]:
    """Of a store's webhooks one worker keeps the order in which they came; no two wait for each other's rows.

    The lock is the session's: a killed worker's is free when its connection is gone.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, store_id])
        is_mine = bool(cursor.fetchone()[0])
        try:
            yield is_mine
        finally:
            if is_mine:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, store_id])


def _claim(store_id: int) -> list[tuple[int, int]]:
    """The oldest that are due, theirs for the time of a lease: ids and attempts. The attempt is counted before it is
    made."""
    now = timezone.now()
    with transaction.atomic():
        shops = Connection.objects.filter(store=store_id).values_list("pk", flat=True)
        due = WebhookDelivery.objects.filter(
            connection__in=list(shops), state=DeliveryState.STORED, next_attempt_at__lte=now
        )
        rows = due.select_for_update(skip_locked=True).order_by("next_attempt_at", "pk")
        claimed = list(rows.values_list("pk", "attempts")[:BATCH])
        WebhookDelivery.objects.filter(pk__in=[pk for pk, _ in claimed]).update(
            next_attempt_at=now + LEASE, attempts=F("attempts") + 1
        )
    return claimed


def _groups(claimed: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Those of few attempts in one, each other by itself."""
    together = [pk for pk, attempts in claimed if attempts < TOGETHER]
    if together:
        yield together
    yield from ([pk] for pk, attempts in claimed if attempts >= TOGETHER)


class Apart(Exception):
    """This one of a batch failed after it had changed something: it is undone with the batch, and made alone."""

    def __init__(self, delivery_id: int) -> None:
        super().__init__(delivery_id)
        self.delivery_id = delivery_id


def process(delivery_ids: Sequence[int]) -> None:
    """One attempt at each, in this order. Safe to call twice: facts are told once."""
    try:
        _attempt_all(delivery_ids)
    except Apart as one:
        others = [pk for pk in delivery_ids if pk != one.delivery_id]
        try:
            _attempt_all(others)
        except Exception:  # a second one of them, or the transaction as a whole
            _each_alone(others)
        _each_alone([one.delivery_id])
    except Exception:  # of the transaction as a whole
        if len(delivery_ids) == 1:
            raise
        logger.exception("%s webhooks could not be processed together", len(delivery_ids))
        _each_alone(delivery_ids)


def _each_alone(delivery_ids: Sequence[int]) -> None:
    for pk in delivery_ids:
        try:
            _attempt_all([pk])
        except Exception:  # its lease ends, and it is due again
            logger.exception("webhook %s could not be processed", pk)


def _attempt_all(delivery_ids: Sequence[int]) -> None:
    with transaction.atomic(), gathered():
        with connection.cursor() as cursor:
            # What is lost by a crash is lost together with the mark that it was done, and so is done again.
            cursor.execute("SET LOCAL synchronous_commit = off")
        rows = WebhookDelivery.objects.select_for_update(of=("self",)).select_related("connection__store")
        found = rows.filter(pk__in=delivery_ids, state=DeliveryState.STORED).in_bulk()
        attempted = [found[pk] for pk in delivery_ids if pk in found]
        if len(attempted) == 1:
            _attempt_alone(attempted[0])
        elif attempted:
            _attempt_together(attempted)
        update_many(attempted, MARKS)


MARKS = ("state", "outcome", "error", "processed_at", "next_attempt_at")


def _attempt_alone(delivery: WebhookDelivery) -> None:
    """What it tells, or why that could not be recorded; its row says so, and is not saved yet."""
    if delivery.attempts > len(WAITS) + TOGETHER:
        _failed(delivery, delivery.error or "Every attempt ended its worker.", is_hopeless=True)
        return
    try:
        with transaction.atomic(), recording():
            told = _take(delivery)
    except Exception as error:
        _say(delivery, error)
    else:
        _done(delivery, told)


def _attempt_together(deliveries: Sequence[WebhookDelivery]) -> None:
    """The same for many. Raises Apart for one that failed after it had changed something."""
    with recording() as ledger:
        look_for([(one.connection, said) for one in deliveries if (said := _references(one))])
        for delivery in deliveries:
            _attempt_one_of(ledger, delivery)


def _attempt_one_of(ledger: Ledger, delivery: WebhookDelivery) -> None:
    before = ledger.touched
    try:
        told = _take(delivery)
    except Exception as error:
        is_expected = isinstance(error, NotYet | Malformed)
        if not is_expected or ledger.touched != before:
            raise Apart(delivery.pk) from error
        _say(delivery, error)
    else:
        _done(delivery, told)


def _done(delivery: WebhookDelivery, told: tuple[str, ...] | None) -> None:
    delivery.state = DeliveryState.IGNORED if told is None else DeliveryState.PROCESSED
    delivery.outcome, delivery.error = "; ".join(map(str, told or ())), ""
    delivery.processed_at = timezone.now()


def _say(delivery: WebhookDelivery, error: Exception) -> None:
    if isinstance(error, NotYet | Malformed):
        _failed(delivery, str(error), is_hopeless=isinstance(error, Malformed))
        return
    logger.error("webhook %s could not be processed", delivery.pk, exc_info=error)
    _failed(delivery, f"{type(error).__name__}: {error}", is_hopeless=False)


@runtime_checkable
class Referring(Protocol):
    def refers(self, delivery: WebhookDelivery) -> References:
        """What a webhook names; only a hint, for reading what many of them name at once."""
        ...


def _references(delivery: WebhookDelivery) -> References | None:
    try:
        delivery.payload  # noqa: B018  read once, for whoever takes it
        provider = provider_of(delivery.connection.provider)
        return provider.refers(delivery) if isinstance(provider, Referring) else None
    except (ValueError, LookupError):  # it is said when it is taken
        return None


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
