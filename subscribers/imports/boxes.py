"""Rows about billings and boxes: a cycle each, and the box that it brought where the row tells of one.

What was paid stays paid; what is empty is filled; a state changes only by a row that is newer than the cycle's newest
fact. Cycles without a number are counted anew by the day on which they were billed, so that cycle 1 is the first.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max
from django.db.models.functions import Lower
from django.utils.translation import gettext

from subscribers.changes import step
from subscribers.enums import PAID_CYCLE, BoxKind, BoxStatus, CycleStatus, SubscriptionEventKind
from subscribers.facts import BEFORE_SHIPPING
from subscribers.imports.enums import ImportKind, Outcome
from subscribers.imports.resource import ChunkResource, Draft
from subscribers.models import Box, BoxEvent, Cycle, Reason, Subscription, SubscriptionEvent

Kind = SubscriptionEventKind
MEANT = {
    CycleStatus.BILLED: Kind.BILLED,
    CycleStatus.RECOVERED: Kind.BILLING_RECOVERED,
    CycleStatus.FAILED: Kind.BILLING_FAILED,
    CycleStatus.LOST: Kind.BILLING_LOST,
    CycleStatus.SKIPPED: Kind.SKIPPED,
}
BOX_TOLD = (
    "box",
    "box_kind",
    "box_status",
    "fulfillment_id",
    "carrier",
    "batch",
    "tracking_number",
    "tracking_url",
    "ships_on",
    "shipped_at",
    "expected_on",
    "delivered_at",
)
BOX_FILLED = (
    *("order_id", "order_number", "carrier", "batch", "tracking_number", "tracking_url"),
    *("ships_on", "expected_on"),
)
CYCLE_FIELDS = (
    *("status", "billed_at", "amount", "currency", "refunded", "order_id", "order_number", "external_id"),
    *("skip_reason", "told_at"),
)
FINAL_BOX = (BoxStatus.DELIVERED, BoxStatus.CANCELLED)
# A person's orders are their one subscription's if it ran then; the first order comes a little before it.
EARLY = timedelta(days=2)
COUNTED = """
UPDATE subscribers_cycle AS cycle SET index = counted.number FROM (
    SELECT id, row_number() OVER (
        PARTITION BY subscription_id ORDER BY billing_expected_at, external_id, id
    ) AS number
    FROM subscribers_cycle WHERE subscription_id = ANY(%s)
) AS counted
WHERE cycle.id = counted.id AND cycle.index <> counted.number
"""


class BoxResource(ChunkResource):
    kind = ImportKind.BOXES

    def key(self, draft: Draft) -> tuple[Any, ...]:
        whose = draft["subscription_id"] or (draft["email"] or "").lower()
        cycle = draft["cycle"] or draft["charge_id"] or draft["order_id"] or draft["order_number"] or _expected(draft)
        parcel = draft["fulfillment_id"] or draft["tracking_number"] or ""
        return ("box", whose, cycle, draft["box"] or 1, draft["box_kind"] or "", parcel)

    def check(self, draft: Draft) -> list[tuple[str, str]]:
        faults: list[tuple[str, str]] = []
        if not (draft["subscription_id"] or draft["email"]):
            faults.append(("subscription_id", "is needed, or a mail address"))
        if _expected(draft) is None:
            faults.append(("expected_at", "is needed, or the day of the billing"))
        status = _status(draft)
        if status in PAID_CYCLE and draft["billed_at"] is None:
            faults.append(("billed_at", f"is needed: the cycle is {status}"))
        if status not in PAID_CYCLE and draft["billed_at"] is not None:
            faults.append(("billed_at", f"is told, though the cycle is {status}"))
        for name in ("billed_at", "shipped_at", "delivered_at"):
            if draft[name] is not None and draft[name] > self.now:
                faults.append((name, "lies in the future"))
        starts_at = draft["starts_at"] or _expected(draft)
        if draft["ends_at"] and starts_at and draft["ends_at"] <= starts_at:
            faults.append(("ends_at", "lies before the cycle's start"))
        if _has_box(draft):
            faults += _check_box(draft)
        return faults

    def take_in(self, drafts: Sequence[Draft]) -> None:
        self._find_subscriptions(drafts)
        good = [draft for draft in drafts if draft.is_good]
        pks = sorted({draft.known["subscription"].pk for draft in good})
        locked = Subscription.objects.filter(pk__in=pks).select_for_update(no_key=True).order_by("pk")
        subscriptions = {row.pk: row for row in locked}
        cycles = Cycles(pks)
        reasons = self._reasons(good)
        events: list[SubscriptionEvent] = []
        for draft in good:
            self._take_cycle(draft, subscriptions[draft.known["subscription"].pk], cycles, reasons, events)
        good = [draft for draft in good if draft.is_good]
        Cycle.objects.bulk_create(cycles.new)
        Cycle.objects.bulk_update(
            list(cycles.changed.values()),
            CYCLE_FIELDS,
        )
        with connection.cursor() as cursor:
            cursor.execute(COUNTED, [sorted(cycles.counted)])
        SubscriptionEvent.objects.bulk_create(events, ignore_conflicts=True)
        for draft in good:
            draft.pk = draft.known["cycle"].pk
        self._take_boxes([draft for draft in good if _has_box(draft)])

    # -- Whose it is ------------------------------------------------------------------------------------

    def _find_subscriptions(self, drafts: Sequence[Draft]) -> None:
        numbers = {draft["subscription_id"] for draft in drafts if draft["subscription_id"]}
        rows = Subscription.objects.filter(store=self.store, external_id__in=numbers)
        by_number: dict[str, list[Subscription]] = defaultdict(list)
        for row in rows:
            by_number[row.external_id].append(row)
        emails = {draft["email"].lower() for draft in drafts if not draft["subscription_id"]}
        by_email: dict[str, list[Subscription]] = defaultdict(list)
        if emails:
            theirs = Subscription.objects.filter(store=self.store, subscriber__redacted_at=None)
            theirs = theirs.alias(address=Lower("subscriber__email")).filter(address__in=emails)
            for row in theirs.select_related("subscriber"):
                by_email[row.subscriber.email.lower()].append(row)
        for draft in drafts:
            number = draft["subscription_id"]
            if number:
                found = by_number[number]
                found = [row for row in found if row.provider == self.provider] or found
                words = ("subscription_id", f"Subscription {number} is not known. Import the subscriptions first.")
            else:
                at = _expected(draft)
                found = [row for row in by_email[draft["email"].lower()] if at is not None and _ran(row, at)]
                words = ("email", f"{draft['email']} had no subscription then.")
            if len(found) == 1:
                draft.known["subscription"] = found[0]
            elif found:
                draft.refuse(
                    words[0],
                    gettext("%(found)s subscriptions are meant by this: name one by its number.")
                    % {"found": len(found)},
                )
            else:
                draft.refuse(*words)

    # -- The cycle --------------------------------------------------------------------------------------

    def _take_cycle(
        self,
        draft: Draft,
        subscription: Subscription,
        cycles: "Cycles",
        reasons: dict[str, Reason],
        events: list[SubscriptionEvent],
    ) -> None:
        cycle = cycles.find(subscription, draft)
        expected_at = _expected(draft)
        assert expected_at is not None  # noqa: S101  by `check`
        status, at = _status(draft), self.as_of(draft)
        if cycle is None:
            if draft["cycle"] and draft["cycle"] in cycles.indices[subscription.pk]:
                draft.refuse("cycle", gettext("Cycle %(draft)s is another billing here.") % {"draft": draft["cycle"]})
                return
            starts_at = draft["starts_at"] or expected_at
            every = step(subscription.billing_interval, subscription.billing_interval_count)
            cycle = Cycle(
                subscription=subscription,
                index=draft["cycle"] or cycles.next_index(subscription.pk),
                external_id=draft["charge_id"] or "",
                starts_at=starts_at,
                ends_at=draft["ends_at"] or starts_at + every,
                billing_expected_at=expected_at,
                status=status,
                billed_at=draft["billed_at"],
                amount=draft["amount"],
                currency=draft["currency"] or "",
                refunded=draft["refunded"] or 0,
                order_id=draft["order_id"] or "",
                order_number=draft["order_number"] or "",
                skip_reason=reasons.get((draft["reason"] or "").lower()) if status == CycleStatus.SKIPPED else None,
                told_at=at,
            )
            cycles.add(subscription, cycle, draft)
            draft.outcome = Outcome.NEW
            draft.changed("Billing", "", f"{expected_at:%Y-%m-%d}, {status}")
            events += self._told_of(draft, subscription, cycle, status)
        else:
            self._change_cycle(draft, subscription, cycle, cycles, reasons, events)
        draft.known["cycle"] = cycle

    def _change_cycle(
        self,
        draft: Draft,
        subscription: Subscription,
        cycle: Cycle,
        cycles: "Cycles",
        reasons: dict[str, Reason],
        events: list[SubscriptionEvent],
    ) -> None:
        if draft["cycle"] and draft["cycle"] != cycle.index and not cycles.is_counted(subscription.pk):
            draft.refuse(
                "cycle",
                gettext("This billing is cycle %(index)s here, not %(draft)s.")
                % {"index": cycle.index, "draft": draft["cycle"]},
            )
            return
        is_filled = False
        for name, told in (
            ("order_id", draft["order_id"]),
            ("order_number", draft["order_number"]),
            ("external_id", draft["charge_id"]),
        ):
            if told and not getattr(cycle, name):
                draft.changed(name.replace("_", " ").capitalize(), "", told)
                setattr(cycle, name, told)
                is_filled = True
        status, at = _status(draft), self.as_of(draft)
        is_newer = cycle.pk is not None and at > (cycles.newest(cycle) or at - EARLY)
        is_paid = cycle.status in PAID_CYCLE
        differs = "status" in draft.told and status != cycle.status and not (is_paid and status in PAID_CYCLE)
        more_refunded = (draft["refunded"] or 0) > cycle.refunded
        if (differs and (is_paid or not is_newer)) or (more_refunded and not is_newer):
            draft.outcome = Outcome.KEPT
        elif differs:
            draft.changed("Billing", cycle.status, status)
            cycle.status, cycle.billed_at = status, draft["billed_at"]
            cycle.skip_reason = reasons.get((draft["reason"] or "").lower()) if status == CycleStatus.SKIPPED else None
            cycle.told_at, is_filled = at, True
            events += self._told_of(draft, subscription, cycle, status, with_refund=False)
        if more_refunded and is_newer:
            draft.changed("Refunded", cycle.refunded, draft["refunded"])
            events.append(self._refund(draft, subscription, cycle, draft["refunded"] - cycle.refunded))
            cycle.refunded, is_filled = draft["refunded"], True
        if cycle.status in PAID_CYCLE and cycle.amount is None and draft["amount"] is not None:
            draft.changed("Amount", "", draft["amount"])
            cycle.amount, cycle.currency, is_filled = draft["amount"], draft["currency"] or cycle.currency, True
        if is_filled:
            draft.outcome = Outcome.CHANGED
            if cycle.pk is not None:
                cycles.changed[cycle.pk] = cycle

    def _told_of(
        self, draft: Draft, subscription: Subscription, cycle: Cycle, status: str, *, with_refund: bool = True
    ) -> list[SubscriptionEvent]:
        told = []
        if status in MEANT:
            data: dict[str, Any] = {}
            if status in PAID_CYCLE and draft["amount"] is not None:
                data = {"amount": str(draft["amount"])} | ({"currency": draft["currency"]} if draft["currency"] else {})
            elif draft["error"] and status in (CycleStatus.FAILED, CycleStatus.LOST):
                data = {"error": draft["error"]}
            at = cycle.billed_at or min(cycle.billing_expected_at, self.as_of(draft))
            told.append(self._event(draft, subscription, cycle, MEANT[CycleStatus(status)], at, data))
        if with_refund and cycle.refunded:
            told.append(self._refund(draft, subscription, cycle, cycle.refunded))
        return told

    def _refund(self, draft: Draft, subscription: Subscription, cycle: Cycle, amount: Any) -> SubscriptionEvent:
        return self._event(draft, subscription, cycle, Kind.REFUNDED, self.as_of(draft), {"amount": str(amount)})

    def _event(
        self,
        draft: Draft,
        subscription: Subscription,
        cycle: Cycle,
        kind: SubscriptionEventKind,
        at: datetime,
        data: dict[str, Any],
    ) -> SubscriptionEvent:
        return SubscriptionEvent(
            subscription=subscription,
            cycle=cycle,
            kind=kind,
            occurred_at=at,
            actor_kind=self.actor_kind,
            reason=cycle.skip_reason if kind == Kind.SKIPPED else None,
            source_key=f"import:{self.job.pk}:{draft.number}",
            data={**data, "import": self.job.pk},
        )

    def _reasons(self, drafts: Sequence[Draft]) -> dict[str, Reason]:
        if not any(draft["reason"] for draft in drafts):
            return {}
        return {name.lower(): row for row in Reason.objects.of_store(self.store) for name in (row.key, row.label)}

    # -- Its box ----------------------------------------------------------------------------------------

    def _take_boxes(self, drafts: Sequence[Draft]) -> None:
        rows = Box.objects.filter(cycle__in={draft.pk for draft in drafts}).annotate(newest=Max("events__occurred_at"))
        known: dict[int, list[Box]] = defaultdict(list)
        for row in rows:
            known[row.cycle_id].append(row)
        new: list[Box] = []
        changed: list[Box] = []
        reports: list[tuple[Draft, Box, str, datetime]] = []
        for draft in drafts:
            there = known[draft.known["cycle"].pk]
            kind, place = draft["box_kind"] or BoxKind.REGULAR, draft["box"] or 1
            parcel = draft["fulfillment_id"] or ""
            box = next((one for one in there if parcel and one.fulfillment_id == parcel), None)
            if box is None:
                alike = (one for one in there if one.kind == kind and one.sequence == place)
                box = next((one for one in alike if not (parcel and one.fulfillment_id)), None)
            if box is None:
                taken = {one.sequence for one in there if one.kind == kind}
                while place in taken:
                    place += 1
                box = self._make_box(draft, kind, place, parcel)
                there.append(box)
                new.append(box)
                draft.outcome = Outcome.NEW if draft.outcome == Outcome.NEW else Outcome.CHANGED
                draft.changed("Box", "", box.status)
                reports += [(draft, box, *report) for report in _reports(draft, box, self.as_of(draft))]
            elif box.pk is not None and self._change_box(draft, box, reports):
                changed.append(box)
        Box.objects.bulk_create(new)
        Box.objects.bulk_update(
            changed, ["status", "fulfillment_id", "shipped_at", "delivered_at", "told_at", *BOX_FILLED]
        )
        BoxEvent.objects.bulk_create(
            [
                BoxEvent(
                    box=box,
                    status=status,
                    occurred_at=at,
                    source_key=f"import:{self.job.pk}:{draft.number}:{status}",
                    data={"import": self.job.pk},
                )
                for draft, box, status, at in reports
            ],
            ignore_conflicts=True,
        )

    def _make_box(self, draft: Draft, kind: str, place: int, parcel: str) -> Box:
        return Box(
            cycle=draft.known["cycle"],
            kind=kind,
            sequence=place,
            status=_box_status(draft),
            fulfillment_id=parcel,
            shipped_at=draft["shipped_at"],
            delivered_at=draft["delivered_at"],
            told_at=self.as_of(draft),
            **{name: draft[name] for name in BOX_FILLED if draft[name]},
        )

    def _change_box(self, draft: Draft, box: Any, reports: list[tuple[Draft, Box, str, datetime]]) -> bool:
        is_changed = False
        for name in (*BOX_FILLED, "fulfillment_id"):
            if draft[name] and not getattr(box, name):
                draft.changed(f"Box: {name.replace('_', ' ')}", "", draft[name])
                setattr(box, name, draft[name])
                is_changed = True
        at, status = self.as_of(draft), _box_status(draft)
        newest = max(filter(None, (box.newest, box.told_at)), default=None)
        if status != box.status and {"box_status", "shipped_at", "delivered_at"}.intersection(draft.told):
            if box.status in FINAL_BOX or (newest is not None and at <= newest):
                if draft.outcome == Outcome.UNCHANGED:
                    draft.outcome = Outcome.KEPT
            else:
                shipped_at = box.shipped_at or draft["shipped_at"]
                if draft["delivered_at"] and shipped_at and shipped_at > draft["delivered_at"]:
                    shipped_at = draft["shipped_at"]
                draft.changed("Box", box.status, status)
                box.status, box.shipped_at, box.delivered_at = status, shipped_at, draft["delivered_at"]
                box.told_at, is_changed = at, True
                reports += [(draft, box, *report) for report in _reports(draft, box, at)]
        if is_changed and draft.outcome in (Outcome.UNCHANGED, Outcome.KEPT):
            draft.outcome = Outcome.CHANGED
        return is_changed


class Cycles:
    """The cycles of some subscriptions: those that are known, and those that a chunk makes. One query."""

    def __init__(self, pks: Sequence[int]) -> None:
        self.new: list[Cycle] = []
        self.changed: dict[int, Cycle] = {}
        self.counted: set[int] = set()
        self.indices: dict[int, set[int]] = defaultdict(set)
        self._by: dict[tuple[int, str, Any], Cycle] = {}
        rows = Cycle.objects.filter(subscription__in=pks).annotate(newest=Max("events__occurred_at"))
        for row in rows.select_related("skip_reason"):
            self._keep(row.subscription_id, row, {})

    def _keep(self, pk: int, cycle: Cycle, told: dict[str, Any]) -> None:
        self.indices[pk].add(cycle.index)
        names = {
            "charge": cycle.external_id,
            "order": cycle.order_id,
            "number": cycle.order_number,
            "at": cycle.billing_expected_at,
            "index": cycle.index if pk not in self.counted else None,
        }
        for name, value in names.items():
            if value:
                self._by.setdefault((pk, name, value), cycle)

    def find(self, subscription: Subscription, draft: Draft) -> Cycle | None:
        """By the surest that is told: the billing's number, the order's, the cycle's own, then its day."""
        names = (
            ("charge", draft["charge_id"]),
            ("order", draft["order_id"]),
            ("index", draft["cycle"]),
            ("number", draft["order_number"]),
        )
        for name, value in names:
            if value and (found := self._by.get((subscription.pk, name, value))):
                return found
        found = self._by.get((subscription.pk, "at", _expected(draft)))
        if found is not None and draft["cycle"]:
            return None if found.index != draft["cycle"] else found
        # Another billing of that very day is another cycle.
        if found is not None and ((draft["charge_id"] and found.external_id) or (draft["order_id"] and found.order_id)):
            return None
        return found

    def add(self, subscription: Subscription, cycle: Cycle, draft: Draft) -> None:
        if not draft["cycle"]:
            self.counted.add(subscription.pk)
        self.new.append(cycle)
        self._keep(subscription.pk, cycle, draft.told)

    def next_index(self, pk: int) -> int:
        return max(self.indices[pk], default=0) + 1

    def is_counted(self, pk: int) -> bool:
        return pk in self.counted

    def newest(self, cycle: Any) -> datetime | None:
        return max(filter(None, (getattr(cycle, "newest", None), cycle.told_at)), default=None)


