"""What was found in a store's own history, and when it is asked again."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.models import Store
from subscribers.models.stores import Viewer
from success.enums import StudyKind
from success.models.flows import Flow


class StudyQuerySet(models.QuerySet["Study"]):
    def visible_to(self, user: Viewer) -> "StudyQuerySet":
        return self.filter(store__in=Store.objects.visible_to(user))

    def newest(self) -> "StudyQuerySet":
        """The newest of each kind and flow."""
        return self.order_by("store", "kind", "flow", "-made_at", "-pk").distinct("store", "kind", "flow")


class Study(models.Model):
    """One estimate, as it was made: earlier ones stay, so that one sees how it became surer. Never changed.

    `found`: a dataclass of success.evidence.results as JSON; words are made of it when it is shown.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=StudyKind)
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, null=True, blank=True, related_name="studies")
    method = models.CharField(max_length=20, help_text="The version of the way it is estimated.")
    data_until = models.DateTimeField(help_text="Facts until then were read.")
    made_at = models.DateTimeField(default=timezone.now)
    found: Any = models.JSONField()

    objects = StudyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=StudyKind.SERVICE, flow=None) | Q(kind=StudyKind.FLOW, flow__isnull=False),
                name="study_of_flow_iff_flow",
            ),
        ]
        indexes = [
            # Readers: the pages and the API, which show the latest of each.
            models.Index(fields=["store", "kind", "flow", "-made_at", "-id"], name="study_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.data_until:%Y-%m-%d}"


class StudyPlan(models.Model):
    """When a store's history is read again: every night, sooner where somebody asks."""

    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="study_plan")
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Faults in a row; each puts it off.")
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            # Reader: the sweep that claims what is due, with SKIP LOCKED.
            models.Index(fields=["due_at"], name="study_plan_due"),
        ]

    def __str__(self) -> str:
        return f"{self.store}: {self.due_at:%Y-%m-%d %H:%M}"
