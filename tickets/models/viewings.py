"""Who is on a ticket's page."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tickets.enums import Composing
from tickets.models.tickets import Ticket


class Viewing(models.Model):
    """Somebody looks at a ticket, as their page says again and again; it counts until `due_at`."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="viewings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    writing = models.CharField(
        max_length=10, choices=Composing, blank=True, help_text="What they write; empty: nothing."
    )
    writing_until = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(help_text="When they are taken to be gone.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "user"], name="viewing_once_a_person"),
            models.CheckConstraint(
                condition=Q(writing="", writing_until=None) | (~Q(writing="") & Q(writing_until__isnull=False)),
                name="viewing_writing_until_iff_writing",
            ),
        ]
        indexes = [
            # Reader: the sweep that takes away who is gone.
            models.Index(fields=["due_at"], name="viewing_due"),
        ]

    def __str__(self) -> str:
        return str(self.user)
