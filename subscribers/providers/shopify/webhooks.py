"""What Shopify's webhooks tell, as facts.

A contract's payload tells its state, with a revision; an attempt's does not even tell its cycle. Where the app owns
the contracts, the contract is read again then; else the calendar decides which cycle is meant.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from subscribers.enums import BoxStatus, Interval, Provider, SubscriptionStatus
from subscribers.models import Box, Connection, Cycle, Subscriber, Subscription, WebhookDelivery
from subscribers.providers.base import Malformed, NotYet, PersonTruth
from subscribers.providers.told import (
    amount,
    counted,
    currency,
    day,
    moment,
    needed,
    number_of,
    part,
    parts,
    text,
)
from subscribers.services import cycles, subscriptions
from subscribers.services.boxes import know_box, record_box_status
from subscribers.services.cards import know_method_of, last_day
from subscribers.services.ledger import current
from subscribers.services.ledger_lookups import (
    References,
    box_of_parcel,
    box_without_parcel,
    cycles_of_order,
    keeps_any,
    subscription_called,
)
from subscribers.services.people import know_customer
from subscribers.services.rereading import can_read, want

# Attempts for which something waits that may still become known: after it, it is left to reconciliation.
PATIENCE = 4
Told = tuple[str, ...]

SHIPMENT = {
    "label_printed": BoxStatus.LABEL_PURCHASED,
    "label_purchased": BoxStatus.LABEL_PURCHASED,
    "confirmed": BoxStatus.CONFIRMED,
    "ready_for_pickup": BoxStatus.CONFIRMED,
    "carrier_picked_up": BoxStatus.IN_TRANSIT,
    "in_transit": BoxStatus.IN_TRANSIT,
    "out_for_delivery": BoxStatus.OUT_FOR_DELIVERY,
    "attempted_delivery": BoxStatus.ATTEMPTED,
    "delayed": BoxStatus.DELAYED,
    "delivered": BoxStatus.DELIVERED,
    "failure": BoxStatus.FAILURE,
}
LEFT = "left to reconciliation"


def take(delivery: WebhookDelivery) -> Told | None:
    reader = READERS.get(delivery.topic)
    return reader(delivery, delivery.payload, _at(delivery)) if reader else None


def refers(delivery: WebhookDelivery) -> References:
    """What its reader will ask for: read for many webhooks at once. What is left out here is read then."""
    kind = delivery.topic.partition("/")[0]
    payload, found = delivery.payload, References()
    if delivery.topic not in READERS:
        return found
    own = number_of(payload.get("id"))
    order = own if kind == "orders" else number_of(payload.get("order_id"))
    if kind == "subscription_contracts":
        found.subscriptions.add(own)
        found.orders.add(number_of(payload.get("origin_order_id")))
        found.customers |= {number_of(payload.get("customer_id"))}
    elif kind in ("subscription_billing_attempts", "subscription_billing_cycles"):
        found.subscriptions.add(number_of(payload.get("subscription_contract_id")))
        found.orders.add(order)
    elif kind == "customer_payment_methods":
        found.customers.add(number_of(payload.get("customer_id")))
    elif kind == "customers":
        found.customers.add(own)
        found.addresses.add(text(payload.get("email"), 254))
    else:
        customer = part(payload, "customer")
        parcels = parts(payload, "fulfillments") if kind == "orders" else [payload]
        found.orders.add(order)
        found.customers.add(number_of(customer.get("id")))
        found.addresses |= {text(payload.get("email"), 254), text(customer.get("email"), 254)}
        if kind != "refunds":
            field = "fulfillment_id" if kind == "fulfillment_events" else "id"
            found.parcels |= {number_of(one.get(field)) for one in parcels}
    return found


def _at(delivery: WebhookDelivery) -> datetime:
    return delivery.triggered_at or delivery.received_at


def _key(delivery: WebhookDelivery) -> str:
    """One event of the shop may be told by several topics, each with more to say."""
    return f"{delivery.source_key}:{delivery.topic}"


# -- Contracts ---------------------------------------------------------------------------------------


def contract_told(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a contract's payload says of the fields of subscribers.facts.FIELDS."""
    told: dict[str, Any] = {}
    status = text(payload.get("status")).lower()
    if status in SubscriptionStatus.values:
        told["status"] = status
    if code := currency(payload.get("currency_code")):
        told["currency"] = code
    billing, delivery = part(payload, "billing_policy"), part(payload, "delivery_policy")
    for prefix, policy in (("billing", billing), ("delivery", delivery)):
        interval, count = text(policy.get("interval")).lower(), counted(policy.get("interval_count"))
        if interval in Interval.values and count:
            told |= {f"{prefix}_interval": interval, f"{prefix}_interval_count": count}
    if billing:
        least, most = counted(billing.get("min_cycles")), counted(billing.get("max_cycles"))
        told |= {"min_cycles": None if least and most and least > most else least, "max_cycles": most}
    return told


