"""A shop of Shopify: its Admin GraphQL API, checked against the schema, and its webhooks, signed."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    SelectionSetNode,
    build_schema,
    graphql_sync,
    parse,
)

from tests.fakes.server import Answer, Service, Webhook, step

SCHEMA = build_schema((Path(__file__).parent / "shopify_2026_10.graphql").read_text())
ENDED = ("CANCELLED", "EXPIRED", "FAILED", "STALE")


def gid(kind: str, number: Any) -> str:
    return f"gid://shopify/{kind}/{number}"


def number_of(told: str) -> int:
    return int(told.rpartition("/")[2])


def money(amount: Any, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": str(amount), "currencyCode": currency}


def bag(amount: Any, currency: str = "EUR") -> dict[str, Any]:
    return {"shopMoney": money(amount, currency), "presentmentMoney": money(amount, currency)}


def iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


class Page:
    """A list, told page by page as GraphQL connections are."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows

    def told(self, first: int | None = None, after: str | None = None) -> dict[str, Any]:
        start = int(after or 0)
        end = min(start + (first or 250), len(self.rows))
        edges = [{"cursor": str(start + n + 1), "node": row} for n, row in enumerate(self.rows[start:end])]
        info = {"hasNextPage": end < len(self.rows), "endCursor": edges[-1]["cursor"] if edges else None}
        return {"edges": edges, "pageInfo": info}


