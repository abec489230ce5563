"""Who was named in a note."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tickets.models.messages import Message
from tickets.models.tickets import Ticket


class Mention(models.Model):
    """A colleague who was named in a note with @; `seen_at`: when they had the ticket's page open next."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="mention_once_a_message")]
        indexes = [
            # Reader: the list of tickets on which one was mentioned.
            models.Index(fields=["user", "ticket"], name="mention_of_user"),
            # Readers: how many are unseen; what a page marks as seen.
            models.Index(fields=["user", "ticket"], condition=Q(seen_at=None), name="mention_unseen"),
        ]

    def __str__(self) -> str:
        return f"@{self.user}"
