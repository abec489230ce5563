"""Reads single subscriptions at their provider again: what a webhook leaves out, and what an action changed beside.

The row of the subscription is the order for it, with a due time; the sweep does what is due. What cannot be read now
is tried again, and what is never read is found by the reconciliation.
"""

import logging
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from django.db import transaction
from django.utils import timezone

from subscribers.enums import Provider
from subscribers.models import Connection, Subscription
from subscribers.providers.base import RefusedByProvider, Truth, TryAgain, provider_of
from subscribers.services.ledger import recording
from subscribers.services.truths import compare, repair

logger = logging.getLogger(__name__)

# A change is told by several webhooks: one reading serves them.
DELAY = timedelta(seconds=2)
LEASE = timedelta(minutes=5)
AGAIN = timedelta(minutes=10)


@runtime_checkable
class Reader(Protocol):
    def read(self, connection: Connection, external_id: str) -> Truth | None:
        """One subscription as it is now; None where the provider has none (or hides it). Raises TryAgain."""
        ...


def can_read(connection: Connection) -> bool:
    """Whether its subscriptions are shown to us: Shopify shows an app its own alone."""
    is_shown = connection.owns_contracts or connection.provider != Provider.SHOPIFY
    return connection.is_active and is_shown and bool(connection.access_token)


def want(subscription: Subscription) -> None:
    """Have it read soon."""
    with recording() as ledger:
        ledger.want_read(subscription, timezone.now() + DELAY)


def sweep_rereads(limit: int = 100) -> int:
    """Read what is due; how many were read."""
    done = 0
    for pk, claim in _claim(limit):
        done += reread(pk, claim)
    return done


def _claim(limit: int) -> list[tuple[int, datetime]]:
    """The oldest that are due, theirs for the time of a lease."""
    now = timezone.now()
    with transaction.atomic():
        due = Subscription.objects.filter(reread_at__lte=now).order_by("reread_at")
        pks = list(due.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:limit])
        Subscription.objects.filter(pk__in=pks).update(reread_at=now + LEASE)
    return [(pk, now + LEASE) for pk in pks]


def reread(subscription_id: int, claim: datetime | None = None) -> bool:
    """Read one at its provider and repair what differs; whether it could be read."""
    subscription = Subscription.objects.filter(pk=subscription_id).first()
    if subscription is None:  # forgotten meanwhile
        return False
    mine = Subscription.objects.filter(pk=subscription_id, reread_at=claim)
    connection = connection_of(subscription)
    provider = provider_of(subscription.provider)
    if connection is None or not isinstance(provider, Reader):
        mine.update(reread_at=None)
        return False
    is_read = False
    try:
        began = timezone.now()
        truth = provider.read(connection, subscription.external_id)
        if truth is not None:
            with transaction.atomic():
                if compare(connection, truth):
                    repair(connection, truth, key=f"read:{subscription_id}:{began.timestamp():.6f}")
            is_read = True
    except TryAgain as later:
        mine.update(reread_at=timezone.now() + max(later.after or AGAIN, DELAY))
        return False
    except RefusedByProvider as refused:
        logger.warning("subscription %s could not be read: %s", subscription_id, refused)
    except Exception:
        logger.exception("subscription %s could not be read", subscription_id)
        mine.update(reread_at=timezone.now() + AGAIN)
        return False
    # Compare and set: what was wanted again meanwhile stays wanted.
    mine.update(reread_at=None)
    return is_read


def connection_of(subscription: Subscription) -> Connection | None:
    """By which its provider can be asked about it; None where that cannot be."""
    same = Connection.objects.filter(store=subscription.store_id, provider=subscription.provider)
    return next((one for one in same.select_related("store").order_by("pk") if can_read(one)), None)
