"""Cancelling, as it happens: every session with everything shown and chosen, its mails and links."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.cancellation.enums import (
    OPEN_SESSION,
    Arm,
    NoticeKind,
    Outcome,
    SessionChannel,
    SessionEventKind,
    SessionKind,
    SessionState,
)
from subscribers.enums import Actor
from subscribers.models.cancellation_rules import CancellationPolicyVersion, Offer
from subscribers.models.people import Subscriber
from subscribers.models.providers import ProviderAction
from subscribers.models.reasons import Reason
from subscribers.models.stores import Store, Viewer
from subscribers.models.subscriptions import Subscription


class CancellationSessionQuerySet(models.QuerySet["CancellationSession"]):
    def visible_to(self, user: Viewer) -> "CancellationSessionQuerySet":
        return self.filter(store__in=Store.objects.visible_to(user))

    def open(self) -> "CancellationSessionQuerySet":
        return self.filter(state__in=OPEN_SESSION)


class CancellationSession(models.Model):
    """One wish to cancel, from its first word to what became of it 30 days later.

    `cancelled` is what the subscriber declared, and counts from then; `confirmed_at` is when the provider had done it.
    Without a subscription: declared by somebody whom a person has to match.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="cancellation_sessions")
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, null=True, blank=True, related_name="cancellation_sessions"
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, null=True, blank=True, related_name="cancellation_sessions"
    )
    reference = models.CharField(max_length=16, unique=True, help_text="On the receipt.")
    key = models.CharField(max_length=200, blank=True, help_text="The asker's own id; makes a repeat harmless.")
    channel = models.CharField(max_length=10, choices=SessionChannel)
    kind = models.CharField(max_length=20, choices=SessionKind, default=SessionKind.ORDINARY)
    state = models.CharField(max_length=20, choices=SessionState, default=SessionState.STARTED)
    policy_version = models.ForeignKey(CancellationPolicyVersion, on_delete=models.PROTECT)
    flow_version = models.PositiveSmallIntegerField(help_text="Of the pages.")
    arm = models.CharField(max_length=10, choices=Arm)
    language = models.CharField(max_length=10, default="en")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, help_text="The agent, if one."
    )
    source = models.CharField(max_length=60, blank=True, help_text="What it came from, such as T-1042.")
    reason = models.ForeignKey(
        Reason,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="The most precise one; its parent is level 1.",
    )
    detail = models.CharField(max_length=500, blank=True)
    words = models.TextField(blank=True, help_text="In their own words.")
    # What was filled in on a statutory page: name, address, contract, wish. Removed with the person.
    statement: Any = models.JSONField(default=dict, blank=True)
    cycle_index = models.PositiveIntegerField(null=True, blank=True, help_text="Of the subscription, at the start.")
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    accepted_offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True, blank=True, related_name="taken")
    offer_cost = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    offer_action = models.ForeignKey(ProviderAction, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    cancel_action = models.ForeignKey(
        ProviderAction, on_delete=models.SET_NULL, null=True, blank=True, related_name="cancellation_sessions"
    )
    effective_at = models.DateTimeField(null=True, blank=True, help_text="When the contract ends.")
    # When the provider is to be told; empty once it is (`cancel_action`). A date that was wished may be far.
    execute_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, help_text="Why it could not be done yet: the provider's words.")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    reasoned_at = models.DateTimeField(null=True, blank=True)
    offered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # While open: when it counts as left; empty where it may not be dropped (asked for by mail).
    abandons_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text="A request by mail is worked off by then.")
    warned_at = models.DateTimeField(null=True, blank=True)
    watch_until = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reduced_at = models.DateTimeField(null=True, blank=True, help_text="When the words were removed by age.")

    objects = CancellationSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            # One at a time: two tabs, a link in a mail and an agent meet in the same session.
            models.UniqueConstraint(
                fields=["subscription"], condition=Q(state__in=OPEN_SESSION), name="cancellation_one_open"
            ),
            models.UniqueConstraint(fields=["store", "key"], condition=~Q(key=""), name="cancellation_key_once"),
            models.CheckConstraint(condition=Q(state__in=SessionState.values), name="cancellation_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=OPEN_SESSION, ended_at=None)
                | (~Q(state__in=OPEN_SESSION) & Q(ended_at__isnull=False)),
                name="cancellation_ended_at_iff_ended",
            ),
            models.CheckConstraint(
                condition=Q(subscription__isnull=False) | Q(state=SessionState.CANCELLED),
                name="cancellation_unmatched_is_declared",
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.ACCEPTED, accepted_offer__isnull=False)
                | (~Q(state=SessionState.ACCEPTED) & Q(accepted_offer=None)),
                name="cancellation_offer_iff_accepted",
            ),
            models.CheckConstraint(
                condition=Q(channel=SessionChannel.AGENT, actor__isnull=False) | ~Q(channel=SessionChannel.AGENT),
                name="cancellation_agent_is_named",
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(decided_at__isnull=False), name="cancellation_outcome_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(channel=SessionChannel.MAIL) | Q(abandons_at=None),
                name="cancellation_by_mail_is_never_left",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-started_at", "-id"], name="cancellation_newest"),
            models.Index(fields=["subscriber", "-started_at"], name="cancellation_of_subscriber"),
            # Readers: the sweeps, each of what is due.
            models.Index(fields=["abandons_at"], condition=Q(state__in=OPEN_SESSION), name="cancellation_left"),
            models.Index(fields=["execute_at"], condition=Q(execute_at__isnull=False), name="cancellation_to_execute"),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=OPEN_SESSION, due_at__isnull=False, warned_at=None),
                name="cancellation_request_due",
            ),
            models.Index(fields=["watch_until"], condition=Q(outcome=""), name="cancellation_watched"),
            # Reader: the spending limit of an offer.
            models.Index(
                fields=["accepted_offer", "ended_at"],
                condition=Q(accepted_offer__isnull=False),
                name="cancellation_offer_taken",
            ),
            # Reader: what the provider has not confirmed.
            models.Index(
                fields=["ended_at"],
                condition=Q(state=SessionState.CANCELLED, confirmed_at=None),
                name="cancellation_unconfirmed",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_SESSION

    @property
    def is_unmatched(self) -> bool:
        return self.subscription_id is None

    @property
    def rules(self) -> dict[str, Any]:
        """What its policy said when it began."""
        return dict(self.policy_version.rules)


class OfferShown(models.Model):
    """One offer on a session's page, in its place and with the words of its preview. Append-only, held by a trigger."""

    session = models.ForeignKey(CancellationSession, on_delete=models.CASCADE, related_name="offers_shown")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    lines: Any = models.JSONField(default=list)
    shown_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "offer"], name="offer_shown_once"),
            models.UniqueConstraint(fields=["session", "position"], name="offer_shown_in_order"),
        ]

    def __str__(self) -> str:
        return self.title


