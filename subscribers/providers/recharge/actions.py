"""Does at Recharge what was asked. It knows no keys of ours: what is so already is done, what adds up is looked at."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from subscribers.enums import ActionKind
from subscribers.models import Connection, Product, ProviderAction, Subscription
from subscribers.providers.base import RefusedByProvider, Result
from subscribers.providers.recharge.client import Client
from subscribers.providers.recharge.told import zone_of
from subscribers.providers.told import amount, moment, number_of, part, parts, text
from subscribers.providers.transport import Refusal

UNITS = ("day", "week", "month")


class Deeds:
    """One action at one store."""

    def __init__(self, connection: Connection, action: ProviderAction) -> None:
        assert action.subscription is not None  # noqa: S101  every plan has one
        self.client = Client(connection)
        self.action = action
        self.subscription: Subscription = action.subscription
        self.path = f"/subscriptions/{self.subscription.external_id}"
        self.params: Mapping[str, Any] = action.params
        self.mark = hashlib.sha256(action.key.encode()).hexdigest()[:10].upper()
        self.zone = zone_of(connection.store)
        self.done = Result(self.subscription.external_id)

    def do(self) -> Result:
        return _DEEDS[ActionKind(self.action.kind)](self)

    def _now(self) -> dict[str, Any]:
        return part(self.client.get(self.path), "subscription")

    def _status(self) -> str:
        return text(self._now().get("status")).lower()

    # -- Status

    def cancel(self) -> Result:
        """At once: there is no later end, and nothing is billed from now on. The receipt is ours to send."""
        if self._status() in ("cancelled", "expired"):
            return self.done
        reason = self.action.reason.label if self.action.reason else "Cancelled by the subscriber"
        body = {
            "cancellation_reason": reason,
            "cancellation_reason_comments": text(self.params.get("comment"), 1000),
            "send_email": False,
        }
        try:
            self.client.post(f"{self.path}/cancel", body, is_repeatable=True)
        except Refusal:
            if self._status() != "cancelled":
                raise
        return self.done

    def activate(self) -> Result:
        if self._status() != "active":
            try:
                self.client.post(f"{self.path}/activate", {}, is_repeatable=True)
            except Refusal:
                if self._status() != "active":
                    raise
        self._bill_next(self.params.get("next_billing_at"))
        return self.done

    # -- Days

    def pause(self) -> Result:
        """There is no pause: the next charge is put off until after it."""
        if not self.params.get("next_billing_at"):
            raise RefusedByProvider("Recharge has no pause without an end: say until when.")
        self._bill_next(self.params["next_billing_at"])
        return self.done

    def set_next_billing(self) -> Result:
        self._bill_next(self.params["at"])
        return self.done

    def _bill_next(self, wanted: Any) -> None:
        at = moment(wanted)
        if at is None:
            return
        day = max(self._day(at), self._day(timezone.now() + timedelta(days=1))).isoformat()
        if text(self._now().get("next_charge_scheduled_at"))[:10] != day:
            self.client.post(f"{self.path}/set_next_charge_date", {"date": day}, is_repeatable=True)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def skip(self) -> Result:
        charge = self._charge()
        if charge is not None and text(charge.get("status")).lower() != "skipped":
            self._turn(charge, "skip")
        return self.done

    def unskip(self) -> Result:
        charge = self._charge()
        if charge is not None and text(charge.get("status")).lower() == "skipped":
            self._turn(charge, "unskip")
        return self.done

    def _turn(self, charge: Mapping[str, Any], deed: str) -> None:
        items = {"purchase_item_ids": [int(self.subscription.external_id)]}
        path = f"/charges/{number_of(charge.get('id'))}"
        try:
            self.client.post(f"{path}/{deed}", items, is_repeatable=True)
        except Refusal:
            is_skipped = text(part(self.client.get(path), "charge").get("status")).lower() == "skipped"
            if is_skipped is not (deed == "skip"):
                raise

    def _charge(self) -> dict[str, Any] | None:
        """The payment that is meant: the cycle's, else that of the day. None: it is left out of it already."""
        cycle = self.action.cycle
        if cycle is not None and cycle.external_id:
            charge = part(self.client.get(f"/charges/{cycle.external_id}"), "charge")
            mine = [number_of(line.get("purchase_item_id")) for line in parts(charge, "line_items")]
            return charge if self.subscription.external_id in mine else None
        at = cycle.billing_expected_at if cycle else moment(self.params.get("starts_at"))
        query = {"purchase_item_id": self.subscription.external_id}
        if at is not None:
            query["scheduled_at"] = self._day(at).isoformat()
        found = parts(self.client.get("/charges", query), "charges")
        if not found:
            raise RefusedByProvider("Recharge plans no charge on that day.")
        return found[0]

    # -- What it is

    def set_frequency(self) -> Result:
        unit, count = str(self.params["interval"]), int(self.params["count"])
        if unit == "year":
            unit, count = "month", count * 12
        if unit not in UNITS:
            raise RefusedByProvider(f"Recharge has no {unit}s.")
        body = {"order_interval_unit": unit, "order_interval_frequency": count, "charge_interval_frequency": count}
        now = self._now()
        if any(str(now.get(name)) != str(value) for name, value in body.items()):
            self.client.put(self.path, body)
        self._bill_next(self.params.get("next_billing_at"))
        return self.done

    def swap(self) -> Result:
        product = Product.objects.get(pk=self.params["product"])
        if not product.external_id.isdecimal():
            raise RefusedByProvider(f"“{product}” is not known there: it needs the id of its variant in the shop.")
        now = self._now()
        body: dict[str, Any] = {"external_variant_id": {"ecommerce": product.external_id}}
        price = amount(self.params.get("price"))
        if price is None:
            body["use_external_variant_defaults"] = True
        else:
            body["price"] = str((price / max(int(now.get("quantity") or 1), 1)).quantize(Decimal("0.01")))
        is_so = number_of(part(now, "external_variant_id").get("ecommerce")) == product.external_id
        if not is_so or (price is not None and amount(now.get("price")) != amount(body["price"])):
            self.client.put(self.path, body)
        return self.done

    def discount(self) -> Result:
        if int(self.params["billings"]) != 1:
            raise RefusedByProvider("Recharge gives a discount on one charge at a time.")
        code = f"HELP-{self.mark}"
        charge = self._next_charge()
        if any(one.get("code") == code for one in parts(charge, "discounts")):
            return Result(code)
        if not parts(self.client.get("/discounts", {"discount_code": code}), "discounts"):
            off = self.params.get("amount")
            body = {
                "code": code,
                "value": off or self.params["percent"],
                "value_type": "fixed_amount" if off else "percentage",
                "usage_limits": {"redemptions": 1},
            }
            try:
                self.client.post("/discounts", body)
            except Refusal:
                if not parts(self.client.get("/discounts", {"discount_code": code}), "discounts"):
                    raise
        path = f"/charges/{number_of(charge.get('id'))}/apply_discount"
        self.client.post(path, {"discount_code": code})
        return Result(code)

    def _next_charge(self) -> dict[str, Any]:
        query = {"purchase_item_id": self.subscription.external_id, "status": "queued", "sort_by": "scheduled_at-asc"}
        found = parts(self.client.get("/charges", query), "charges")
        if not found:
            raise RefusedByProvider("Recharge plans no charge that could cost less.")
        return found[0]

    # -- Money

    def refund(self) -> Result:
        cycle = self.action.cycle
        if cycle is None or not cycle.external_id:
            raise RefusedByProvider("No charge of Recharge is known that paid this cycle.")
        path, wanted = f"/charges/{cycle.external_id}", Decimal(self.params["amount"])
        given = amount(part(self.client.get(path), "charge").get("total_refunds")) or Decimal(0)
        before = self.action.result.get("refunded_before")
        if before is None:
            # Kept before it is asked: what was given back is known by the sum that came after.
            self.action.result = {**self.action.result, "refunded_before": str(given)}
            ProviderAction.objects.filter(pk=self.action.pk).update(result=self.action.result)
        elif given >= Decimal(before) + wanted:
            return Result(data=self.action.result)
        self.client.post(f"{path}/refund", {"amount": str(wanted)})
        return Result(data=self.action.result)


_DEEDS = {
    ActionKind.CANCEL: Deeds.cancel,
    ActionKind.REACTIVATE: Deeds.activate,
    ActionKind.RESUME: Deeds.activate,
    ActionKind.PAUSE: Deeds.pause,
    ActionKind.SET_NEXT_BILLING: Deeds.set_next_billing,
    ActionKind.SKIP: Deeds.skip,
    ActionKind.UNSKIP: Deeds.unskip,
    ActionKind.SET_FREQUENCY: Deeds.set_frequency,
    ActionKind.SWAP: Deeds.swap,
    ActionKind.DISCOUNT: Deeds.discount,
    ActionKind.REFUND: Deeds.refund,
}
CAPABILITIES = frozenset(_DEEDS)