def _contract(delivery: WebhookDelivery, payload: Mapping[str, Any], at: datetime) -> Told:
    connection = delivery.connection
    external_id = needed(payload, "id")
    told = contract_told(payload)
    if "status" not in told:
        raise Malformed(f"A contract cannot be “{payload.get('status')}”")
    revision = _revision(payload.get("revision_id"))
    subscription = subscription_called(connection.store, connection.provider, external_id)
    is_new = subscription is None
    if subscription is None:
        customer = number_of(payload.get("customer_id")) or number_of(payload.get("admin_graphql_api_customer_id"))
        if not customer:
            raise Malformed("It names no customer")
        subscription = subscriptions.know_subscription(
            store=connection.store,
            subscriber=know_customer(connection, PersonTruth(customer, "")),
            provider=Provider(connection.provider),
            external_id=external_id,
            at=at,
            told=told,
            revision=revision,
            source_key=_key(delivery),
        )
    else:
        subscriptions.record_snapshot(subscription, at=at, told=told, revision=revision, source_key=_key(delivery))
    said = [f"contract {external_id} {told['status']}", *(["new"] if is_new else [])]
    if can_read(connection):
        want(subscription)
        said.append("to be read")
    elif delivery.topic == "subscription_contracts/create":
        _first_cycle(subscription, payload, at, _key(delivery))
    return tuple(said)


def _first_cycle(subscription: Subscription, payload: Mapping[str, Any], at: datetime, key: str) -> None:
    """The order that a contract begins with pays its first cycle."""
    subscriptions.record_snapshot(subscription, at=at, told={"started_at": at}, source_key=f"{key}:start")
    origin = number_of(payload.get("origin_order_id"))
    cycle = cycles.know_cycle(subscription, index=1, expected_at=at, at=at)
    if origin:
        cycles.record_billing(cycle, at=at, amount=None, order_id=origin, source_key=f"order:{origin}")


def _revision(told: Any) -> int | None:
    try:
        revision = int(str(told))
    except ValueError:
        return None
    return revision if 0 <= revision < 2**63 else None


def _contract_of(delivery: WebhookDelivery, payload: Mapping[str, Any]) -> Subscription | None:
    """The contract that something speaks of; None where it did not become known in a while, and is read some day."""
    external_id = needed(payload, "subscription_contract_id")
    found = subscription_called(delivery.connection.store, delivery.connection.provider, external_id)
    if found is None and (delivery.attempts < PATIENCE or not can_read(delivery.connection)):
        raise NotYet(f"Contract {external_id} is not known yet.")
    return found