def _expected(draft: Draft) -> datetime | None:
    found: datetime | None = draft["expected_at"] or draft["starts_at"] or draft["billed_at"]
    return found


def _status(draft: Draft) -> str:
    if draft["status"]:
        # An order that is authorised, or pending, and was paid after all.
        return str(draft["status"])
    return CycleStatus.BILLED if draft["billed_at"] else CycleStatus.SCHEDULED


def _ran(row: Subscription, at: datetime) -> bool:
    return row.started_at - EARLY <= at and (row.ended_at is None or at <= row.ended_at)


def _has_box(draft: Draft) -> bool:
    return any(draft[name] is not None for name in BOX_TOLD)


def _box_status(draft: Draft) -> str:
    if draft["delivered_at"]:
        return BoxStatus.DELIVERED
    return str(draft["box_status"] or (BoxStatus.IN_TRANSIT if draft["shipped_at"] else BoxStatus.PLANNED))


def _check_box(draft: Draft) -> list[tuple[str, str]]:
    status, shipped, delivered = draft["box_status"], draft["shipped_at"], draft["delivered_at"]
    if status == BoxStatus.DELIVERED and delivered is None:
        return [("delivered_at", "is needed: the box is delivered")]
    if delivered is not None and status not in (None, BoxStatus.DELIVERED, BoxStatus.IN_TRANSIT):
        return [("box_status", f"is {status}, though a delivery is told")]
    if shipped is not None and status in BEFORE_SHIPPING and status != BoxStatus.CANCELLED:
        return [("box_status", f"is {status}, though a shipment is told")]
    if shipped is not None and delivered is not None and delivered < shipped:
        return [("delivered_at", "lies before the box was shipped")]
    return []


def _reports(draft: Draft, box: Box, at: datetime) -> list[tuple[str, datetime]]:
    """What its carrier said, as far as the row tells when."""
    told: list[tuple[str, datetime]] = []
    if draft["shipped_at"]:
        told.append((BoxStatus.IN_TRANSIT, draft["shipped_at"]))
    if draft["delivered_at"]:
        told.append((BoxStatus.DELIVERED, draft["delivered_at"]))
    elif box.status not in (BoxStatus.PLANNED, BoxStatus.IN_TRANSIT):
        told.append((box.status, at))
    return told
