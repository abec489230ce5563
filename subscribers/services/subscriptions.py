"""Writes what happens to subscriptions and their cycles: billings, failures, skips, cancellations.

Every function takes the provider's `source_key` where there is one; the same fact told again changes nothing and
announces nothing.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from subscribers import signals
from subscribers.enums import (
    ENDED_SUBSCRIPTION,
    Actor,
    CycleStatus,
    SubscriptionEventKind,
    SubscriptionStatus,
)
from subscribers.live import announce
from subscribers.models import Cycle, Reason, Subscription, SubscriptionEvent
from subscribers.selectors import skips_in_a_row


def _locked(subscription_id: int) -> Subscription:
    return Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)


def _write(subscription: Subscription, kind: SubscriptionEventKind, **fields: Any) -> SubscriptionEvent | None:
    """Append to the history; None where the provider told this before."""
    source_key = fields.get("source_key", "")
    if source_key and subscription.events.filter(kind=kind, source_key=source_key).exists():
        return None
    event = SubscriptionEvent.objects.create(subscription=subscription, kind=kind, **fields)
    announce("subscriber", subscription.subscriber_id)
    return event


def _tell(fact: Signal, **facts: Any) -> None:
    fact.send_robust(sender=Subscription, **facts)


@transaction.atomic
def record_billing(cycle: Cycle, *, at: datetime, amount: Decimal, source_key: str = "") -> None:
    """A cycle was paid, at once or after a failure."""
    subscription = _locked(cycle.subscription_id)
    cycle.refresh_from_db()
    recovered = cycle.status == CycleStatus.FAILED
    kind = SubscriptionEventKind.BILLING_RECOVERED if recovered else SubscriptionEventKind.BILLED
    if cycle.billed_at or not _write(
        subscription, kind, cycle=cycle, occurred_at=at, source_key=source_key, data={"amount": str(amount)}
    ):
        return
    cycle.status = CycleStatus.RECOVERED if recovered else CycleStatus.BILLED
    cycle.billed_at, cycle.amount, cycle.skip_reason = at, amount, None
    cycle.save(update_fields=["status", "billed_at", "amount", "skip_reason"])
    _tell(signals.cycle_billed, cycle=cycle)


@transaction.atomic
def record_failed_billing(cycle: Cycle, *, at: datetime, error: str = "", source_key: str = "") -> None:
    """A payment was refused; the provider may try again."""
    subscription = _locked(cycle.subscription_id)
    cycle.refresh_from_db()
    if cycle.billed_at or not _write(
        subscription,
        SubscriptionEventKind.BILLING_FAILED,
        cycle=cycle,
        occurred_at=at,
        source_key=source_key,
        data={"error": error},
    ):
        return
    cycle.status = CycleStatus.FAILED
    cycle.save(update_fields=["status"])
    _tell(signals.billing_failed, cycle=cycle)


@transaction.atomic
def record_skip(
    cycle: Cycle,
    *,
    at: datetime,
    reason: Reason | None = None,
    actor_kind: Actor = Actor.SUBSCRIBER,
    source_key: str = "",
) -> None:
    """A cycle that was not yet paid is left out."""
    subscription = _locked(cycle.subscription_id)
    cycle.refresh_from_db()
    if cycle.status != CycleStatus.SCHEDULED or not _write(
        subscription,
        SubscriptionEventKind.SKIPPED,
        cycle=cycle,
        occurred_at=at,
        reason=reason,
        actor_kind=actor_kind,
        source_key=source_key,
    ):
        return
    cycle.status, cycle.skip_reason = CycleStatus.SKIPPED, reason
    cycle.save(update_fields=["status", "skip_reason"])
    _tell(signals.cycle_skipped, cycle=cycle, in_a_row=skips_in_a_row(subscription))


@transaction.atomic
def record_cancellation(
    subscription: Subscription,
    *,
    at: datetime,
    reason: Reason | None = None,
    actor_kind: Actor = Actor.SUBSCRIBER,
    source_key: str = "",
) -> None:
    """The subscription ended by somebody's will. Ending it twice changes nothing."""
    subscription = _locked(subscription.pk)
    if subscription.status in ENDED_SUBSCRIPTION or not _write(
        subscription,
        SubscriptionEventKind.CANCELLED,
        occurred_at=at,
        reason=reason,
        actor_kind=actor_kind,
        source_key=source_key,
    ):
        return
    subscription.status, subscription.ended_at, subscription.next_billing_at = (
        SubscriptionStatus.CANCELLED,
        at,
        None,
    )
    subscription.save(update_fields=["status", "ended_at", "next_billing_at"])
    _tell(signals.subscription_cancelled, subscription=subscription, reason=reason)
