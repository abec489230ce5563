"""A store of Recharge: its REST API 2021-11 with its leaky bucket, and its webhooks, signed."""

import hashlib
import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.server import Answer, Service, Webhook, step


class Wrong(Exception):
    def __init__(self, status: int, errors: Any) -> None:
        self.answer = Answer(status, {"errors": errors})


class Store(Service):
    token = "rc_right"
    secret = "rc-secret"
    version = "2021-11"
    domain = "tea.example"

    def __init__(self, now: datetime) -> None:
        self.customers: dict[int, dict[str, Any]] = {}
        self.subscriptions: dict[int, dict[str, Any]] = {}
        self.charges: dict[int, dict[str, Any]] = {}
        self.cards: dict[int, dict[str, Any]] = {}
        self.discounts: dict[str, dict[str, Any]] = {}
        self.registered: list[dict[str, Any]] = []
        self.bucket, self.most, self.rate = 0.0, 40.0, 2.0
        self.page = 2
        self.forbidden: set[str] = set()
        super().__init__(now)

    # -- The protocol

    def refill(self, seconds: float) -> None:
        self.bucket = max(0.0, self.bucket - self.rate * seconds)

    def answer(self, method: str, path: str, headers: dict[str, str], body: Any) -> Answer:
        if headers.get("x-recharge-access-token") != self.token:
            return Answer(401, {"error": "bad authentication"})
        if headers.get("x-recharge-version") != self.version:
            return Answer(400, {"error": "no such version"})
        if self.bucket >= self.most:
            return Answer(429, {"error": "too many requests"}, {"Retry-After": "2.0"})
        self.bucket += 1
        split = urlsplit(path)
        names, query = split.path.strip("/").split("/"), dict(parse_qsl(split.query))
        self.calls.append(f"{method} {'/'.join(name for name in names if not name.isdigit())}")
        if names[0] in self.forbidden:
            return Answer(403, {"error": "the token lacks a scope"})
        try:
            return Answer(200, self._route(method, names, query, body))
        except Wrong as wrong:
            return wrong.answer

    def _route(self, method: str, names: list[str], query: dict[str, str], body: Any) -> dict[str, Any]:
        tables = {"customers": self.customers, "subscriptions": self.subscriptions, "charges": self.charges}
        tables["payment_methods"] = self.cards
        match (method, *names):
            case ("GET", "discounts"):
                code = query["discount_code"]
                return {"discounts": [self.discounts[code]] if code in self.discounts else []}
            case ("POST", "discounts"):
                if body["code"] in self.discounts:
                    raise Wrong(422, {"code": ["has already been taken"]})
                self.discounts[body["code"]] = body
                return {"discount": body}
            case ("GET", "store"):
                return {"store": {"name": "Tea", "domain": self.domain}}
            case ("POST", "webhooks"):
                self.registered.append({"updated_at": self.now.isoformat(), **body})
                return {"webhook": body}
            case ("GET", "webhooks"):
                return self._list("webhooks", self.registered, query)
            case ("GET", name):
                return self._list(name, list(tables[name].values()), query)
            case ("GET", name, number):
                return {name[:-1]: self._row(tables[name], number)}
            case ("PUT", "subscriptions", number):
                row = self._row(self.subscriptions, number)
                row |= {key: value for key, value in body.items() if not key.startswith("use_")}
                self._changed(row, "updated")
                return {"subscription": row}
            case ("POST", "subscriptions", number, deed):
                return {"subscription": self._turn(self._row(self.subscriptions, number), deed, body)}
            case ("POST", "charges", number, deed):
                return {"charge": self._pay(self._row(self.charges, number), deed, body)}
        raise Wrong(404, "Not Found")

    def _row(self, table: dict[int, dict[str, Any]], number: str) -> dict[str, Any]:
        if int(number) not in table:
            raise Wrong(404, "Not Found")
        return table[int(number)]

    def _list(self, name: str, rows: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
        start = 0
        if cursor := query.get("cursor"):
            if set(query) - {"cursor", "limit"}:
                raise Wrong(422, {"cursor": ["cannot be combined with other parameters"]})
            kept, _, place = cursor.rpartition("|")
            start, query = int(place), dict(parse_qsl(kept))
        rows = [row for row in rows if self._fits(row, query)]
        end = start + self.page
        told = {name: rows[start:end], "next_cursor": None}
        if end < len(rows):
            told["next_cursor"] = "&".join(f"{key}={value}" for key, value in query.items()) + f"|{end}"
        return told

    def _fits(self, row: dict[str, Any], query: dict[str, str]) -> bool:
        if (item := query.get("purchase_item_id")) and all(
            str(line["purchase_item_id"]) != item for line in row["line_items"]
        ):
            return False
        if query.get("updated_at_min", "") > row["updated_at"]:
            return False
        return all(str(row[name]) == query[name] for name in ("status", "scheduled_at", "customer_id") if name in query)

    def deliver(self, client: Any, webhook: Webhook) -> int:
        body = json.dumps(webhook.payload).encode()
        digest = hashlib.sha256(self.secret.encode() + body).hexdigest()
        headers = {"X-Recharge-Topic": webhook.topic, "X-Recharge-Hmac-Sha256": digest}
        return client.post("/webhooks/recharge/", body, "application/json", headers=headers).status_code

    # -- What happens in the store

    def add_customer(self, email: str) -> int:
        number = self.number()
        self.customers[number] = {
            "id": number,
            "email": email,
            "first_name": "Robin",
            "last_name": "Reed",
            "updated_at": self.now.isoformat(),
        }
        self.tell("customer/created", {"customer": self.customers[number]})
        return number

    def add_card(self, customer: int, last4: str, year: int, month: int) -> int:
        number = self.number()
        self.cards[number] = {
            "id": number,
            "customer_id": customer,
            "updated_at": self.now.isoformat(),
            "payment_type": "CREDIT_CARD",
            "payment_details": {"brand": "visa", "last4": last4, "exp_year": year, "exp_month": month},
        }
        self.tell("payment_method/created", {"payment_method": self.cards[number]})
        return number

    def add_subscription(self, customer: int, price: str = "30.00", unit: str = "month", count: int = 1) -> int:
        number = self.number()
        row = {
            "id": number,
            "customer_id": customer,
            "status": "active",
            "created_at": self.now.isoformat(),
            "cancelled_at": None,
            "cancellation_reason": None,
            "price": price,
            "quantity": 1,
            "presentment_currency": "EUR",
            "product_title": "Tea",
            "variant_title": "Green",
            "external_variant_id": {"ecommerce": "71"},
            "external_product_id": {"ecommerce": "7"},
            "order_interval_unit": unit,
            "order_interval_frequency": count,
            "charge_interval_frequency": count,
            "expire_after_specific_number_of_charges": None,
            "max_retries_reached": False,
            "next_charge_scheduled_at": None,
        }
        self.subscriptions[number] = row
        self._changed(row, "created")
        first = self._plan(row, self.now.date())
        self.pay(first)
        return number

    def coming(self, subscription: int) -> dict[str, Any] | None:
        mine = (one for one in self.charges.values() if one["line_items"][0]["purchase_item_id"] == subscription)
        return next((one for one in mine if one["status"] in ("queued", "error")), None)

    def pay(self, charge: int, error: str = "") -> None:
        row = self.charges[charge]
        row["charge_attempts"] += 1
        if error:
            row |= {"status": "error", "error": error, "error_type": "CARD_DECLINED"}
            self._told(row, "failed")
            return
        order = self.number()
        row |= {"status": "success", "processed_at": self.now.isoformat(), "error": None}
        row["external_order_id"] = {"ecommerce": str(order)}
        self._told(row, "paid")
        subscription = self.subscriptions[row["line_items"][0]["purchase_item_id"]]
        day = date.fromisoformat(row["scheduled_at"])
        every = step(subscription["order_interval_unit"], subscription["charge_interval_frequency"])
        self._plan(subscription, day + every)

    def give_up(self, charge: int) -> None:
        row = self.charges[charge]
        self._told(row, "max_retries_reached")
        subscription = self.subscriptions[row["line_items"][0]["purchase_item_id"]]
        subscription["max_retries_reached"] = True
        self._turn(subscription, "cancel", {"cancellation_reason": "Max number of charge attempts reached"})

    def _plan(self, row: dict[str, Any], day: date) -> int:
        number = self.number()
        line = {
            "purchase_item_id": row["id"],
            "purchase_item_type": "subscription",
            "total_price": row["price"],
        }
        self.charges[number] = {
            "id": number,
            "status": "queued",
            "scheduled_at": day.isoformat(),
            "created_at": self.now.isoformat(),
            "processed_at": None,
            "charge_attempts": 0,
            "total_price": row["price"],
            "total_refunds": "0.00",
            "currency": "EUR",
            "customer": {"id": row["customer_id"], "email": self.customers[row["customer_id"]]["email"]},
            "external_order_id": {"ecommerce": None},
            "line_items": [line],
            "discounts": [],
            "error": None,
            "error_type": None,
        }
        self._told(self.charges[number], "created")
        row["next_charge_scheduled_at"] = day.isoformat()
        self._changed(row, "updated")
        return number

    def _changed(self, row: dict[str, Any], event: str) -> None:
        row["updated_at"] = self.now.isoformat()
        self.tell(f"subscription/{event}", {"subscription": row})

    def _told(self, row: dict[str, Any], event: str) -> None:
        row["updated_at"] = self.now.isoformat()
        self.tell(f"charge/{event}", {"charge": row})

    def _turn(self, row: dict[str, Any], deed: str, body: dict[str, Any]) -> dict[str, Any]:
        match deed:
            case "cancel":
                if row["status"] != "active":
                    raise Wrong(422, {"base": ["Subscription is not active"]})
                if not body.get("cancellation_reason"):
                    raise Wrong(422, {"cancellation_reason": ["is required"]})
                row |= {"status": "cancelled", "cancelled_at": self.now.isoformat(), "next_charge_scheduled_at": None}
                row["cancellation_reason"] = body["cancellation_reason"]
                for number in [one["id"] for one in self.charges.values() if one["status"] == "queued"]:
                    if self.charges[number]["line_items"][0]["purchase_item_id"] == row["id"]:
                        self.tell("charge/deleted", {"charge": self.charges.pop(number)})
                self._changed(row, "cancelled")
            case "activate":
                row |= {"status": "active", "cancelled_at": None, "cancellation_reason": None}
                self._changed(row, "activated")
                self._plan(row, (self.now + timedelta(days=1)).date())
            case "set_next_charge_date":
                if body["date"] <= self.now.date().isoformat():
                    raise Wrong(422, {"date": ["must be in the future"]})
                row["next_charge_scheduled_at"] = body["date"]
                charge = self.coming(row["id"])
                if charge is not None:
                    charge["scheduled_at"] = body["date"]
                    self._told(charge, "updated")
                self._changed(row, "updated")
            case _:
                raise Wrong(404, "Not Found")
        return row

    def _pay(self, row: dict[str, Any], deed: str, body: dict[str, Any]) -> dict[str, Any]:
        subscription = self.subscriptions[row["line_items"][0]["purchase_item_id"]]
        match deed:
            case "skip":
                if row["status"] != "queued":
                    raise Wrong(422, {"base": [f"A charge that is {row['status']} cannot be skipped"]})
                row["status"] = "skipped"
                self._told(row, "updated")
                every = step(subscription["order_interval_unit"], subscription["charge_interval_frequency"])
                self._plan(subscription, date.fromisoformat(row["scheduled_at"]) + every)
                self._changed(subscription, "skipped")
            case "unskip":
                row["status"] = "queued"
                subscription["next_charge_scheduled_at"] = row["scheduled_at"]
                self._told(row, "updated")
                self._changed(subscription, "unskipped")
            case "refund":
                total = Decimal(row["total_refunds"]) + Decimal(body["amount"])
                if total > Decimal(row["total_price"]):
                    raise Wrong(422, {"amount": ["is more than was paid"]})
                status = "refunded" if total == Decimal(row["total_price"]) else "partially_refunded"
                row |= {"total_refunds": str(total), "status": status}
                self._told(row, "refunded")
            case "apply_discount":
                row["discounts"].append({"code": body["discount_code"]})
                self._told(row, "updated")
            case _:
                raise Wrong(404, "Not Found")
        return row
