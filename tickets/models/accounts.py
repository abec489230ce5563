"""The ways in of a mailbox that have to be set up: where its mail is fetched, or who delivers it."""

import hashlib
import secrets

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from subscribers.encryption import EncryptedTextField
from tickets.enums import AccountKind, BeginAt, MailSecurity, MailService
from tickets.models.mail import Mailbox


class MailAccountQuerySet(models.QuerySet["MailAccount"]):
    def fetched(self) -> "MailAccountQuerySet":
        """Those whose mail we fetch, as long as somebody takes it."""
        return self.filter(kind=AccountKind.IMAP, is_active=True, mailbox__is_active=True)

    def free(self) -> "MailAccountQuerySet":
        """Of them, those that nobody is asking."""
        return self.fetched().filter(Q(claimed_until=None) | Q(claimed_until__lt=timezone.now()))

    def due(self) -> "MailAccountQuerySet":
        """Of them, those to be asked now."""
        return self.free().filter(next_attempt_at__lte=timezone.now())


class MailAccount(models.Model):
    """A folder of an IMAP server that is read, or a mail service that calls us.

    The place in the folder is (`uid_validity`, `last_uid`): flags and dates say nothing about what we have. Whoever
    fetches holds the lease (`claimed_by`, `claimed_until`) and renews it.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="accounts")
    kind = models.CharField(max_length=20, choices=AccountKind)
    is_active = models.BooleanField("active", default=True)

    host = models.CharField("server", max_length=253, blank=True, help_text="Such as imap.example.com.")
    port = models.PositiveIntegerField(default=993)
    security = models.CharField("encryption", max_length=20, choices=MailSecurity, default=MailSecurity.TLS)
    username = models.CharField("log-in", max_length=254, blank=True, help_text="Often the address itself.")
    password = EncryptedTextField(
        blank=True, help_text="With Gmail and others that ask for a second factor: an app password."
    )
    folder = models.CharField(max_length=200, default="INBOX", blank=True)
    begin = models.CharField(
        max_length=10,
        choices=BeginAt,
        default=BeginAt.NOW,
        help_text=(
            "From now on: what lies in the folder at the first connection stays as it is, and gets no ticket. "
            "Everything: each old mail opens a ticket, and its writer may be sent an acknowledgement."
        ),
    )
    certificate = models.TextField(
        "trusted certificate",
        blank=True,
        help_text="Only for a server whose certificate no public authority signed: the PEM of its own, or of who did.",
    )

    # What we know of the folder. UIDVALIDITY and UIDs are 32 bits, unsigned.
    uid_validity = models.PositiveBigIntegerField(null=True, editable=False)
    first_uid = models.PositiveBigIntegerField(default=1, editable=False, help_text="Before it, mails are not ours.")
    last_uid = models.PositiveBigIntegerField(default=0, editable=False, help_text="Up to it, mails were taken.")
    since_date = models.DateField(
        null=True, editable=False, help_text="After UIDVALIDITY changed: older mails lay there before we began."
    )
    began_at = models.DateTimeField(null=True, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False, help_text="When server and store were compared.")
    server_count = models.PositiveIntegerField(default=0, editable=False, help_text="Mails there that are ours.")
    stored_count = models.PositiveIntegerField(default=0, editable=False, help_text="Of them, mails that we have.")
    has_idle = models.BooleanField(null=True, editable=False, help_text="Whether the server says when mail comes.")

    service = models.CharField(max_length=20, choices=MailService, blank=True)
    token = EncryptedTextField(blank=True, editable=False, help_text="The secret part of the address.")
    token_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    signing_key = EncryptedTextField(
        blank=True, help_text="With which the service signs what it sends, where it signs."
    )
    events_key = EncryptedTextField(
        "signing key of events", blank=True, help_text="Where events are signed with another key than mails."
    )
    api_key = EncryptedTextField("API key", blank=True, help_text="Brevo: attachments are fetched with it.")

    # What became of it lately.
    last_success_at = models.DateTimeField(null=True, editable=False)
    last_mail_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="In a row.")
    last_error = models.TextField(blank=True, editable=False)
    next_attempt_at = models.DateTimeField(default=timezone.now, editable=False)
    claimed_by = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MailAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("host"),
                F("username"),
                F("folder"),
                condition=Q(kind=AccountKind.IMAP),
                name="mail_account_folder_once",
            ),
            models.CheckConstraint(
                condition=(Q(kind=AccountKind.IMAP) & ~Q(host="") & ~Q(folder=""))
                | (Q(kind=AccountKind.WEBHOOK, token_hash__isnull=False) & ~Q(service="")),
                name="mail_account_has_what_its_kind_needs",
            ),
        ]
        indexes = [
            # Reader: the sweep that fetches mail.
            models.Index(fields=["next_attempt_at"], condition=Q(kind="imap", is_active=True), name="mail_account_due"),
        ]

    def __str__(self) -> str:
        if self.kind == AccountKind.WEBHOOK:
            return self.get_service_display()
        return f"{self.username} at {self.host}, {self.folder}"

    def renew_token(self) -> None:
        """Another secret address; the former one is refused from now on."""
        self.token = secrets.token_urlsafe(32)
        self.token_hash = hash_of(self.token)


def hash_of(token: str) -> str:
    """By what an account is found: the token itself is encrypted."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