class Shop(Service):
    token = "shpat_right"
    secret = "shop-secret"
    domain = "tea.myshopify.com"
    version = "2026-10"

    def __init__(self, now: datetime) -> None:
        self.customers: dict[int, dict[str, Any]] = {}
        self.orders: dict[int, dict[str, Any]] = {}
        self.contracts: dict[int, dict[str, Any]] = {}
        self.calculations: dict[str, dict[str, Any]] = {}
        self.drafts: dict[str, dict[str, Any]] = {}
        self.registered: dict[str, str] = {}
        self.idempotent: dict[str, Any] = {}
        self.pending_polls = 0
        self.hidden: set[int] = set()
        self.points, self.rate, self.most = 2000.0, 100.0, 2000.0
        super().__init__(now)

    # -- The protocol

    def refill(self, seconds: float) -> None:
        self.points = min(self.most, self.points + self.rate * seconds)

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> Answer:
        if (method, path) != ("POST", f"/admin/api/{self.version}/graphql.json"):
            return Answer(404, {"errors": "Not Found"})
        if headers.get("x-shopify-access-token") != self.token:
            return Answer(401, {"errors": "[API] Invalid API key or access token"})
        document = parse(body["query"])
        operation = next(one for one in document.definitions if one.kind == "operation_definition")
        self.calls.append(operation.name.value)
        fragments = {one.name.value: one for one in document.definitions if one.kind == "fragment_definition"}
        cost = _cost(operation.selection_set, fragments) + (10 if operation.operation.value == "mutation" else 0)
        if cost > self.points:
            return Answer(200, {"errors": [_error("Throttled", "THROTTLED")], "extensions": self._bill(cost, 0)})
        told = graphql_sync(SCHEMA, body["query"], Root(self), variable_values=body.get("variables"))
        answer: dict[str, Any] = {"data": told.data} if told.data is not None else {}
        if told.errors:
            answer["errors"] = [one.formatted for one in told.errors]
        return Answer(200, {**answer, "extensions": self._bill(cost, cost)})

    def _bill(self, requested: float, actual: float) -> dict[str, Any]:
        self.points -= actual
        status = {"maximumAvailable": self.most, "currentlyAvailable": self.points, "restoreRate": self.rate}
        return {"cost": {"requestedQueryCost": requested, "actualQueryCost": actual or None, "throttleStatus": status}}

    def headers(self, webhook: Webhook, body: bytes) -> dict[str, str]:
        digest = hmac.new(self.secret.encode(), body, hashlib.sha256).digest()
        return {
            "X-Shopify-Topic": webhook.topic,
            "X-Shopify-Shop-Domain": self.domain,
            "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
            "X-Shopify-API-Version": self.version,
            "X-Shopify-Webhook-Id": f"webhook-{webhook.number}",
            "X-Shopify-Event-Id": f"event-{webhook.number}",
            "X-Shopify-Triggered-At": webhook.at.isoformat(),
        }

    def deliver(self, client: Any, webhook: Webhook) -> int:
        body = json.dumps(webhook.payload).encode()
        headers = self.headers(webhook, body)
        return client.post("/webhooks/shopify/", body, "application/json", headers=headers).status_code

    # -- What happens in the shop

    def add_customer(self, email: str, **more: Any) -> int:
        number = self.number()
        self.customers[number] = {
            "id": number,
            "email": email,
            "first_name": "Robin",
            "last_name": "Reed",
            "phone": None,
            "updated_at": iso(self.now),
            "default_address": {"country_code": "DE", "province_code": "BE"},
            **more,
        }
        self.tell("customers/create", self.customers[number])
        return number

    def add_order(self, customer: int, total: Any, gateway: str = "shopify_payments") -> int:
        number = self.number()
        self.orders[number] = {
            "id": number,
            "name": f"#{number}",
            "customer": customer,
            "total": Decimal(str(total)),
            "at": self.now,
            "gateway": gateway,
            "refunds": [],
            "fulfillments": [],
        }
        self.tell("orders/create", self._order_payload(number))
        self.tell("orders/paid", self._order_payload(number))
        return number

    def add_contract(self, customer: int, price: Any = 30, interval: str = "month", count: int = 1) -> int:
        number, price = self.number(), Decimal(str(price))
        origin = self.add_order(customer, price)
        often = {"interval": interval.upper(), "intervalCount": count}
        self.contracts[number] = {
            "number": number,
            "status": "ACTIVE",
            "revision": 0,
            "created": self.now,
            "updated": self.now,
            "next": self.now + step(interval, count),
            "billing": often,
            "delivery": dict(often),
            "customer": customer,
            "origin": origin,
            "lines": [{"id": gid("SubscriptionLine", f"l{number}"), "variant": 71, "quantity": 1, "price": price}],
            "discounts": [],
            "card": None,
            "cycles": [self._cycle(1, self.now, self.now + step(interval, count))],
        }
        self.contracts[number]["cycles"][0]["order"] = origin
        self._plan(number)
        self._changed(number, "create")
        return number

    def set_card(self, contract: int, token: str, last: str, year: int, month: int) -> None:
        """The contract is paid by this card from now on."""
        card = {"name": "Robin Reed", "brand": "Visa", "last_digits": last, "year": year, "month": month}
        kind = "create" if (self.contracts[contract]["card"] or {}).get("token") != token else "update"
        self.contracts[contract]["card"] = {"token": token, **card}
        told = {
            "admin_graphql_api_id": gid("CustomerPaymentMethod", token),
            "token": token,
            "customer_id": self.contracts[contract]["customer"],
            "instrument_type": "CustomerCreditCard",
            "payment_instrument": card,
        }
        self.tell(f"customer_payment_methods/{kind}", told)

    def bill(self, contract: int, *, error: str = "") -> int | None:
        """The coming cycle's payment; the order that it made."""
        row = self.contracts[contract]
        cycle = next(one for one in row["cycles"] if one["order"] is None and not one["skipped"])
        attempt = {"id": self.number(), "at": self.now, "error": error, "order": None}
        cycle["attempts"].append(attempt)
        if not error:
            attempt["order"] = cycle["order"] = self.add_order(row["customer"], self._price(row))
            row["next"] = cycle["end"]
            self._plan(contract)
        told = {
            "id": attempt["id"],
            "admin_graphql_api_id": gid("SubscriptionBillingAttempt", attempt["id"]),
            "idempotency_key": f"key-{attempt['id']}",
            "order_id": attempt["order"],
            "subscription_contract_id": contract,
            "ready": True,
            "error_message": error or None,
            "error_code": error or None,
        }
        self.tell(f"subscription_billing_attempts/{'failure' if error else 'success'}", told)
        return attempt["order"]

    def skip(self, contract: int, index: int, skipped: bool = True) -> str:
        row = self.contracts[contract]
        cycle = self.cycle(contract, index)
        if cycle is None or cycle["order"] is not None:
            return "The billing cycle was billed already"
        if cycle["skipped"] is skipped:
            return "The billing cycle is so already"
        cycle["skipped"] = skipped
        if skipped and row["next"] == cycle["expected"]:
            row["next"] = cycle["end"]
            self._plan(contract)
        elif not skipped:
            row["next"] = min(row["next"], cycle["expected"])
        told = {
            "subscription_contract_id": contract,
            "cycle_start_at": iso(cycle["start"]),
            "cycle_end_at": iso(cycle["end"]),
            "cycle_index": index,
            "contract_edit": None,
            "billing_attempt_expected_date": iso(cycle["expected"]),
            "skipped": skipped,
            "edited": True,
        }
        self.tell(f"subscription_billing_cycles/{'skip' if skipped else 'unskip'}", told)
        return ""

    def turn(self, contract: int, status: str) -> str:
        row = self.contracts[contract]
        allowed = {"PAUSED": ("ACTIVE",), "ACTIVE": ("PAUSED", "FAILED", "ACTIVE")}
        if row["status"] not in allowed.get(status, ("ACTIVE", "PAUSED", "FAILED")):
            return "The contract is terminated or cannot become that"
        row["status"] = status
        kinds = {"PAUSED": "pause", "ACTIVE": "activate", "CANCELLED": "cancel", "EXPIRED": "expire", "FAILED": "fail"}
        self._changed(contract, kinds[status])
        return ""

    def set_frequency(self, contract: int, interval: str, count: int) -> None:
        row = self.contracts[contract]
        row["billing"] = row["delivery"] = {"interval": interval.upper(), "intervalCount": count}
        self._changed(contract)

    def set_next(self, contract: int, at: datetime) -> None:
        row = self.contracts[contract]
        coming = next((one for one in row["cycles"] if one["expected"] == row["next"]), None)
        row["next"] = at
        if coming is not None and coming["order"] is None:
            coming["start"] = coming["expected"] = at
            coming["end"] = at + self._every(row)
        self._changed(contract)

    def ship(self, order: int) -> int:
        number = self.number()
        told = {
            "id": number,
            "order_id": order,
            "status": "success",
            "created_at": iso(self.now),
            "updated_at": iso(self.now),
            "tracking_company": "DHL",
            "tracking_number": f"T{number}",
            "tracking_url": f"https://dhl.example/T{number}",
            "shipment_status": None,
            "line_items": [],
        }
        self.orders[order]["fulfillments"].append({**told, "events": []})
        self.tell("fulfillments/create", told)
        return number

    def carry(self, order: int, fulfillment: int, status: str, expected: datetime | None = None) -> None:
        event = {
            "id": self.number(),
            "fulfillment_id": fulfillment,
            "order_id": order,
            "status": status,
            "happened_at": iso(self.now),
            "estimated_delivery_at": iso(expected),
        }
        parcel = next(one for one in self.orders[order]["fulfillments"] if one["id"] == fulfillment)
        parcel["events"].append(event)
        self.tell("fulfillment_events/create", event)

    def refund(self, order: int, amount: Any, note: str = "") -> int:
        number = self.number()
        self.orders[order]["refunds"].append(
            {"id": number, "amount": Decimal(str(amount)), "at": self.now, "note": note}
        )
        self.tell("refunds/create", self._refund_payload(order, self.orders[order]["refunds"][-1]))
        return number

    # -- Its bookkeeping

    def cycle(self, contract: int, index: int) -> dict[str, Any] | None:
        return next((one for one in self.contracts[contract]["cycles"] if one["index"] == index), None)

    def _cycle(self, index: int, start: datetime, end: datetime) -> dict[str, Any]:
        row = {"index": index, "start": start, "end": end, "expected": start}
        return {**row, "skipped": False, "order": None, "attempts": []}

    def _plan(self, contract: int) -> None:
        """The cycle of the next billing is there."""
        row = self.contracts[contract]
        if not any(one["expected"] == row["next"] for one in row["cycles"]):
            index = row["cycles"][-1]["index"] + 1
            row["cycles"].append(self._cycle(index, row["next"], row["next"] + self._every(row)))

    def _every(self, row: dict[str, Any]) -> Any:
        return step(row["billing"]["interval"], row["billing"]["intervalCount"])

    def _price(self, row: dict[str, Any]) -> Decimal:
        return sum((line["price"] * line["quantity"] for line in row["lines"]), Decimal(0))

    def _changed(self, contract: int, kind: str = "update") -> None:
        row = self.contracts[contract]
        row["revision"] += 1
        row["updated"] = self.now
        policy = {
            "interval": row["billing"]["interval"].lower(),
            "interval_count": row["billing"]["intervalCount"],
            "min_cycles": None,
            "max_cycles": None,
        }
        delivery = row["delivery"]
        told = {
            "id": contract,
            "admin_graphql_api_id": gid("SubscriptionContract", contract),
            "billing_policy": policy,
            "delivery_policy": {
                "interval": delivery["interval"].lower(),
                "interval_count": delivery["intervalCount"],
            },
            "currency_code": "EUR",
            "customer_id": row["customer"],
            "status": row["status"].lower(),
            "origin_order_id": row["origin"],
            "revision_id": str(row["revision"]),
        }
        if kind != "update":
            self.tell(f"subscription_contracts/{kind}", told)
        if kind != "create":
            self.tell("subscription_contracts/update", told)

    def _order_payload(self, order: int) -> dict[str, Any]:
        row = self.orders[order]
        return {
            "id": order,
            "name": row["name"],
            "email": self.customers[row["customer"]]["email"],
            "customer": self.customers[row["customer"]],
            "customer_locale": "de-DE",
            "currency": "EUR",
            "total_price": str(row["total"]),
            "processed_at": iso(row["at"]),
            "fulfillments": [
                {key: value for key, value in one.items() if key != "events"} for one in row["fulfillments"]
            ],
            "refunds": [self._refund_payload(order, one) for one in row["refunds"]],
        }

    def _refund_payload(self, order: int, refund: dict[str, Any]) -> dict[str, Any]:
        paid = {"id": 1, "kind": "refund", "status": "success", "amount": str(refund["amount"])}
        return {"id": refund["id"], "order_id": order, "created_at": iso(refund["at"]), "transactions": [paid]}


