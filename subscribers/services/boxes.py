"""Writes boxes: known by their order and parcel, moved on as their carriers report."""

from datetime import date, datetime
from typing import Any

from django.db.models import Max

from subscribers import signals
from subscribers.enums import BoxKind, BoxStatus
from subscribers.facts import BoxState, Report, fold_box
from subscribers.live import announce
from subscribers.models import Box, BoxEvent, Cycle
from subscribers.services.ledger import Page, current, recording

DETAILS = ("order_id", "order_number", "carrier", "batch", "tracking_number", "tracking_url", "ships_on")


@recording()
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
    page = current().page_of_cycle(cycle)
    cycle = page.like(cycle)
    boxes = sorted(page.boxes_of(cycle), key=lambda one: (one.sequence, one.pk is None, one.pk or 0))
    if box is not None:
        box = _like(page, box)
    elif fulfillment_id:
        box = next((one for one in boxes if one.fulfillment_id == fulfillment_id), None)
    if box is None and kind == BoxKind.REGULAR:
        planned = (one for one in boxes if (one.fulfillment_id, one.kind, one.status) == ("", kind, BoxStatus.PLANNED))
        box = next(planned, None)
    told = {name: value for name, value in details.items() if name in DETAILS and value not in ("", None)}
    if box is None:
        sequence = 1 + max((one.sequence for one in boxes if one.kind == kind), default=0)
        box = Box(
            cycle=cycle,
            kind=kind,
            sequence=sequence,
            replaces=replaces,
            fulfillment_id=fulfillment_id,
            told_at=at,
            **told,
        )
        page.boxes.append(box)
        page.ledger.add(box)
        return box
    if box.told_at is not None and at < box.told_at:
        told = {name: value for name, value in told.items() if not getattr(box, name)}
    for name, value in told.items():
        setattr(box, name, value)
    box.fulfillment_id = fulfillment_id or box.fulfillment_id
    box.told_at = max(at, box.told_at or at)
    page.ledger.change(box, *told, "fulfillment_id", "told_at")
    return box


def _like(page: Page, box: Box) -> Box:
    """This box, as the ledger has it."""
    return box if box.pk is None else next(one for one in page.boxes if one.pk == box.pk)


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


@recording()
def record_box_status(
    box: Box, *, status: BoxStatus, at: datetime, expected_on: date | None = None, source_key: str = ""
) -> None:
    """Append a carrier's report and move the box on, safe out of order.

    Reports come late and twice: an event is kept once by `source_key`; one that is older than the newest, or that
    comes after delivery, is kept in the history and changes nothing else.
    """
    page = current().page_of_cycle(box.cycle)
    box = _like(page, box)
    events = page.ledger.reports_of(box)
    if any(_is_same(event, status, at, expected_on, source_key) for event in events):
        return
    before = BoxState(box.status, box.shipped_at, box.delivered_at, box.expected_on)
    after = fold_box([*_known(box, events), Report(at, status, expected_on, source_key)])
    event = BoxEvent(box=box, status=status, occurred_at=at, expected_on=expected_on, source_key=source_key)
    events.append(event)
    page.ledger.add(event)
    page.ledger.hear(page.subscription)
    box.status, box.shipped_at, box.delivered_at = after.status, after.shipped_at, after.delivered_at
    box.expected_on = after.expected_on or box.expected_on
    page.ledger.change(box, "status", "expected_on", "shipped_at", "delivered_at")
    if after.shipped_at and not before.shipped_at:
        page.ledger.tell(signals.box_shipped, page.subscription, Box, box=box)
    if after.delivered_at and not before.delivered_at:
        page.ledger.tell(signals.box_delivered, page.subscription, Box, box=box)


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
