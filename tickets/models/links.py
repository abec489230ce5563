"""What tickets are to each other: linked, merged."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from tickets.enums import LinkKind
from tickets.models.tickets import Ticket


class TicketLink(models.Model):
    """`ticket` is related to `other`, a duplicate of it, or caused by it. One link a pair, whichever way it reads."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_here")
    kind = models.CharField(max_length=10, choices=LinkKind, default=LinkKind.RELATED)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(Least("ticket", "other"), Greatest("ticket", "other"), name="ticket_link_once"),
            models.CheckConstraint(condition=~Q(ticket=F("other")), name="ticket_link_not_to_itself"),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="ticket_link_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.get_kind_display()} {self.other_id}"


class TicketMerge(models.Model):
    """One ticket made a part of another, with what is needed to take it back."""

    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges")
    target = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="merges_here")
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    merged_at = models.DateTimeField(default=timezone.now)
    moved: Any = models.JSONField(default=dict, blank=True, help_text="Ids of the rows that went over, by kind.")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(undone_at=None), name="ticket_merge_one_standing"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="ticket_merge_not_into_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"


class BlockedSender(models.Model):
    """An address whose mail is spam to a store from now on: kept, answered by nobody, shown in the list of spam."""

    store = models.ForeignKey("subscribers.Store", on_delete=models.CASCADE, related_name="blocked_senders")
    address = models.CharField(max_length=320, help_text="In lower case.")
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    blocked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "address"], name="blocked_sender_once")]

    def __str__(self) -> str:
        return self.address