def _attempt(delivery: WebhookDelivery, payload: Mapping[str, Any], at: datetime) -> Told:
    subscription = _contract_of(delivery, payload)
    if subscription is None:
        return (LEFT,)
    if can_read(delivery.connection):
        want(subscription)
        return ("contract to be read",)
    kind = delivery.topic.rpartition("/")[2]
    if kind == "challenged":
        return ("the customer has to confirm the payment",)
    order_id = number_of(payload.get("order_id"))
    paid = cycles_of_order(delivery.connection, order_id) if kind == "success" else []
    known = next((cycle for cycle in paid if cycle.subscription is subscription), None)
    cycle = known or cycles.cycle_at(subscription, at)
    key = f"attempt:{needed(payload, 'id')}"
    if kind == "success":
        cycles.record_billing(cycle, at=at, amount=None, order_id=order_id, source_key=key)
        return (f"cycle {cycle.index} paid",)
    error = text(payload.get("error_message"), 500) or text(payload.get("error_code"))
    cycles.record_failed_billing(cycle, at=at, error=error, source_key=key)
    return (f"cycle {cycle.index} refused",)


def _billing_cycle(delivery: WebhookDelivery, payload: Mapping[str, Any], at: datetime) -> Told:
    subscription = _contract_of(delivery, payload)
    if subscription is None:
        return (LEFT,)
    index = counted(payload.get("cycle_index"), 2**31 - 1)
    expected_at = moment(payload.get("billing_attempt_expected_date")) or moment(payload.get("cycle_start_at"))
    if index is None or expected_at is None:
        raise Malformed("It does not say which cycle")
    cycle = cycles.know_cycle(
        subscription,
        index=index,
        expected_at=expected_at,
        starts_at=moment(payload.get("cycle_start_at")),
        ends_at=moment(payload.get("cycle_end_at")),
        at=at,
    )
    is_skipped = payload.get("skipped")
    if not isinstance(is_skipped, bool):
        is_skipped = delivery.topic.endswith("/skip")
    record = cycles.record_skip if is_skipped else cycles.record_unskip
    record(cycle, at=at, source_key=_key(delivery))
    if can_read(delivery.connection):
        want(subscription)
    return (f"cycle {index} {'skipped' if is_skipped else 'not skipped'}",)


# -- Orders and parcels ------------------------------------------------------------------------------


def _order(delivery: WebhookDelivery, payload: Mapping[str, Any], at: datetime) -> Told:
    connection, order_id = delivery.connection, needed(payload, "id")
    if customer := part(payload, "customer"):
        _know(connection, customer, text(payload.get("email"), 254), text(payload.get("customer_locale"), 10))
    found = cycles_of_order(connection, order_id)
    if not found and _may_be_a_payment(connection):
        _wait_for_its_cycle(delivery, order_id)
    total = amount(payload.get("total_price"))
    for cycle in found:
        cycles.know_order(cycle, order_id=order_id, order_number=text(payload.get("name"), 60))
        if cycle.billed_at is not None and cycle.amount is None and total is not None and len(found) == 1:
            cycles.record_billing(
                cycle,
                at=cycle.billed_at,
                amount=total,
                currency=currency(payload.get("currency")),
                source_key=f"order:{order_id}:total",
            )
    for fulfillment in parts(payload, "fulfillments"):
        _parcel(connection, fulfillment, order_id, at, found)
    for refund in parts(payload, "refunds"):
        _record_refund(found, refund, at)
    return (f"order {order_id} of {len(found)} known cycles",)


def _refund(delivery: WebhookDelivery, payload: Mapping[str, Any], at: datetime) -> Told:
    order_id = needed(payload, "order_id")
    found = cycles_of_order(delivery.connection, order_id)
    if not found:
        _wait_for_its_cycle(delivery, order_id)
    return (f"refund of {_record_refund(found, payload, at)}",)


def _record_refund(found: list[Cycle], refund: Mapping[str, Any], at: datetime) -> str:
    """One order that pays several cycles is given back as a whole: the first of them carries it."""
    refund_id = number_of(refund.get("id"))
    sums = [
        amount(one.get("amount"))
        for one in parts(refund, "transactions")
        if text(one.get("kind")).lower() == "refund" and text(one.get("status")).lower() == "success"
    ]
    total = sum(filter(None, sums))
    # What another app billed, it gives back itself, and tells.
    found = [cycle for cycle in found if cycle.subscription.provider == Provider.SHOPIFY]
    if not found or not refund_id or not total:
        return "nothing"
    when = moment(refund.get("processed_at")) or moment(refund.get("created_at")) or at
    cycles.record_refund(found[0], at=when, amount=total, source_key=f"refund:{refund_id}")
    return str(total)


