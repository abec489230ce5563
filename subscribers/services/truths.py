"""Compares what a provider knows of one subscription with what we know, and tells the facts that are missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from subscribers.enums import PAID_CYCLE, Actor, CycleStatus, Provider
from subscribers.facts import Report, fold_box
from subscribers.models import Box, Connection, Cycle, PaymentMethod, Subscription
from subscribers.providers.base import BoxTruth, CardTruth, CycleTruth, Truth
from subscribers.services import cycles, subscriptions
from subscribers.services.boxes import know_box, record_box_status
from subscribers.services.cards import know_method
from subscribers.services.ledger_people import UNKNOWN
from subscribers.services.people import know_customer


@dataclass(frozen=True)
class Differing:
    """One field, in words. `kind`: subscription, cycle, box or card."""

    kind: str
    external_id: str
    field: str
    ours: str
    theirs: str
    subscription_id: int | None = None


def compare(connection: Connection, truth: Truth) -> list[Differing]:
    """Every field that the provider knows otherwise; writes nothing."""
    subscription = _ours(connection, truth)
    if subscription is None:
        return [Differing("subscription", truth.external_id, "", "unknown", "known")]
    found = [
        Differing("subscription", truth.external_id, name, _text(ours), _text(theirs), subscription.pk)
        for name, theirs in truth.told.items()
        if (ours := getattr(subscription, name)) != _plain(name, theirs)
    ]
    if _is_nameless(subscription, truth):
        found.append(Differing("subscription", truth.external_id, "subscriber", "unknown", "known", subscription.pk))
    for told in truth.cycles:
        cycle = _cycle(subscription, told)
        name = f"{truth.external_id}#{told.external_id or told.index or told.expected_at.date()}"
        found += _compare_cycle(name, cycle, told, subscription.pk)
    return [*found, *_compare_cards(subscription, truth)]


def _compare_cycle(name: str, cycle: Cycle | None, told: CycleTruth, subscription_id: int) -> Iterator[Differing]:
    if cycle is None and told.is_distant and told.status == CycleStatus.SCHEDULED:
        return
    if cycle is None:
        yield Differing("cycle", name, "", "unknown", str(told.status), subscription_id)
        return
    is_paid = told.status in PAID_CYCLE
    pairs: dict[str, tuple[Any, Any]] = {"billing_expected_at": (cycle.billing_expected_at, told.expected_at)}
    # How it came to be paid is our own history's, unless they keep the refusals too; that it was is theirs.
    if told.failures or not (is_paid and cycle.status in PAID_CYCLE):
        pairs["status"] = (cycle.status, str(told.status))
    if is_paid and told.amount is not None:
        pairs["amount"] = (cycle.amount, told.amount)
    if told.refunded is not None:
        pairs["refunded"] = (cycle.refunded, told.refunded)
    elif told.refunds:
        pairs["refunded"] = (cycle.refunded, sum(amount for _, amount, _ in told.refunds))
    if told.order_id:
        pairs["order_id"] = (cycle.order_id, told.order_id)
    for field, (ours, theirs) in pairs.items():
        if ours != theirs:
            yield Differing("cycle", name, field, _text(ours), _text(theirs), subscription_id)
    for box in told.boxes:
        yield from _compare_box(cycle, box, subscription_id)


def _compare_box(cycle: Cycle, told: BoxTruth, subscription_id: int) -> Iterator[Differing]:
    box = cycle.boxes.filter(fulfillment_id=told.fulfillment_id).first()
    if box is None:
        yield Differing("box", told.fulfillment_id, "", "unknown", "known", subscription_id)
        return
    pairs: dict[str, tuple[Any, Any]] = {}
    if told.tracking_number:
        pairs["tracking_number"] = (box.tracking_number, told.tracking_number)
    if told.reports:
        state = fold_box([Report(at, status, expected_on) for status, at, expected_on in told.reports])
        pairs["status"] = (box.status, state.status)
        pairs["delivered_at"] = (box.delivered_at, state.delivered_at)
    for field, (ours, theirs) in pairs.items():
        if ours != theirs:
            yield Differing("box", told.fulfillment_id, field, _text(ours), _text(theirs), subscription_id)


def _compare_cards(subscription: Subscription, truth: Truth) -> Iterator[Differing]:
    methods = _methods(subscription, truth)
    for told in _cards(methods, truth):
        method = methods.get(told.external_id)
        if method is None:
            yield Differing("card", told.external_id, "", "unknown", "known", subscription.pk)
            continue
        pairs: dict[str, tuple[Any, Any]] = {"revoked": (method.revoked_at is not None, told.is_revoked)}
        if not told.is_revoked:
            pairs |= {"last4": (method.last4, told.last4), "expires_on": (method.expires_on, told.expires_on)}
        for field, (ours, theirs) in pairs.items():
            if ours != theirs:
                yield Differing("card", told.external_id, field, _text(ours), _text(theirs), subscription.pk)


def _methods(subscription: Subscription, truth: Truth) -> dict[str, PaymentMethod]:
    if not truth.cards and not truth.are_all_cards:
        return {}
    known = PaymentMethod.objects.filter(store=subscription.store_id, provider=subscription.provider)
    told = Q(external_id__in=[one.external_id for one in truth.cards])
    theirs = Q(subscriber=subscription.subscriber_id, revoked_at=None)
    return {one.external_id: one for one in known.filter(told | theirs)}


def _cards(methods: dict[str, PaymentMethod], truth: Truth) -> list[CardTruth]:
    """What is told, and that what is missing among all of them is revoked. A revoked one that we never knew is none."""
    told = {one.external_id: one for one in truth.cards if not one.is_revoked or one.external_id in methods}
    gone = [CardTruth(name, is_revoked=True) for name in methods if truth.are_all_cards and name not in told]
    return [*told.values(), *gone]


@transaction.atomic
def repair(connection: Connection, truth: Truth, *, key: str) -> Subscription:
    """Tell the facts that make ours like theirs; those that are known change nothing."""
    subscription = _ours(connection, truth)
    if subscription is None:
        subscription = subscriptions.know_subscription(
            store=connection.store,
            subscriber=know_customer(connection, truth.person),
            provider=Provider(connection.provider),
            external_id=truth.external_id,
            at=truth.told.get("started_at") or truth.at,
            told={name: value for name, value in truth.told.items() if name != "status"},
            source_key=f"{key}:start",
        )
    elif _is_nameless(subscription, truth):
        know_customer(connection, truth.person)
        subscription.refresh_from_db()  # theirs may be the one of somebody known by then
    status = truth.told.get("status")
    if truth.status_since is not None and status is not None and subscription.status != status:
        subscriptions.record_snapshot(
            subscription, at=truth.status_since, told={"status": status}, source_key=f"{key}:status"
        )
        subscription.refresh_from_db()
    if any(getattr(subscription, name) != _plain(name, theirs) for name, theirs in truth.told.items()):
        subscriptions.record_snapshot(
            subscription, at=truth.at, told=truth.told, revision=truth.revision, source_key=key
        )
    for told in truth.cycles:
        _repair_cycle(subscription, told, truth.at, f"{key}:{told.external_id or told.index or told.expected_at}")
    _repair_cards(connection, subscription, truth)
    subscription.refresh_from_db()
    return subscription


def _repair_cards(connection: Connection, subscription: Subscription, truth: Truth) -> None:
    """Only what differs: the card that was told last stands for its subscriptions."""
    differing = {one.external_id for one in _compare_cards(subscription, truth)}
    for card in _cards(_methods(subscription, truth), truth):
        if card.external_id in differing:
            know_method(
                connection,
                subscription.subscriber,
                external_id=card.external_id,
                at=card.told_at or truth.at,
                brand=card.brand,
                last4=card.last4,
                expires_on=card.expires_on,
                is_revoked=card.is_revoked,
            )


def _repair_cycle(subscription: Subscription, told: CycleTruth, at: datetime, key: str) -> None:
    cycle = _cycle(subscription, told)
    if cycle is None and told.is_distant and told.status == CycleStatus.SCHEDULED:
        return
    if cycle is None or cycle.billing_expected_at != told.expected_at:
        cycle = cycles.know_cycle(
            subscription,
            index=told.index,
            external_id=told.external_id,
            expected_at=told.expected_at,
            starts_at=told.starts_at,
            ends_at=told.ends_at,
            at=at,
        )
    if told.order_id:
        cycles.know_order(cycle, order_id=told.order_id, order_number=told.order_number)
    for failed_at, error, name in told.failures:
        cycles.record_failed_billing(cycle, at=failed_at, error=error, source_key=name)
    cycle.refresh_from_db()
    is_amount_missing = cycle.amount is None and told.amount is not None
    match told.status:
        case CycleStatus.BILLED | CycleStatus.RECOVERED if cycle.billed_at is None or is_amount_missing:
            cycles.record_billing(cycle, at=told.at, amount=told.amount, currency=told.currency, source_key=key)
        case CycleStatus.SCHEDULED | CycleStatus.FAILED if cycle.status == CycleStatus.SKIPPED:
            cycles.record_unskip(cycle, at=at, actor_kind=Actor.PROVIDER, source_key=key)
        case CycleStatus.FAILED if cycle.status != told.status:
            cycles.record_failed_billing(cycle, at=told.at, source_key=key)
        case CycleStatus.LOST if cycle.status != told.status:
            cycles.record_lost_billing(cycle, at=told.at, source_key=key)
        case CycleStatus.SKIPPED if cycle.status != told.status:
            cycles.record_skip(cycle, at=told.at, actor_kind=Actor.PROVIDER, source_key=key)
    for refunded_at, amount, name in told.refunds:
        cycles.record_refund(cycle, at=refunded_at, amount=amount, source_key=name)
    cycle.refresh_from_db()
    if told.refunded is not None and told.refunded > cycle.refunded:
        cycles.record_refund(cycle, at=at, amount=told.refunded - cycle.refunded, source_key=f"{key}:refunded")
    for box in told.boxes:
        _repair_box(cycle, box, at, key)


def _repair_box(cycle: Cycle, told: BoxTruth, at: datetime, key: str) -> Box:
    box = know_box(
        cycle,
        at=at,
        fulfillment_id=told.fulfillment_id,
        order_id=told.order_id,
        order_number=told.order_number,
        carrier=told.carrier,
        tracking_number=told.tracking_number,
        tracking_url=told.tracking_url,
    )
    for number, (status, reported_at, expected_on) in enumerate(told.reports):
        record_box_status(box, status=status, at=reported_at, expected_on=expected_on, source_key=f"{key}:box:{number}")
    return box


def _ours(connection: Connection, truth: Truth) -> Subscription | None:
    same = Subscription.objects.filter(store=connection.store_id, provider=connection.provider)
    return same.filter(external_id=truth.external_id).select_related("subscriber").first()


def _is_nameless(subscription: Subscription, truth: Truth) -> bool:
    """A webhook named them by a number alone, and the provider tells their address now."""
    return bool(truth.person.email) and subscription.subscriber.email.endswith(f"@{UNKNOWN}")


def _cycle(subscription: Subscription, told: CycleTruth) -> Cycle | None:
    known = subscription.cycles
    if told.index is not None:
        return known.filter(index=told.index).first()
    if told.external_id:
        return known.filter(external_id=told.external_id).first()
    return known.filter(billing_expected_at=told.expected_at).first()


def _plain(name: str, value: Any) -> Any:
    """As the database would give it back."""
    if name == "price" and value is not None:
        return Decimal(value).quantize(Decimal("0.01"))
    return str(value) if isinstance(value, str) else value


def _text(value: Any) -> str:
    if value is None:
        return "none"
    return value.isoformat() if isinstance(value, datetime) else str(value)
