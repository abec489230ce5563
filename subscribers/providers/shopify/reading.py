"""Reads contracts, with their cycles, attempts and parcels, as the API has them now."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from subscribers.changes import step
from subscribers.enums import ENDED_SUBSCRIPTION, BoxStatus, CycleStatus, SubscriptionStatus
from subscribers.models import Connection
from subscribers.providers.base import BoxTruth, CardTruth, CycleTruth, PersonTruth, Truth
from subscribers.providers.shopify import queries
from subscribers.providers.shopify.client import Client
from subscribers.providers.shopify.webhooks import SHIPMENT
from subscribers.providers.told import amount, counted, currency, day, moment, number_of, part, text
from subscribers.services.cards import last_day
from subscribers.services.products import know_product

# The coming cycle's day may be a little after the next billing's.
AHEAD = timedelta(days=2)
# Skips are read as far ahead as this many billings: nobody skips beyond.
SKIPPED_AHEAD = 12


def gid(kind: str, number: str) -> str:
    return f"gid://shopify/{kind}/{number}"


def nodes(told: Any, name: str) -> list[dict[str, Any]]:
    return [edge["node"] for edge in part(told, name).get("edges") or [] if isinstance(edge.get("node"), dict)]


def read(connection: Connection, external_id: str, client: Client | None = None) -> Truth | None:
    """One contract; None where the shop has none of this id, or hides it from us."""
    client = client or Client(connection)
    at = timezone.now()
    told = client.ask(queries.CONTRACT, {"id": gid("SubscriptionContract", external_id)}).get("subscriptionContract")
    return truth_of(connection, client, told, at) if told else None


def read_all(connection: Connection, since: datetime | None, cursor: str) -> Iterator[Truth]:
    """Every contract that changed since, in the order of their ids."""
    client = Client(connection)
    query = f"updated_at:>='{since.isoformat()}'" if since else None
    at = timezone.now()
    for told, after in client.pages(queries.CONTRACTS, "subscriptionContracts", {"query": query}, cursor):
        yield truth_of(connection, client, told, at, after)
        at = timezone.now() if not after else at


def truth_of(connection: Connection, client: Client, told: Mapping[str, Any], at: datetime, cursor: str = "") -> Truth:
    status = text(told.get("status")).lower()
    updated_at = moment(told.get("updatedAt")) or at
    return Truth(
        external_id=number_of(told["id"]),
        person=_person(part(told, "customer")),
        at=at,
        told={
            "status": SubscriptionStatus(status),
            "started_at": moment(told.get("createdAt")) or at,
            "currency": currency(told.get("currencyCode")) or connection.store.currency,
            "next_billing_at": None if status in ENDED_SUBSCRIPTION else moment(told.get("nextBillingDate")),
            "shipping_address": _address(part(told, "deliveryMethod")),
            **_policies(told),
            **_lines(connection, told),
        },
        revision=int(told["revisionId"]),
        # A contract that ended is not changed any more.
        status_since=updated_at if status in ENDED_SUBSCRIPTION else None,
        cycles=tuple(_cycles(connection, client, told, at)),
        cards=tuple(_cards(part(told, "customerPaymentMethod"))),
        cursor=cursor,
    )


def _cards(told: Mapping[str, Any]) -> Iterator[CardTruth]:
    """What pays the contract, if anything does."""
    if external_id := number_of(told.get("id")):
        card = part(told, "instrument")
        yield CardTruth(
            external_id,
            brand=text(card.get("brand"), 40) or text(card.get("__typename"), 40).removeprefix("Customer"),
            last4=text(card.get("lastDigits"), 4),
            expires_on=last_day(counted(card.get("expiryYear")), counted(card.get("expiryMonth"))),
            is_revoked=told.get("revokedAt") is not None,
            told_at=moment(told.get("revokedAt")),
        )


def _person(told: Mapping[str, Any]) -> PersonTruth:
    address = part(told, "defaultAddress")
    names = (text(told.get("firstName"), 100), text(told.get("lastName"), 100))
    return PersonTruth(
        external_id=number_of(told.get("id")),
        email=text(part(told, "defaultEmailAddress").get("emailAddress"), 254),
        name=" ".join(filter(None, names)),
        phone=text(part(told, "defaultPhoneNumber").get("phoneNumber"), 40),
        country=text(address.get("countryCodeV2"), 2),
        region=text(address.get("provinceCode"), 60),
        language=text(told.get("locale"), 10).partition("-")[0].lower(),
    )


def _policies(told: Mapping[str, Any]) -> dict[str, Any]:
    billing, delivery = part(told, "billingPolicy"), part(told, "deliveryPolicy")
    least, most = counted(billing.get("minCycles")), counted(billing.get("maxCycles"))
    return {
        "billing_interval": text(billing.get("interval")).lower(),
        "billing_interval_count": counted(billing.get("intervalCount")) or 1,
        "delivery_interval": text(delivery.get("interval")).lower(),
        "delivery_interval_count": counted(delivery.get("intervalCount")) or 1,
        "min_cycles": None if least and most and least > most else least,
        "max_cycles": most,
    }


def _lines(connection: Connection, told: Mapping[str, Any]) -> dict[str, Any]:
    """What it delivers: the first line's product stands for it; several are told one by one."""
    lines, price, quantity, product_id = [], Decimal(0), 0, None
    for line in nodes(told, "lines"):
        count = counted(line.get("quantity")) or 1
        each = amount(part(line, "currentPrice").get("amount")) or Decimal(0)
        title = " – ".join(filter(None, (text(line.get("title")), text(line.get("variantTitle")))))
        external_id = number_of(line.get("variantId")) or number_of(line.get("productId"))
        product = external_id and know_product(
            connection.store,
            external_id=external_id,
            name=title,
            sku=text(line.get("sku"), 100),
            data={"shopify_product": number_of(line.get("productId"))},
        )
        product_id = product_id or (product.pk if product else None)
        price, quantity = price + each * count, quantity + count
        lines.append(
            {
                "id": number_of(line.get("id")),
                "product": product.pk if product else None,
                "title": title,
                "quantity": count,
                "price": str(each),
            }
        )
    return {
        "price": price,
        "quantity": max(quantity, 1),
        "product_id": product_id,
        "lines": lines if len(lines) > 1 else [],
    }


