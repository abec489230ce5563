"""Clocks: one SLA promise on one ticket, with a ledger that says why it is due when it is due."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from subscribers.models import Store
from tickets.enums import OPEN_CLOCK, ClockEventKind, ClockState, EscalationState, Metric, RecalculationState
from tickets.models.policies import SlaEscalation, SlaPolicy, SlaPolicyVersion
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
            # Reader: the sweep that derives missing alerts from broken promises.
            models.Index(fields=["breached_at"], condition=Q(breached_at__isnull=False), name="clock_breached"),
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


class ClockEscalation(models.Model):
    """One escalation of one clock: a row when its occasion comes, done by the sweep, with its outcome."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="escalations")
    escalation = models.ForeignKey(SlaEscalation, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=EscalationState, default=EscalationState.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "escalation"], name="clock_escalation_once"),
            models.CheckConstraint(
                condition=Q(state=EscalationState.DUE, settled_at=None)
                | (~Q(state=EscalationState.DUE) & Q(settled_at__isnull=False)),
                name="clock_escalation_settled_iff_not_due",
            ),
        ]
        indexes = [
            # Reader: the sweep that does what is due.
            models.Index(fields=["next_attempt_at"], condition=Q(state="due"), name="clock_escalation_due"),
        ]

    def __str__(self) -> str:
        return f"{self.escalation} ({self.get_state_display()})"


class Recalculation(models.Model):
    """Open clocks brought to what their policies promise now, because somebody asked for it, with its progress."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="recalculations")
    policies = models.ManyToManyField(SlaPolicy, blank=True, help_text="None: all of the store.")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=200, help_text="Shown in the ledger of every clock that changes.")
    state = models.CharField(max_length=10, choices=RecalculationState, default=RecalculationState.QUEUED)
    total = models.PositiveIntegerField(default=0, help_text="Open clocks to look at.")
    done = models.PositiveIntegerField(default=0, help_text="Open clocks looked at.")
    changed = models.PositiveIntegerField(default=0, help_text="Open clocks whose due time changed.")
    # The last ticket that is finished: whoever takes this up goes on behind it.
    cursor = models.PositiveBigIntegerField(default=0, editable=False)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("done", "failed"), finished_at__isnull=False)
                | (Q(state__in=("queued", "running")) & Q(finished_at=None)),
                name="recalculation_finished_iff_over",
            ),
        ]
        indexes = [
            # Reader: the sweep that takes up what is left.
            models.Index(fields=["id"], condition=Q(state__in=("queued", "running")), name="recalculation_to_do"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} ({self.get_state_display()})"

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None

    @property
    def per_cent(self) -> int:
        """How far it is, from 0 to 100. Clocks that were met meanwhile are not looked at any more."""
        if self.is_over:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0
