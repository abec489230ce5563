"""Webhooks that flows send: a row first, sent from there, tried again until it is taken."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.encryption import EncryptedTextField
from subscribers.models import Store, Subscriber
from success.enums import WebhookState
from success.models.runs import RunStep


class WebhookSecret(models.Model):
    """What a store's outgoing webhooks are signed with; steps know it by its name."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="webhook_secrets")
    name = models.SlugField(max_length=60)
    secret = EncryptedTextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "name"], name="webhook_secret_name_unique")]

    def __str__(self) -> str:
        return self.name


class OutgoingWebhook(models.Model):
    """One webhook. `body` is what was signed, byte for byte; `key` is made once per intent and sent along."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="outgoing_webhooks")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="outgoing_webhooks")
    run_step = models.ForeignKey(RunStep, on_delete=models.SET_NULL, null=True, blank=True, related_name="webhooks")
    key = models.CharField(max_length=200, unique=True)
    url = models.URLField(max_length=500)
    secret = models.CharField("name of the secret", max_length=60, blank=True)
    body = models.TextField()
    state = models.CharField(max_length=10, choices=WebhookState, default=WebhookState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="What went wrong at the last attempt.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("sent", "failed"), settled_at__isnull=False)
                | (~Q(state__in=("sent", "failed")) & Q(settled_at=None)),
                name="outgoing_settled_at_iff_settled",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", claimed_until__isnull=False)
                | (~Q(state="sending") & Q(claimed_until=None)),
                name="outgoing_claimed_iff_sending",
            ),
        ]
        indexes = [
            # Readers: the sweep, which sends what is due, and takes over what a dead worker left.
            models.Index(fields=["next_attempt_at"], condition=Q(state="queued"), name="outgoing_due"),
            models.Index(fields=["claimed_until"], condition=Q(state="sending"), name="outgoing_claimed"),
            # Reader: the list in the admin.
            models.Index(fields=["store", "-created_at"], name="outgoing_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.url} {self.get_state_display()}"
