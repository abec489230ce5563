"""Writes what happens to subscriptions: begun, paused, changed, ended.

Every function takes the provider's `source_key` and `revision` where there are ones. The same fact told again changes
nothing and announces nothing; one that is older than what is known takes its place in the history and overwrites
nothing (subscribers.facts has the arithmetic). What happens to cycles is in subscribers.services.cycles.

Each writes by itself, or together with the others of an open ledger (subscribers.services.ledger).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Unpack

from django.contrib.auth.base_user import AbstractBaseUser

from subscribers import signals
from subscribers.enums import Actor, Provider, SubscriptionEventKind, SubscriptionStatus
from subscribers.models import Product, Reason, Store, Subscriber, Subscription, SubscriptionEvent
from subscribers.services import states
from subscribers.services.ledger import Page, current, recording
from subscribers.services.ledger_lookups import subscription_called
from subscribers.services.states import Told

Kind = SubscriptionEventKind
LONGEST_ECHO = timedelta(days=3)


def locked(subscription_id: int) -> Subscription:
    return Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)


@recording()
def record_start(
    *,
    store: Store,
    subscriber: Subscriber,
    provider: Provider,
    external_id: str,
    at: datetime,
    told: Mapping[str, Any],
    **who: Unpack[Told],
) -> Subscription:
    """A subscription began. Made where it is not known yet; `told`: fields of subscribers.facts.FIELDS."""
    page = _known(store, subscriber, provider, external_id, at, told)
    sets = {"status": SubscriptionStatus.ACTIVE, **told}
    states.record(page, Kind.STARTED, at, sets, who, data={"born": True})
    return page.subscription


@recording()
def know_subscription(
    *,
    store: Store,
    subscriber: Subscriber,
    provider: Provider,
    external_id: str,
    at: datetime,
    told: Mapping[str, Any],
    **who: Unpack[Told],
) -> Subscription:
    """A subscription as the provider has it at `at`: made where it is not known yet, else as `record_snapshot`."""
    page = _known(store, subscriber, provider, external_id, at, told)
    if page.subscription.triggered_at is None and not page.history:
        states.record(page, Kind.OBSERVED, at, told, who, data={"born": True})
    else:
        _record_snapshot(page, at, told, who)
    return page.subscription


def _known(
    store: Store, subscriber: Subscriber, provider: Provider, external_id: str, at: datetime, told: Mapping[str, Any]
) -> Page:
    if known := subscription_called(store, provider, external_id):
        return current().page_of(known)
    return current().begin(
        Subscription(
            store=store,
            subscriber=subscriber,
            provider=provider,
            external_id=external_id,
            started_at=at,
            price=Decimal(0),
            currency=told.get("currency") or store.currency,
        )
    )


@recording()
def record_snapshot(
    subscription: Subscription, *, at: datetime, told: Mapping[str, Any], **who: Unpack[Told]
) -> SubscriptionEvent | None:
    """What the provider knew of the whole at `at`: fields of subscribers.facts.FIELDS, those that it told.

    The history tells people the changes that it brings, each under its own name.
    """
    return _record_snapshot(current().page_of(subscription), at, told, who)


def _record_snapshot(page: Page, at: datetime, told: Mapping[str, Any], who: Told) -> SubscriptionEvent | None:
    event, before, after = states.record(page, Kind.OBSERVED, at, told, who, tells=False)
    if event is None or before == after:
        return event
    for kind in states.changes(before, after):
        if kind == Kind.CANCELLED:
            who = _whose_will(page, at, who)
        event = states.write(page, kind, at, who, {"derived": True, **states.details(kind, before, after)})
    states.tell_change(page, event, before, after, who.get("reason"))
    return event


def record_pause(
    subscription: Subscription, *, at: datetime, resumes_at: datetime | None = None, **who: Unpack[Told]
) -> None:
    """Nothing is billed or sent from `at` on, until `resumes_at` or until somebody resumes it."""
    _record(subscription, Kind.PAUSED, at, {"status": SubscriptionStatus.PAUSED, "resumes_at": resumes_at}, who)


def record_resume(
    subscription: Subscription, *, at: datetime, next_billing_at: datetime | None = None, **who: Unpack[Told]
) -> None:
    sets: dict[str, Any] = {"status": SubscriptionStatus.ACTIVE}
    if next_billing_at is not None:
        sets["next_billing_at"] = next_billing_at
    _record(subscription, Kind.RESUMED, at, sets, who)


def record_reactivation(
    subscription: Subscription, *, at: datetime, next_billing_at: datetime | None = None, **who: Unpack[Told]
) -> None:
    """One that had ended goes on."""
    sets: dict[str, Any] = {"status": SubscriptionStatus.ACTIVE}
    if next_billing_at is not None:
        sets["next_billing_at"] = next_billing_at
    _record(subscription, Kind.REACTIVATED, at, sets, who)


def record_frequency(
    subscription: Subscription,
    *,
    at: datetime,
    billing: tuple[str, int],
    delivery: tuple[str, int] | None = None,
    next_billing_at: datetime | None = None,
    price: Decimal | None = None,
    **who: Unpack[Told],
) -> None:
    """How often it is billed, and delivered (as often, unless told otherwise): (interval, count)."""
    delivery = delivery or billing
    sets: dict[str, Any] = {
        "billing_interval": billing[0],
        "billing_interval_count": billing[1],
        "delivery_interval": delivery[0],
        "delivery_interval_count": delivery[1],
    }
    if next_billing_at is not None:
        sets["next_billing_at"] = next_billing_at
    if price is not None:
        sets["price"] = price
    _record(subscription, Kind.FREQUENCY_CHANGED, at, sets, who)


def record_price(subscription: Subscription, *, at: datetime, price: Decimal, **who: Unpack[Told]) -> None:
    """What a billing costs from now on."""
    _record(subscription, Kind.PRICE_CHANGED, at, {"price": price}, who)


def record_product(
    subscription: Subscription, *, at: datetime, product: Product, price: Decimal | None = None, **who: Unpack[Told]
) -> None:
    """What it delivers from now on, and at which price where that changes with it."""
    sets: dict[str, Any] = {"product_id": product.pk}
    if price is not None:
        sets["price"] = price
    _record(subscription, Kind.PRODUCT_CHANGED, at, sets, who)


def record_quantity(
    subscription: Subscription, *, at: datetime, quantity: int, price: Decimal | None = None, **who: Unpack[Told]
) -> None:
    sets: dict[str, Any] = {"quantity": quantity}
    if price is not None:
        sets["price"] = price
    _record(subscription, Kind.QUANTITY_CHANGED, at, sets, who)


def record_next_billing(
    subscription: Subscription,
    *,
    at: datetime,
    next_billing_at: datetime | None,
    moved: bool = False,
    **who: Unpack[Told],
) -> None:
    """When it is billed next. `moved`: somebody chose another day; else it is the calendar that went on."""
    kind = Kind.RESCHEDULED if moved else Kind.OBSERVED
    _record(subscription, kind, at, {"next_billing_at": next_billing_at}, who)


def record_scheduled_cancellation(
    subscription: Subscription, *, at: datetime, cancels_at: datetime | None, **who: Unpack[Told]
) -> None:
    """It will end at `cancels_at`, as somebody decided at `at`; None: it stays after all."""
    kind = Kind.CANCELLATION_SCHEDULED if cancels_at else Kind.CANCELLATION_WITHDRAWN
    _record(subscription, kind, at, {"cancels_at": cancels_at}, who)


@recording()
def record_cancellation(
    subscription: Subscription,
    *,
    at: datetime,
    reason: Reason | None = None,
    actor_kind: Actor = Actor.SUBSCRIBER,
    actor: AbstractBaseUser | None = None,
    source_key: str = "",
    revision: int | None = None,
) -> None:
    """The subscription ended by somebody's will. Ending it twice changes nothing."""
    who: Told = {
        "reason": reason,
        "actor_kind": actor_kind,
        "actor": actor,
        "source_key": source_key,
        "revision": revision,
    }
    page = current().page_of(subscription)
    who = _whose_will(page, at, who)
    states.record(page, Kind.CANCELLED, at, {"status": SubscriptionStatus.CANCELLED}, who)


