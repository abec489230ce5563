"""Flows: versioned playbooks of steps. A run stays on the version that it began with."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.models import Store
from success.enums import FlowKind, StepKind, TouchCategory, Trigger, VersionStatus


def outreach_steps() -> list[str]:
    """The kinds of steps that a subscriber notices: what the held-out share is left alone with."""
    return [StepKind.MAIL, StepKind.ACTION, StepKind.WEBHOOK]


class Flow(models.Model):
    """A playbook. Recovery flows exclude each other by rank: the smaller one is the more urgent."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="flows")
    key = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=FlowKind)
    trigger = models.CharField(max_length=30, choices=Trigger, default=Trigger.BY_HAND, help_text="What starts it.")
    entry: Any = models.JSONField(
        default=list, blank=True, help_text="Conditions that must all hold when it starts, as a list."
    )
    exits: Any = models.JSONField(
        default=list, blank=True, help_text="What ends it early, as a list: paid, cancelled, replied, opted_out…"
    )
    segment: Any = models.JSONField(
        default=list, blank=True, help_text="Whom a flow by segment is for: conditions on fields, as a list."
    )
    segment_continues = models.BooleanField(
        "goes on by itself", default=False, help_text="Whoever comes into the segment later is enrolled too, every day."
    )
    reenter_after = models.DurationField(
        null=True,
        blank=True,
        help_text="How long after the last start it may start again for a person. Empty: outreach never again, "
        "recovery for every new fact.",
    )
    most_entries = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="At most so often for one person; empty: no limit."
    )
    rank = models.PositiveSmallIntegerField(default=100, help_text="Among recovery flows: smaller is more urgent.")
    category = models.CharField(
        max_length=20,
        choices=TouchCategory,
        default=TouchCategory.SUCCESS,
        help_text="What its mails count as.",
    )
    holdout_share = models.FloatField(default=0, help_text="From 0 to 1: left alone at random, to know its effect.")
    holdout_steps: Any = models.JSONField(
        default=outreach_steps,
        blank=True,
        help_text="Kinds of steps that the held-out share is left alone with. A step may say otherwise for itself.",
    )
    is_active = models.BooleanField(default=True)
    # How far the sweep that looks for planned boxes has come: by the day on which they ship, then by their number.
    looked_day = models.DateField(null=True, blank=True, editable=False)
    looked_box = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "key"], name="flow_key_unique_in_store"),
            models.CheckConstraint(
                condition=Q(holdout_share__gte=0, holdout_share__lt=1), name="flow_holdout_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FlowVersion(models.Model):
    """The steps of a flow as they were published."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=VersionStatus, default=VersionStatus.DRAFT)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    flow_settings: Any = models.JSONField(
        default=dict, blank=True, help_text="What the flow's own settings become when a draft is published."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "number"], name="flow_version_number_unique"),
            models.UniqueConstraint(
                fields=["flow"],
                condition=Q(status=VersionStatus.PUBLISHED),
                name="flow_one_published_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow} v{self.number}"


class FlowStep(models.Model):
    """One step. Steps follow each other by position; a branch names where to go on.

    `config` by kind is described and checked in success.flows.definitions.
    """

    version = models.ForeignKey(FlowVersion, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=60)
    kind = models.CharField(max_length=20, choices=StepKind)
    config: Any = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="flow_step_key_unique"),
            models.UniqueConstraint(fields=["version", "position"], name="flow_step_position_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.key}"
