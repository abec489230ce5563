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
from success.enums import (
    LIVE_ALERT,
    AlertEventKind,
    AlertOutcome,
    AlertPriority,
    AlertStatus,
    AssignBy,
    FactKind,
    HeldBecause,
    WakeWhen,
)
from success.ranking import rank
from tickets.models import Ticket

# The beginning of `about` of an alert on which a flood of one kind gathers.
CROWD = "crowd:"


class AlertRule(models.Model):
    """Which facts open an alert, how much they weigh, how soon somebody should act, and who.

    Of a kind's active rules the first by position whose conditions hold decides. A store that has a rule of its own
    for a kind, on or off, is asked by none of the shared ones.
    """

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: for stores without one."
    )
    kind = models.CharField(max_length=30, choices=FactKind)
    name = models.CharField(max_length=80, blank=True, help_text="Tells rules of one kind apart.")
    position = models.PositiveSmallIntegerField(default=100, help_text="The lowest is asked first.")
    # What must hold beside the kind, by name: success.rules.conditions reads it.
    conditions: Any = models.JSONField(default=dict, blank=True)
    weight = models.PositiveSmallIntegerField(default=30, help_text="Added to the alert's score.")
    due_within = models.DurationField(help_text="A first alert is due this long after the fact.")
    cool_down = models.DurationField(
        null=True,
        blank=True,
        help_text="For so long after an alert with such a reason was closed, another opens none for that subscriber.",
    )
    most_per_hour = models.PositiveIntegerField(
        null=True,
        blank=True,
        default=100,
        help_text="Opens at most so many alerts an hour; what is beyond gathers on one. Empty: no limit.",
    )
    assign = models.CharField(max_length=20, choices=AssignBy, default=AssignBy.NOBODY, help_text="Who gets it.")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "kind", "name"], nulls_distinct=False, name="alert_rule_one_per_name"
            ),
            models.CheckConstraint(
                condition=Q(assign=AssignBy.PERSON) | Q(assignee=None), name="alert_rule_assignee_only_if_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}" if self.name else self.get_kind_display()


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: Viewer) -> "AlertQuerySet":
        """The alerts of the person's stores; agents read them too, beside their tickets."""
        return self.filter(store__in=Store.objects.visible_to(user))

    def live(self) -> "AlertQuerySet":
        return self.filter(status__in=LIVE_ALERT)