def _whose_will(page: Page, at: datetime, who: Told) -> Told:
    """Told by the provider alone, an end may be what we asked for: whose will it was, and why, is known then."""
    if who.get("actor_kind", Actor.PROVIDER) != Actor.PROVIDER or who.get("reason") is not None:
        return who
    asked = next(iter(page.cancelling), None)
    if asked is None or at - asked.requested_at >= LONGEST_ECHO:
        return who
    return {**who, "actor_kind": Actor(asked.actor_kind), "actor": asked.actor, "reason": asked.reason}


def record_expiry(subscription: Subscription, *, at: datetime, **who: Unpack[Told]) -> None:
    """It had as many cycles as were agreed."""
    _record(subscription, Kind.EXPIRED, at, {"status": SubscriptionStatus.EXPIRED}, who)


def record_failure(subscription: Subscription, *, at: datetime, **who: Unpack[Told]) -> None:
    """It ended because it was not paid: nobody's will."""
    _record(subscription, Kind.FAILED, at, {"status": SubscriptionStatus.FAILED}, who)


def record_staleness(subscription: Subscription, *, at: datetime, **who: Unpack[Told]) -> None:
    """It ended because the provider lost what it needs to bill it."""
    _record(subscription, Kind.STALE, at, {"status": SubscriptionStatus.STALE}, who)


@recording()
def note(
    subscription: Subscription,
    kind: SubscriptionEventKind,
    *,
    at: datetime,
    data: Mapping[str, Any],
    **who: Unpack[Told],
) -> SubscriptionEvent | None:
    """Append what changes no state (a discount, a gift) to the history; None where it was told before."""
    page = current().page_of(subscription)
    if states.is_told(page, kind, who):
        return None
    event = states.write(page, kind, at, who, dict(data))
    page.ledger.tell(
        signals.subscription_changed, page.subscription, Subscription, subscription=page.subscription, event=event
    )
    return event


@recording()
def _record(
    subscription: Subscription, kind: SubscriptionEventKind, at: datetime, sets: Mapping[str, Any], who: Told
) -> None:
    states.record(current().page_of(subscription), kind, at, sets, who)
