"""Hears what happens to subscribers: flows begin by it, and live runs look up. Each receiver is a savepoint."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from subscribers import signals as facts
from subscribers.enums import SubscriptionEventKind
from subscribers.models import Box, Cycle, Subscription, SubscriptionEvent
from success.enums import Trigger
from success.flows.moments import NEWS, tell
from success.flows.runs import look_again


def on_announced(*, changed: Collection[tuple[str, int]], **_: Any) -> None:
    """Whatever open pages are told of a subscriber may be what a run waits for, or ends by."""
    if people := [pk for kind, pk in changed if kind == "subscriber"]:
        with transaction.atomic():
            look_again(*people)


@transaction.atomic
def on_subscription_changed(*, subscription: Subscription, event: SubscriptionEvent, **_: Any) -> None:
    if event.kind == SubscriptionEventKind.STARTED and _is_news(event.occurred_at):
        tell(Trigger.SUBSCRIPTION_STARTED, subscription)


@transaction.atomic
def on_subscription_cancelled(*, subscription: Subscription, **_: Any) -> None:
    if _is_news(subscription.ended_at):
        tell(Trigger.SUBSCRIPTION_CANCELLED, subscription)


@transaction.atomic
def on_cycle_billed(*, cycle: Cycle, **_: Any) -> None:
    if cycle.index > 1 and _is_news(cycle.billed_at):
        tell(Trigger.CYCLE_RENEWED, cycle)


@transaction.atomic
def on_box_shipped(*, box: Box, **_: Any) -> None:
    if _is_news(box.shipped_at):
        tell(Trigger.BOX_SHIPPED, box)


@transaction.atomic
def on_box_delivered(*, box: Box, **_: Any) -> None:
    if _is_news(box.delivered_at):
        tell(Trigger.BOX_DELIVERED, box)


def _is_news(at: Any) -> bool:
    return at is not None and at > timezone.now() - NEWS


def connect() -> None:
    heard = (
        (facts.announced, on_announced),
        (facts.subscription_changed, on_subscription_changed),
        (facts.subscription_cancelled, on_subscription_cancelled),
        (facts.cycle_billed, on_cycle_billed),
        (facts.box_shipped, on_box_shipped),
        (facts.box_delivered, on_box_delivered),
    )
    for signal, receiver in heard:
        signal.connect(receiver, dispatch_uid=f"success.flows.{receiver.__name__}")
