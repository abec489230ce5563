"""Who keeps a store's subscriptions: connections, what they told us, what we asked of them."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from subscribers.encryption import EncryptedTextField
from subscribers.enums import (
    ActionKind,
    ActionState,
    Actor,
    DeliveryState,
    DifferenceState,
    PrivacyRequestKind,
    PrivacyRequestState,
    Provider,
    ReconciliationState,
    Role,
)
from subscribers.models.boxes import Box
from subscribers.models.people import Subscriber
from subscribers.models.reasons import Reason
from subscribers.models.stores import Store, Viewer
from subscribers.models.subscriptions import Cycle, Subscription


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def visible_to(self, user: Viewer) -> "ConnectionQuerySet":
        return self.filter(store__in=Store.objects.visible_to(user))


class Connection(models.Model):
    """A store's account with a provider. Secrets are encrypted; one that cannot be read any more reads as ""."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="connections")
    provider = models.CharField(max_length=20, choices=Provider)
    domain = models.CharField(max_length=255, help_text="As the provider knows the shop: demo.myshopify.com.")
    webhook_secret = EncryptedTextField(blank=True, default="")
    former_webhook_secret = EncryptedTextField(blank=True, default="")
    former_secret_until = models.DateTimeField(
        null=True, blank=True, help_text="Until then webhooks may be signed with the former secret too."
    )
    access_token = EncryptedTextField(blank=True, default="")
    api_version = models.CharField(max_length=20, blank=True)
    api_url = models.URLField(blank=True, help_text="Only where it is not the provider's usual one.")
    owns_contracts = models.BooleanField(
        default=False, help_text="This app made the subscription contracts, so it may read and change them."
    )
    options: Any = models.JSONField(default=dict, blank=True, help_text="What this provider alone needs to know.")
    is_active = models.BooleanField(default=True, help_text="Off: nothing is asked of the provider.")
    uninstalled_at = models.DateTimeField(null=True, blank=True)
    last_reconciled_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("provider", Lower("domain"), name="connection_domain_unique"),
            models.CheckConstraint(condition=Q(provider__in=Provider.values), name="connection_provider_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} {self.domain}"


class WebhookDelivery(models.Model):
    """One webhook as it came, byte for byte, kept before it is understood."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="deliveries")
    topic = models.CharField(max_length=100, help_text="As the provider names it: subscription_contracts/cancel.")
    webhook_id = models.CharField(max_length=200)
    event_id = models.CharField(max_length=200, blank=True)
    triggered_at = models.DateTimeField(null=True, blank=True, help_text="When it was so, as the provider says.")
    headers: Any = models.JSONField(default=dict)
    body = models.BinaryField()
    state = models.CharField(max_length=20, choices=DeliveryState, default=DeliveryState.STORED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)
    outcome = models.TextField(blank=True, help_text="What was recorded, in words.")
    received_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # The provider sends again what it thinks was not taken.
            models.UniqueConstraint(fields=["connection", "webhook_id"], name="delivery_taken_once"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.STORED, processed_at=None)
                | (~Q(state=DeliveryState.STORED) & Q(processed_at__isnull=False)),
                name="delivery_processed_at_iff_settled",
            ),
        ]
        indexes = [
            # Reader: the worker, which takes what is due, of one store at a time.
            models.Index(
                fields=["connection", "next_attempt_at", "id"], condition=Q(state="stored"), name="delivery_due_of_shop"
            ),
            # Reader: the delivery log in the admin, which looks for what failed.
            models.Index(fields=["-received_at"], condition=Q(state="quarantined"), name="delivery_quarantined"),
            models.Index(fields=["-received_at", "-id"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.webhook_id}"

    @cached_property
    def payload(self) -> dict[str, Any]:
        """The body as JSON. Raises ValueError, in words, where it is none, or no object."""
        try:
            told = json.loads(bytes(self.body))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"The body is no JSON: {error}") from error
        if not isinstance(told, dict):
            raise ValueError("The body is JSON, but no object")
        return told

    @property
    def source_key(self) -> str:
        """What the facts of this webhook are known by: a second one of the same event has the same."""
        return f"webhook:{self.event_id or self.webhook_id}"[:180]


class ProviderActionQuerySet(models.QuerySet["ProviderAction"]):
    def visible_to(self, user: Viewer) -> "ProviderActionQuerySet":
        return self.filter(store__in=Store.objects.visible_to(user))


class ProviderAction(models.Model):
    """Something to be done at a provider: a row first, done from there, retried by its key."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="actions")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="actions")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, null=True, blank=True, related_name="actions"
    )
    cycle = models.ForeignKey(Cycle, on_delete=models.SET_NULL, null=True, blank=True, related_name="actions")
    box = models.ForeignKey(Box, on_delete=models.SET_NULL, null=True, blank=True, related_name="actions")
    provider = models.CharField(max_length=20, choices=Provider)
    kind = models.CharField(max_length=30, choices=ActionKind)
    params: Any = models.JSONField(default=dict, blank=True)
    key = models.CharField(max_length=200, unique=True, help_text="Made once per intent.")
    actor_kind = models.CharField(max_length=20, choices=Actor, default=Actor.SYSTEM)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, null=True, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True, help_text="What it costs.")
    currency = models.CharField(max_length=3, blank=True)
    state = models.CharField(max_length=20, choices=ActionState, default=ActionState.QUEUED)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="approved_actions"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="The provider's words.")
    result: Any = models.JSONField(default=dict, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ProviderActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ActionState.values, kind__in=ActionKind.values, provider__in=Provider.values),
                name="action_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("done", "refused", "failed", "cancelled"), settled_at__isnull=False)
                | (~Q(state__in=("done", "refused", "failed", "cancelled")) & Q(settled_at=None)),
                name="action_settled_at_iff_settled",
            ),
            models.CheckConstraint(
                condition=Q(state="running", claimed_until__isnull=False)
                | (~Q(state="running") & Q(claimed_until=None)),
                name="action_claimed_iff_running",
            ),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="action_amount_not_negative"),
        ]
        indexes = [
            # Reader: the sweep, which does what is due.
            models.Index(fields=["next_attempt_at"], condition=Q(state="queued"), name="action_due"),
            # Reader: the sweep, which takes over what a dead worker left.
            models.Index(fields=["claimed_until"], condition=Q(state="running"), name="action_claimed"),
            # Reader: how many wait for a lead, at every opening of the inbox.
            models.Index(fields=["store"], condition=Q(state="awaiting_approval"), name="action_to_decide"),
            models.Index(fields=["subscriber", "-requested_at"], name="action_of_subscriber"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None


class ProviderActionEvent(models.Model):
    """What became of an action. Append-only, held by a trigger."""

    action = models.ForeignKey(ProviderAction, on_delete=models.CASCADE, related_name="events")
    from_state = models.CharField(max_length=20, choices=ActionState, blank=True)
    to_state = models.CharField(max_length=20, choices=ActionState)
    text = models.TextField(blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["action", "occurred_at"], name="action_event_in_order")]

    def __str__(self) -> str:
        return f"{self.get_to_state_display()} {self.occurred_at:%Y-%m-%d}"


class ApprovalLimit(models.Model):
    """Up to which amount a role may have an action done without a lead's approval."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: every store without its own."
    )
    role = models.CharField(max_length=20, choices=Role)
    kind = models.CharField(max_length=30, choices=ActionKind)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "role", "kind"], name="approval_limit_one_per_role", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="approval_limit_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.get_kind_display()} up to {self.amount}"


class Reconciliation(models.Model):
    """One re-reading of a provider: what differed, and what was repaired."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="reconciliations")
    state = models.CharField(max_length=20, choices=ReconciliationState, default=ReconciliationState.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True, help_text="Only what changed since; empty: everything.")
    cursor = models.TextField(blank=True, help_text="Where a killed worker's successor goes on.")
    read = models.PositiveIntegerField(default=0, help_text="Objects read so far.")
    expected = models.PositiveIntegerField(null=True, blank=True, help_text="Objects in all, where it is known.")
    differences_found = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # One at a time: a second one would read the same.
            models.UniqueConstraint(
                fields=["connection"], condition=Q(state__in=("queued", "running")), name="reconciliation_one_live"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("done", "failed"), finished_at__isnull=False)
                | (~Q(state__in=("done", "failed")) & Q(finished_at=None)),
                name="reconciliation_finished_at_iff_over",
            ),
        ]

    def __str__(self) -> str:
        return f"Reconciliation of {self.requested_at:%Y-%m-%d %H:%M}"


