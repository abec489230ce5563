"""Subscriptions, their cycles, and the history of both."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from subscribers.enums import (
    ENDED_SUBSCRIPTION,
    PAID_CYCLE,
    Actor,
    CycleStatus,
    Interval,
    Provider,
    SubscriptionEventKind,
    SubscriptionStatus,
)
from subscribers.models.people import Subscriber
from subscribers.models.reasons import Reason
from subscribers.models.stores import Product, Store, Viewer


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, user: Viewer) -> "SubscriptionQuerySet":
        return self.filter(store__in=Store.objects.visible_to(user))

    def active(self) -> "SubscriptionQuerySet":
        return self.filter(status=SubscriptionStatus.ACTIVE)


class Subscription(models.Model):
    """A standing order with one provider. `revision` and `triggered_at` guard against stale events."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="subscriptions")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    provider = models.CharField(max_length=20, choices=Provider, default=Provider.BUILTIN)
    external_id = models.CharField(max_length=100)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True)
    status = models.CharField(max_length=20, choices=SubscriptionStatus, default=SubscriptionStatus.ACTIVE)
    price = models.DecimalField(max_digits=12, decimal_places=2, help_text="Per billing, of all that it delivers.")
    currency = models.CharField(max_length=3, help_text="ISO 4217, of its price, and of amounts that name no other.")
    quantity = models.PositiveIntegerField(default=1)
    lines: Any = models.JSONField(
        default=list, blank=True, help_text="Where it has several: id, product, title, quantity, price of each."
    )
    billing_interval = models.CharField(max_length=10, choices=Interval, default=Interval.MONTH)
    billing_interval_count = models.PositiveSmallIntegerField(default=1)
    delivery_interval = models.CharField(max_length=10, choices=Interval, default=Interval.MONTH)
    delivery_interval_count = models.PositiveSmallIntegerField(default=1)
    min_cycles = models.PositiveSmallIntegerField(null=True, blank=True)
    max_cycles = models.PositiveSmallIntegerField(null=True, blank=True)
    started_at = models.DateTimeField()
    next_billing_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    resumes_at = models.DateTimeField(null=True, blank=True, help_text="When a pause ends by itself.")
    cancels_at = models.DateTimeField(null=True, blank=True, help_text="When it ends, as was decided already.")
    ended_at = models.DateTimeField(null=True, blank=True)
    shipping_address: Any = models.JSONField(default=dict, blank=True)
    revision = models.BigIntegerField(default=0, help_text="The provider's; an older event changes nothing.")
    triggered_at = models.DateTimeField(null=True, blank=True, help_text="Of the newest event taken in.")
    reread_at = models.DateTimeField(null=True, blank=True, help_text="When its provider is to be asked about it.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "provider", "external_id"], name="subscription_external_id_unique"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="subscription_price_not_negative"),
            models.CheckConstraint(
                condition=Q(billing_interval_count__gte=1, delivery_interval_count__gte=1),
                name="subscription_interval_positive",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ENDED_SUBSCRIPTION, ended_at__isnull=False)
                | (~Q(status__in=ENDED_SUBSCRIPTION) & Q(ended_at=None)),
                name="subscription_ended_at_iff_ended",
            ),
            models.CheckConstraint(
                condition=Q(status__in=SubscriptionStatus.values, provider__in=Provider.values),
                name="subscription_status_known",
            ),
            models.CheckConstraint(
                condition=Q(billing_interval__in=Interval.values, delivery_interval__in=Interval.values),
                name="subscription_interval_known",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="subscription_currency_known"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="subscription_quantity_positive"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="subscription_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(next_billing_at=None, cancels_at=None),
                name="subscription_ended_is_not_billed",
            ),
            models.CheckConstraint(
                condition=Q(status=SubscriptionStatus.PAUSED) | Q(paused_at=None, resumes_at=None),
                name="subscription_pause_only_if_paused",
            ),
            models.CheckConstraint(
                condition=Q(resumes_at=None) | Q(paused_at__isnull=False, resumes_at__gt=F("paused_at")),
                name="subscription_resumes_after_pause",
            ),
            models.CheckConstraint(
                condition=Q(min_cycles=None) | Q(max_cycles=None) | Q(max_cycles__gte=F("min_cycles")),
                name="subscription_cycles_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["subscriber", "-started_at"], name="subscription_of_subscriber"),
            # Reader: the calendar of what is billed next.
            models.Index(fields=["next_billing_at"], condition=Q(status="active"), name="subscription_billed_next"),
            # Reader: the sweep that reads subscriptions at their providers.
            models.Index(fields=["reread_at"], condition=Q(reread_at__isnull=False), name="subscription_reread_due"),
        ]

    def __str__(self) -> str:
        return f"{self.product or 'Subscription'} {self.external_id}"


