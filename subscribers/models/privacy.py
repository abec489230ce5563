"""What people said about being written to, the copies that they asked for, and how they were forgotten."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.encryption import EncryptedTextField
from subscribers.enums import Actor, Channel, ConsentCategory
from subscribers.models.people import Subscriber
from subscribers.models.providers import PrivacyRequest
from subscribers.models.stores import Store
from subscribers.privacy.enums import OPEN_JOB, ErasedHow, ErasureReason, JobState


class ConsentEvent(models.Model):
    """Consent given or taken back: who, when, where, and the words they saw. Append-only, held by a trigger."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consent_events")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    category = models.CharField(max_length=20, choices=ConsentCategory)
    granted = models.BooleanField()
    source = models.CharField(max_length=200, help_text="Where: the page, the mail's own button, the import.")
    words = models.TextField(blank=True, help_text="As they were shown.")
    actor_kind = models.CharField(max_length=20, choices=Actor, default=Actor.SUBSCRIBER)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    asked_from = models.GenericIPAddressField(null=True, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["subscriber", "-occurred_at"], name="consent_event_newest")]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {'given' if self.granted else 'taken back'}"


class PersonExport(models.Model):
    """A copy of everything about a person: a file for some days, written by the worker."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="person_exports")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="exports")
    request = models.ForeignKey(PrivacyRequest, on_delete=models.SET_NULL, null=True, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    file = models.CharField(max_length=200, blank=True, help_text="Its name in the store of files.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    counts: Any = models.JSONField("rows", default=dict, blank=True, help_text="By table.")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    downloaded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber"], condition=Q(state__in=OPEN_JOB), name="person_export_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.DONE) | (Q(expires_at__isnull=False) & ~Q(file="")),
                name="person_export_done_has_file",
            ),
        ]
        indexes = [
            # Readers: the sweeps that write what was asked for, and remove what has expired.
            models.Index(fields=["next_attempt_at"], condition=Q(state__in=OPEN_JOB), name="person_export_due"),
            models.Index(fields=["expires_at"], condition=Q(state="done"), name="person_export_expires"),
        ]

    def __str__(self) -> str:
        return f"Copy {self.pk}"


class Erasure(models.Model):
    """Somebody is forgotten; once done it is the certificate of that, which names nobody.

    `address_hashes` are keyed: with an address in hand it can be said whether it was erased, and not the reverse.
    Without a subscriber: everybody of a store.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="erasures")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, null=True, blank=True, related_name="erasures")
    request = models.ForeignKey(PrivacyRequest, on_delete=models.SET_NULL, null=True, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    reason = models.CharField(max_length=20, choices=ErasureReason)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    address_hashes: Any = models.JSONField(default=list, blank=True, help_text="HMAC-SHA256, by a key of ours.")
    # Whom to look for: what it needs after the person's own row is empty. Emptied itself at the end.
    scope = EncryptedTextField(blank=True, default="")
    # Where whoever takes this up goes on: behind this row of this table.
    table = models.CharField(max_length=100, blank=True)
    cursor = models.BigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber"], condition=Q(state__in=OPEN_JOB), name="erasure_one_open"),
            models.CheckConstraint(
                condition=~Q(state=JobState.DONE) | Q(finished_at__isnull=False, scope=""),
                name="erasure_done_holds_nobody",
            ),
        ]
        indexes = [
            # Reader: the sweep that goes on with what is left.
            models.Index(fields=["next_attempt_at"], condition=Q(state__in=OPEN_JOB), name="erasure_due"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"E-{self.pk}"


class ErasureCount(models.Model):
    """How many rows of one table were redacted or deleted."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="counts")
    table = models.CharField(max_length=100)
    how = models.CharField(max_length=10, choices=ErasedHow)
    rows = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["erasure", "table", "how"], name="erasure_count_once")]

    def __str__(self) -> str:
        return f"{self.table}: {self.rows}"