def _error(message: str, code: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}


def _cost(selections: SelectionSetNode | None, fragments: dict[str, Any]) -> float:
    """An object costs 1, a connection as much as it may have."""
    total = 0.0
    for node in selections.selections if selections else ():
        if isinstance(node, FragmentSpreadNode):
            total += _cost(fragments[node.name.value].selection_set, fragments)
        elif isinstance(node, InlineFragmentNode):
            total += _cost(node.selection_set, fragments)
        elif isinstance(node, FieldNode) and node.selection_set:
            first = next((one.value for one in node.arguments or () if one.name.value == "first"), None)
            many = int(first.value) if isinstance(first, IntValueNode) else 1
            total += 1 + (many if many > 1 else 0) * 0.1 * max(_cost(node.selection_set, fragments), 1)
            total += _cost(node.selection_set, fragments) if many == 1 else 0
    return total


class Root:
    """The resolvers: queries, then mutations."""

    def __init__(self, shop: Shop) -> None:
        self.of = shop
        self.shop = {"name": "Tea", "myshopifyDomain": shop.domain}
        scopes = (
            "read_orders",
            "read_customers",
            "read_own_subscription_contracts",
            "write_own_subscription_contracts",
        )
        self.currentAppInstallation = {"accessScopes": [{"handle": one} for one in scopes]}

    # Queries

    def subscriptionContract(self, info: Any, id: str) -> Any:
        return self._contract(number_of(id))

    def subscriptionContracts(
        self, info: Any, first: int | None = None, after: str | None = None, query: str | None = None, **more: Any
    ) -> Any:
        since = query.partition("'")[2].rstrip("'") if query else ""
        rows = [
            self._contract(number)
            for number, row in sorted(self.of.contracts.items())
            if number not in self.of.hidden and (not since or iso(row["updated"]) >= since)
        ]
        return Page(rows).told(first, after)

    def subscriptionBillingCycle(self, info: Any, billingCycleInput: dict[str, Any]) -> Any:
        return self._cycle(self._selected(billingCycleInput))

    def subscriptionBillingCycles(
        self, info: Any, contractId: str, first: int | None = None, after: str | None = None, **more: Any
    ) -> Any:
        span = more["billingCyclesDateRangeSelector"]
        start, end = (datetime.fromisoformat(span[name]) for name in ("startDate", "endDate"))
        cycles = self.of.contracts[number_of(contractId)]["cycles"]
        return Page([self._cycle(one) for one in cycles if start <= one["expected"] <= end]).told(first, after)

    def subscriptionContractCalculation(self, info: Any, id: str) -> Any:
        return self._calculation(self.of.calculations.get(id))

    def order(self, info: Any, id: str) -> Any:
        return self._order(number_of(id))

    def draftOrder(self, info: Any, id: str) -> Any:
        return self._draft(self.of.drafts.get(id))

    def draftOrders(self, info: Any, query: str = "", **more: Any) -> Any:
        tag = query.removeprefix("tag:")
        return Page([self._draft(one) for one in self.of.drafts.values() if tag in one["tags"]]).told()

    def webhookSubscriptions(self, info: Any, first: int | None = None, after: str | None = None) -> Any:
        rows = [{"id": topic, "topic": topic, "uri": uri} for topic, uri in self.of.registered.items()]
        return Page(rows).told(first, after)

    # Mutations

    def subscriptionContractPause(self, info: Any, subscriptionContractId: str) -> Any:
        return self._turn(subscriptionContractId, "PAUSED")

    def subscriptionContractActivate(self, info: Any, subscriptionContractId: str) -> Any:
        return self._turn(subscriptionContractId, "ACTIVE")

    def subscriptionContractCancel(self, info: Any, subscriptionContractId: str) -> Any:
        return self._turn(subscriptionContractId, "CANCELLED")

    def _turn(self, contract: str, status: str) -> Any:
        wrong = self.of.turn(number_of(contract), status)
        errors = [{"field": None, "message": wrong, "code": "CONTRACT_TERMINATED"}] if wrong else []
        return {"contract": self._contract(number_of(contract)), "userErrors": errors}

    def subscriptionContractSetNextBillingDate(self, info: Any, contractId: str, date: str) -> Any:
        at = datetime.fromisoformat(date)
        if at <= self.of.now:
            wrong = {"field": ["date"], "message": "Date must be in the future", "code": "INVALID"}
            return {"contract": None, "userErrors": [wrong]}
        self.of.set_next(number_of(contractId), at)
        return {"contract": self._contract(number_of(contractId)), "userErrors": []}

    def subscriptionContractProductChange(
        self, info: Any, subscriptionContractId: str, lineId: str, input: dict[str, Any]
    ) -> Any:
        number = number_of(subscriptionContractId)
        line = next(one for one in self.of.contracts[number]["lines"] if one["id"] == lineId)
        line["variant"] = number_of(input["productVariantId"])
        line["price"] = Decimal(str(input.get("currentPrice") or line["price"]))
        self.of._changed(number)
        return {"contract": self._contract(number), "userErrors": []}

    def subscriptionBillingCycleSkip(self, info: Any, billingCycleInput: dict[str, Any]) -> Any:
        return self._skip(billingCycleInput, True)

    def subscriptionBillingCycleUnskip(self, info: Any, billingCycleInput: dict[str, Any]) -> Any:
        return self._skip(billingCycleInput, False)

    def _skip(self, given: dict[str, Any], skipped: bool) -> Any:
        cycle = self._selected(given)
        wrong = self.of.skip(number_of(given["contractId"]), cycle["index"], skipped)
        errors = [{"field": None, "message": wrong, "code": "INVALID"}] if wrong else []
        return {"billingCycle": self._cycle(cycle), "userErrors": errors}

    def subscriptionContractUpdateCalculate(self, info: Any, contractId: str, contractUpdateInput: Any) -> Any:
        number = number_of(contractId)
        row = self.of.contracts[number]
        if row["status"] in ENDED:
            wrong = {"field": None, "message": "The contract is terminated", "code": "CONTRACT_TERMINATED"}
            return {"subscriptionContractCalculation": None, "userErrors": [wrong]}
        name = gid("SubscriptionContractCalculation", self.of.number())
        self.of.calculations[name] = {
            "id": name,
            "contract": number,
            "input": contractUpdateInput,
            "revision": row["revision"],
            "polls": self.of.pending_polls,
        }
        return {"subscriptionContractCalculation": self._calculation(self.of.calculations[name]), "userErrors": []}

    def subscriptionContractCalculationCommit(self, info: Any, id: str) -> Any:
        known = self.of.calculations.pop(id, None)
        code = "CALCULATION_NOT_FOUND"
        if known is not None:
            row = self.of.contracts[known["contract"]]
            code = "" if row["revision"] == known["revision"] else "STALE_CONTRACT"
        if code:
            return {"contract": None, "userErrors": [{"field": None, "message": code, "code": code}]}
        changes = known["input"]
        if policy := changes.get("billingPolicy"):
            often = {"interval": policy["cadence"]["unit"], "intervalCount": policy["cadence"]["count"]}
            row["billing"] = row["delivery"] = often
        if "manualDiscounts" in changes:
            row["discounts"] = [
                {"id": gid("SubscriptionManualDiscount", self.of.number()), **one["orderDiscount"]}
                for one in changes["manualDiscounts"]
            ]
        self.of._changed(known["contract"])
        told = {"__typename": "SubscriptionContract", **self._contract(known["contract"])}
        return {"contract": told, "userErrors": []}

    def refundCreate(self, info: Any, input: dict[str, Any]) -> Any:
        mark = next((one for one in info.field_nodes[0].directives or () if one.name.value == "idempotent"), None)
        if mark is None:
            raise GraphQLError("The @idempotent directive is required", extensions={"code": "BAD_REQUEST"})
        key = info.variable_values.coerced[mark.arguments[0].value.name.value]
        if key in self.of.idempotent:
            return self.of.idempotent[key]
        order = self.of.orders[number_of(input["orderId"])]
        total = sum(Decimal(str(one["amount"])) for one in input["transactions"])
        if total > order["total"] - sum(one["amount"] for one in order["refunds"]):
            wrong = {"field": ["transactions"], "message": "Refund is more than was paid"}
            return {"refund": None, "userErrors": [wrong]}
        number = self.of.refund(order["id"], total, input.get("note", ""))
        told = {"refund": {"id": gid("Refund", number), "totalRefundedSet": bag(total)}, "userErrors": []}
        self.of.idempotent[key] = told
        return told

    def draftOrderCreateFromOrder(self, info: Any, orderId: str) -> Any:
        name = gid("DraftOrder", self.of.number())
        self.of.drafts[name] = {"id": name, "of": number_of(orderId), "status": "OPEN", "tags": [], "order": None}
        return {"draftOrder": self._draft(self.of.drafts[name]), "userErrors": []}

    def draftOrderUpdate(self, info: Any, id: str, input: dict[str, Any]) -> Any:
        self.of.drafts[id] |= {"tags": input["tags"], "discount": input["appliedDiscount"]["value"]}
        return {"draftOrder": self._draft(self.of.drafts[id]), "userErrors": []}

    def draftOrderComplete(self, info: Any, id: str) -> Any:
        draft = self.of.drafts[id]
        if draft["order"] is not None:
            return {"draftOrder": None, "userErrors": [{"field": None, "message": "It is complete already"}]}
        source = self.of.orders[draft["of"]]
        left = source["total"] * (100 - Decimal(str(draft.get("discount", 0)))) / 100
        draft |= {"status": "COMPLETED", "order": self.of.add_order(source["customer"], left)}
        return {"draftOrder": self._draft(draft), "userErrors": []}

    def webhookSubscriptionCreate(self, info: Any, topic: str, webhookSubscription: dict[str, Any]) -> Any:
        if topic in self.of.registered:
            wrong = {"field": ["topic"], "message": "for this topic has already been taken"}
            return {"webhookSubscription": None, "userErrors": [wrong]}
        self.of.registered[topic] = webhookSubscription["uri"]
        told = {"id": topic, "topic": topic, "uri": webhookSubscription["uri"]}
        return {"webhookSubscription": told, "userErrors": []}

    # How rows are told

    def _contract(self, number: int) -> Any:
        row = self.of.contracts.get(number)
        if row is None or number in self.of.hidden:
            return None
        lines = [
            {
                "id": line["id"],
                "title": f"Tea {line['variant']}",
                "variantTitle": None,
                "sku": None,
                "quantity": line["quantity"],
                "variantId": gid("ProductVariant", line["variant"]),
                "productId": gid("Product", 7),
                "currentPrice": money(line["price"]),
            }
            for line in row["lines"]
        ]
        return {
            "id": gid("SubscriptionContract", number),
            "revisionId": str(row["revision"]),
            "status": row["status"],
            "createdAt": iso(row["created"]),
            "updatedAt": iso(row["updated"]),
            "nextBillingDate": iso(row["next"]),
            "currencyCode": "EUR",
            "billingPolicy": row["billing"],
            "deliveryPolicy": row["delivery"],
            "deliveryPrice": money(0),
            "deliveryMethod": None,
            "customer": self._customer(row["customer"]),
            "customerPaymentMethod": self._card(row["card"]),
            "originOrder": self._order(row["origin"]),
            "lines": Page(lines).told(),
            "discounts": Page([self._discount(one) for one in row["discounts"]]).told(),
        }

    def _card(self, row: dict[str, Any] | None) -> Any:
        if row is None:
            return None
        instrument = {
            "__typename": "CustomerCreditCard",
            "brand": row["brand"],
            "lastDigits": row["last_digits"],
            "expiryYear": row["year"],
            "expiryMonth": row["month"],
        }
        return {"id": gid("CustomerPaymentMethod", row["token"]), "revokedAt": None, "instrument": instrument}

    def _discount(self, row: dict[str, Any]) -> dict[str, Any]:
        value = row["value"]
        if "percentage" in value:
            told = {"__typename": "SubscriptionDiscountPercentageValue", **value}
        else:
            told = {"__typename": "SubscriptionDiscountFixedAmountValue", **value["fixedAmount"]}
        return {**row, "value": told, "targetType": "LINE_ITEM", "entitledLines": {"all": True}}

    def _customer(self, number: int) -> dict[str, Any]:
        row = self.of.customers[number]
        return {
            "id": gid("Customer", number),
            "firstName": row["first_name"],
            "lastName": row["last_name"],
            "locale": "de",
            "updatedAt": row["updated_at"],
            "defaultEmailAddress": {"emailAddress": row["email"]},
            "defaultPhoneNumber": None,
            "defaultAddress": {"countryCodeV2": "DE", "provinceCode": "BE"},
        }

    def _selected(self, given: dict[str, Any]) -> Any:
        number = number_of(given["contractId"])
        selector = given["selector"]
        if (index := selector.get("index")) is not None:
            return self.of.cycle(number, index)
        at = datetime.fromisoformat(selector["date"])
        return next((one for one in self.of.contracts[number]["cycles"] if one["start"] <= at < one["end"]), None)

    def _cycle(self, row: Any) -> Any:
        if row is None:
            return None
        return {
            "cycleIndex": row["index"],
            "cycleStartAt": iso(row["start"]),
            "cycleEndAt": iso(row["end"]),
            "billingAttemptExpectedDate": iso(row["expected"]),
            "skipped": row["skipped"],
            "edited": False,
            "status": "UNBILLED" if row["order"] is None else "BILLED",
            "billingAttempts": Page([self._attempt(one) for one in row["attempts"]]).told(),
        }

    def _attempt(self, row: dict[str, Any]) -> dict[str, Any]:
        kind = "SubscriptionBillingAttempt"
        state: dict[str, Any] = {"__typename": f"{kind}SuccessState"}
        if row["error"]:
            error = {"__typename": f"{kind}PaymentError", "code": row["error"].upper()}
            state = {"__typename": f"{kind}FailedState", "error": error}
        else:
            state["order"] = self._order(row["order"])
        return {
            "id": gid("SubscriptionBillingAttempt", row["id"]),
            "idempotencyKey": f"key-{row['id']}",
            "createdAt": iso(row["at"]),
            "completedAt": iso(row["at"]),
            "state": state,
        }

    def _calculation(self, row: Any) -> Any:
        if row is None:
            return None
        if row["polls"] > 0:
            row["polls"] -= 1
            return {"__typename": "SubscriptionContractCalculationPending", "id": row["id"]}
        for one in row["input"].get("manualDiscounts") or []:
            if (one.get("orderDiscount") or {}).get("value", {}).get("percentage", 0) > 100:
                error = {"code": "INVALID", "message": "Discounts are at most 100 %"}
                return {"__typename": "SubscriptionContractCalculationFailure", "id": row["id"], "errors": [error]}
        return {"__typename": "SubscriptionContractCalculationSuccess", "id": row["id"]}

    def _order(self, number: int | None) -> Any:
        row = self.of.orders.get(number)
        if row is None:
            return None
        paid = {
            "id": gid("OrderTransaction", row["id"]),
            "kind": "SALE",
            "status": "SUCCESS",
            "gateway": row["gateway"],
            "amountSet": bag(row["total"]),
        }
        return {
            "id": gid("Order", row["id"]),
            "name": row["name"],
            "processedAt": iso(row["at"]),
            "cancelledAt": None,
            "totalPriceSet": bag(row["total"]),
            "transactions": [paid],
            "refunds": [
                {
                    "id": gid("Refund", one["id"]),
                    "createdAt": iso(one["at"]),
                    "note": one["note"],
                    "totalRefundedSet": bag(one["amount"]),
                }
                for one in row["refunds"]
            ],
            "fulfillments": [self._fulfillment(one) for one in row["fulfillments"]],
        }

    def _fulfillment(self, row: dict[str, Any]) -> dict[str, Any]:
        events = [
            {
                "id": gid("FulfillmentEvent", one["id"]),
                "status": one["status"].upper(),
                "happenedAt": one["happened_at"],
                "estimatedDeliveryAt": one["estimated_delivery_at"],
            }
            for one in row["events"]
        ]
        tracking = {
            "company": row["tracking_company"],
            "number": row["tracking_number"],
            "url": row["tracking_url"],
        }
        return {
            "id": gid("Fulfillment", row["id"]),
            "status": row["status"].upper(),
            "createdAt": row["created_at"],
            "updatedAt": row["updated_at"],
            "deliveredAt": None,
            "estimatedDeliveryAt": None,
            "trackingInfo": [tracking],
            "events": Page(events).told(),
        }

    def _draft(self, row: Any) -> Any:
        return row and {**row, "order": self._order(row["order"])}