class Cycle(models.Model):
    """From one billing to the next, counted from 1: cycle 1 brings the first box."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="cycles")
    index = models.PositiveIntegerField()
    external_id = models.CharField(max_length=100, blank=True, help_text="The provider's charge or billing cycle.")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ends_told = models.BooleanField(
        default=True, help_text="The end was told; else it follows from how often it is billed."
    )
    billing_expected_at = models.DateTimeField()
    status = models.CharField(max_length=20, choices=CycleStatus, default=CycleStatus.SCHEDULED)
    billed_at = models.DateTimeField(null=True, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, help_text="Empty: the subscription's.")
    refunded = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    order_id = models.CharField("provider's order", max_length=100, blank=True)
    order_number = models.CharField(max_length=60, blank=True)
    skip_reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When its dates were told last.")

    class Meta:
        constraints = [
            # Checked at the end of a statement: a cycle that becomes known late renumbers the later ones in one.
            models.UniqueConstraint(
                fields=["subscription", "index"], name="cycle_index_unique", deferrable=models.Deferrable.IMMEDIATE
            ),
            models.UniqueConstraint(
                fields=["subscription", "external_id"],
                condition=~Q(external_id=""),
                name="cycle_external_id_unique",
            ),
            models.CheckConstraint(condition=Q(status__in=CycleStatus.values), name="cycle_status_known"),
            models.CheckConstraint(
                condition=(Q(amount=None) | Q(amount__gte=0)) & Q(refunded__gte=0), name="cycle_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(currency="") | Q(currency__regex=r"^[A-Z]{3}$"), name="cycle_currency_known"
            ),
            models.CheckConstraint(condition=Q(index__gte=1), name="cycle_index_from_one"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="cycle_ends_after_start"),
            models.CheckConstraint(
                condition=Q(status__in=PAID_CYCLE, billed_at__isnull=False)
                | (~Q(status__in=PAID_CYCLE) & Q(billed_at=None)),
                name="cycle_billed_at_iff_paid",
            ),
            models.CheckConstraint(
                condition=Q(skip_reason=None) | Q(status=CycleStatus.SKIPPED),
                name="cycle_reason_only_if_skipped",
            ),
        ]
        indexes = [
            # Reader: fulfilments, which know their order alone.
            models.Index(fields=["order_id"], condition=~Q(order_id=""), name="cycle_by_order"),
            # Reader: orders of a provider that tell the charge which they come from.
            models.Index(fields=["external_id"], condition=~Q(external_id=""), name="cycle_by_external_id"),
        ]

    def __str__(self) -> str:
        return f"Cycle {self.index}"


class SubscriptionEvent(models.Model):
    """What happened to a subscription or one of its cycles. Append-only, held by a trigger."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="events")
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, null=True, blank=True, related_name="events")
    kind = models.CharField(max_length=30, choices=SubscriptionEventKind)
    actor_kind = models.CharField(max_length=20, choices=Actor, default=Actor.SYSTEM)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, blank=True)
    data: Any = models.JSONField(default=dict, blank=True, help_text="From, to, amounts: what the kind needs.")
    occurred_at = models.DateTimeField()
    revision = models.BigIntegerField(null=True, blank=True, help_text="The provider's, where it numbers changes.")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    source_key = models.CharField(max_length=200, blank=True, help_text="The provider's event, if it has one.")

    class Meta:
        constraints = [
            # A webhook delivered twice is told once.
            models.UniqueConstraint(
                fields=["subscription", "kind", "source_key"],
                condition=~Q(source_key=""),
                name="subscription_event_told_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SubscriptionEventKind.values), name="subscription_event_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["subscription", "-occurred_at"], name="subscription_event_newest"),
            # Reader: the sweep that derives missing alerts from skips and payments that failed.
            models.Index(
                fields=["recorded_at"],
                condition=Q(kind__in=("skipped", "billing_failed")),
                name="subscription_event_to_hear",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d}"
