"""Mail on its way in. A row exists before anything is understood."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from subscribers.enums import Role
from subscribers.models import Membership, Store
from subscribers.models.stores import Viewer
from tickets.enums import InboundState
from tickets.models.messages import Message
from tickets.models.queues import Queue


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def led_by(self, user: Viewer) -> "MailboxQuerySet":
        """Those whose mail this person answers for: leads and administrators of the store, a superuser for all."""
        if getattr(user, "is_superuser", False):
            return self
        if not user.is_authenticated:
            return self.none()
        leading = Membership.objects.filter(user_id=user.pk, role__in=(Role.LEAD, Role.ADMIN))
        return self.filter(store__in=leading.values("store"))


class Mailbox(models.Model):
    """An address of ours: what arrives for it goes to its queue, what leaves for its tickets is from it."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="mailboxes")
    address = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, help_text="Shown as the sender.")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    authserv_ids = models.CharField(
        "trusted receivers",
        max_length=500,
        blank=True,
        help_text="Names, separated by commas, under which the servers that receive this address's mail write "
        "Authentication-Results. Empty: those of the setting MAIL_AUTHSERV_IDS.",
    )
    signature = models.TextField(
        blank=True,
        help_text="Below every answer. {{ agent }}: the person’s own signature, else their name. {{ store }}.",
    )
    quotes_history = models.BooleanField(
        "quote the customer", default=False, help_text="Answers carry the message that they answer."
    )

    objects = MailboxQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("address"), name="mailbox_address_unique")]
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.address


class InboundMailQuerySet(models.QuerySet["InboundMail"]):
    def due(self) -> "InboundMailQuerySet":
        return self.filter(state=InboundState.STORED, next_attempt_at__lte=timezone.now())


class InboundMailManager(models.Manager.from_queryset(InboundMailQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> InboundMailQuerySet:
        # A raw mail may be 40 MB: it is read only where it is asked for.
        return super().get_queryset().defer("raw")


class InboundMail(models.Model):
    """A mail as it arrived, stored before it is read.

    `source_key` makes a second delivery harmless: `imap:UIDVALIDITY:UID` where there is one, else the
    SHA-256 of envelope recipient and content.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="inbound")
    source = models.CharField(max_length=20, help_text="smtp, file, imap, webhook.")
    source_key = models.CharField(max_length=200)
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to: Any = models.JSONField(default=list, blank=True)
    raw = models.BinaryField()
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=20, choices=InboundState, default=InboundState.STORED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    subject = models.CharField(max_length=500, blank=True, help_text="For finding it again; as far as it was read.")
    rfc822_id = models.CharField("Message-ID", max_length=998, blank=True)
    fingerprint = models.CharField(
        max_length=64, blank=True, help_text="What tells a copy of a mail from another one with the same Message-ID."
    )
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="inbound_mail"
    )

    objects = InboundMailManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "source_key"], name="inbound_mail_stored_once"),
            models.CheckConstraint(condition=Q(state__in=InboundState.values), name="inbound_mail_state_known"),
        ]
        indexes = [
            # Reader: the sweep that understands what was stored.
            models.Index(fields=["next_attempt_at"], condition=Q(state="stored"), name="inbound_mail_due"),
            # Reader: the list of what could not be read.
            models.Index(fields=["-received_at"], condition=Q(state="quarantined"), name="inbound_quarantined"),
            models.Index(fields=["-received_at"], name="inbound_mail_newest"),
            # Reader: the check for a second copy.
            models.Index(fields=["mailbox", "rfc822_id"], name="inbound_mail_by_message_id"),
        ]

    def __str__(self) -> str:
        return self.subject or f"Mail {self.pk}"

    @property
    def has_null_sender(self) -> bool:
        """Its envelope names no sender, as those of reports do. Only by SMTP and LMTP does none mean that."""
        return self.source == "smtp" and not self.envelope_from


class ThreadReference(models.Model):
    """A Message-ID that a message carries or refers to: a reply to any of them joins its ticket."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="references")
    store = models.ForeignKey(Store, on_delete=models.CASCADE)
    reference = models.CharField(max_length=998)
    is_own = models.BooleanField(default=False, help_text="The message bears this id itself.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "reference"], name="thread_reference_once"),
        ]
        indexes = [
            # Reader: the search for a mail's ticket, which looks at a few messages of a reference, its bearer first.
            models.Index(fields=["store", "reference", "is_own", "id"], name="thread_reference_lookup")
        ]

    def __str__(self) -> str:
        return self.reference
