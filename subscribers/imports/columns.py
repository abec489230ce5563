"""What a file's columns may hold, and the formats that are known by their header."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from subscribers.enums import Provider
from subscribers.imports import values
from subscribers.imports.enums import ImportKind
from subscribers.lazy import lazily as _

MOST_COUNT = 32767
LATEST_INDEX = 5000


@dataclass(frozen=True)
class Column:
    """What a column may hold. `read`: one of subscribers.imports.values. `also`: other headers that mean it."""

    name: str
    words: str
    read: Any
    also: tuple[str, ...] = ()
    is_needed: bool = False
    help: str = ""


@dataclass(frozen=True)
class Format:
    """A file of somebody's. `has`: normalised headers, all of which it has. `columns`: what each of its headers is.

    `lead`: columns that only the first line of a record fills; the next lines have the same `together`.
    """

    key: str
    words: str
    kind: ImportKind
    provider: Provider
    has: tuple[str, ...]
    columns: Mapping[str, str]
    together: str = ""
    lead: tuple[str, ...] = ()


def normal(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", header.strip().lower()).strip("_")


PERSON = (
    Column("email", _("Mail address"), values.email, ("e_mail", "mail", "email_address", "customer_email")),
    Column(
        "customer_id",
        _("Customer number"),
        values.number_id,
        ("customer", "external_customer_id", "subscriber_id"),
        help=_("The provider's."),
    ),
    Column("name", _("Name"), values.short(200), ("full_name", "customer_name")),
    Column("first_name", _("First name"), values.short(100), ("customer_first_name", "given_name")),
    Column("last_name", _("Last name"), values.short(100), ("customer_last_name", "surname", "family_name")),
)
UPDATED = Column(
    "updated_at",
    _("Last changed"),
    values.moment,
    help=_("When the row was true, where that is not the file's own time."),
)
SUBSCRIBERS = (
    *PERSON,
    Column("phone", _("Phone"), values.phone, ("telephone", "mobile")),
    Column("country", _("Country"), values.country, ("country_code",), help=_("Two letters.")),
    Column("region", _("Region"), values.short(60), ("province", "province_code", "state")),
    Column("language", _("Language"), values.language, ("locale",)),
    Column("time_zone", _("Time zone"), values.time_zone, ("timezone",)),
    Column("created_at", _("Customer since"), values.moment, ("since", "signed_up_at")),
    Column("marketing", _("Consents to marketing"), values.yes_or_no, ("marketing_consent", "accepts_marketing")),
    Column("marketing_at", _("Marketing: when"), values.moment, ("marketing_consent_at",)),
    Column("marketing_proof", _("Marketing: where, and to which words"), values.text, ("marketing_consent_proof",)),
    Column("success", _("Consents to help"), values.yes_or_no, ("success_consent",)),
    Column("success_at", _("Help: when"), values.moment, ("success_consent_at",)),
    Column("success_proof", _("Help: where, and to which words"), values.text, ("success_consent_proof",)),
)
SUBSCRIPTIONS = (
    Column("subscription_id", _("Subscription number"), values.number_id, ("subscription", "contract_id"), True),
    *PERSON,
    Column("status", _("State"), values.subscription_status, ("subscription_status",)),
    Column("product", _("Product"), values.short(200), ("product_name", "product_title")),
    Column("product_id", _("Product number"), values.number_id, ("variant_id", "external_product_id")),
    Column("sku", "SKU", values.short(100)),
    Column("price", _("Price of a billing"), values.amount, ("total_price",)),
    Column("unit_price", _("Price of one"), values.amount, ("recurring_price",), help=_("Times the quantity.")),
    Column("delivery_price", _("Price of the delivery"), values.amount, help=_("Added to the price of one.")),
    Column("currency", _("Currency"), values.currency, ("currency_code",)),
    Column("quantity", _("Quantity"), values.whole(1, 100_000), ("qty",)),
    Column("interval", _("Billed every … of"), values.interval, ("billing_interval", "interval_unit"), help="month"),
    Column("interval_count", _("Billed every"), values.whole(1, 366), ("billing_interval_count", "frequency")),
    Column("delivery_interval", _("Delivered every … of"), values.interval),
    Column("delivery_interval_count", _("Delivered every"), values.whole(1, 366)),
    Column("started_at", _("Started"), values.moment, ("created_at", "start_date", "started_on")),
    Column("next_billing_at", _("Next billing"), values.moment, ("next_billing_date", "next_charge_date")),
    Column("paused_at", _("Paused since"), values.moment),
    Column("resumes_at", _("Resumes"), values.moment),
    Column("ended_at", _("Ended"), values.moment, ("cancelled_at", "canceled_at", "cancelled_on")),
    Column("cancels_at", _("Will end"), values.moment),
    Column("reason", _("Why it was cancelled"), values.short(500), ("cancellation_reason",)),
    Column("min_cycles", _("Fewest cycles"), values.whole(1, MOST_COUNT)),
    Column("max_cycles", _("Most cycles"), values.whole(1, MOST_COUNT)),
    Column("address1", _("Address"), values.short(200), ("shipping_address1", "shipping_address_1")),
    Column("address2", _("Address, second line"), values.short(200), ("shipping_address2", "shipping_address_2")),
    Column("city", _("City"), values.short(100), ("shipping_city",)),
    Column("zip", _("Postal code"), values.short(20), ("shipping_zip", "postal_code")),
    Column("province", _("Region"), values.short(100), ("shipping_province",)),
    Column("country", _("Country"), values.short(100), ("shipping_country",)),
    UPDATED,
)
BOXES = (
    Column("subscription_id", _("Subscription number"), values.number_id, ("subscription", "contract_id")),
    PERSON[0],
    Column("cycle", _("Cycle"), values.whole(1, LATEST_INDEX), ("cycle_index",), help=_("1 brought the first box.")),
    Column("charge_id", _("Number of the billing"), values.number_id, ("charge",)),
    Column("status", _("State of the billing"), values.cycle_status, ("cycle_status", "charge_status")),
    Column("expected_at", _("Billing due"), values.moment, ("billing_expected_at", "scheduled_at", "due_at")),
    Column("starts_at", _("Cycle starts"), values.moment),
    Column("ends_at", _("Cycle ends"), values.moment),
    Column("billed_at", _("Billed"), values.moment, ("paid_at", "processed_at")),
    Column("amount", _("Amount"), values.amount, ("total", "total_price")),
    Column("currency", _("Currency"), values.currency, ("currency_code",)),
    Column("refunded", _("Refunded"), values.amount, ("refunded_amount", "total_refunds")),
    Column("order_id", _("Order's id"), values.number_id, ("external_order_id",)),
    Column("order_number", _("Order's number"), values.short(60), ("order",)),
    Column("reason", _("Why it was skipped"), values.short(500), ("skip_reason",)),
    Column("error", _("Why it failed"), values.short(500)),
    Column(
        "box", _("Box of the cycle"), values.whole(1, 366), ("sequence", "box_sequence"), help=_("1, unless several.")
    ),
    Column("box_kind", _("Kind of box"), values.box_kind),
    Column("box_status", _("State of the box"), values.box_status, ("delivery_status", "shipment_status")),
    Column("fulfillment_id", _("Number of the parcel"), values.number_id),
    Column("carrier", _("Carrier"), values.short(60), ("tracking_company",)),
    Column("batch", _("Batch"), values.short(60), ("lot", "lot_number"), help=_("What whoever packs calls it.")),
    Column("tracking_number", _("Tracking number"), values.short(100)),
    Column("tracking_url", _("Tracking page"), values.url),
    Column("ships_on", _("Ships on"), values.day),
    Column("shipped_at", _("Shipped"), values.moment, ("fulfilled_at",)),
    Column("expected_on", _("Delivery expected"), values.day, ("estimated_delivery",)),
    Column("delivered_at", _("Delivered"), values.moment),
    UPDATED,
)
COLUMNS: Mapping[ImportKind, Sequence[Column]] = {
    ImportKind.SUBSCRIBERS: SUBSCRIBERS,
    ImportKind.SUBSCRIPTIONS: SUBSCRIPTIONS,
    ImportKind.BOXES: BOXES,
}
# Of each of these at least one is needed.
NEEDED: Mapping[ImportKind, tuple[tuple[str, ...], ...]] = {
    ImportKind.SUBSCRIBERS: (("email",),),
    ImportKind.SUBSCRIPTIONS: (("subscription_id",), ("email", "customer_id")),
    ImportKind.BOXES: (("subscription_id", "email"), ("expected_at", "starts_at", "billed_at")),
}

_INTERVALS = {
    "charge_interval_unit_type": "interval",
    "charge_interval_frequency": "interval_count",
    "shipping_interval_unit_type": "delivery_interval",
    "shipping_interval_frequency": "delivery_interval_count",
    "order_interval_unit": "delivery_interval",
    "order_interval_frequency": "delivery_interval_count",
}
FORMATS = (
    Format(
        "shopify-customers",
        _("Shopify's customers"),
        ImportKind.SUBSCRIBERS,
        Provider.SHOPIFY,
        has=("first_name", "last_name", "email", "accepts_email_marketing"),
        columns={
            "accepts_email_marketing": "marketing",
            "default_address_country_code": "country",
            "country_code": "country",
            "default_address_province_code": "region",
            "province_code": "region",
            "default_address_phone": "phone",
        },
    ),
    Format(
        "shopify-orders",
        _("Shopify's orders"),
        ImportKind.BOXES,
        Provider.SHOPIFY,
        has=("name", "email", "financial_status", "paid_at", "fulfillment_status", "lineitem_name"),
        columns={
            "name": "order_number",
            "financial_status": "status",
            "created_at": "expected_at",
            "fulfillment_status": "box_status",
            "id": "order_id",
        },
        together="order_number",
        lead=("status", "expected_at", "amount"),
    ),
    Format(
        "shopify-contracts",
        _("Shopify's subscription contracts"),
        ImportKind.SUBSCRIPTIONS,
        Provider.SHOPIFY,
        has=("handle", "upcoming_billing_date", "cadence_interval", "cadence_interval_count"),
        columns={
            "handle": "subscription_id",
            "upcoming_billing_date": "next_billing_at",
            "cadence_interval": "interval",
            "cadence_interval_count": "interval_count",
            "line_variant_id": "product_id",
            "line_quantity": "quantity",
            "line_current_price": "unit_price",
            "delivery_address_address1": "address1",
            "delivery_address_address2": "address2",
            "delivery_address_city": "city",
            "delivery_address_zip": "zip",
            "delivery_address_province_code": "province",
            "delivery_address_country_code": "country",
        },
        together="subscription_id",
        lead=("status", "next_billing_at", "customer_id"),
    ),
    Format(
        "recharge-subscriptions",
        _("Recharge's subscriptions"),
        ImportKind.SUBSCRIPTIONS,
        Provider.RECHARGE,
        has=("charge_interval_frequency", "customer_email"),
        columns={
            **_INTERVALS,
            "purchase_item_id": "subscription_id",
            "id": "subscription_id",
            "next_charge_scheduled_at": "next_billing_at",
            "external_variant_id": "product_id",
            "shopify_variant_id": "product_id",
            "price": "unit_price",
            "item_price": "unit_price",
            "expire_after_specific_number_of_charges": "max_cycles",
            "presentment_currency": "currency",
            "shipping_state": "province",
            "address_1": "address1",
            "address_2": "address2",
            "state": "province",
        },
    ),
    Format(
        "recharge-migration",
        _("Recharge's migration template"),
        ImportKind.SUBSCRIPTIONS,
        Provider.RECHARGE,
        has=("external_product_name", "recurring_price", "charge_interval_frequency", "shipping_email"),
        columns={
            **_INTERVALS,
            "external_product_name": "product",
            "external_variant_id": "product_id",
            "shipping_email": "email",
            "shipping_first_name": "first_name",
            "shipping_last_name": "last_name",
            "number_charges_until_expiration": "max_cycles",
            "customer_created_at": "",
        },
    ),
    Format(
        "recharge-charges",
        _("Recharge's charges"),
        ImportKind.BOXES,
        Provider.RECHARGE,
        has=("charge_id", "scheduled_at", "processed_at"),
        columns={
            "external_order_number": "order_number",
            "shopify_order_number": "order_number",
            "shopify_order_id": "order_id",
            "purchase_item_id": "subscription_id",
            "charge_status": "status",
            "error_type": "error",
            "customer_email": "email",
        },
    ),
    Format(
        "recharge-customers",
        _("Recharge's customers"),
        ImportKind.SUBSCRIBERS,
        Provider.RECHARGE,
        has=("email", "first_name", "last_name", "subscriptions_active_count"),
        columns={"id": "customer_id", "billing_country_code": "country", "billing_phone": "phone"},
    ),
)


def format_of(header: Sequence[str]) -> Format | None:
    """Whose export this is; None: a file of one's own."""
    there = {normal(name) for name in header}
    return next((one for one in FORMATS if there.issuperset(one.has)), None)


