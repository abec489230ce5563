"""Alerts: one per subscriber while it is open, with every fact that speaks for it as evidence."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from subscribers.enums import Actor
from subscribers.models import Box, Store, Subscriber
from subscribers.models.stores import Viewer
from success.enums import LIVE_ALERT, AlertEventKind, AlertOutcome, AlertPriority, AlertStatus, FactKind
from tickets.models import Ticket


class AlertRule(models.Model):
    """Which facts open an alert, how much they weigh, and how soon somebody should act."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: for stores without one."
    )
    kind = models.CharField(max_length=30, choices=FactKind)
    weight = models.PositiveSmallIntegerField(default=30, help_text="Added to the alert's score.")
    due_within = models.DurationField(help_text="A first alert is due this long after the fact.")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "kind"], nulls_distinct=False, name="alert_rule_one_per_kind")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: Viewer) -> "AlertQuerySet":
        """The alerts of the person's stores; agents read them too, beside their tickets."""
        return self.filter(store__in=Store.objects.visible_to(user))

    def live(self) -> "AlertQuerySet":
        return self.filter(status__in=LIVE_ALERT)


class Alert(models.Model):
    """Asks a success manager to act for one subscriber."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="alerts")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="alerts")
    status = models.CharField(max_length=20, choices=AlertStatus, default=AlertStatus.OPEN)
    outcome = models.CharField(max_length=20, choices=AlertOutcome, blank=True)
    priority = models.PositiveSmallIntegerField(choices=AlertPriority, default=AlertPriority.NORMAL)
    score = models.PositiveSmallIntegerField(default=0, help_text="The sum of its standing evidence's weights.")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    value_at_risk = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        default=0,
        help_text="A year of the active subscriptions, in their currency.",
    )
    opened_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snooze_reason = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two facts at once land on one alert: the second insert fails and joins the first.
            models.UniqueConstraint(
                fields=["subscriber"],
                condition=Q(status__in=LIVE_ALERT),
                name="alert_one_live_per_subscriber",
            ),
            models.CheckConstraint(
                condition=(Q(status=AlertStatus.CLOSED, closed_at__isnull=False) & ~Q(outcome=""))
                | (~Q(status=AlertStatus.CLOSED) & Q(closed_at=None, outcome="")),
                name="alert_outcome_iff_closed",
            ),
            models.CheckConstraint(
                condition=Q(status=AlertStatus.SNOOZED, snoozed_until__isnull=False)
                | (~Q(status=AlertStatus.SNOOZED) & Q(snoozed_until=None)),
                name="alert_snoozed_until_iff_snoozed",
            ),
        ]
        indexes = [
            # Readers: the alert queue, the most pressing first; and the alerts of one owner.
            models.Index(
                fields=["store", "priority", "due_at", "id"],
                condition=Q(status__in=LIVE_ALERT),
                name="alert_queue",
            ),
            models.Index(fields=["owner", "due_at"], condition=Q(status__in=LIVE_ALERT), name="alert_queue_of_owner"),
            models.Index(fields=["store", "-opened_at"], name="alert_newest"),
            # Reader: the sweep that brings back what was snoozed.
            models.Index(fields=["snoozed_until"], condition=Q(status="snoozed"), name="alert_to_wake"),
        ]

    def __str__(self) -> str:
        return f"Alert {self.pk} for {self.subscriber_id}"

    def get_absolute_url(self) -> str:
        return reverse("alert-detail", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_ALERT


class Evidence(models.Model):
    """One fact that speaks for an alert, unique by what it rests on, so that a repeat adds nothing."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=30, choices=FactKind)
    source_key = models.CharField(max_length=100, help_text="The fact itself, such as ticket:1042.")
    weight = models.PositiveSmallIntegerField(default=0)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="alert_evidence")
    box = models.ForeignKey(Box, on_delete=models.SET_NULL, null=True, blank=True)
    data: Any = models.JSONField(default=dict, blank=True, help_text="The words or numbers that it rests on.")
    observed_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    retracted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Over open and closed alerts alike: a fact told again after its alert was closed opens nothing.
            models.UniqueConstraint(
                fields=["kind", "source_key"], condition=Q(retracted_at=None), name="evidence_fact_once"
            ),
        ]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source_key}"


class AlertEvent(models.Model):
    """One change of an alert. Append-only, held by a trigger."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=30, choices=AlertEventKind)
    actor_kind = models.CharField(max_length=20, choices=Actor)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    from_value = models.CharField(max_length=200, blank=True)
    to_value = models.CharField(max_length=200, blank=True)
    data: Any = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["alert", "occurred_at", "id"], name="alert_event_in_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d %H:%M}"