def _fulfillment(delivery: WebhookDelivery, payload: Mapping[str, Any], at: datetime) -> Told:
    order_id = needed(payload, "order_id")
    found = cycles_of_order(delivery.connection, order_id)
    if not _parcel(delivery.connection, payload, order_id, at, found):
        return _no_box(delivery, order_id)
    return (f"parcel {number_of(payload.get('id'))}",)


def _may_be_a_payment(connection: Connection) -> bool:
    """Whether orders tell of subscriptions what nobody else does: of contracts that cannot be read."""
    return not can_read(connection) and keeps_any(connection)


def _wait_for_its_cycle(delivery: WebhookDelivery, order_id: str) -> None:
    if delivery.attempts < PATIENCE:
        raise NotYet(f"Order {order_id} is not known to belong to a subscription yet.")


def _no_box(delivery: WebhookDelivery, order_id: str) -> Told:
    _wait_for_its_cycle(delivery, order_id)
    return (f"order {order_id} belongs to no subscription",)


def _parcel(
    connection: Connection, told: Mapping[str, Any], order_id: str, at: datetime, found: list[Cycle]
) -> Box | None:
    """A parcel with where it is; None where no cycle has its order."""
    fulfillment_id = number_of(told.get("id"))
    known = _box_of(connection, order_id, fulfillment_id)
    cycle = known.cycle if known else next(iter(found), None)
    if cycle is None or not fulfillment_id:
        return None
    numbers, urls = told.get("tracking_numbers"), told.get("tracking_urls")
    when = moment(told.get("updated_at")) or at
    box = know_box(
        cycle,
        at=when,
        box=known,
        fulfillment_id=fulfillment_id,
        order_id=order_id,
        carrier=text(told.get("tracking_company"), 60),
        tracking_number=text(told.get("tracking_number") or _first(numbers), 100),
        tracking_url=text(told.get("tracking_url") or _first(urls), 500),
    )
    key = f"fulfillment:{fulfillment_id}"
    if text(told.get("status")).lower() == "cancelled":
        record_box_status(box, status=BoxStatus.CANCELLED, at=when, source_key=f"{key}:cancelled")
    elif text(told.get("shipment_status")).lower() == "delivered":
        # Where it was before, its own events tell, with their own times.
        record_box_status(box, status=BoxStatus.DELIVERED, at=when, source_key=f"{key}:delivered")
    elif text(told.get("status")).lower() == "success":
        created_at = moment(told.get("created_at")) or when
        record_box_status(box, status=BoxStatus.CONFIRMED, at=created_at, source_key=f"{key}:made")
    return box


def _box_of(connection: Connection, order_id: str, fulfillment_id: str) -> Box | None:
    """The box that a parcel is: one that is known, else one of its order's that has no parcel yet."""
    if not fulfillment_id:
        return None
    box = box_of_parcel(connection, fulfillment_id)
    # A replacement's order is known before its parcel is.
    return box or box_without_parcel(connection, order_id)


def _first(told: Any) -> Any:
    return told[0] if isinstance(told, list) and told else ""


