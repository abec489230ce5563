"""Writes means of payment, and finds those that will have expired when they are to pay."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from subscribers import signals
from subscribers.enums import Provider
from subscribers.live import announce
from subscribers.models import CardExpiry, Connection, PaymentMethod, Subscriber, Subscription
from subscribers.providers.base import PersonTruth
from subscribers.services.ledger import recording
from subscribers.services.people import know_customer

# So long before a billing somebody is told that its card will have expired.
AHEAD = timedelta(days=14)


def last_day(year: int | None, month: int | None) -> date | None:
    """A card is good until the end of its month; None for what is no month."""
    if year is None or month is None or not 1 <= month <= 12:
        return None
    year += 2000 if year < 100 else 0
    return date(year, month, calendar.monthrange(year, month)[1]) if 2000 <= year < 2200 else None


@transaction.atomic
def know_method(
    connection: Connection,
    subscriber: Subscriber,
    *,
    external_id: str,
    at: datetime,
    brand: str = "",
    last4: str = "",
    expires_on: date | None = None,
    is_revoked: bool = False,
) -> PaymentMethod:
    """A means of payment as it was at `at`; an older word changes nothing. What it replaces is settled at once."""
    told = {
        "subscriber": subscriber,
        "brand": brand[:40],
        "last4": last4 if last4.isascii() and last4.isdigit() and len(last4) <= 4 else "",
        "expires_on": expires_on,
        "revoked_at": at if is_revoked else None,
        "told_at": at,
    }
    same = {"store": connection.store, "provider": Provider(connection.provider), "external_id": external_id[:200]}
    method, is_new = PaymentMethod.objects.select_for_update().get_or_create(**same, defaults=told)
    if not is_new and at > method.told_at:
        if is_revoked:  # it tells no more than that
            told = {"revoked_at": at, "told_at": at}
        for name, value in told.items():
            setattr(method, name, value)
        method.save(update_fields=list(told))
    settle_expiries(CardExpiry.objects.filter(subscription__subscriber=subscriber))
    announce("subscriber", subscriber.pk)
    return method


def know_method_of(
    connection: Connection, customer: str, *, external_id: str, at: datetime, **told: Any
) -> PaymentMethod:
    """As `know_method`, of whom the provider knows by an id."""
    with recording() as ledger:
        subscriber = know_customer(connection, PersonTruth(customer, ""))
        if subscriber.pk is None:
            ledger.restart()  # the person is written first
        ledger.touch()
        return know_method(connection, subscriber, external_id=external_id, at=at, **told)


def methods_of(subscription: Subscription) -> list[PaymentMethod]:
    """The means of payment that may pay it, the one told last first: it stands for the subscription."""
    theirs = PaymentMethod.objects.filter(
        subscriber=subscription.subscriber_id, provider=subscription.provider, revoked_at=None
    )
    return list(theirs.order_by("-told_at", "-pk"))


def sweep_cards(limit: int = 500) -> int:
    """Tell of cards that will have expired when they are to pay, and settle what is none any more; how many."""
    now = timezone.now()
    settled = settle_expiries(CardExpiry.objects.all())
    return settled + sum(_note(pk) for pk in _expiring(now)[:limit])


def _expiring(now: datetime) -> list[int]:
    """Subscriptions that are billed soon, by somebody with a card that is over by then."""
    expiring = PaymentMethod.objects.filter(
        subscriber=OuterRef("subscriber"),
        provider=OuterRef("provider"),
        revoked_at=None,
        expires_on__lt=(now + AHEAD).date(),
    )
    told = CardExpiry.objects.filter(subscription=OuterRef("pk"), settled_at=None)
    due = Subscription.objects.active().filter(next_billing_at__lte=now + AHEAD)
    return list(due.filter(Exists(expiring), ~Exists(told)).order_by("next_billing_at").values_list("pk", flat=True))


@transaction.atomic
def _note(subscription_id: int) -> bool:
    """Whether its card is over when it is billed, and nobody was told of this card and date."""
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)
    method = next(iter(methods_of(subscription)), None)
    billing_at = subscription.next_billing_at
    if method is None or method.expires_on is None or billing_at is None or not _is_over(method, subscription):
        return False
    expiry, is_new = CardExpiry.objects.get_or_create(
        subscription=subscription,
        method=method,
        expires_on=method.expires_on,
        defaults={"billing_at": billing_at},
    )
    if is_new:
        announce("subscriber", subscription.subscriber_id)
        signals.card_expiring.send_robust(sender=CardExpiry, expiry=expiry)
    return is_new


def _is_over(method: PaymentMethod, subscription: Subscription) -> bool:
    """Whether the card is no good any more on the day of the next billing."""
    if method.expires_on is None or subscription.next_billing_at is None:
        return False
    return datetime.combine(method.expires_on + timedelta(days=1), time(), UTC) <= subscription.next_billing_at


def settle_expiries(expiries: QuerySet[CardExpiry]) -> int:
    """Take back what is not so any more: the card was replaced or lives longer, or nothing is billed; how many."""
    done = 0
    for expiry in expiries.filter(settled_at=None).select_related("subscription", "method").order_by("pk"):
        newest = next(iter(methods_of(expiry.subscription)), None)
        is_so = newest is not None and newest.pk == expiry.method_id and newest.expires_on == expiry.expires_on
        if is_so and expiry.subscription.ended_at is None:
            continue
        if CardExpiry.objects.filter(pk=expiry.pk, settled_at=None).update(settled_at=timezone.now()):
            expiry.refresh_from_db()
            announce("subscriber", expiry.subscription.subscriber_id)
            signals.card_replaced.send_robust(sender=CardExpiry, expiry=expiry)
            done += 1
    return done
