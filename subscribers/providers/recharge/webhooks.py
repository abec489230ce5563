"""What Recharge's webhooks tell, as facts. They carry whole objects, each with the time at which it was so."""

from collections.abc import Callable, Mapping
from typing import Any

from subscribers.enums import ENDED_SUBSCRIPTION, Actor, CycleStatus, Provider
from subscribers.models import Connection, Cycle, Subscription, WebhookDelivery
from subscribers.providers.base import Malformed, NotYet, PersonTruth
from subscribers.providers.recharge import told as telling
from subscribers.providers.told import needed, number_of, part, parts, text
from subscribers.services import cycles, subscriptions
from subscribers.services.cards import know_method_of
from subscribers.services.ledger_lookups import References, cycles_of_charge, subscription_called
from subscribers.services.people import know_customer
from subscribers.services.rereading import can_read, want

PATIENCE = 4
Told = tuple[str, ...]
LEFT = "left to reconciliation"


def take(delivery: WebhookDelivery) -> Told | None:
    kind, _, event = delivery.topic.partition("/")
    reader = READERS.get(kind)
    if reader is None or event in ("payment_method_updated",):
        return None
    told = part(delivery.payload, kind)
    if not told:
        raise Malformed(f"It has no {kind}")
    return reader(delivery, told, event)


def refers(delivery: WebhookDelivery) -> References:
    """What its reader will ask for: read for many webhooks at once. What is left out here is read then."""
    kind = delivery.topic.partition("/")[0]
    told, found = part(delivery.payload, kind), References()
    own = number_of(told.get("id"))
    if kind == "subscription":
        found.subscriptions.add(own)
        found.customers.add(number_of(told.get("customer_id")))
    elif kind == "charge":
        customer = part(told, "customer")
        found.subscriptions |= {number_of(line.get("purchase_item_id")) for line in parts(told, "line_items")}
        found.customers.add(number_of(customer.get("id")))
        found.addresses.add(text(customer.get("email"), 254))
    elif kind == "order":
        found.charges |= {number_of(part(told, "charge").get("id")), number_of(told.get("charge_id"))}
    elif kind == "payment_method":
        found.customers.add(number_of(told.get("customer_id")))
    elif kind == "customer":
        found.customers.add(own)
        found.addresses.add(text(told.get("email"), 254))
    return found


def _subscription(delivery: WebhookDelivery, told: Mapping[str, Any], event: str) -> Told:
    connection, external_id = delivery.connection, needed(told, "id")
    at = telling.said_at(told, delivery.received_at)
    known = _known(connection, external_id)
    if event == "deleted":
        if known is not None:
            subscriptions.record_cancellation(
                known, at=at, actor_kind=Actor.PROVIDER, source_key=f"subscription:{external_id}:deleted"
            )
        return (f"subscription {external_id} deleted",)
    fields = telling.subscription_told(connection, told)
    key = f"subscription:{external_id}:{at.isoformat()}:{event}"
    if known is None:
        known = subscriptions.know_subscription(
            store=connection.store,
            subscriber=know_customer(connection, PersonTruth(needed(told, "customer_id"), "")),
            provider=Provider(connection.provider),
            external_id=external_id,
            at=at,
            told=fields,
            source_key=key,
        )
    else:
        subscriptions.record_snapshot(known, at=at, told=fields, source_key=key)
    _ended(known, told, fields, external_id)
    if can_read(connection):
        want(known)
    said = (f"subscription {external_id} {fields['status']}", text(told.get("cancellation_reason")))
    return tuple(filter(None, said))


def _ended(known: Subscription, told: Mapping[str, Any], fields: Mapping[str, Any], external_id: str) -> None:
    """It ended when it says so, not when it was changed last."""
    over_at = telling.ended_at(told)
    if fields["status"] in ENDED_SUBSCRIPTION and over_at is not None:
        key = f"subscription:{external_id}:ended:{over_at.isoformat()}"
        subscriptions.record_snapshot(known, at=over_at, told={"status": fields["status"]}, source_key=key)


def _known(connection: Connection, external_id: str) -> Subscription | None:
    return subscription_called(connection.store, connection.provider, external_id)


