"""Who hears of a ticket that is not theirs."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from tickets.models.tickets import Ticket


class Follower(models.Model):
    """A colleague who hears by mail what the customer writes on a ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="following")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="follower_once")]

    def __str__(self) -> str:
        return str(self.user)
