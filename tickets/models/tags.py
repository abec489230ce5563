"""Words that agents put on tickets."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from subscribers.models import Store
from tickets.models.tickets import Ticket


class Tag(models.Model):
    """A word that a store's tickets may carry; made by whoever uses it first."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "store", Lower("name"), name="tag_once", violation_error_message="There is such a tag already."
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TicketTag(models.Model):
    """One tag on one ticket. `added_by` is empty where a machine put it there."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="ticket_tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="ticket_tags", db_index=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "tag"], name="ticket_tag_once")]
        # Reader: lists by tag, the newest first.
        indexes = [models.Index(fields=["tag", "-ticket"], name="ticket_by_tag")]

    def __str__(self) -> str:
        return str(self.tag)