def _charge(delivery: WebhookDelivery, told: Mapping[str, Any], event: str) -> Told:
    connection = delivery.connection
    if event == "deleted":
        return ("a charge that was planned is gone",)
    if number_of(part(told, "customer").get("id")):
        know_customer(connection, telling.person(part(told, "customer")))
    said = []
    for charge in telling.charges(connection.store, told, delivery.received_at):
        subscription = _known(connection, charge.subscription_id)
        if subscription is None:
            if delivery.attempts < PATIENCE or not can_read(connection):
                raise NotYet(f"Subscription {charge.subscription_id} is not known yet.")
            said.append(LEFT)
            continue
        if event == "max_retries_reached":
            cycle = _cycle(subscription, charge)
            key = f"charge:{charge.external_id}:lost"
            cycles.record_lost_billing(cycle, at=charge.at, error=charge.error, source_key=key)
            said.append(f"cycle {cycle.index} given up")
        else:
            said.append(record_charge(subscription, charge))
        if can_read(connection):
            want(subscription)
    return tuple(said) or ("of no subscription",)


def _cycle(subscription: Subscription, charge: telling.Charge) -> Cycle:
    return cycles.know_cycle(subscription, external_id=charge.external_id, expected_at=charge.expected_at, at=charge.at)


def record_charge(subscription: Subscription, charge: telling.Charge) -> str:
    """What a charge says of its cycle; the same charge told again changes nothing."""
    cycle = _cycle(subscription, charge)
    key = f"charge:{charge.external_id}"
    match charge.status:
        case CycleStatus.BILLED:
            cycles.record_billing(
                cycle,
                at=charge.paid_at,
                amount=charge.amount,
                currency=charge.currency,
                order_id=charge.order_id,
                order_number=charge.order_number,
                source_key=key,
            )
        case CycleStatus.FAILED:
            name = f"{key}:refused:{charge.attempts or charge.at.isoformat()}"
            cycles.record_failed_billing(cycle, at=charge.at, error=charge.error, source_key=name)
        case CycleStatus.SKIPPED:
            cycles.record_skip(cycle, at=charge.at, source_key=f"{key}:skipped:{charge.at.isoformat()}")
        case _:
            cycles.record_unskip(cycle, at=charge.at, source_key=f"{key}:queued:{charge.at.isoformat()}")
    if charge.refunded is not None and charge.refunded > cycle.refunded:
        # It tells the sum of all: what is new of it went back now.
        new, name = charge.refunded - cycle.refunded, f"{key}:refunded:{charge.refunded}"
        cycles.record_refund(cycle, at=charge.at, amount=new, source_key=name)
    return f"cycle {cycle.index} {cycle.status}"


def _order(delivery: WebhookDelivery, told: Mapping[str, Any], event: str) -> Told:
    """Which order of the shop a charge made: its parcels are found by it."""
    charge_id = number_of(part(told, "charge").get("id")) or number_of(told.get("charge_id"))
    order_id = number_of(part(told, "external_order_id").get("ecommerce"))
    if not charge_id or not order_id:
        return ("no order of the shop yet",)
    found = cycles_of_charge(delivery.connection, charge_id)
    if not found and (delivery.attempts < PATIENCE or not can_read(delivery.connection)):
        raise NotYet(f"Charge {charge_id} is not known yet.")
    number = text(part(told, "external_order_number").get("ecommerce"), 60)
    for cycle in found:
        # Of a prepaid charge's orders the first stands for it.
        if not cycle.order_id:
            cycles.know_order(cycle, order_id=order_id, order_number=number)
    return (f"order {order_id} of {len(found)} cycles",)


def _customer(delivery: WebhookDelivery, told: Mapping[str, Any], event: str) -> Told:
    needed(told, "id")
    if event == "deleted":
        return ("deleted there, kept here",)
    return (f"customer {know_customer(delivery.connection, telling.person(told)).pk}",)


def _payment_method(delivery: WebhookDelivery, told: Mapping[str, Any], event: str) -> Told:
    card = telling.card(told, delivery.received_at)
    method = know_method_of(
        delivery.connection,
        needed(told, "customer_id"),
        external_id=card.external_id,
        at=card.told_at or delivery.received_at,
        brand=card.brand,
        last4=card.last4,
        expires_on=card.expires_on,
        is_revoked=event == "deleted",
    )
    return (f"{method} {'revoked' if method.revoked_at else 'known'}",)


READERS: dict[str, Callable[[WebhookDelivery, Mapping[str, Any], str], Told]] = {
    "subscription": _subscription,
    "charge": _charge,
    "order": _order,
    "customer": _customer,
    "payment_method": _payment_method,
}
