"""Records what an action that was done made true: the same facts for every provider, once an action."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from subscribers.enums import ActionKind, Actor, SubscriptionEventKind
from subscribers.models import Product, ProviderAction, Subscription
from subscribers.services import cycles, subscriptions
from subscribers.services.subscriptions import Told, note


def record_done(action: ProviderAction, *, moves_billing: bool) -> None:
    """What a settled action made true, at this moment; its webhook will find it known.

    `moves_billing`: the next billing moves as the action's plan had it; False where the provider decides that and
    tells it.
    """
    subscription = action.subscription
    if subscription is None:
        return
    now = timezone.now()
    who: Told = {
        "source_key": f"action:{action.pk}",
        "actor_kind": Actor(action.actor_kind),
        "actor": action.actor,
        "reason": action.reason,
    }
    next_billing_at = moment(action.params, "next_billing_at") if moves_billing else None
    _RECORDS[ActionKind(action.kind)](action, subscription, now, who, next_billing_at)
    if next_billing_at is not None and action.kind in (ActionKind.SKIP, ActionKind.UNSKIP, ActionKind.PAUSE):
        subscriptions.record_next_billing(subscription, at=now, next_billing_at=next_billing_at, **who)


def moment(params: dict[str, Any], name: str) -> datetime | None:
    value = params.get(name)
    return parse_datetime(value) if isinstance(value, str) else None


def _skip(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    if action.cycle is not None:
        cycles.record_skip(
            action.cycle,
            at=now,
            reason=action.reason if action.reason and action.reason.for_skips else None,
            actor_kind=who["actor_kind"],
            actor=who["actor"],
            source_key=who["source_key"],
        )


def _unskip(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    if action.cycle is not None:
        cycles.record_unskip(
            action.cycle, at=now, actor_kind=who["actor_kind"], actor=who["actor"], source_key=who["source_key"]
        )


def _pause(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    subscriptions.record_pause(subscription, at=now, resumes_at=moment(action.params, "resumes_at"), **who)


def _resume(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    subscriptions.record_resume(subscription, at=now, next_billing_at=next_billing_at, **who)


def _set_frequency(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    often = (action.params["interval"], action.params["count"])
    subscriptions.record_frequency(subscription, at=now, billing=often, next_billing_at=next_billing_at, **who)


def _set_next_billing(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    wanted = moment(action.params, "at")
    subscriptions.record_next_billing(subscription, at=now, next_billing_at=wanted, moved=True, **who)


def _swap(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    product = Product.objects.get(pk=action.params["product"])
    price = Decimal(action.params["price"]) if action.params.get("price") else None
    subscriptions.record_product(subscription, at=now, product=product, price=price, **who)


def _discount(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    data = {**action.params, "currency": subscription.currency}
    note(subscription, SubscriptionEventKind.DISCOUNTED, at=now, data=data, **who)


def _nothing(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    """Its parcel is a box, which the provider tells of."""


def _refund(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    if action.cycle is not None:
        cycles.record_refund(
            action.cycle,
            at=now,
            amount=Decimal(action.params["amount"]),
            actor_kind=who["actor_kind"],
            actor=who["actor"],
            reason=action.reason,
            # The provider's own word for it, if it gave one: its webhook says the same.
            source_key=f"refund:{action.external_id}" if action.external_id else who["source_key"],
        )


def _cancel(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    if action.params.get("when") == "period_end":
        ends_at = moment(action.params, "cancels_at")
        subscriptions.record_scheduled_cancellation(subscription, at=now, cancels_at=ends_at, **who)
        return
    subscriptions.record_cancellation(subscription, at=now, **who)


def _reactivate(
    action: ProviderAction, subscription: Subscription, now: datetime, who: Told, next_billing_at: datetime | None
) -> None:
    if subscription.cancels_at is not None:
        subscriptions.record_scheduled_cancellation(subscription, at=now, cancels_at=None, **who)
        return
    subscriptions.record_reactivation(subscription, at=now, next_billing_at=next_billing_at, **who)


_RECORDS = {
    ActionKind.SKIP: _skip,
    ActionKind.UNSKIP: _unskip,
    ActionKind.PAUSE: _pause,
    ActionKind.RESUME: _resume,
    ActionKind.SET_FREQUENCY: _set_frequency,
    ActionKind.SET_NEXT_BILLING: _set_next_billing,
    ActionKind.SWAP: _swap,
    ActionKind.DISCOUNT: _discount,
    ActionKind.GIFT: _nothing,
    ActionKind.REPLACEMENT: _nothing,
    ActionKind.REFUND: _refund,
    ActionKind.CANCEL: _cancel,
    ActionKind.REACTIVATE: _reactivate,
}