def _parcel_event(delivery: WebhookDelivery, payload: Mapping[str, Any], at: datetime) -> Told:
    connection = delivery.connection
    order_id, fulfillment_id = needed(payload, "order_id"), needed(payload, "fulfillment_id")
    status = SHIPMENT.get(text(payload.get("status")).lower())
    if status is None:
        return (f"“{text(payload.get('status'), 60)}” is nothing that boxes have",)
    box = _box_of(connection, order_id, fulfillment_id)
    cycle = box.cycle if box else next(iter(cycles_of_order(connection, order_id)), None)
    if cycle is None:
        return _no_box(delivery, order_id)
    if box is None or not box.fulfillment_id:
        box = know_box(cycle, at=at, box=box, fulfillment_id=fulfillment_id, order_id=order_id)
    zone = ZoneInfo(connection.store.time_zone)
    record_box_status(
        box,
        status=status,
        at=moment(payload.get("happened_at")) or at,
        expected_on=day(payload.get("estimated_delivery_at"), zone),
        source_key=f"fulfillment_event:{number_of(payload.get('id')) or _key(delivery)}",
    )
    return (f"parcel {fulfillment_id} {status.label.lower()}",)


# -- People ------------------------------------------------------------------------------------------


def _customer(delivery: WebhookDelivery, payload: Mapping[str, Any], at: datetime) -> Told:
    needed(payload, "id")
    return (f"customer {_know(delivery.connection, payload).pk}",)


def _know(connection: Connection, told: Mapping[str, Any], email: str = "", language: str = "") -> Subscriber:
    address = part(told, "default_address")
    names = (text(told.get("first_name"), 100), text(told.get("last_name"), 100))
    country = text(address.get("country_code"), 10).upper()
    return know_customer(
        connection,
        PersonTruth(
            external_id=needed(told, "id"),
            email=text(told.get("email"), 254) or email,
            name=" ".join(filter(None, names)),
            phone=text(told.get("phone") or address.get("phone"), 40),
            country=country if len(country) == 2 else "",
            region=text(address.get("province_code") or address.get("province"), 60),
            language=language.partition("-")[0].lower(),
        ),
    )


def _payment_method(delivery: WebhookDelivery, payload: Mapping[str, Any], at: datetime) -> Told:
    """Kind, last digits and end of a card; nothing else of it is kept."""
    customer = number_of(payload.get("customer_id")) or number_of(payload.get("admin_graphql_api_customer_id"))
    token = number_of(payload.get("token")) or number_of(payload.get("admin_graphql_api_id"))
    if not customer or not token:
        raise Malformed("It names no customer, or no means of payment")
    card = part(payload, "payment_instrument")
    method = know_method_of(
        delivery.connection,
        customer,
        external_id=token,
        at=at,
        brand=text(card.get("brand"), 40) or text(payload.get("instrument_type"), 40).removeprefix("Customer"),
        last4=text(card.get("last_digits"), 4),
        expires_on=last_day(counted(card.get("year")), counted(card.get("month"))),
        is_revoked=delivery.topic.endswith("/revoke"),
    )
    return (f"{method} {'revoked' if method.revoked_at else 'known'}",)


def _customer_gone(delivery: WebhookDelivery, payload: Mapping[str, Any], at: datetime) -> Told:
    """The shop's record is gone; who they were to us stays until their erasure is asked for."""
    connection = delivery.connection
    known = current().people.called((connection.store_id, str(connection.provider), needed(payload, "id")))
    return ("deleted in the shop, kept here",) if known else ("nobody known",)


READERS: dict[str, Callable[[WebhookDelivery, Mapping[str, Any], datetime], Told]] = {
    **{
        f"subscription_contracts/{kind}": _contract
        for kind in ("create", "update", "activate", "pause", "cancel", "expire", "fail")
    },
    **{f"subscription_billing_attempts/{kind}": _attempt for kind in ("success", "failure", "challenged")},
    **{f"subscription_billing_cycles/{kind}": _billing_cycle for kind in ("skip", "unskip")},
    **{f"orders/{kind}": _order for kind in ("create", "updated", "cancelled", "paid", "fulfilled")},
    "refunds/create": _refund,
    "fulfillments/create": _fulfillment,
    "fulfillments/update": _fulfillment,
    "fulfillment_events/create": _parcel_event,
    **{f"customer_payment_methods/{kind}": _payment_method for kind in ("create", "update", "revoke")},
    "customers/create": _customer,
    "customers/update": _customer,
    "customers/delete": _customer_gone,
}
