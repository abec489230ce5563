"""Boxes and what their carriers told of them."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from subscribers.enums import BoxKind, BoxStatus
from subscribers.models.subscriptions import Cycle


class Box(models.Model):
    """What a cycle delivers; a prepaid cycle may deliver several, a damaged one is replaced by another."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="boxes")
    kind = models.CharField(max_length=20, choices=BoxKind, default=BoxKind.REGULAR)
    sequence = models.PositiveSmallIntegerField(default=1, help_text="Which of the cycle's boxes, from 1.")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replacements")
    status = models.CharField(max_length=20, choices=BoxStatus, default=BoxStatus.PLANNED)
    order_number = models.CharField(max_length=60, blank=True)
    order_id = models.CharField("provider's order", max_length=100, blank=True)
    fulfillment_id = models.CharField("provider's fulfilment", max_length=100, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    batch = models.CharField(max_length=60, blank=True, help_text="Whoever packs calls it: lot, production run, week.")
    tracking_number = models.CharField(max_length=100, blank=True)
    tracking_url = models.URLField(max_length=500, blank=True)
    ships_on = models.DateField(null=True, blank=True, help_text="Planned, in the store's time zone.")
    shipped_at = models.DateTimeField(null=True, blank=True)
    expected_on = models.DateField(null=True, blank=True, help_text="Estimated delivery.")
    delivered_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When its carrier and order were told last.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "sequence"],
                condition=Q(kind=BoxKind.REGULAR),
                name="box_regular_unique_in_cycle",
            ),
            models.CheckConstraint(
                condition=Q(status=BoxStatus.DELIVERED, delivered_at__isnull=False)
                | (~Q(status=BoxStatus.DELIVERED) & Q(delivered_at=None)),
                name="box_delivered_at_iff_delivered",
            ),
            models.CheckConstraint(
                condition=Q(shipped_at=None) | Q(delivered_at=None) | Q(delivered_at__gte=F("shipped_at")),
                name="box_delivered_after_shipped",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | Q(kind=BoxKind.REPLACEMENT),
                name="box_only_replacement_replaces",
            ),
            models.CheckConstraint(
                condition=Q(status__in=BoxStatus.values, kind__in=BoxKind.values), name="box_status_known"
            ),
            # One parcel is one box; an order may have several.
            models.UniqueConstraint(
                fields=["cycle", "fulfillment_id"],
                condition=~Q(fulfillment_id=""),
                name="box_fulfillment_unique_in_cycle",
            ),
        ]
        indexes = [
            models.Index(fields=["tracking_number"], condition=~Q(tracking_number=""), name="box_by_tracking"),
            models.Index(fields=["order_number"], condition=~Q(order_number=""), name="box_by_order"),
            # Readers: the carrier's reports that a provider hands on.
            models.Index(fields=["fulfillment_id"], condition=~Q(fulfillment_id=""), name="box_by_fulfillment"),
            models.Index(fields=["order_id"], condition=~Q(order_id=""), name="box_by_order_id"),
            # Reader: guidance sent before a box ships.
            models.Index(fields=["ships_on"], condition=Q(status="planned"), name="box_planned_by_ship_date"),
            # Reader: the sweep that finds boxes which are late.
            models.Index(
                fields=["expected_on"],
                condition=Q(delivered_at=None) & ~Q(status="cancelled"),
                name="box_undelivered_by_date",
            ),
        ]

    def __str__(self) -> str:
        return f"Box {self.order_number or self.pk}"


class BoxEvent(models.Model):
    """One report about a box. Append-only, held by a trigger."""

    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="events")
    status = models.CharField(max_length=20, choices=BoxStatus)
    expected_on = models.DateField(null=True, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    data: Any = models.JSONField(default=dict, blank=True)
    source_key = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["box", "source_key"], condition=~Q(source_key=""), name="box_event_told_once"
            ),
            models.CheckConstraint(condition=Q(status__in=BoxStatus.values), name="box_event_status_known"),
        ]
        indexes = [models.Index(fields=["box", "-occurred_at"], name="box_event_newest")]

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.occurred_at:%Y-%m-%d}"
