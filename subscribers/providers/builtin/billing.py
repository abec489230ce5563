"""Payments of the built-in store: asked for on their day, tried again where they are refused, given up in the end.

A payment is asked for through a `Collector`, which the store's connection to the built-in provider names; without one
an invoice stays open until somebody says that it was paid.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.changes import step
from subscribers.enums import Actor, ChargeState, CycleStatus, Provider, SubscriptionStatus
from subscribers.errors import Refused
from subscribers.facts import CENT
from subscribers.models import Charge, Connection, Discount, Subscription
from subscribers.providers.builtin.calendar import plan_ahead, plan_boxes
from subscribers.services import cycles, subscriptions
from subscribers.services.subscriptions import locked

logger = logging.getLogger(__name__)

# A refused payment is tried again after these days, then given up.
RETRIES = (timedelta(days=2), timedelta(days=3), timedelta(days=5))
LONGEST_OPEN = timedelta(days=21)
# Longer than a collector is waited for: after it an attempt whose outcome nobody noted is made again, by its key.
LEASE = timedelta(minutes=10)
OWING = (ChargeState.OPEN, ChargeState.REFUSED)


@dataclass(frozen=True)
class Outcome:
    """What became of asking for a payment: paid, refused (`error` says why), or neither yet (open)."""

    state: ChargeState
    error: str = ""


class Collector(Protocol):
    def collect(self, charge: Charge) -> Outcome:
        """Ask for the payment, outside of any transaction; once per `charge.key`, with which it may be asked again."""
        ...


class Manual:
    """An open invoice: somebody marks it as paid or refused."""

    def collect(self, charge: Charge) -> Outcome:
        return Outcome(ChargeState.OPEN)


_COLLECTORS: dict[str, Collector] = {"manual": Manual()}


def register_collector(name: str, collector: Collector) -> None:
    _COLLECTORS[name] = collector


def collector_of(store_id: int) -> Collector:
    connection = Connection.objects.filter(store=store_id, provider=Provider.BUILTIN, is_active=True).first()
    name = connection.options.get("collector", "manual") if connection else "manual"
    return _COLLECTORS.get(name, _COLLECTORS["manual"])


def sweep_billing(limit: int = 200) -> int:
    """Do what the calendar has due: ends, pauses that are over, billings, second attempts; how many."""
    now = timezone.now()
    ours = Subscription.objects.filter(provider=Provider.BUILTIN)
    done = 0
    active, paused = ours.filter(status=SubscriptionStatus.ACTIVE), ours.filter(status=SubscriptionStatus.PAUSED)
    done += _each(ours.filter(cancels_at__lte=now), _end, limit)
    done += _each(paused.filter(resumes_at__lte=now), _resume, limit)
    staying = active.exclude(cancels_at__lte=now)  # of those that are to end, more may be left than the limit
    done += _each(staying.filter(next_billing_at__lte=now), _bill, limit)
    charges = Charge.objects.filter(next_attempt_at__lte=timezone.now()).order_by("next_attempt_at")
    for pk in list(charges.values_list("pk", flat=True)[:limit]):
        try:
            done += _collect(pk)
        except Exception:  # logged; the others go on, and this one is found again
            logger.exception("Charge %s could not be collected", pk)
    return done


def _each(due: QuerySet[Subscription], deed: "Deed", limit: int) -> int:
    """One transaction a row; of two sweeps at once, one has the row."""
    done = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)[:limit]):
        try:
            with transaction.atomic():
                row = due.select_for_update(of=("self",), skip_locked=True, no_key=True).filter(pk=pk).first()
                if row is not None:
                    deed(row)
                    done += 1
        except Exception:  # logged; the others go on, and this one is found again
            logger.exception("The calendar of subscription %s stands still", pk)
    return done


class Deed(Protocol):
    def __call__(self, subscription: Subscription, /) -> None: ...


def _end(subscription: Subscription) -> None:
    at = subscription.cancels_at
    assert at is not None  # noqa: S101  the sweep's condition
    decided = subscription.events.filter(kind="cancellation_scheduled").order_by("-occurred_at").first()
    subscriptions.record_cancellation(
        subscription,
        at=timezone.now(),
        reason=decided.reason if decided else None,
        actor_kind=Actor(decided.actor_kind) if decided else Actor.SYSTEM,
        actor=decided.actor if decided else None,
        source_key=f"cancels:{at.isoformat()}",
    )
    plan_ahead(subscription)


def _resume(subscription: Subscription) -> None:
    now = timezone.now()
    after = max(now, subscription.next_billing_at or now)
    subscriptions.record_resume(subscription, at=now, next_billing_at=after, actor_kind=Actor.SYSTEM)
    plan_ahead(subscription)


def _bill(subscription: Subscription) -> None:
    now = timezone.now()
    cycle = plan_ahead(subscription)
    if cycle is None:
        return
    if subscription.max_cycles and cycle.index > subscription.max_cycles:
        subscriptions.record_expiry(subscription, at=now, actor_kind=Actor.SYSTEM)
        plan_ahead(subscription)
        return
    # Asked for by the same sweep, after this is written: a row first.
    Charge.objects.create(
        cycle=cycle,
        next_attempt_at=now,
        amount=_take_discounts(subscription),
        currency=subscription.currency,
        due_at=cycle.billing_expected_at,
    )
    # After an outage one payment is asked for, not one for each cycle that passed meanwhile.
    every = step(subscription.billing_interval, subscription.billing_interval_count)
    next_at = cycle.ends_at if cycle.ends_at > now else now + every
    subscriptions.record_next_billing(subscription, at=now, next_billing_at=next_at, actor_kind=Actor.SYSTEM)
    plan_ahead(subscription)


def _take_discounts(subscription: Subscription) -> Decimal:
    """The price of the next billing; what is used of its discounts is used up."""
    price = subscription.price
    for discount in Discount.objects.filter(subscription=subscription, billings_left__gt=0).order_by("pk"):
        off = discount.amount if discount.amount is not None else subscription.price * (discount.percent or 0) / 100
        price = max(price - off, Decimal(0))
        discount.billings_left -= 1
        discount.save(update_fields=["billings_left"])
    return price.quantize(CENT)


def _collect(charge_id: int) -> bool:
    """Ask for a payment that is due: claimed, asked for outside of any transaction, noted. Whether there was anything
    to do.

    Whoever dies between leaves the attempt as begun: after the lease it is made again under the same key.
    """
    with transaction.atomic():
        charge, is_mine = _claim(charge_id)
    if charge is None:
        return is_mine
    outcome = collector_of(charge.cycle.subscription.store_id).collect(charge)
    try:
        match outcome.state:
            case ChargeState.PAID:
                mark_paid(charge)
            case ChargeState.REFUSED:
                mark_refused(charge, error=outcome.error)
            case _:
                open_until = max(charge.due_at, timezone.now()) + LONGEST_OPEN
                Charge.objects.filter(pk=charge.pk, state__in=OWING).update(asked_at=None, next_attempt_at=open_until)
    except Refused as refused:  # somebody settled it meanwhile
        logger.warning("charge %s was %s: %s", charge.pk, outcome.state, refused)
    return True


def _claim(charge_id: int) -> tuple[Charge | None, bool]:
    """The charge to ask for, its attempt counted; None where there is nothing to ask for (any more), and whether that
    was decided here."""
    subscription = locked(Charge.objects.values_list("cycle__subscription_id", flat=True).get(pk=charge_id))
    now = timezone.now()
    due = Charge.objects.filter(pk=charge_id, next_attempt_at__lte=now, state__in=OWING)
    charge = due.select_for_update(of=("self",), skip_locked=True).select_related("cycle__subscription").first()
    if charge is None:
        return None, False
    is_begun = charge.asked_at is not None
    if not is_begun and (subscription.ended_at is not None or charge.cycle.status == CycleStatus.SKIPPED):
        charge.state, charge.settled_at, charge.next_attempt_at = ChargeState.VOID, now, None
        charge.save(update_fields=["state", "settled_at", "next_attempt_at"])
        return None, True
    if not is_begun and charge.state == ChargeState.OPEN and charge.attempts:
        _give_up(charge, subscription, "Nobody paid it.")
        return None, True
    if not is_begun:
        charge.attempts += 1
    charge.asked_at, charge.next_attempt_at = now, now + LEASE
    charge.save(update_fields=["attempts", "asked_at", "next_attempt_at"])
    return charge, True


@transaction.atomic
def mark_paid(charge: Charge, *, by: AbstractBaseUser | None = None, at: datetime | None = None) -> None:
    """The payment came: the cycle is billed, its boxes are planned. Refused for what is settled otherwise."""
    subscription = locked(charge.cycle.subscription_id)
    charge = Charge.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=charge.pk)
    if charge.state == ChargeState.PAID:
        return
    if charge.state not in OWING:
        raise Refused(gettext("The payment is %(lower)s.") % {"lower": charge.get_state_display().lower()})
    charge.state, charge.settled_at, charge.next_attempt_at, charge.error = ChargeState.PAID, timezone.now(), None, ""
    charge.asked_at = None
    charge.save(update_fields=["state", "settled_at", "next_attempt_at", "asked_at", "error"])
    cycles.record_billing(
        charge.cycle,
        at=at or timezone.now(),
        amount=charge.amount,
        currency=charge.currency,
        source_key=f"charge:{charge.pk}:paid",
    )
    charge.cycle.refresh_from_db()
    plan_boxes(subscription, charge.cycle)


@transaction.atomic
def mark_refused(charge: Charge, *, error: str, by: AbstractBaseUser | None = None) -> None:
    """The payment was refused; it is tried again, in the end given up and the subscription with it."""
    subscription = locked(charge.cycle.subscription_id)
    charge = Charge.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=charge.pk)
    if charge.state not in OWING:
        raise Refused(gettext("The payment is %(lower)s.") % {"lower": charge.get_state_display().lower()})
    charge.attempts = max(charge.attempts, 1)
    key, now = f"charge:{charge.pk}:{charge.attempts}", timezone.now()
    cycles.record_failed_billing(charge.cycle, at=now, error=error, source_key=key)
    charge.error, charge.asked_at = error, None
    if charge.attempts <= len(RETRIES):
        charge.state, charge.next_attempt_at = ChargeState.REFUSED, now + RETRIES[charge.attempts - 1]
        charge.save(update_fields=["state", "attempts", "next_attempt_at", "asked_at", "error"])
        return
    _give_up(charge, subscription, error)


def _give_up(charge: Charge, subscription: Subscription, error: str) -> None:
    now = timezone.now()
    charge.state, charge.settled_at, charge.next_attempt_at = ChargeState.LOST, now, None
    charge.save(update_fields=["state", "attempts", "settled_at", "next_attempt_at", "asked_at", "error"])
    cycles.record_lost_billing(charge.cycle, at=now, error=error, source_key=f"charge:{charge.pk}:lost")
    subscriptions.record_failure(subscription, at=now, actor_kind=Actor.SYSTEM)
    plan_ahead(subscription)