class Alert(models.Model):
    """Asks a success manager to act: for one subscriber, or `about` what concerns many (a flood, a cause)."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="alerts")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, null=True, blank=True, related_name="alerts")
    about = models.CharField(
        max_length=100, blank=True, help_text="Where it is of no single subscriber: crowd:box_late, or a cause's key."
    )
    title = models.CharField(max_length=200, blank=True, help_text="Of an alert about something, in words.")
    people = models.PositiveIntegerField(default=1, help_text="How many subscribers its standing evidence is about.")
    rule = models.ForeignKey(
        AlertRule, on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts", help_text="That opened it."
    )
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
    # Wants an owner by its rule; whoever assigns (success.services.assignment) puts it out.
    to_assign = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True, blank=True)
    snooze_reason = models.CharField(max_length=200, blank=True)
    wakes_when = models.CharField(
        max_length=20, choices=WakeWhen, blank=True, help_text="Comes back at that already; empty: at its time alone."
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    rank = models.GeneratedField(expression=rank(), output_field=models.BigIntegerField(), db_persist=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two facts at once land on one alert: the second insert fails and joins the first.
            models.UniqueConstraint(
                fields=["subscriber"],
                condition=Q(status__in=LIVE_ALERT),
                name="alert_one_live_per_subscriber",
            ),
            models.UniqueConstraint(
                fields=["store", "about"],
                condition=Q(status__in=LIVE_ALERT) & ~Q(about=""),
                name="alert_one_live_about_it",
            ),
            models.CheckConstraint(
                condition=Q(subscriber__isnull=False, about="") | (Q(subscriber=None) & ~Q(about="")),
                name="alert_of_subscriber_or_about",
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
            models.CheckConstraint(
                condition=Q(wakes_when="") | Q(status=AlertStatus.SNOOZED), name="alert_wakes_when_only_if_snoozed"
            ),
        ]
        indexes = [
            # Readers: the alert queue, the most pressing first; the inbox, by due time; and the alerts of one owner.
            # Not by store: which ones a person sees is a subquery, and one walk in order serves them all.
            models.Index(fields=["rank", "id"], condition=Q(status__in=LIVE_ALERT), name="alert_by_rank"),
            models.Index(fields=["due_at", "id"], condition=Q(status__in=LIVE_ALERT), name="alert_by_due"),
            models.Index(fields=["owner", "due_at"], condition=Q(status__in=LIVE_ALERT), name="alert_queue_of_owner"),
            models.Index(fields=["store", "-opened_at"], name="alert_newest"),
            # Reader: the view of what was closed, the latest first.
            models.Index(fields=["-closed_at", "-id"], condition=Q(status="closed"), name="alert_closed"),
            # Reader: the panels of a subscriber, and their earlier alerts.
            models.Index(fields=["subscriber", "-opened_at"], name="alert_of_subscriber"),
            # Reader: the sweep that brings back what was snoozed.
            models.Index(fields=["snoozed_until"], condition=Q(status="snoozed"), name="alert_to_wake"),
            # Reader: the sweep that gives alerts to people.
            models.Index(
                fields=["store", "priority", "due_at"],
                condition=Q(to_assign=True, status__in=LIVE_ALERT),
                name="alert_to_assign",
            ),
            # Reader: how many a rule opened within the hour.
            models.Index(fields=["rule", "opened_at"], name="alert_of_rule_newest"),
            # Reader: the sweep that counts the people of alerts about many.
            models.Index(
                fields=["store"], condition=Q(subscriber=None, status__in=LIVE_ALERT), name="alert_about_many"
            ),
        ]

    def __str__(self) -> str:
        return f"Alert {self.pk} for {self.subscriber_id or self.about}"

    def get_absolute_url(self) -> str:
        return reverse("alert-detail", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_ALERT

    @property
    def name(self) -> str:
        """Whom or what it is about, for its heading."""
        if self.subscriber is not None:
            return str(self.subscriber)
        return f"{self.people:,} subscribers: {self.title.lower()}" if self.is_crowd else self.title

    @property
    def cause_id(self) -> int | None:
        """The cause that it is about, of one that is about a cause."""
        kind, _, number = self.about.partition(":")
        return int(number) if kind == "cause" and number.isdecimal() else None

    @property
    def is_crowd(self) -> bool:
        return self.about.startswith(CROWD)


class Evidence(models.Model):
    """One fact that speaks for an alert, unique by what it rests on, so that a repeat adds nothing."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="evidence")
    subscriber = models.ForeignKey(
        Subscriber,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="alert_evidence",
        help_text="Whom it happened to; empty for a cause.",
    )
    kind = models.CharField(max_length=30, choices=FactKind)
    source_key = models.CharField(max_length=100, help_text="The fact itself, such as ticket:1042.")
    weight = models.PositiveSmallIntegerField(default=0)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="alert_evidence")
    box = models.ForeignKey(Box, on_delete=models.SET_NULL, null=True, blank=True)
    data: Any = models.JSONField(default=dict, blank=True, help_text="The words or numbers that it rests on.")
    observed_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    retracted_at = models.DateTimeField(null=True, blank=True, help_text="When it stopped to speak for the alert.")
    settled = models.CharField(max_length=120, blank=True, help_text="How it came right; empty where it was none.")

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


class HeldFact(models.Model):
    """A fact that was heard and opened nothing, and why: so that no sweep asks about it again and again."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=30, choices=FactKind)
    source_key = models.CharField(max_length=100)
    why = models.CharField(max_length=20, choices=HeldBecause)
    observed_at = models.DateTimeField()
    held_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "source_key"], name="held_fact_once")]
        # Reader: the sweep that removes the old ones.
        indexes = [models.Index(fields=["held_at"], name="held_fact_oldest")]

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
