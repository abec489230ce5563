"""How flows came to be as they are, and what they would have done."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from success.enums import DryRunState, FlowEventKind
from success.models.flows import Flow, FlowVersion


class FlowEvent(models.Model):
    """What somebody did to a flow. Append-only, held by a trigger."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=FlowEventKind)
    text = models.CharField(max_length=500, blank=True)
    version_number = models.PositiveIntegerField(null=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["flow", "-occurred_at", "-id"], name="flow_event_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}".strip()


class DryRun(models.Model):
    """What a version would have done with the facts of past days. Nothing else is written by it.

    `result`: as success.flows.dry_run.Tally keeps it, also half-way.
    """

    version = models.ForeignKey(FlowVersion, on_delete=models.CASCADE, related_name="dry_runs")
    days = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=DryRunState, default=DryRunState.QUEUED)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    result: Any = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("done", "failed"), finished_at__isnull=False)
                | (~Q(state__in=("done", "failed")) & Q(finished_at=None)),
                name="dry_run_finished_at_iff_over",
            ),
        ]
        # Reader: the sweep that takes up what a dead worker left.
        indexes = [models.Index(fields=["id"], condition=Q(finished_at=None), name="dry_run_open")]

    def __str__(self) -> str:
        return f"{self.version}, {self.days} days"

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None
