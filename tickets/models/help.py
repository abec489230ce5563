"""Where messages of the help pages came from."""

from django.db import models
from django.utils import timezone

from tickets.models.tickets import Ticket


class HelpRequest(models.Model):
    """A message that a form of the help pages brought, for the limits on how many come from one place."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="help_request")
    asked_from = models.GenericIPAddressField(null=True, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Reader: the limit by place.
        indexes = [models.Index(fields=["asked_from", "asked_at"], name="help_request_by_place")]

    def __str__(self) -> str:
        return f"{self.ticket.number} {self.asked_at:%Y-%m-%d %H:%M}"