class Difference(models.Model):
    """One field of one object that the provider knew otherwise than we."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="differences")
    object_kind = models.CharField(max_length=40, help_text="subscription, cycle, box, subscriber")
    external_id = models.CharField(max_length=200)
    field = models.CharField(max_length=60)
    ours = models.TextField(blank=True)
    theirs = models.TextField(blank=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.SET_NULL, null=True, blank=True)
    state = models.CharField(max_length=20, choices=DifferenceState, default=DifferenceState.FOUND)
    error = models.TextField(blank=True)
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reconciliation", "object_kind", "external_id", "field"], name="difference_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_kind} {self.external_id} {self.field}"


class PrivacyRequest(models.Model):
    """What the law makes a provider ask of us about a person, or about a whole store."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="privacy_requests")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.SET_NULL, null=True, blank=True)
    connection = models.ForeignKey(Connection, on_delete=models.SET_NULL, null=True, blank=True)
    kind = models.CharField(max_length=20, choices=PrivacyRequestKind)
    source_key = models.CharField(max_length=200, unique=True, help_text="The webhook that brought it, or our own.")
    payload: Any = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=20, choices=PrivacyRequestState, default=PrivacyRequestState.OPEN)
    error = models.TextField(blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due_at__gte=F("requested_at")), name="privacy_request_due_later"),
        ]
        indexes = [
            # Reader: the sweep that does them.
            models.Index(fields=["due_at"], condition=Q(state="open"), name="privacy_request_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
