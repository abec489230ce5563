"""What somebody has begun to write on a ticket, kept until it is sent."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tickets.enums import Composing
from tickets.models.messages import Message
from tickets.models.tickets import Ticket


class Draft(models.Model):
    """One for each person, ticket and kind. Only its author sees and changes it; `revision` grows with every save."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=Composing)
    text = models.TextField(blank=True)
    cc = models.CharField(max_length=2000, blank=True, help_text="Addresses in copy, as they were typed.")
    copies: Any = models.JSONField(default=list, blank=True, help_text="Addresses of people who were ticked.")
    actions: Any = models.JSONField(default=list, blank=True, help_text="What is done when it is sent.")
    macros: Any = models.JSONField(default=list, blank=True, help_text="The macros that it was made with.")
    resumes = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # What another tab wrote and this text took the place of, the newest first: [{"text", "at"}].
    others: Any = models.JSONField(default=list, blank=True)
    revision = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "ticket", "kind"], name="draft_one_of_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=Composing.values), name="draft_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.author}"


def upload_path(upload: "DraftFile", name: str) -> str:
    """A place of its own: a file that is not sent is deleted with its row, and no other row refers to it."""
    return f"drafts/{upload.token}"


class DraftFile(models.Model):
    """A file that was uploaded for a draft. When the draft is sent, its content becomes an attachment's."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to=upload_path, max_length=200)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=255, default="application/octet-stream")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
