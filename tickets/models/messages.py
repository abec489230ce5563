"""What was said on a ticket, and the files that came with it."""

import uuid

from django.conf import settings
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left
from django.utils import timezone

from subscribers.models import Subscriber
from tickets.enums import Authentication, Author, Automatic, MessageKind, MessageState, TicketStatus
from tickets.models.tickets import Ticket

# Of a message's text, what search knows. PostgreSQL refuses a tsvector beyond 1 MB: no text of this length makes one.
SEARCHED_CHARACTERS = 50_000


class ComputedColumn(models.GeneratedField):
    """A column that the database computes for its own use: writing a row does not bring it back."""

    db_returning = False  # type: ignore[assignment]


class MessageManager(models.Manager["Message"]):
    def get_queryset(self) -> models.QuerySet["Message"]:
        return super().get_queryset().defer("search")


class Message(models.Model):
    """A public message or an internal note. The text is kept whole: quotes are folded in the view only."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=MessageKind, default=MessageKind.PUBLIC)
    author_kind = models.CharField(max_length=20, choices=Author)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    subscriber = models.ForeignKey(
        Subscriber,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Who wrote it, where a customer did.",
    )
    from_name = models.CharField(max_length=200, blank=True)
    from_address = models.CharField(max_length=320, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True, help_text="As sent; never shown unsanitised.")
    visible_text = models.TextField(blank=True, help_text="Without quotes and signature; empty: the whole text.")
    automatic = models.CharField(max_length=20, choices=Automatic, blank=True)
    authentication = models.CharField(
        max_length=10, choices=Authentication, default=Authentication.NONE, help_text="Of a mail's sender."
    )
    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.SAID)
    then = models.CharField(
        max_length=20, choices=TicketStatus, blank=True, help_text="What the ticket becomes once this answer has left."
    )
    rfc822_id = models.CharField(max_length=998, blank=True, help_text="Message-ID without angle brackets.")
    sent_at = models.DateTimeField(default=timezone.now, help_text="When its writer sent it, clamped to arrival.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    search = ComputedColumn(
        expression=SearchVector(Left("text", SEARCHED_CHARACTERS), config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = MessageManager()

    class Meta:
        constraints = [
            # Only colleagues and the system write notes: what a customer wrote is public by nature.
            models.CheckConstraint(
                condition=Q(kind=MessageKind.PUBLIC) | ~Q(author_kind=Author.SUBSCRIBER),
                name="message_note_not_by_customer",
            ),
            models.CheckConstraint(
                condition=Q(author_kind=Author.AGENT, author__isnull=False)
                | (~Q(author_kind=Author.AGENT) & Q(author=None)),
                name="message_author_iff_agent",
            ),
            models.CheckConstraint(
                condition=Q(state=MessageState.SAID)
                | Q(state__in=MessageState.values, kind=MessageKind.PUBLIC, author_kind=Author.AGENT),
                name="message_unsaid_only_answers",
            ),
            models.CheckConstraint(
                condition=Q(authentication__in=Authentication.values), name="message_authentication_known"
            ),
        ]
        indexes = [
            models.Index(fields=["ticket", "created_at", "id"], name="message_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_author_kind_display()} {self.sent_at:%Y-%m-%d %H:%M}"

    @property
    def is_note(self) -> bool:
        return self.kind == MessageKind.NOTE

    @property
    def may_be_forged(self) -> bool:
        """Our mail server found that its sender is not who the mail says."""
        return self.authentication == Authentication.FAIL


def attachment_path(attachment: "Attachment", name: str) -> str:
    """Where a file is kept: by its content, never by the name that a stranger gave it. What a transaction that failed
    left behind is found again by the next attempt."""
    return path_of(attachment.sha256)


def path_of(sha256: str) -> str:
    return f"attachments/{sha256[:2]}/{sha256}"


class Attachment(models.Model):
    """A file that came or went with a message; its address holds an unguessable token."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to=attachment_path, max_length=200)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=255, default="application/octet-stream")
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)
    # What its first bytes say, whatever its sender calls it; empty where a page offers it as a download only.
    picture_type = models.CharField(max_length=20, blank=True, help_text="Such as image/jpeg.")
    width = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels, of a picture.")
    height = models.PositiveIntegerField(null=True, blank=True, help_text="Pixels, of a picture.")

    def __str__(self) -> str:
        return self.name
