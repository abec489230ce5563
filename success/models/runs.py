"""Runs: one subscriber in one flow, step by step."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.models import Box, Store, Subscriber, Subscription
from subscribers.models.stores import Viewer
from success.enums import LIVE_RUN, OPEN_STEP, TAKEN_BACK, Arm, ExitReason, RunStatus, StepState, Trigger
from success.models.alerts import Alert
from success.models.flows import Flow, FlowStep, FlowVersion
from tickets.models import Ticket


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: Viewer) -> "RunQuerySet":
        return self.filter(store__in=Store.objects.visible_to(user))

    def live(self) -> "RunQuerySet":
        return self.filter(status__in=LIVE_RUN)


class Run(models.Model):
    """One subscriber's way through one version of a flow."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="runs")
    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="runs")
    version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="runs")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="runs")
    is_recovery = models.BooleanField(help_text="The flow's kind, here for the constraint.")
    arm = models.CharField(max_length=10, choices=Arm, default=Arm.TREATED)
    holdout_share = models.FloatField(
        default=0, help_text="The share that was held out when the arm was drawn; 0: it was not drawn."
    )
    status = models.CharField(max_length=20, choices=RunStatus, default=RunStatus.ACTIVE)
    exit_reason = models.CharField(max_length=20, choices=ExitReason, blank=True)
    outcome = models.CharField(max_length=60, blank=True, help_text="What its last step found, such as recovered.")
    trigger_kind = models.CharField(max_length=30, choices=Trigger, blank=True)
    trigger_key = models.CharField(max_length=100, help_text="The fact that began it, such as ticket:1042.")
    alert = models.ForeignKey(Alert, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs")
    ticket = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    box = models.ForeignKey(Box, on_delete=models.SET_NULL, null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="superseded"
    )
    started_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "flow"], condition=Q(status__in=LIVE_RUN), name="run_one_live_per_flow"
            ),
            models.UniqueConstraint(
                fields=["subscriber"],
                condition=Q(status__in=LIVE_RUN, is_recovery=True),
                name="run_one_live_recovery_per_subscriber",
            ),
            # A fact told again begins nothing anew, unless its run was taken back, or gave way to a more urgent one.
            models.UniqueConstraint(
                fields=["flow", "trigger_key"],
                condition=~Q(exit_reason__in=TAKEN_BACK),
                name="run_once_per_fact",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LIVE_RUN, ended_at=None) | (~Q(status__in=LIVE_RUN) & Q(ended_at__isnull=False)),
                name="run_ended_at_iff_ended",
            ),
            models.CheckConstraint(
                condition=(Q(status=RunStatus.EXITED) & ~Q(exit_reason=""))
                | (~Q(status=RunStatus.EXITED) & Q(exit_reason="")),
                name="run_exit_reason_iff_exited",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-started_at"], name="run_newest"),
            # Reader: entry, which looks for a person's earlier runs of a flow.
            models.Index(fields=["flow", "subscriber", "-started_at"], name="run_of_person_in_flow"),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE_RUN


class RunStep(models.Model):
    """One step of a run, waiting for its due time or done. At most one is open in a run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    step = models.ForeignKey(FlowStep, on_delete=models.PROTECT, related_name="run_steps")
    sequence = models.PositiveSmallIntegerField(help_text="Counted from 1 within the run.")
    state = models.CharField(max_length=10, choices=StepState, default=StepState.DUE)
    due_at = models.DateTimeField(null=True, blank=True)
    anchor_at = models.DateTimeField(
        null=True, blank=True, help_text="The date that a wait is counted from, as it stood when it was looked at last."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    result: Any = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "sequence"], name="run_step_sequence_unique"),
            models.UniqueConstraint(fields=["run"], condition=Q(state__in=OPEN_STEP), name="run_step_one_open_in_run"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_STEP, finished_at=None)
                | (~Q(state__in=OPEN_STEP) & Q(finished_at__isnull=False)),
                name="run_step_finished_at_iff_finished",
            ),
        ]
        indexes = [
            # Reader: the sweep that claims what is due, with SKIP LOCKED.
            models.Index(fields=["due_at", "id"], condition=Q(state__in=OPEN_STEP), name="run_step_due"),
            # Reader: the sweep that lets waits follow dates that moved.
            models.Index(
                fields=["id"], condition=Q(state="waiting", anchor_at__isnull=False), name="run_step_anchored"
            ),
            # Reader: the picture of a flow, which counts what became of each step of late.
            models.Index(
                fields=["step", "finished_at"],
                include=["state"],
                condition=Q(finished_at__isnull=False),
                name="run_step_of_picture",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}. {self.get_state_display()}"


class RunEvent(models.Model):
    """What happened to a run beyond its steps: started, superseded, noted facts, ended. Append-only."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=30)
    text = models.CharField(max_length=500)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    data: Any = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["run", "occurred_at", "id"], name="run_event_in_order")]

    def __str__(self) -> str:
        return self.text


class Task(models.Model):
    """Something that a flow asks a person to do; the run goes on when it is done."""

    run_step = models.OneToOneField(RunStep, on_delete=models.CASCADE, related_name="task")
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks")
    title = models.CharField(max_length=200)
    instructions = models.TextField(blank=True)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    result = models.CharField(max_length=60, blank=True, help_text="What was found, for the branch that follows.")

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None), name="task_open_by_due")]

    def __str__(self) -> str:
        return self.title
