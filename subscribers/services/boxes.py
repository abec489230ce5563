"""Writes boxes: known by their order and parcel, moved on as their carriers report."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from subscribers import signals
from subscribers.enums import BoxKind, BoxStatus
from subscribers.facts import BoxState, Report, fold_box
from subscribers.live import announce
from subscribers.models import Box, BoxEvent, Cycle, Subscription

DETAILS = ("order_id", "order_number", "carrier", "tracking_number", "tracking_url", "ships_on")


@transaction.atomic(savepoint=False)
def know_box(
    cycle: Cycle,
    *,
    at: datetime,
    fulfillment_id: str = "",
    kind: BoxKind = BoxKind.REGULAR,
    replaces: Box | None = None,
    box: Box | None = None,
    **details: Any,
) -> Box:
    """The parcel that a provider speaks of, made where it is not known; its details as told last (`at`: when).

    `details`: those of DETAILS that were told. An order may have several parcels: each is a box of its own, the first
    takes the place of the box that was planned. `box`: where the caller knows which one it is.
    """
    Subscription.objects.select_for_update(no_key=True).get(pk=cycle.subscription_id)
    boxes = cycle.boxes.order_by("sequence", "pk")
    if box is not None:
        box = boxes.get(pk=box.pk)
    elif fulfillment_id:
        box = boxes.filter(fulfillment_id=fulfillment_id).first()
    if box is None and kind == BoxKind.REGULAR:
        box = boxes.filter(fulfillment_id="", kind=kind, status=BoxStatus.PLANNED).first()
    told = {name: value for name, value in details.items() if name in DETAILS and value not in ("", None)}
    if box is None:
        sequence = 1 + (cycle.boxes.filter(kind=kind).aggregate(last=Max("sequence"))["last"] or 0)
        return Box.objects.create(
            cycle=cycle,
            kind=kind,
            sequence=sequence,
            replaces=replaces,
            fulfillment_id=fulfillment_id,
            told_at=at,
            **told,
        )
    if box.told_at is not None and at < box.told_at:
        told = {name: value for name, value in told.items() if not getattr(box, name)}
    for name, value in told.items():
        setattr(box, name, value)
    box.fulfillment_id = fulfillment_id or box.fulfillment_id
    box.told_at = max(at, box.told_at or at)
    box.save(update_fields=[*told, "fulfillment_id", "told_at"])
    return box


def plan_box(
    cycle: Cycle,
    *,
    ships_on: date,
    expected_on: date | None = None,
    kind: BoxKind = BoxKind.REGULAR,
    replaces: Box | None = None,
    order_number: str = "",
) -> Box:
    """A box that will leave on `ships_on` (a day of the store's). The caller holds the subscription's lock."""
    box = Box.objects.create(
        cycle=cycle,
        kind=kind,
        sequence=1 + (cycle.boxes.filter(kind=kind).aggregate(last=Max("sequence"))["last"] or 0),
        replaces=replaces,
        ships_on=ships_on,
        expected_on=expected_on,
        order_number=order_number[:60],
    )
    announce("subscriber", cycle.subscription.subscriber_id)
    return box


def reschedule_box(box: Box, *, ships_on: date, expected_on: date | None) -> None:
    """Move a box that is planned; the caller holds the subscription's lock."""
    Box.objects.filter(pk=box.pk, status=BoxStatus.PLANNED).update(ships_on=ships_on, expected_on=expected_on)
    announce("subscriber", box.cycle.subscription.subscriber_id)


@transaction.atomic(savepoint=False)
def record_box_status(
    box: Box, *, status: BoxStatus, at: datetime, expected_on: date | None = None, source_key: str = ""
) -> None:
    """Append a carrier's report and move the box on, safe out of order.

    Reports come late and twice: an event is kept once by `source_key`; one that is older than the newest, or that
    comes after delivery, is kept in the history and changes nothing else.
    """
    box = Box.objects.select_for_update(of=("self",), no_key=True).select_related("cycle__subscription").get(pk=box.pk)
    events = list(box.events.all())
    if any(_is_same(event, status, at, expected_on, source_key) for event in events):
        return
    report = Report(at, status, expected_on, source_key)
    before = BoxState(box.status, box.shipped_at, box.delivered_at, box.expected_on)
    after = fold_box([*_known(box, events), report])
    BoxEvent.objects.create(box=box, status=status, occurred_at=at, expected_on=expected_on, source_key=source_key)
    announce("subscriber", box.cycle.subscription.subscriber_id)
    box.status, box.shipped_at, box.delivered_at = after.status, after.shipped_at, after.delivered_at
    box.expected_on = after.expected_on or box.expected_on
    box.save(update_fields=["status", "expected_on", "shipped_at", "delivered_at"])
    if after.shipped_at and not before.shipped_at:
        signals.box_shipped.send_robust(sender=Box, box=box)
    if after.delivered_at and not before.delivered_at:
        signals.box_delivered.send_robust(sender=Box, box=box)


def _is_same(event: BoxEvent, status: BoxStatus, at: datetime, expected_on: date | None, source_key: str) -> bool:
    if source_key and event.source_key == source_key:
        return True
    return (event.status, event.occurred_at, event.expected_on) == (status, at, expected_on)


def _known(box: Box, events: list[BoxEvent]) -> list[Report]:
    """What was reported; of a box from elsewhere, whose row alone is known, what its row says."""
    reports = [Report(event.occurred_at, event.status, event.expected_on, event.source_key) for event in events]
    if box.shipped_at and not any(report.at <= box.shipped_at for report in reports):
        reports.append(Report(box.shipped_at, BoxStatus.IN_TRANSIT, box.expected_on))
    if box.delivered_at and not any(report.status == BoxStatus.DELIVERED for report in reports):
        reports.append(Report(box.delivered_at, BoxStatus.DELIVERED))
    return reports
