"""Clocks: one SLA promise on one ticket, with a ledger that says why it is due when it is due."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from tickets.enums import OPEN_CLOCK, ClockEventKind, ClockState, Metric
from tickets.models.policies import SlaPolicyVersion
from tickets.models.tickets import Ticket


class Clock(models.Model):
    """One (ticket, metric, cycle). Seconds are business seconds where `in_business_time`, else elapsed ones.

    Overdue is `due_at < now` to every view; the sweep only records and notifies.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    metric = models.CharField(max_length=20, choices=Metric)
    cycle = models.PositiveIntegerField(default=1, help_text="A reopened ticket starts its next one.")
    version = models.ForeignKey(SlaPolicyVersion, on_delete=models.PROTECT)
    target_seconds = models.PositiveIntegerField()
    in_business_time = models.BooleanField(default=True)
    state = models.CharField(max_length=20, choices=ClockState, default=ClockState.RUNNING)
    started_at = models.DateTimeField()
    consumed_seconds = models.FloatField(default=0, help_text="Used up before `running_since`.")
    running_since = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    warn_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True, help_text="The due time that passed, never later.")
    met_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "metric", "cycle"], name="clock_cycle_once"),
            models.UniqueConstraint(
                fields=["ticket", "metric"],
                condition=Q(state__in=OPEN_CLOCK),
                name="clock_one_open_per_metric",
            ),
            models.CheckConstraint(
                condition=Q(state=ClockState.RUNNING, running_since__isnull=False, due_at__isnull=False)
                | (~Q(state=ClockState.RUNNING) & Q(running_since=None)),
                name="clock_running_has_due",
            ),
            models.CheckConstraint(
                condition=~Q(state=ClockState.PAUSED) | Q(due_at=None), name="clock_paused_has_no_due"
            ),
            models.CheckConstraint(
                condition=Q(state=ClockState.MET, met_at__isnull=False) | (~Q(state=ClockState.MET) & Q(met_at=None)),
                name="clock_met_at_iff_met",
            ),
            models.CheckConstraint(
                condition=Q(state=ClockState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=ClockState.CANCELLED) & Q(cancelled_at=None)),
                name="clock_cancelled_at_iff_cancelled",
            ),
            models.CheckConstraint(condition=Q(consumed_seconds__gte=0), name="clock_consumed_not_negative"),
            models.CheckConstraint(
                condition=Q(met_at=None) | Q(met_at__gte=F("started_at")), name="clock_met_after_start"
            ),
        ]
        indexes = [
            # Readers: the sweep's two questions, each touching only what is due.
            models.Index(fields=["due_at"], condition=Q(state="running", breached_at=None), name="clock_to_breach"),
            models.Index(
                fields=["warn_at"],
                condition=Q(state="running", breached_at=None, warned_at=None),
                name="clock_to_warn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_metric_display()} {self.get_state_display()}"


class ClockEvent(models.Model):
    """One line of a clock's ledger. Append-only, held by a trigger."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=ClockEventKind)
    occurred_at = models.DateTimeField(help_text="When it took effect.")
    consumed_seconds = models.FloatField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, help_text="Due after it.")
    data: Any = models.JSONField(default=dict, blank=True, help_text="What caused it.")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            # Two sweeps at once, or one that died half-way, notify once.
            models.UniqueConstraint(
                fields=["clock", "kind"],
                condition=Q(kind__in=("start", "met", "breach", "cancel")),
                name="clock_event_once",
            ),
        ]
        indexes = [models.Index(fields=["clock", "occurred_at", "id"], name="clock_event_in_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d %H:%M}"
