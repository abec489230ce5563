"""What Recharge's objects say, the same from webhooks and from the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from subscribers.enums import CycleStatus, Interval, SubscriptionStatus
from subscribers.models import Connection, Store
from subscribers.providers.base import CardTruth, Malformed, PersonTruth
from subscribers.providers.told import amount, counted, currency, moment, needed, number_of, part, parts, text
from subscribers.services.cards import last_day
from subscribers.services.products import know_product

STATUSES = {
    "active": SubscriptionStatus.ACTIVE,
    "paused": SubscriptionStatus.PAUSED,
    "cancelled": SubscriptionStatus.CANCELLED,
    "expired": SubscriptionStatus.EXPIRED,
}
CHARGES = {
    "success": CycleStatus.BILLED,
    "refunded": CycleStatus.BILLED,
    "partially_refunded": CycleStatus.BILLED,
    "error": CycleStatus.FAILED,
    "skipped": CycleStatus.SKIPPED,
    "queued": CycleStatus.SCHEDULED,
    "pending": CycleStatus.SCHEDULED,
}


def zone_of(store: Store) -> ZoneInfo:
    """Recharge tells days: those of the store."""
    return ZoneInfo(store.time_zone)


def said_at(told: Mapping[str, Any], otherwise: datetime) -> datetime:
    """When an object was as it says; its times are UTC."""
    return moment(told.get("updated_at"), UTC) or otherwise


def subscription_told(connection: Connection, told: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of subscribers.facts.FIELDS that a subscription tells. Raises Malformed where it has no status."""
    status = STATUSES.get(text(told.get("status")).lower())
    if status is None:
        raise Malformed(f"A subscription cannot be “{told.get('status')}”")
    if status == SubscriptionStatus.CANCELLED and told.get("max_retries_reached") is True:
        status = SubscriptionStatus.FAILED  # nobody's will: it was not paid
    fields: dict[str, Any] = {"status": status}
    unit = text(told.get("order_interval_unit")).lower()
    if unit in Interval.values:
        billed, sent = counted(told.get("charge_interval_frequency")), counted(told.get("order_interval_frequency"))
        fields |= {"billing_interval": unit, "billing_interval_count": billed or sent or 1}
        fields |= {"delivery_interval": unit, "delivery_interval_count": sent or billed or 1}
    quantity, each = counted(told.get("quantity"), 2**31 - 1) or 1, amount(told.get("price"))
    fields["quantity"] = quantity
    if each is not None:
        fields["price"] = each * quantity
    if code := currency(told.get("presentment_currency")):
        fields["currency"] = code
    if "expire_after_specific_number_of_charges" in told:
        fields["max_cycles"] = counted(told["expire_after_specific_number_of_charges"])
    is_over = status not in (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    if is_over or "next_charge_scheduled_at" in told:
        next_at = moment(told.get("next_charge_scheduled_at"), zone_of(connection.store))
        fields["next_billing_at"] = None if is_over else next_at
    if started_at := moment(told.get("created_at"), UTC):
        fields["started_at"] = started_at
    variant = number_of(part(told, "external_variant_id").get("ecommerce"))
    if variant:
        title = " – ".join(filter(None, (text(told.get("product_title")), text(told.get("variant_title")))))
        product = know_product(
            connection.store,
            external_id=variant,
            name=title,
            sku=text(told.get("sku"), 100),
            data={"shopify_product": number_of(part(told, "external_product_id").get("ecommerce"))},
        )
        fields["product_id"] = product.pk
    return fields


def ended_at(told: Mapping[str, Any]) -> datetime | None:
    return moment(told.get("cancelled_at"), UTC)


def person(told: Mapping[str, Any]) -> PersonTruth:
    names = (text(told.get("first_name"), 100), text(told.get("last_name"), 100))
    return PersonTruth(
        external_id=number_of(told.get("id")),
        email=text(told.get("email"), 254),
        name=" ".join(filter(None, names)),
        phone=text(told.get("phone"), 40),
    )


def card(told: Mapping[str, Any], otherwise: datetime) -> CardTruth:
    """Kind, last digits and end of a means of payment; nothing else of it is kept. Raises Malformed without an id."""
    details = part(told, "payment_details")
    return CardTruth(
        needed(told, "id"),
        brand=text(details.get("brand"), 40) or text(told.get("payment_type"), 40),
        last4=text(details.get("last4"), 4),
        expires_on=last_day(counted(details.get("exp_year")), counted(details.get("exp_month"))),
        told_at=said_at(told, otherwise),
    )


@dataclass(frozen=True)
class Charge:
    """One payment of one subscription. `at`: when it was so."""

    external_id: str
    subscription_id: str
    status: CycleStatus
    expected_at: datetime
    at: datetime
    paid_at: datetime
    amount: Decimal | None
    currency: str
    order_id: str
    order_number: str
    refunded: Decimal | None
    error: str
    attempts: int


def charges(store: Store, told: Mapping[str, Any], received_at: datetime) -> list[Charge]:
    """A charge, for each of the subscriptions that it pays. Raises Malformed for one that says too little."""
    external_id, status = number_of(told.get("id")), CHARGES.get(text(told.get("status")).lower())
    at = said_at(told, received_at)
    expected_at = moment(told.get("scheduled_at"), zone_of(store)) or moment(told.get("created_at"), UTC)
    if not external_id or status is None or expected_at is None:
        raise Malformed(f"A charge cannot be “{told.get('status')}” on “{told.get('scheduled_at')}”")
    lines = [
        line
        for line in parts(told, "line_items")
        if text(line.get("purchase_item_type") or "subscription").lower() == "subscription"
        and number_of(line.get("purchase_item_id"))
    ]
    shared = len({number_of(line.get("purchase_item_id")) for line in lines}) > 1
    refunded = amount(told.get("total_refunds"))
    found = {}
    for line in lines:
        subscription_id = number_of(line["purchase_item_id"])
        found[subscription_id] = Charge(
            external_id=external_id,
            subscription_id=subscription_id,
            status=status,
            expected_at=expected_at,
            at=at,
            paid_at=moment(told.get("processed_at"), UTC) or at,
            # Of a charge that pays several, each has its own line's.
            amount=amount(line.get("total_price") if shared else told.get("total_price")),
            currency=currency(told.get("currency")),
            order_id=number_of(part(told, "external_order_id").get("ecommerce")),
            order_number=text(part(told, "external_order_number").get("ecommerce"), 60),
            # Which of several was given back, it does not say.
            refunded=None if shared else refunded,
            error=text(told.get("error"), 500) or text(told.get("error_type")),
            attempts=counted(told.get("charge_attempts")) or 0,
        )
    return list(found.values())
