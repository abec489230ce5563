"""What is promised: business calendars and versioned SLA policies."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.models import Store
from tickets.enums import EscalationAction, EscalationOccasion, ExceptionSource, Metric, Priority, Weekday
from tickets.models.queues import Queue

CLOCK_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"
clock_time = RegexValidator(CLOCK_TIME, "A time like 09:00; 24:00 is the end of the day.")


class BusinessCalendar(models.Model):
    """When a team works, in its own time zone."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="calendars")
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    holidays_country = models.CharField(
        max_length=2, blank=True, help_text="Closed on this country's public holidays (ISO 3166)."
    )
    holidays_region = models.CharField(max_length=10, blank=True, help_text="ISO 3166-2, without the country.")
    feed_url = models.URLField(
        "feed of closed days",
        max_length=500,
        blank=True,
        help_text="An iCal address, read once a day: its all-day events are closed. Dates by hand are stronger.",
    )
    feed_checked_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Last asked.")
    feed_read_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Last read without a fault.")
    feed_error = models.TextField(
        blank=True, editable=False, help_text="Why the feed could not be read; empty: it was."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "name"], name="calendar_name_unique_in_store")]

    def __str__(self) -> str:
        return self.name


class OpeningHours(models.Model):
    """One interval of one weekday; a close at or before the opening ends on the next day."""

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.CharField(max_length=5, validators=[clock_time])
    closes = models.CharField(max_length=5, validators=[clock_time])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "weekday", "opens"], name="opening_hours_once"),
            models.CheckConstraint(
                condition=Q(opens__regex=CLOCK_TIME, closes__regex=CLOCK_TIME), name="opening_hours_are_times"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_weekday"),
        ]
        verbose_name_plural = "opening hours"

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens}–{self.closes}"


class CalendarException(models.Model):
    """A date that is closed (no times) or has special hours (several rows for several intervals)."""

    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.CASCADE, related_name="exceptions")
    date = models.DateField()
    label = models.CharField(max_length=120, blank=True)
    opens = models.CharField(max_length=5, blank=True, validators=[clock_time])
    closes = models.CharField(max_length=5, blank=True, validators=[clock_time])
    source = models.CharField(
        max_length=10,
        choices=ExceptionSource,
        default=ExceptionSource.HAND,
        editable=False,
        help_text="A refresh replaces what came from the same source, and nothing else.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "date", "opens"], name="calendar_exception_once"),
            models.CheckConstraint(
                condition=Q(opens="", closes="") | Q(opens__regex=CLOCK_TIME, closes__regex=CLOCK_TIME),
                name="calendar_exception_closed_or_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.label}"


class SlaPolicy(models.Model):
    """A promise to the tickets that match; the first match by position wins. Versions hold its content."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="sla_policies")
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: any queue.")
    conditions: Any = models.JSONField(
        default=dict, blank=True, help_text='Further conditions, such as {"cycle": 1}; empty: none.'
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "name"], name="sla_policy_name_unique")]
        indexes = [models.Index(fields=["store", "position"], name="sla_policy_in_order")]
        verbose_name = "SLA policy"
        verbose_name_plural = "SLA policies"

    def __str__(self) -> str:
        return self.name


class SlaPolicyVersion(models.Model):
    """What a policy promised from a time on. Clocks keep the version that they were started under.

    The calendar is kept as it was when this was published: clocks count by what was promised, whatever becomes of
    the calendar's rows. It warns at a share of the target or an interval before the due time, never both.
    """

    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.PROTECT)
    calendar_form: Any = models.JSONField(
        default=dict, editable=False, help_text="The calendar as published (tickets.sla.business_time reads it)."
    )
    warn_at_share = models.FloatField(
        default=0.75, null=True, blank=True, help_text="Warn when this share of the target is used up."
    )
    warn_before_seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="Warn so long before the due time, counted as the clock counts."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="sla_version_number_unique"),
            models.CheckConstraint(
                condition=Q(warn_at_share__gt=0, warn_at_share__lt=1, warn_before_seconds=None)
                | Q(warn_at_share=None, warn_before_seconds__gt=0),
                name="sla_version_warns_one_way",
            ),
        ]
        verbose_name = "SLA policy version"

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class SlaTarget(models.Model):
    """Seconds promised for one metric and priority (empty: the others), in business or calendar time."""

    version = models.ForeignKey(SlaPolicyVersion, on_delete=models.CASCADE, related_name="targets")
    metric = models.CharField(max_length=20, choices=Metric)
    priority = models.PositiveSmallIntegerField(choices=Priority, null=True, blank=True)
    seconds = models.PositiveIntegerField()
    in_business_time = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "metric", "priority"], nulls_distinct=False, name="sla_target_once"
            ),
            models.CheckConstraint(condition=Q(seconds__gt=0), name="sla_target_positive"),
        ]
        verbose_name = "SLA target"

    def __str__(self) -> str:
        return f"{self.get_metric_display()} {self.seconds / 3600:g} h"


class SlaEscalation(models.Model):
    """What is done when a clock of this version warns or breaches."""

    version = models.ForeignKey(SlaPolicyVersion, on_delete=models.CASCADE, related_name="escalations")
    metric = models.CharField(max_length=20, choices=Metric, blank=True, help_text="Empty: any.")
    occasion = models.CharField(max_length=10, choices=EscalationOccasion)
    action = models.CharField(max_length=20, choices=EscalationAction)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    priority = models.PositiveSmallIntegerField(
        choices=Priority, null=True, blank=True, help_text="Raised to at least this one."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "metric", "occasion", "action"], name="sla_escalation_once"),
            models.CheckConstraint(
                condition=Q(action=EscalationAction.NOTIFY, assignee=None, priority=None)
                | Q(action=EscalationAction.ASSIGN, assignee__isnull=False, priority=None)
                | Q(action=EscalationAction.RAISE_PRIORITY, assignee=None, priority__isnull=False),
                name="sla_escalation_has_what_it_needs",
            ),
        ]
        verbose_name = "SLA escalation"

    def __str__(self) -> str:
        return f"{self.get_occasion_display()}: {self.get_action_display()}"
