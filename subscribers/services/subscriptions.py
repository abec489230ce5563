"""Writes what happens to subscriptions: begun, paused, changed, ended.

Every function takes the provider's `source_key` and `revision` where there are ones. The same fact told again changes
nothing and announces nothing; one that is older than what is known takes its place in the history and overwrites
nothing (subscribers.facts has the arithmetic). What happens to cycles is in subscribers.services.cycles.

In a transaction of the caller's they are a part of it, without a savepoint each: webhooks come by the hundred. Who
wants to go on after one of them failed brings a savepoint.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.dispatch import Signal

from subscribers import signals
from subscribers.enums import Actor, Provider, SubscriptionEventKind, SubscriptionStatus
from subscribers.facts import FIELDS, MEANS, Fact, State, apply, bounded, fold, monthly_value, to_json
from subscribers.live import announce
from subscribers.models import Product, Reason, Store, Subscriber, Subscription, SubscriptionEvent

Kind = SubscriptionEventKind

# What a change of a field is called in the history, the weightiest first: a snapshot tells each that it brings.
CALLED = {
    "price": Kind.PRICE_CHANGED,
    "product_id": Kind.PRODUCT_CHANGED,
    "quantity": Kind.QUANTITY_CHANGED,
    "billing_interval": Kind.FREQUENCY_CHANGED,
    "billing_interval_count": Kind.FREQUENCY_CHANGED,
    "delivery_interval": Kind.FREQUENCY_CHANGED,
    "delivery_interval_count": Kind.FREQUENCY_CHANGED,
}
LONGEST_ECHO = timedelta(days=3)
ROW_FIELDS = (*FIELDS, "ended_at", "paused_at", "revision")


class Told(TypedDict, total=False):
    """Who told a fact, and how it is known from others: what every function below takes."""

    source_key: str
    revision: int | None
    actor_kind: Actor
    actor: AbstractBaseUser | None
    reason: Reason | None


def locked(subscription_id: int) -> Subscription:
    return Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)


@transaction.atomic(savepoint=False)
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
    subscription = _known(store, subscriber, provider, external_id, at, told)
    _record(subscription, Kind.STARTED, at, {"status": SubscriptionStatus.ACTIVE, **told}, who, data={"born": True})
    subscription.refresh_from_db()
    return subscription


@transaction.atomic(savepoint=False)
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
    subscription = _known(store, subscriber, provider, external_id, at, told)
    if subscription.triggered_at is None and not subscription.events.exists():
        _record(subscription, Kind.OBSERVED, at, told, who, data={"born": True})
    else:
        record_snapshot(subscription, at=at, told=told, **who)
    subscription.refresh_from_db()
    return subscription


def _known(
    store: Store, subscriber: Subscriber, provider: Provider, external_id: str, at: datetime, told: Mapping[str, Any]
) -> Subscription:
    same = Subscription.objects.filter(store=store, provider=provider, external_id=external_id)
    if known := same.first():
        return known
    try:
        # A savepoint: two webhooks of one new subscription meet at the unique index, and the second finds the first.
        with transaction.atomic():
            return Subscription.objects.create(
                store=store,
                subscriber=subscriber,
                provider=provider,
                external_id=external_id,
                started_at=at,
                price=Decimal(0),
                currency=told.get("currency") or store.currency,
            )
    except IntegrityError:
        return same.get()


@transaction.atomic(savepoint=False)
def record_snapshot(
    subscription: Subscription, *, at: datetime, told: Mapping[str, Any], **who: Unpack[Told]
) -> SubscriptionEvent | None:
    """What the provider knew of the whole at `at`: fields of subscribers.facts.FIELDS, those that it told.

    The history tells people the changes that it brings, each under its own name.
    """
    event, before, after = _record(subscription, Kind.OBSERVED, at, told, who, tells=False)
    if event is None or before == after:
        return event
    for kind in _changes(before, after):
        if kind == Kind.CANCELLED:
            who = _whose_will(subscription, at, who)
        event = _write(subscription, kind, at, who, {"derived": True, **_details(kind, before, after)})
    _announce(subscription, event, before, after, who.get("reason"))
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
    who = _whose_will(subscription, at, who)
    _record(subscription, Kind.CANCELLED, at, {"status": SubscriptionStatus.CANCELLED}, who)


def _whose_will(subscription: Subscription, at: datetime, who: Told) -> Told:
    """Told by the provider alone, an end may be what we asked for: whose will it was, and why, is known then."""
    if who.get("actor_kind", Actor.PROVIDER) != Actor.PROVIDER or who.get("reason") is not None:
        return who
    ours = subscription.actions.filter(kind="cancel", state__in=("queued", "running", "done"))
    asked = ours.select_related("reason", "actor").order_by("-requested_at").first()
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


@transaction.atomic(savepoint=False)
def note(
    subscription: Subscription,
    kind: SubscriptionEventKind,
    *,
    at: datetime,
    data: Mapping[str, Any],
    **who: Unpack[Told],
) -> SubscriptionEvent | None:
    """Append what changes no state (a discount, a gift) to the history; None where it was told before."""
    subscription = locked(subscription.pk)
    event = None if _is_told(subscription, kind, who) else _write(subscription, kind, at, who, dict(data))
    if event is not None:
        tell(signals.subscription_changed, subscription=subscription, event=event)
    return event


@transaction.atomic(savepoint=False)
def _record(
    subscription: Subscription,
    kind: SubscriptionEventKind,
    at: datetime,
    sets: Mapping[str, Any],
    who: Told,
    *,
    data: Mapping[str, Any] | None = None,
    tells: bool = True,
) -> tuple[SubscriptionEvent | None, State, State]:
    """Take in one fact: the event (None where it was told before, or says nothing new), the state before and after."""
    subscription = locked(subscription.pk)
    before = state_of(subscription)
    if _is_told(subscription, kind, who):
        return None, before, before
    unknown = set(sets) - set(FIELDS)
    if unknown:
        raise ValueError(f"No facts of a subscription: {', '.join(sorted(unknown))}")
    plain = {name: to_json(value) for name, value in sets.items()}
    fact = Fact(at, kind, plain, who.get("revision"), who.get("source_key", ""))
    previous, after, is_newest = _place(subscription, fact, before, is_born=bool(data))
    if is_newest and _is_same(before, after) and not data:
        if not who.get("source_key"):
            return None, before, before
        # Kept, for an older fact that may still come, and told to nobody: it is the state that is known already.
        who = {**who, "source_key": f"{kind}:{who['source_key']}"} if kind != Kind.OBSERVED else who
        kind = Kind.OBSERVED
    event = _write(subscription, kind, at, who, {"set": plain, **(data or {}), **_details(kind, previous, after)})
    _save(subscription, before, after, at)
    if tells and not _is_same(before, after):
        _announce(subscription, event, before, after, who.get("reason"))
    return event, before, after


def _place(subscription: Subscription, fact: Fact, state: State, *, is_born: bool) -> tuple[State, State, bool]:
    """The state before the fact in time, the newest one with it, and whether the fact is the newest."""
    newest = subscription.triggered_at
    has_passed = fact.revision is not None and fact.revision < subscription.revision
    if not is_born and not has_passed and (newest is None or fact.at > newest):
        after = bounded(apply(state, fact))
        return state, after, True
    events = list(subscription.events.exclude(data__has_key="derived").filter(Q(data__has_key="set")))
    if not is_born and not any(event.data.get("born") for event in events):
        # Its row came from elsewhere, complete: an older fact is history, one of the same moment is news.
        after = state if has_passed or (newest and fact.at < newest) else bounded(apply(state, fact))
        return state, after, False
    known = [_fact(event) for event in events]
    earlier = [one for one in known if one.order < fact.order]
    after = fold([*known, fact])
    return fold(earlier) if earlier else replace(after, price=after.price), after, False


def _fact(event: SubscriptionEvent) -> Fact:
    key = event.source_key
    kind = event.kind
    if kind == Kind.OBSERVED and (first := key.partition(":")[0]) in Kind.values:
        key = key.removeprefix(f"{first}:")
    return Fact(event.occurred_at, kind, event.data["set"], event.revision, key)


def state_of(subscription: Subscription) -> State:
    return State(**{name: getattr(subscription, name) for name in ROW_FIELDS})


def _is_same(before: State, after: State) -> bool:
    return before == replace(after, revision=before.revision)


def _is_told(subscription: Subscription, kind: SubscriptionEventKind, who: Told) -> bool:
    key = who.get("source_key", "")
    if not key:
        return False
    same = Q(kind=kind, source_key=key) | Q(kind=Kind.OBSERVED, source_key=f"{kind}:{key}")
    return subscription.events.filter(same).exists()


def _write(
    subscription: Subscription, kind: SubscriptionEventKind, at: datetime, who: Told, data: dict[str, Any]
) -> SubscriptionEvent:
    actor = who.get("actor")
    event = SubscriptionEvent.objects.create(
        subscription=subscription,
        kind=kind,
        occurred_at=at,
        data=data,
        source_key=who.get("source_key", "")[:200],
        revision=who.get("revision"),
        actor_kind=who.get("actor_kind", Actor.PROVIDER),
        actor_id=actor.pk if actor else None,
        reason=who.get("reason"),
    )
    announce("subscriber", subscription.subscriber_id)
    return event


def _save(subscription: Subscription, before: State, after: State, at: datetime) -> None:
    changed = [name for name in ROW_FIELDS if getattr(before, name) != getattr(after, name)]
    for name in changed:
        setattr(subscription, name, getattr(after, name))
    if subscription.triggered_at is None or at > subscription.triggered_at:
        subscription.triggered_at = at
        changed.append("triggered_at")
    if changed:
        subscription.save(update_fields=changed)


def _changes(before: State, after: State) -> Iterable[SubscriptionEventKind]:
    """What a change of the whole is called, by its parts."""
    told: list[SubscriptionEventKind] = []
    if before.status != after.status:
        told.append(_turned(before, after))
    for name, kind in CALLED.items():
        if getattr(before, name) != getattr(after, name) and kind not in told:
            told.append(kind)
    return told


def _turned(before: State, after: State) -> SubscriptionEventKind:
    if after.status == SubscriptionStatus.ACTIVE:
        return Kind.REACTIVATED if before.is_ended else Kind.RESUMED
    return next(kind for kind, status in MEANS.items() if status == after.status)


def _details(kind: SubscriptionEventKind, before: State, after: State) -> dict[str, Any]:
    """From, to, and what it comes to in a month; `from` is as it was known when the fact arrived."""
    match kind:
        case Kind.PRICE_CHANGED:
            told: dict[str, Any] = {"from": str(before.price), "to": str(after.price)}
        case Kind.PRODUCT_CHANGED:
            told = {"from": before.product_id, "to": after.product_id}
        case Kind.QUANTITY_CHANGED:
            told = {"from": before.quantity, "to": after.quantity}
        case Kind.FREQUENCY_CHANGED:
            told = {
                "from": [before.billing_interval, before.billing_interval_count],
                "to": [after.billing_interval, after.billing_interval_count],
            }
        case Kind.RESCHEDULED:
            return {"from": to_json(before.next_billing_at), "to": to_json(after.next_billing_at)}
        case Kind.PAUSED:
            return {"resumes_at": to_json(after.resumes_at)}
        case Kind.CANCELLATION_SCHEDULED:
            return {"cancels_at": to_json(after.cancels_at)}
        case _:
            return {}
    change = _monthly(after) - _monthly(before)
    return {**told, "monthly_change": str(change), "currency": after.currency}


def _monthly(state: State) -> Decimal:
    return monthly_value(state.price, state.billing_interval, state.billing_interval_count)


def _announce(
    subscription: Subscription, event: SubscriptionEvent | None, before: State, after: State, reason: Reason | None
) -> None:
    if after.status == SubscriptionStatus.CANCELLED and before.status != after.status:
        tell(signals.subscription_cancelled, subscription=subscription, reason=reason)
    else:
        tell(signals.subscription_changed, subscription=subscription, event=event)


def tell(fact: Signal, **facts: Any) -> None:
    fact.send_robust(sender=Subscription, **facts)
