"""Carries out what was asked of the built-in store: the facts, then what its calendar makes of them."""

from decimal import Decimal

from django.utils import timezone

from subscribers.enums import ActionKind, Actor, BoxKind, ChargeState, SubscriptionEventKind
from subscribers.models import Charge, Discount, ProviderAction, Subscription
from subscribers.providers.builtin.calendar import (
    ON_ITS_WAY,
    coming_cycle,
    current_cycle,
    next_packing_day,
    plan_ahead,
    replacement_of,
)
from subscribers.services.action_facts import record_done
from subscribers.services.boxes import plan_box
from subscribers.services.subscriptions import note


def carry_out(action: ProviderAction) -> None:
    """In the transaction that settles the action; the subscription is locked."""
    subscription = action.subscription
    assert subscription is not None  # noqa: S101  every plan has one
    if action.kind in (ActionKind.SKIP, ActionKind.GIFT) and action.cycle is None:
        action.cycle = coming_cycle(subscription) or plan_ahead(subscription)
        action.save(update_fields=["cycle"])
    record_done(action, moves_billing=True)
    match action.kind:
        case ActionKind.DISCOUNT:
            _grant(action, subscription)
        case ActionKind.GIFT:
            _give(action, subscription)
        case ActionKind.REPLACEMENT if action.box is not None:
            box = replacement_of(subscription, action.box)
            action.result = {**action.result, "box": box.pk}
            action.save(update_fields=["result"])
    plan_ahead(subscription)
    if subscription.ended_at is not None:
        open_charges = Charge.objects.filter(cycle__subscription=subscription, state=ChargeState.OPEN)
        open_charges.update(state=ChargeState.VOID, settled_at=timezone.now(), next_attempt_at=None)


def _grant(action: ProviderAction, subscription: Subscription) -> None:
    amount = action.params.get("amount")
    Discount.objects.create(
        subscription=subscription,
        percent=None if amount else int(action.params["percent"]),
        amount=Decimal(amount) if amount else None,
        billings_left=action.params["billings"],
        action=action,
    )


def _give(action: ProviderAction, subscription: Subscription) -> None:
    cycle = action.cycle or current_cycle(subscription)
    if cycle is None:
        return
    ships_on = next_packing_day(subscription)
    regular = cycle.boxes.filter(kind=BoxKind.REGULAR, status="planned").order_by("ships_on").first()
    if regular is not None and regular.ships_on is not None:
        ships_on = regular.ships_on
    box = plan_box(cycle, kind=BoxKind.GIFT, ships_on=ships_on, expected_on=ships_on + ON_ITS_WAY)
    note(
        subscription,
        SubscriptionEventKind.GIFT_GIVEN,
        at=timezone.now(),
        data={"title": action.params["title"], "box": box.pk},
        source_key=f"action:{action.pk}",
        actor_kind=Actor(action.actor_kind),
        actor=action.actor,
        reason=action.reason,
    )
