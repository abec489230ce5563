"""The same done to many tickets, as rows: how far it is, what became of each, and how it is taken back."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tickets.enums import BulkOutcome, BulkState
from tickets.models.tickets import Ticket


class BulkJob(models.Model):
    """Actions (as in tickets.actions) on a fixed selection of tickets, or one answer to them (tickets.bulk.answering).

    An undo is a job that names what it undoes.
    """

    REPLY = "reply"

    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bulk_jobs")
    key = models.CharField(max_length=64, unique=True, help_text="Of the request: sent twice, it is one job.")
    actions: Any = models.JSONField(default=list, blank=True)
    undoes = models.OneToOneField("self", on_delete=models.CASCADE, null=True, blank=True, related_name="undone_by")
    state = models.CharField(max_length=10, choices=BulkState, default=BulkState.QUEUED)
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=BulkState.DONE, finished_at__isnull=False)
                | (Q(state__in=(BulkState.QUEUED, BulkState.RUNNING)) & Q(finished_at=None)),
                name="bulk_job_finished_iff_done",
            ),
        ]
        indexes = [
            # Reader: the sweep that takes up what is left.
            models.Index(fields=["id"], condition=~Q(state="done"), name="bulk_job_to_do"),
        ]

    def __str__(self) -> str:
        return f"{self.total} · {self.get_state_display()}"

    @property
    def is_answer(self) -> bool:
        """Whether it answers tickets, rather than changes them."""
        return [action["kind"] for action in self.actions] == [self.REPLY]


class BulkItem(models.Model):
    """One ticket of a job: what became of it, and what would take it back."""

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="items", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=10, choices=BulkOutcome, default=BulkOutcome.WAITING)
    why = models.CharField(max_length=500, blank=True, help_text="Why it was refused, failed or was left alone.")
    inverse: Any = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "ticket"], name="bulk_item_once")]
        indexes = [
            # Reader: the worker, chunk by chunk.
            models.Index(fields=["job", "id"], condition=Q(outcome="waiting"), name="bulk_item_waiting"),
            # Readers: the progress, and the list of what was refused.
            models.Index(fields=["job", "outcome", "id"], name="bulk_item_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.get_outcome_display()}"
