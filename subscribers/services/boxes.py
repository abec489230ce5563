"""Writes where a box is, as its carrier reports it."""

from datetime import date, datetime

from django.db import transaction

from subscribers import signals
from subscribers.enums import BoxStatus
from subscribers.live import announce
from subscribers.models import Box, BoxEvent

FINAL = (BoxStatus.DELIVERED, BoxStatus.CANCELLED)
BEFORE_SHIPPING = (BoxStatus.PLANNED, BoxStatus.LABEL_PURCHASED, BoxStatus.CONFIRMED, BoxStatus.CANCELLED)


@transaction.atomic
def record_box_status(
    box: Box, *, status: BoxStatus, at: datetime, expected_on: date | None = None, source_key: str = ""
) -> None:
    """Append a carrier's report and move the box on, safe out of order.

    Reports come late and twice: an event is kept once by `source_key`; one that is older than the newest, or that
    comes after delivery, is kept in the history and changes nothing else.
    """
    box = Box.objects.select_for_update(of=("self",), no_key=True).select_related("cycle__subscription").get(pk=box.pk)
    if source_key and box.events.filter(source_key=source_key).exists():
        return
    newest = box.events.order_by("-occurred_at").first()
    BoxEvent.objects.create(box=box, status=status, occurred_at=at, expected_on=expected_on, source_key=source_key)
    announce("subscriber", box.cycle.subscription.subscriber_id)
    if box.status in FINAL or (newest and newest.occurred_at > at):
        return
    was_shipped = box.shipped_at is not None
    box.status = status
    box.expected_on = expected_on or box.expected_on
    if status not in BEFORE_SHIPPING and not was_shipped:
        box.shipped_at = at
    if status == BoxStatus.DELIVERED:
        box.delivered_at = at
    box.save(update_fields=["status", "expected_on", "shipped_at", "delivered_at"])
    if box.shipped_at and not was_shipped:
        signals.box_shipped.send_robust(sender=Box, box=box)
    if status == BoxStatus.DELIVERED:
        signals.box_delivered.send_robust(sender=Box, box=box)