def _address(told: Mapping[str, Any]) -> dict[str, str]:
    address = part(told, "address")
    plain = {
        "name": " ".join(filter(None, (text(address.get("firstName")), text(address.get("lastName"))))),
        "company": text(address.get("company")),
        "address1": text(address.get("address1")),
        "address2": text(address.get("address2")),
        "city": text(address.get("city")),
        "zip": text(address.get("zip"), 20),
        "region": text(address.get("provinceCode"), 60),
        "country": text(address.get("countryCode"), 2),
        "phone": text(address.get("phone"), 40),
    }
    return {name: value for name, value in plain.items() if value}


def _cycles(connection: Connection, client: Client, contract: Mapping[str, Any], at: datetime) -> Iterator[CycleTruth]:
    begun = moment(contract.get("createdAt")) or at
    near = max(moment(contract.get("nextBillingDate")) or at, at) + AHEAD
    policy = _policies(contract)
    until = near + step(policy["billing_interval"], policy["billing_interval_count"]) * SKIPPED_AHEAD
    variables = {"id": contract["id"], "from": begun.isoformat(), "to": until.isoformat()}
    for told, _ in client.pages(queries.CYCLES, "subscriptionBillingCycles", variables):
        expected_at = moment(told.get("billingAttemptExpectedDate"))
        index = counted(told.get("cycleIndex"), 2**31 - 1)
        if index is None or expected_at is None:
            continue
        attempts = sorted(nodes(told, "billingAttempts"), key=lambda one: str(one.get("createdAt")))
        paid = next((one for one in attempts if _state(one) == "Success"), None)
        failures = tuple(_failure(one, at) for one in attempts if _state(one) == "Failed")
        status, since, order = CycleStatus.SCHEDULED, expected_at, {}
        if paid is not None:
            status = CycleStatus.RECOVERED if failures else CycleStatus.BILLED
            since, order = _ended_at(paid, at), part(part(paid, "state"), "order")
        elif index == 1 and contract.get("originOrder"):
            # The first is paid by the order that the contract begins with, at the checkout.
            status, order = CycleStatus.BILLED, part(contract, "originOrder")
            since = moment(order.get("processedAt")) or begun
        elif told.get("skipped"):
            status, since = CycleStatus.SKIPPED, at
        elif failures:
            status, since = CycleStatus.FAILED, failures[-1][0]
        total = part(part(order, "totalPriceSet"), "presentmentMoney")
        yield CycleTruth(
            index=index,
            expected_at=expected_at,
            starts_at=moment(told.get("cycleStartAt")),
            ends_at=moment(told.get("cycleEndAt")),
            status=status,
            at=since,
            amount=amount(total.get("amount")),
            currency=currency(total.get("currencyCode")),
            order_id=number_of(order.get("id")),
            order_number=text(order.get("name"), 60),
            boxes=tuple(_boxes(connection, order)),
            failures=failures,
            refunds=tuple(_refunds(order, at)),
            is_distant=expected_at > near,
        )