def named(key: str) -> Format | None:
    return next((one for one in FORMATS if one.key == key), None)


def column_of(kind: ImportKind | str, name: str) -> Column:
    return next(column for column in COLUMNS[ImportKind(kind)] if column.name == name)


def kinds_of(header: Sequence[str]) -> list[ImportKind]:
    """What a file could tell by its header, the likeliest first."""
    found = {kind: [name for name in guess(kind, header, None) if name] for kind in ImportKind}
    return sorted(ImportKind, key=lambda kind: (bool(missing(kind, found[kind])), -len(found[kind])))


def guess(kind: ImportKind | str, header: Sequence[str], known: Format | None) -> list[str]:
    """By column: what it holds as far as its name says, each thing once; "" for what is not known."""
    by_name = {column.name: column.name for column in COLUMNS[ImportKind(kind)]}
    other = {name: column.name for column in COLUMNS[ImportKind(kind)] for name in column.also}
    theirs = dict(known.columns) if known else {}
    names = [normal(name) for name in header]
    mapping = [""] * len(header)
    taken: set[str] = set()
    # What the format says goes first, then the plain names, then what else may mean it.
    for step in (theirs, by_name, other):
        for place, name in enumerate(names):
            wanted = step.get(name, "")
            if step is not theirs and name in theirs:
                continue
            if wanted and wanted not in taken and not mapping[place]:
                mapping[place] = wanted
                taken.add(wanted)
    return mapping


def missing(kind: ImportKind | str, mapping: Sequence[str]) -> list[str]:
    """What is needed and no column holds, in words."""
    there = set(mapping)
    return [
        " or ".join(map(str, (column_of(kind, name).words for name in names)))
        for names in NEEDED[ImportKind(kind)]
        if not there.intersection(names)
    ]
