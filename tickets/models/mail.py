"""Mail on its way in and out. A row exists before anything is understood or sent."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from subscribers.models import Store, Subscriber
from tickets.enums import InboundState, OutboundState
from tickets.models.messages import Message
from tickets.models.queues import Queue


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


class ThreadReference(models.Model):
    """A Message-ID that a message carries or refers to: a reply to any of them joins its ticket."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="references")
    store = models.ForeignKey(Store, on_delete=models.CASCADE)
    reference = models.CharField(max_length=998)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "reference"], name="thread_reference_once"),
        ]
        indexes = [models.Index(fields=["store", "reference"], name="thread_reference_lookup")]

    def __str__(self) -> str:
        return self.reference


class OutboundMail(models.Model):
    """A mail to one recipient: written first, sent by the worker from here, with its attempts and outcome.

    It holds the whole mail as it leaves, so that outreach without a ticket goes the same way as a reply.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="outbound")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="outbound_mails")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, null=True, blank=True)
    key = models.CharField(max_length=200, unique=True, help_text="Made once per intent: nothing goes out twice.")
    recipient = models.EmailField(max_length=320)
    from_name = models.CharField(max_length=200, blank=True)
    reply_to = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=500)
    text = models.TextField()
    html = models.TextField(blank=True)
    rfc822_id = models.CharField("Message-ID", max_length=255, unique=True, help_text="Without angle brackets.")
    headers: Any = models.JSONField(default=dict, blank=True, help_text="In-Reply-To, References, Auto-Submitted…")
    state = models.CharField(max_length=20, choices=OutboundState, default=OutboundState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    # While `sending`: the lease. After it, the row is taken up again (at-least-once, see docs/decisions).
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=OutboundState.SENT, sent_at__isnull=False)
                | (~Q(state=OutboundState.SENT) & Q(sent_at=None)),
                name="outbound_mail_sent_at_iff_sent",
            ),
            models.CheckConstraint(
                condition=Q(state=OutboundState.SENDING, claimed_until__isnull=False)
                | (~Q(state=OutboundState.SENDING) & Q(claimed_until=None)),
                name="outbound_mail_claimed_iff_sending",
            ),
        ]
        indexes = [
            # Readers: the sweeps that send what is due, and take up what a dead worker left.
            models.Index(fields=["next_attempt_at"], condition=Q(state="queued"), name="outbound_mail_due"),
            models.Index(fields=["claimed_until"], condition=Q(state="sending"), name="outbound_mail_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"
