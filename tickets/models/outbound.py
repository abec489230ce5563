"""Mail on its way out: a row for each recipient, what became of it, and addresses that machines leave alone."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from subscribers.models import Store, Subscriber
from tickets.enums import (
    AnswerKind,
    OutboundEventKind,
    OutboundOutcome,
    OutboundState,
    RecipientRole,
    SuppressionKind,
)
from tickets.models.mail import Mailbox
from tickets.models.messages import Message
from tickets.models.queues import Queue
from tickets.models.tickets import Ticket


class OutboundMail(models.Model):
    """A mail to one recipient: written first, sent by the worker from here, with its attempts and outcome.

    It holds the whole mail as it leaves, so that outreach without a ticket goes the same way as a reply. The rows of
    one message share its Message-ID and show the same To and Cc; each is sent, tried again and fails for itself.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="outbound")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="outbound_mails")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="outbound_mails")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, null=True, blank=True)
    key = models.CharField(max_length=200, unique=True, help_text="Made once per intent: nothing goes out twice.")
    recipient = models.EmailField(max_length=320)
    role = models.CharField(max_length=5, choices=RecipientRole, default=RecipientRole.TO)
    to_header = models.TextField(blank=True, help_text="As every recipient sees it; empty: the recipient alone.")
    cc_header = models.TextField(blank=True)
    from_name = models.CharField(max_length=200, blank=True)
    reply_to = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=500)
    text = models.TextField()
    html = models.TextField(blank=True)
    rfc822_id = models.CharField("Message-ID", max_length=255, help_text="Without angle brackets.")
    headers: Any = models.JSONField(default=dict, blank=True, help_text="In-Reply-To, References, Auto-Submitted…")
    is_automatic = models.BooleanField(default=False, help_text="No person wrote it: it is held back where one may.")
    state = models.CharField(max_length=20, choices=OutboundState, default=OutboundState.QUEUED)
    not_before = models.DateTimeField(null=True, blank=True, help_text="While planned: when it leaves by itself.")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    # While `sending`: the lease. After it, the row is taken up again (at-least-once, see docs/decisions).
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_id = models.CharField(max_length=255, blank=True, help_text="What the mail service calls it.")
    outcome = models.CharField(max_length=20, choices=OutboundOutcome, blank=True, help_text="What was heard after.")
    outcome_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            # Its index also finds a mail by its Message-ID: bounces, tracking.
            models.UniqueConstraint("rfc822_id", Lower("recipient"), name="outbound_mail_once_a_recipient"),
            models.CheckConstraint(condition=Q(state__in=OutboundState.values), name="outbound_mail_state_known"),
            models.CheckConstraint(
                condition=Q(outcome="", outcome_at=None) | (~Q(outcome="") & Q(outcome_at__isnull=False)),
                name="outbound_mail_outcome_has_time",
            ),
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
            models.CheckConstraint(
                condition=~Q(state=OutboundState.PLANNED) | Q(not_before__isnull=False),
                name="outbound_mail_planned_has_time",
            ),
        ]
        indexes = [
            # Readers: the sweeps that send what is due, take up what a dead worker left, and let planned answers go.
            models.Index(fields=["next_attempt_at"], condition=Q(state="queued"), name="outbound_mail_due"),
            models.Index(fields=["claimed_until"], condition=Q(state="sending"), name="outbound_mail_claimed"),
            models.Index(fields=["not_before"], condition=Q(state="planned"), name="outbound_mail_planned"),
            # Reader: the mail page, for what was sent and what failed lately.
            models.Index(fields=["-created_at"], name="outbound_mail_newest"),
            # Reader: the mail page's lists of what failed and what was held back.
            models.Index(
                fields=["-created_at"],
                condition=Q(state__in=(OutboundState.FAILED, OutboundState.CANCELLED)),
                name="outbound_mail_not_sent",
            ),
            # Reader: what a mail service tells of a mail.
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="outbound_mail_by_provider"),
            # Reader: the cap on automatic mail to one address.
            models.Index(
                Lower("recipient"), "created_at", condition=Q(is_automatic=True), name="outbound_mail_automatic_to"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient}: {self.subject}"


class OutboundEvent(models.Model):
    """What happened to a mail that left: an attempt, an answer of a server, a mail service's word. Append-only."""

    outbound = models.ForeignKey(OutboundMail, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=OutboundEventKind)
    source = models.CharField(max_length=40, help_text="The worker, a bounce, or the mail service that told it.")
    event_id = models.CharField(max_length=255, blank=True, help_text="The mail service's: told again, it is one.")
    detail = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "event_id"], condition=~Q(event_id=""), name="outbound_event_told_once"
            ),
        ]
        indexes = [models.Index(fields=["outbound", "occurred_at", "id"], name="outbound_event_in_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d %H:%M}"


class Suppression(models.Model):
    """An address to which a store sends no automatic mail, until somebody says that mail works there again."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE)
    address = models.CharField(max_length=320, help_text="In lower case.")
    kind = models.CharField(max_length=20, choices=SuppressionKind)
    detail = models.TextField(blank=True, help_text="What the server said.")
    outbound = models.ForeignKey(OutboundMail, on_delete=models.SET_NULL, null=True, blank=True)
    since = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            # Two reports of one address at once make one row; its index is read before each automatic mail.
            models.UniqueConstraint(
                fields=["store", "address"], condition=Q(lifted_at=None), name="suppression_one_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.get_kind_display().lower()}"


class AutomaticAnswer(models.Model):
    """What a queue answers by itself, in one language."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="automatic_answers")
    kind = models.CharField(max_length=20, choices=AnswerKind, default=AnswerKind.ACKNOWLEDGEMENT)
    language = models.CharField(max_length=10, help_text="Such as en or pt-br; the customer’s, else the store’s.")
    subject = models.CharField(max_length=200, blank=True, help_text="Empty: an answer to the customer’s subject.")
    text = models.TextField(
        help_text="{{ name }}, {{ number }}, {{ subject }}, {{ store }}; in the one about files also {{ files }}."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "kind", "language"], name="automatic_answer_one_a_language"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language})"
