"""Which ticket is about which cancellation."""

from django.db import models
from django.utils import timezone

from subscribers.models import CancellationSession
from tickets.models.tickets import Ticket


class TicketCancellation(models.Model):
    """A session that a mail asked for, or that made a ticket necessary; at most one ticket a session."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="cancellations")
    session = models.OneToOneField(CancellationSession, on_delete=models.CASCADE, related_name="ticket_link")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.ticket.number} {self.session}"
