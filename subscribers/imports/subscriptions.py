"""Rows about subscriptions: made as they are told, or changed by a file that is newer than all that is known.

A subscription whose newest fact is as new as the row keeps what it is: an old export never overwrites what its
provider said since. Nothing is announced: no alert, flow or mail comes of what a file tells.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from subscribers.enums import (
    ENDED_SUBSCRIPTION,
    Interval,
    Provider,
    SubscriptionEventKind,
    SubscriptionStatus,
)
from subscribers.facts import MEANS, Fact, apply, bounded, to_json
from subscribers.imports.enums import ImportKind, Outcome
from subscribers.imports.people import find_people
from subscribers.imports.resource import ChunkResource, Draft
from subscribers.models import Product, Reason, Subscription, SubscriptionEvent
from subscribers.services import states as service

Kind = SubscriptionEventKind
ENDS = {status: kind for kind, status in MEANS.items() if status in ENDED_SUBSCRIPTION}
WORDS = {
    "status": "State",
    "price": "Price",
    "currency": "Currency",
    "quantity": "Quantity",
    "billing_interval": "Billing interval",
    "billing_interval_count": "Billing interval",
    "next_billing_at": "Next billing",
    "ended_at": "Ended",
    "paused_at": "Paused since",
}
ADDRESS = ("address1", "address2", "city", "zip", "province", "country")


class SubscriptionResource(ChunkResource):
    kind = ImportKind.SUBSCRIPTIONS

    def key(self, draft: Draft) -> tuple[Any, ...]:
        return ("subscription", self.provider, draft["subscription_id"])

    def check(self, draft: Draft) -> list[tuple[str, str]]:
        faults: list[tuple[str, str]] = []
        if not draft["subscription_id"]:
            faults.append(("subscription_id", "is needed"))
        if not (draft["email"] or draft["customer_id"]):
            faults.append(("email", "is needed, or a customer number"))
        told = self._told(draft)
        status, started, ended = told.get("status"), told.get("started_at"), draft["ended_at"]
        if status in ENDED_SUBSCRIPTION and ended is None:
            faults.append(("ended_at", f"is needed: the subscription is {status}"))
        if ended is not None and ended > self.now:
            faults.append(("ended_at", "lies in the future; a planned end is “cancels_at”"))
        if ended is not None and started is not None and ended < started:
            faults.append(("ended_at", "lies before its start"))
        if started is not None and started > self.now:
            faults.append(("started_at", "lies in the future"))
        if draft["paused_at"] and draft["resumes_at"] and draft["resumes_at"] <= draft["paused_at"]:
            faults.append(("resumes_at", "lies before the pause"))
        if draft["min_cycles"] and draft["max_cycles"] and draft["max_cycles"] < draft["min_cycles"]:
            faults.append(("max_cycles", "is less than the fewest cycles"))
        if told.get("price", Decimal(0)) >= 10**10:
            faults.append(("price", "is too high"))
        if self.provider == Provider.BUILTIN:
            # Our own calendar acts on these days: one that has passed would be billed, or ended, at once.
            days = {"resumes_at": SubscriptionStatus.PAUSED, "cancels_at": None}
            if status == SubscriptionStatus.ACTIVE:
                days["next_billing_at"] = None
            for name, only in days.items():
                if draft[name] and draft[name] <= self.now and (only is None or status == only):
                    faults.append((name, "has passed; the built-in store would act on it at once"))
        return faults

    def _told(self, draft: Draft) -> dict[str, Any]:
        """What the row says, as fields of a subscription."""
        told = {
            name: draft[name]
            for name in ("status", "currency", "quantity", "min_cycles", "max_cycles", "started_at", "next_billing_at")
            if draft[name] is not None
        }
        if "status" not in told and draft["ended_at"]:
            told["status"] = SubscriptionStatus.CANCELLED.value
        quantity = draft["quantity"] or 1
        if draft["price"] is not None:
            told["price"] = draft["price"]
        elif draft["unit_price"] is not None:
            told["price"] = draft["unit_price"] * quantity + (draft["delivery_price"] or 0)
        if draft.lines:
            lines = [draft.told, *draft.lines]
            told["quantity"] = sum(line.get("quantity", 1) for line in lines)
            told["price"] = sum(
                (line.get("unit_price", Decimal(0)) * line.get("quantity", 1) for line in lines),
                draft["delivery_price"] or Decimal(0),
            )
            told["lines"] = [
                {
                    "id": "",
                    "product": line.get("product_id", ""),
                    "title": line.get("product", ""),
                    "quantity": line.get("quantity", 1),
                    "price": str(line.get("unit_price", "0.00")),
                }
                for line in lines
            ]
        unit, often = draft["interval"] or draft["delivery_interval"], draft["interval_count"]
        if unit or often:
            told["billing_interval"] = unit or Interval.MONTH.value
            told["billing_interval_count"] = often or 1
            told["delivery_interval"] = draft["delivery_interval"] or told["billing_interval"]
            told["delivery_interval_count"] = draft["delivery_interval_count"] or told["billing_interval_count"]
        if address := {name: draft[name] for name in ADDRESS if draft[name]}:
            told["shipping_address"] = address
        status = told.get("status", SubscriptionStatus.ACTIVE)
        if status in ENDED_SUBSCRIPTION:
            told.pop("next_billing_at", None)
        elif draft["cancels_at"]:
            told["cancels_at"] = draft["cancels_at"]
        if status == SubscriptionStatus.PAUSED and draft["resumes_at"]:
            told["resumes_at"] = draft["resumes_at"]
        return told

    def take_in(self, drafts: Sequence[Draft]) -> None:
        known = self._known(drafts)
        for draft in drafts:
            if (there := known.get(draft["subscription_id"])) is not None:
                draft.known["subscription"] = there
        self._refuse_others(drafts)
        good = [draft for draft in drafts if draft.is_good]
        for draft in good:
            if "subscription" not in draft.known:
                self._check_new(draft)
        good = [draft for draft in good if draft.is_good]
        find_people(self, good)
        good = [draft for draft in good if draft.is_good]
        products, reasons = self._products(good), self._reasons(good)
        new: list[Subscription] = []
        changed: list[Subscription] = []
        events: list[SubscriptionEvent] = []
        for draft in good:
            told = self._told(draft)
            if (product := products.get(_product_key(draft))) is not None:
                told["product_id"] = product.pk
            there = draft.known.get("subscription")
            if there is None:
                new.append(self._make(draft, told))
            elif there.subscriber_id != draft.known["person"].pk:
                draft.refuse(
                    "email",
                    gettext("Subscription %(external_id)s belongs to somebody else here.")
                    % {"external_id": there.external_id},
                )
            elif self._change(draft, there, told, reasons, events):
                changed.append(there)
        Subscription.objects.bulk_create(new)
        made = [draft for draft in good if draft.outcome == Outcome.NEW]
        for draft, subscription in zip(made, new, strict=True):
            draft.pk = subscription.pk
            events += self._history(draft, subscription, reasons)
        Subscription.objects.bulk_update(changed, [*service.ROW_FIELDS, "triggered_at"])
        # A row that comes again tells nothing again.
        SubscriptionEvent.objects.bulk_create(events, ignore_conflicts=True)

    def _known(self, drafts: Sequence[Draft]) -> dict[str, Subscription]:
        rows = Subscription.objects.filter(
            store=self.store, provider=self.provider, external_id__in=[draft["subscription_id"] for draft in drafts]
        )
        return {row.external_id: row for row in rows.select_for_update(no_key=True).order_by("pk")}

    def _refuse_others(self, drafts: Sequence[Draft]) -> None:
        """A number that another provider uses here: most likely the wrong one was chosen for the file."""
        wanted = [draft["subscription_id"] for draft in drafts if "subscription" not in draft.known]
        others = Subscription.objects.filter(store=self.store, external_id__in=wanted).exclude(provider=self.provider)
        theirs = dict(others.values_list("external_id", "provider"))
        for draft in drafts:
            if "subscription" not in draft.known and (provider := theirs.get(draft["subscription_id"])):
                draft.refuse(
                    "subscription_id",
                    (
                        gettext("Subscription %(draft)s is kept by %(label)s here. Choose that as the file's provider.")
                        % {"draft": draft["subscription_id"], "label": Provider(provider).label}
                    ),
                )

    def _check_new(self, draft: Draft) -> None:
        told = self._told(draft)
        for name, words in (("started_at", "is needed"), ("price", "is needed")):
            if told.get(name) is None:
                draft.refuse(name, words)
        is_active = told.get("status", SubscriptionStatus.ACTIVE) == SubscriptionStatus.ACTIVE
        if self.provider == Provider.BUILTIN and is_active and "next_billing_at" not in told:
            draft.refuse("next_billing_at", gettext("is needed: the built-in store bills by it"))

    def _make(self, draft: Draft, told: dict[str, Any]) -> Subscription:
        status = told.get("status", SubscriptionStatus.ACTIVE)
        draft.outcome = Outcome.NEW
        draft.changed("Subscription", "", f"{draft['subscription_id']}, {status}, {told['price']}")
        at = self.as_of(draft)
        paused_at = None
        if status == SubscriptionStatus.PAUSED:
            paused_at = draft["paused_at"] or min(at, self.now)
            paused_at = max(paused_at, told["started_at"])
        resumes_at = told.pop("resumes_at", None)
        return Subscription(
            store=self.store,
            subscriber=draft.known["person"],
            provider=self.provider,
            external_id=draft["subscription_id"],
            paused_at=paused_at,
            resumes_at=resumes_at if paused_at and resumes_at and resumes_at > paused_at else None,
            ended_at=draft["ended_at"] if status in ENDED_SUBSCRIPTION else None,
            triggered_at=at,
            **{"currency": self.store.currency, **told},
        )

    def _history(self, draft: Draft, subscription: Subscription, reasons: dict[str, Reason]) -> list[SubscriptionEvent]:
        """Its beginning, and the end or pause that it is in: all that a row tells of the past."""
        told: list[tuple[SubscriptionEventKind, datetime]] = [(Kind.STARTED, subscription.started_at)]
        if subscription.ended_at is not None:
            told.append((ENDS[SubscriptionStatus(subscription.status)], subscription.ended_at))
        elif subscription.paused_at is not None:
            told.append((Kind.PAUSED, subscription.paused_at))
        return [self._event(draft, subscription, kind, at, {}, reasons) for kind, at in told]

    def _change(
        self,
        draft: Draft,
        there: Subscription,
        told: dict[str, Any],
        reasons: dict[str, Reason],
        events: list[SubscriptionEvent],
    ) -> bool:
        draft.pk = there.pk
        at = self.as_of(draft)
        before = service.state_of(there)
        told = {name: value for name, value in told.items() if getattr(before, name) != value}
        if not told:
            return False
        if there.triggered_at is not None and at <= there.triggered_at:
            draft.outcome = Outcome.KEPT
            return False
        plain = {name: to_json(value) for name, value in told.items()}
        after = apply(before, Fact(at, Kind.OBSERVED, plain))
        if after.is_ended and not before.is_ended and draft["ended_at"]:
            after = replace(after, ended_at=draft["ended_at"])
        if after.paused_at and not before.paused_at and draft["paused_at"]:
            after = replace(after, paused_at=draft["paused_at"])
        after = bounded(after)
        if after == before:
            return False
        if after.max_cycles and after.min_cycles and after.max_cycles < after.min_cycles:
            draft.refuse("max_cycles", gettext("is less than the fewest cycles"))
            return False
        draft.outcome = Outcome.CHANGED
        for name in service.ROW_FIELDS:
            if getattr(before, name) != getattr(after, name):
                draft.changed(
                    WORDS.get(name, name.replace("_", " ").capitalize()), *(getattr(s, name) for s in (before, after))
                )
                setattr(there, name, getattr(after, name))
        there.triggered_at = at
        events.append(self._event(draft, there, Kind.OBSERVED, at, {"set": plain}, reasons))
        for kind in service.changes(before, after):
            when = after.ended_at if kind in ENDS.values() and after.ended_at else at
            data = {"derived": True, **service.details(kind, before, after)}
            events.append(self._event(draft, there, kind, when, data, reasons))
        return True

    def _event(
        self,
        draft: Draft,
        subscription: Subscription,
        kind: SubscriptionEventKind,
        at: datetime,
        data: dict[str, Any],
        reasons: dict[str, Reason],
    ) -> SubscriptionEvent:
        words = (draft["reason"] or "") if kind == Kind.CANCELLED else ""
        reason = reasons.get(words.lower())
        return SubscriptionEvent(
            subscription=subscription,
            kind=kind,
            occurred_at=at,
            actor_kind=self.actor_kind,
            reason=reason,
            source_key=f"import:{self.job.pk}:{draft.number}",
            data={**data, "import": self.job.pk, **({"words": words} if words and reason is None else {})},
        )

    def _reasons(self, drafts: Sequence[Draft]) -> dict[str, Reason]:
        """The reasons that the file names, by their key or label in lower case."""
        if not any(draft["reason"] for draft in drafts):
            return {}
        rows = list(Reason.objects.of_store(self.store))
        return {name.lower(): row for row in rows for name in (row.key, row.label)}

    def _products(self, drafts: Sequence[Draft]) -> dict[tuple[str, str], Product]:
        """By number, else by name: known, or made."""
        wanted = {key: draft for draft in drafts if any(key := _product_key(draft))}
        if not wanted:
            return {}
        numbers, names = {number for number, _ in wanted if number}, {name for number, name in wanted if not number}
        known = {(row.external_id, ""): row for row in self.store.products.filter(external_id__in=numbers)}
        if names:
            known |= {("", row.name): row for row in self.store.products.filter(name__in=names).order_by("-pk")}
        missing = [
            Product(
                store=self.store,
                external_id=number,
                name=(draft["product"] or number)[:200],
                sku=draft["sku"] or "",
                data={},
            )
            for (number, name), draft in wanted.items()
            if (number, name) not in known
        ]
        for product in Product.objects.bulk_create(missing):
            known[(product.external_id, "" if product.external_id else product.name)] = product
        return known


def _product_key(draft: Draft) -> tuple[str, str]:
    return (draft["product_id"], "") if draft["product_id"] else ("", draft["product"] or "")
