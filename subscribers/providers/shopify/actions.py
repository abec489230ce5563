"""Does at a shop what was asked: what is so already is done, and what is done twice there has a mark of ours.

Contracts are edited by a calculation that Shopify works out and that is committed then; one that grew stale meanwhile
is worked out anew.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from subscribers.enums import ENDED_SUBSCRIPTION, ActionKind
from subscribers.models import Connection, Product, ProviderAction, Subscription
from subscribers.providers import transport
from subscribers.providers.base import RefusedByProvider, Result, TryAgain
from subscribers.providers.shopify import queries
from subscribers.providers.shopify.client import Client
from subscribers.providers.shopify.reading import gid, nodes
from subscribers.providers.told import amount, moment, number_of, part, text
from subscribers.providers.transport import Refusal

# A calculation is polled that often, each time after this long.
POLLS, POLL = 8, 0.5
# Somebody else changed the contract meanwhile, or our first try was done and its answer lost: look again.
STALE = {"STALE_CONTRACT", "CALCULATION_NOT_FOUND", "NOT_READY_TO_COMMIT"}
NAMESPACE = uuid.UUID("a4f6f1f5-6f0c-4d58-9b0c-2f4a1d3a8f10")


class Deeds:
    """One action at one shop."""

    def __init__(self, connection: Connection, action: ProviderAction) -> None:
        assert action.subscription is not None  # noqa: S101  every plan has one
        self.client = Client(connection)
        self.action = action
        self.subscription: Subscription = action.subscription
        self.id = gid("SubscriptionContract", self.subscription.external_id)
        self.params: Mapping[str, Any] = action.params
        self.mark = hashlib.sha256(action.key.encode()).hexdigest()[:10]

    def do(self) -> Result:
        return _DEEDS[ActionKind(self.action.kind)](self)

    # -- What is so now

    def contract(self) -> dict[str, Any]:
        told: dict[str, Any] | None = self.client.ask(queries.CONTRACT_STATE, {"id": self.id})["subscriptionContract"]
        if told is None:
            raise RefusedByProvider("The shop does not show us this contract: another app made it, or it is gone.")
        return told

    def _status(self) -> str:
        return text(self.contract().get("status")).lower()

    # -- Status

    def pause(self) -> Result:
        self._make(lambda: self._status() == "paused", queries.PAUSE, "subscriptionContractPause", {"id": self.id})
        self._bill_next(self.params.get("next_billing_at"))
        return Result(self.subscription.external_id)

    def resume(self) -> Result:
        self._make(
            lambda: self._status() == "active", queries.ACTIVATE, "subscriptionContractActivate", {"id": self.id}
        )
        self._bill_next(self.params.get("next_billing_at"))
        return Result(self.subscription.external_id)

    def cancel(self) -> Result:
        """At once: the shop knows no later end, and bills nothing from now on. What was paid is still sent."""
        variables = {"id": self.id}
        self._make(
            lambda: self._status() in ENDED_SUBSCRIPTION, queries.CANCEL, "subscriptionContractCancel", variables
        )
        return Result(self.subscription.external_id)

    def _make(self, is_so: Callable[[], bool], document: str, field: str, variables: Mapping[str, Any]) -> None:
        """Change it unless it is so. A refusal of what is so after all came to a second try of ours."""
        if is_so():
            return
        try:
            self.client.change(document, field, variables)
        except Refusal:
            if not is_so():
                raise

    # -- Dates

    def set_next_billing(self) -> Result:
        self._bill_next(self.params["at"])
        return Result(self.subscription.external_id)

    def _bill_next(self, wanted: str | None) -> None:
        at = moment(wanted)
        if at is None:
            return
        # A moment that passed while the action waited is now.
        at = max(at, timezone.now() + timedelta(minutes=1))
        if moment(self.contract().get("nextBillingDate")) != at:
            variables = {"id": self.id, "date": at.isoformat()}
            self.client.change(queries.SET_NEXT_BILLING, "subscriptionContractSetNextBillingDate", variables)

    def skip(self) -> Result:
        self._set_skipped(True)
        return Result(self.subscription.external_id)

    def unskip(self) -> Result:
        self._set_skipped(False)
        return Result(self.subscription.external_id)

    def _set_skipped(self, wanted: bool) -> None:
        cycle = self.action.cycle
        selector = {"index": cycle.index} if cycle else {"date": self.params["starts_at"]}
        variables = {"input": {"contractId": self.id, "selector": selector}}

        def is_so() -> bool:
            known = self.client.ask(queries.CYCLE_STATE, variables).get("subscriptionBillingCycle")
            if known is None:
                raise RefusedByProvider("The shop has no such billing cycle.")
            return bool(known["skipped"]) is wanted

        document, field = (queries.SKIP, "Skip") if wanted else (queries.UNSKIP, "Unskip")
        self._make(is_so, document, f"subscriptionBillingCycle{field}", variables)
        self._bill_next(self.params.get("next_billing_at"))

    # -- Edits

    def set_frequency(self) -> Result:
        unit, count = str(self.params["interval"]).upper(), int(self.params["count"])
        often = {"interval": unit, "intervalCount": count}

        def edit(now: Mapping[str, Any]) -> dict[str, Any] | None:
            if part(now, "billingPolicy") == often == part(now, "deliveryPolicy"):
                return None
            # Delivered as often as billed: no fulfilments beside the billing's own.
            cadence = {"cadence": {"unit": unit, "count": count}}
            return {"billingPolicy": cadence, "deliveryPolicy": {"multiFulfillment": None}}

        self._edit(edit)
        self._bill_next(self.params.get("next_billing_at"))
        return Result(self.subscription.external_id)

    def discount(self) -> Result:
        title = f"Discount {self.mark}"

        def edit(now: Mapping[str, Any]) -> dict[str, Any] | None:
            known = nodes(now, "discounts")
            if any(one.get("title") == title for one in known):
                return None
            if self.params.get("amount"):
                money = {"amount": self.params["amount"], "currencyCode": now["currencyCode"]}
                value: dict[str, Any] = {"fixedAmount": {"amount": money, "appliesOnEachItem": False}}
            else:
                value = {"percentage": int(self.params["percent"])}
            new = {"title": title, "recurringCycleLimit": int(self.params["billings"]), "value": value}
            # The list replaces the one that is there: what stays is told again.
            return {"manualDiscounts": [*filter(None, map(_kept, known)), {"orderDiscount": new}]}

        self._edit(edit)
        return Result(self.subscription.external_id, {"discount": title})

    def _edit(self, edit: Callable[[Mapping[str, Any]], dict[str, Any] | None]) -> None:
        for _ in range(3):
            changes = edit(self.contract())
            if changes is None:
                return
            # What bundles were made of stays as it is.
            variables = {"id": self.id, "input": {**changes, "withMerchandiseCustomizations": False}}
            told = self.client.change(queries.CALCULATE, "subscriptionContractUpdateCalculate", variables)
            calculation = self._calculated(part(told, "subscriptionContractCalculation"))
            try:
                self.client.change(queries.COMMIT, "subscriptionContractCalculationCommit", {"id": calculation})
            except Refusal as refused:
                if not STALE & refused.codes:
                    raise
            else:
                return
        raise TryAgain("The contract was changed by somebody else meanwhile.")

    def _calculated(self, told: Mapping[str, Any]) -> str:
        """Wait until it is worked out; its id. Raises Refusal with the errors of one that failed."""
        for _ in range(POLLS):
            match told.get("__typename"):
                case "SubscriptionContractCalculationSuccess":
                    return str(told["id"])
                case "SubscriptionContractCalculationFailure":
                    raise RefusedByProvider("; ".join(str(one["message"]) for one in told["errors"]))
            transport.pause(POLL)
            told = part(self.client.ask(queries.CALCULATION, {"id": told["id"]}), "subscriptionContractCalculation")
        raise TryAgain("Shopify still works the change out.", timedelta(seconds=30))

    def swap(self) -> Result:
        product = Product.objects.get(pk=self.params["product"])
        if not product.external_id.isdecimal():
            raise RefusedByProvider(f"“{product}” is not known in the shop: it needs the id of its variant there.")
        variant = gid("ProductVariant", product.external_id)
        lines = nodes(self.contract(), "lines")
        if len(lines) != 1:
            raise RefusedByProvider("The contract delivers several products: swap in the shop which one is meant.")
        line = lines[0]
        change: dict[str, Any] = {"productVariantId": variant}
        price = amount(self.params.get("price"))
        if price is not None:
            change["currentPrice"] = str((price / int(line["quantity"])).quantize(Decimal("0.01")))
        is_so = line["variantId"] == variant
        if is_so and (
            price is None or amount(part(line, "currentPrice").get("amount")) == amount(change["currentPrice"])
        ):
            return Result(self.subscription.external_id)
        variables = {"id": self.id, "line": line["id"], "input": change}
        self.client.change(queries.SWAP, "subscriptionContractProductChange", variables)
        return Result(self.subscription.external_id)

    # -- Orders

    def refund(self) -> Result:
        cycle = self.action.cycle
        if cycle is None or not cycle.order_id:
            raise RefusedByProvider("No order of the shop is known that paid this cycle.")
        order_id = gid("Order", cycle.order_id)
        order = self.client.ask(queries.PAYMENTS, {"id": order_id}).get("order")
        if order is None:
            raise RefusedByProvider("The shop does not have that order any more.")
        note = f"Refund {self.mark}"
        # Shopify forgets keys in time: what is there already is found by its note as well.
        done = next((one for one in order["refunds"] if note in text(one.get("note"))), None)
        if done is not None:
            return Result(number_of(done["id"]))
        left, transactions = Decimal(self.params["amount"]), []
        for paid in order["transactions"]:
            if paid["kind"] not in ("SALE", "CAPTURE") or paid["status"] != "SUCCESS" or left <= 0:
                continue
            money = part(part(paid, "amountSet"), "presentmentMoney")
            taken = min(left, amount(money.get("amount")) or Decimal(0))
            transactions.append(
                {
                    "orderId": order_id,
                    "parentId": paid["id"],
                    "gateway": paid["gateway"] or "",
                    "kind": "REFUND",
                    "amount": str(taken),
                }
            )
            left -= taken
        if left > 0 or not transactions:
            raise RefusedByProvider("The order was not paid by so much that could be given back.")
        key = str(uuid.uuid5(NAMESPACE, self.action.key))
        sent = {"orderId": order_id, "note": note, "notify": True, "transactions": transactions}
        told = self.client.change(queries.REFUND, "refundCreate", {"input": sent, "key": key})
        return Result(number_of(part(told, "refund").get("id")))

    def replacement(self) -> Result:
        """A draft of the same order, for nothing, completed: paid and sent like any other."""
        box = self.action.box
        order_id = box and (box.order_id or box.cycle.order_id)
        if not order_id:
            raise RefusedByProvider("No order of the shop is known that this box came with.")
        draft = self._draft()
        if draft is None:
            # A draft that is left behind by a crash between these two was never sent to anybody.
            told = self.client.change(
                queries.DRAFT_FROM_ORDER,
                "draftOrderCreateFromOrder",
                {"id": gid("Order", order_id)},
                is_repeatable=False,
            )
            draft = part(told, "draftOrder")
            self._remember(draft=draft["id"])
        if draft.get("order") is None:
            free = {"title": "Replacement", "value": 100.0, "valueType": "PERCENTAGE"}
            nothing = {"amount": "0", "currencyCode": self.subscription.currency}
            changes = {
                "appliedDiscount": free,
                "shippingLine": {"title": "Replacement", "priceWithCurrency": nothing},
                "tags": ["replacement", self._tag],
            }
            self.client.change(queries.DRAFT_UPDATE, "draftOrderUpdate", {"id": draft["id"], "input": changes})
            told = self.client.change(
                queries.DRAFT_COMPLETE, "draftOrderComplete", {"id": draft["id"]}, is_repeatable=False
            )
            draft = part(told, "draftOrder")
        order = part(draft, "order")
        return Result(number_of(order.get("id")), {"order_number": text(order.get("name"), 60)})

    @property
    def _tag(self) -> str:
        return f"helpdesk-{self.mark}"

    def _draft(self) -> dict[str, Any] | None:
        """The draft of an earlier attempt: as we remember it, else by our tag, which a search finds after a while."""
        if remembered := self.action.result.get("draft"):
            draft: dict[str, Any] | None = self.client.ask(queries.DRAFT, {"id": remembered}).get("draftOrder")
            return draft
        found = self.client.ask(queries.DRAFTS, {"query": f"tag:{self._tag}"})
        return next((one for one in nodes(found, "draftOrders") if self._tag in one["tags"]), None)

    def _remember(self, **what: Any) -> None:
        """For the attempt after a crash."""
        self.action.result = {**self.action.result, **what}
        ProviderAction.objects.filter(pk=self.action.pk).update(result=self.action.result)


def _kept(discount: Mapping[str, Any]) -> dict[str, Any] | None:
    """A discount of the whole contract, as the input that keeps it; those of single lines stay with their lines."""
    told = part(discount, "value")
    if told.get("__typename") == "SubscriptionDiscountPercentageValue":
        value: dict[str, Any] = {"percentage": told["percentage"]}
    else:
        value = {"fixedAmount": {"amount": told["amount"], "appliesOnEachItem": told["appliesOnEachItem"]}}
    same = {
        "id": discount["id"],
        "title": discount.get("title") or "",
        "recurringCycleLimit": discount.get("recurringCycleLimit") or 0,
        "value": value,
    }
    if discount.get("targetType") == "SHIPPING_LINE":
        return {"deliveryDiscount": same}
    return {"orderDiscount": same} if part(discount, "entitledLines").get("all") else None


_DEEDS = {
    ActionKind.PAUSE: Deeds.pause,
    ActionKind.RESUME: Deeds.resume,
    ActionKind.REACTIVATE: Deeds.resume,
    ActionKind.CANCEL: Deeds.cancel,
    ActionKind.SET_NEXT_BILLING: Deeds.set_next_billing,
    ActionKind.SKIP: Deeds.skip,
    ActionKind.UNSKIP: Deeds.unskip,
    ActionKind.SET_FREQUENCY: Deeds.set_frequency,
    ActionKind.DISCOUNT: Deeds.discount,
    ActionKind.SWAP: Deeds.swap,
    ActionKind.REFUND: Deeds.refund,
    ActionKind.REPLACEMENT: Deeds.replacement,
}
CAPABILITIES = frozenset(_DEEDS)