def _state(attempt: Mapping[str, Any]) -> str:
    name = text(part(attempt, "state").get("__typename"))
    return name.removeprefix("SubscriptionBillingAttempt").removesuffix("State")


def _ended_at(attempt: Mapping[str, Any], at: datetime) -> datetime:
    return moment(attempt.get("completedAt")) or moment(attempt.get("createdAt")) or at


def _failure(attempt: Mapping[str, Any], at: datetime) -> tuple[datetime, str, str]:
    error = part(part(attempt, "state"), "error")
    said = next(
        (text(error[name], 500) for name in ("payment", "inventory", "general", "message") if name in error), ""
    )
    return _ended_at(attempt, at), said.lower() if said.isupper() else said, f"attempt:{number_of(attempt.get('id'))}"


def _refunds(order: Mapping[str, Any], at: datetime) -> Iterator[tuple[datetime, Decimal, str]]:
    for told in order.get("refunds") or []:
        total = amount(part(part(told, "totalRefundedSet"), "presentmentMoney").get("amount"))
        if total:
            yield moment(told.get("createdAt")) or at, total, f"refund:{number_of(told.get('id'))}"


def _boxes(connection: Connection, order: Mapping[str, Any]) -> Iterator[BoxTruth]:
    zone = ZoneInfo(connection.store.time_zone)
    for told in order.get("fulfillments") or []:
        tracking: dict[str, Any] = next(iter(told.get("trackingInfo") or []), {})
        created_at = moment(told.get("createdAt"))
        reports: list[tuple[BoxStatus, datetime, Any]] = []
        if created_at is not None:
            reports.append((BoxStatus.CONFIRMED, created_at, day(told.get("estimatedDeliveryAt"), zone)))
        for event in nodes(told, "events"):
            happened_at, status = moment(event.get("happenedAt")), SHIPMENT.get(text(event.get("status")).lower())
            if happened_at is not None and status is not None:
                reports.append((status, happened_at, day(event.get("estimatedDeliveryAt"), zone)))
        delivered_at = moment(told.get("deliveredAt"))
        if delivered_at is not None and not any(status == BoxStatus.DELIVERED for status, _, _ in reports):
            reports.append((BoxStatus.DELIVERED, delivered_at, None))
        if text(told.get("status")) == "CANCELLED":
            reports.append((BoxStatus.CANCELLED, moment(told.get("updatedAt")) or created_at or timezone.now(), None))
        yield BoxTruth(
            fulfillment_id=number_of(told.get("id")),
            order_id=number_of(order.get("id")),
            order_number=text(order.get("name"), 60),
            carrier=text(tracking.get("company"), 60),
            tracking_number=text(tracking.get("number"), 100),
            tracking_url=text(tracking.get("url"), 500),
            reports=tuple(reports),
        )