class CancellationEvent(models.Model):
    """One thing shown, chosen or done in a session. Append-only, held by a trigger."""

    session = models.ForeignKey(CancellationSession, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=30, choices=SessionEventKind)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    actor_kind = models.CharField(max_length=20, choices=Actor, default=Actor.SUBSCRIBER)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    data: Any = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["session", "occurred_at", "id"], name="cancellation_event_in_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d %H:%M}"


class CancellationNotice(models.Model):
    """A mail that must leave; whoever sends mail takes it over and says so. What was missed is found by a sweep."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(CancellationSession, on_delete=models.CASCADE, null=True, blank=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, null=True, blank=True)
    kind = models.CharField(max_length=20, choices=NoticeKind)
    key = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    taken_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            # Reader: the sweep of what was missed.
            models.Index(fields=["next_attempt_at"], condition=Q(taken_at=None), name="cancellation_mail_missed"),
        ]

    def __str__(self) -> str:
        return self.key


class LinkRequest(models.Model):
    """Somebody asked for a link by mail address; answered by the worker, so that a known address takes no longer."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, null=True, blank=True)
    address = models.CharField(max_length=254)
    order_number = models.CharField(max_length=60, blank=True)
    asked_from = models.GenericIPAddressField(null=True, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # Readers: the limits by address and by place, and the sweep of what was not answered.
            models.Index(fields=["address", "asked_at"], name="link_request_by_address"),
            models.Index(fields=["asked_from", "asked_at"], name="link_request_by_place"),
            models.Index(fields=["asked_at"], condition=Q(answered_at=None), name="link_request_open"),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
