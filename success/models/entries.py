"""How people come into flows, and what makes their runs look up."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.models import Store, Subscriber
from success.enums import EnrolmentState, Trigger
from success.models.flows import Flow


class EntryRefusal(models.Model):
    """A moment that began nothing, and why: kept so that it is not asked again, and can be explained."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="refusals")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="entry_refusals")
    trigger_kind = models.CharField(max_length=30, choices=Trigger)
    trigger_key = models.CharField(max_length=100)
    reason = models.CharField(max_length=200)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "trigger_key"], name="entry_refused_once"),
        ]
        indexes = [models.Index(fields=["subscriber", "-occurred_at"], name="entry_refusal_newest")]

    def __str__(self) -> str:
        return f"{self.flow} {self.trigger_key}: {self.reason}"


class Enrolment(models.Model):
    """Everybody of a segment is brought into a flow, a chunk at a time; a killed worker's successor goes on."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="enrolments")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="enrolments")
    segment: Any = models.JSONField(default=list, blank=True, help_text="As it was when it was asked for.")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    state = models.CharField(max_length=10, choices=EnrolmentState, default=EnrolmentState.RUNNING)
    last_subscriber = models.BigIntegerField(default=0, help_text="Everybody up to this id was looked at.")
    entered = models.PositiveIntegerField(default=0)
    requested_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # One at a time: a second one would find the same people.
            models.UniqueConstraint(fields=["flow"], condition=Q(state="running"), name="enrolment_one_running"),
            models.CheckConstraint(
                condition=Q(state="done", finished_at__isnull=False) | (~Q(state="done") & Q(finished_at=None)),
                name="enrolment_finished_at_iff_done",
            ),
        ]
        # Reader: the sweep that asks when a continuing segment was looked at last.
        indexes = [models.Index(fields=["flow", "-requested_at"], name="enrolment_newest")]

    def __str__(self) -> str:
        return f"{self.flow}: {self.entered} enrolled"


class Nudge(models.Model):
    """Something happened to a subscriber who has live runs: they look whether it was for them. Gone once they did.

    Appended inside the transaction of the fact, whatever it holds: an insert waits for nobody, so no lock of a run is
    ever taken there.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Nudge {self.pk}"
