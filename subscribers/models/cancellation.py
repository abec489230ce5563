"""Cancelling: what a place's law allows, what may be offered, and every session with everything shown and chosen."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.cancellation.enums import (
    OPEN_SESSION,
    Arm,
    Effect,
    NoticeKind,
    OfferKind,
    Outcome,
    PageForm,
    ReasonAsked,
    SessionChannel,
    SessionEventKind,
    SessionKind,
    SessionState,
)
from subscribers.enums import Actor, Interval
from subscribers.models.people import Subscriber
from subscribers.models.providers import ProviderAction
from subscribers.models.reasons import Reason
from subscribers.models.stores import Product, Store, Viewer
from subscribers.models.subscriptions import Subscription


class CancellationSettings(models.Model):
    """What a store chooses for itself, within what the law of its subscribers' places allows."""

    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="cancellation_settings")
    holdout_percent = models.PositiveSmallIntegerField(
        "share without offers (%)",
        default=10,
        validators=[MaxValueValidator(100)],
        help_text="Chosen at random and for good, so that what offers save can be known.",
    )
    abandoned_after_hours = models.PositiveSmallIntegerField(default=24, validators=[MinValueValidator(1)])
    request_due_hours = models.PositiveSmallIntegerField(
        "mails that cancel are worked off within (hours)", default=24, validators=[MinValueValidator(1)]
    )
    executes_mail = models.BooleanField(
        "mails cancel by themselves",
        default=False,
        help_text="Where the place's policy demands it, and the sender's address is proved. Otherwise a person does.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(holdout_percent__lte=100), name="cancellation_holdout_is_a_share"),
            models.CheckConstraint(
                condition=Q(abandoned_after_hours__gte=1, request_due_hours__gte=1), name="cancellation_hours_positive"
            ),
        ]
        verbose_name_plural = "cancellation settings"

    def __str__(self) -> str:
        return f"Cancelling at {self.store}"


class CancellationPolicy(models.Model):
    """The rules of one place; the most specific row counts. Edited in the admin, each change a new version."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: shared by every store."
    )
    name = models.CharField(max_length=80)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166; EU for the Union; empty: everywhere.")
    region = models.CharField(max_length=10, blank=True, help_text="ISO 3166-2 without the country, such as CA.")
    page_form = models.CharField(max_length=20, choices=PageForm, default=PageForm.STEPS)
    offer_pages = models.PositiveSmallIntegerField(
        "pages of offers", default=1, choices=[(0, "None"), (1, "One")], help_text="Never more than one."
    )
    reason_asked = models.CharField(max_length=10, choices=ReasonAsked, default=ReasonAsked.BEFORE)
    entry_label = models.CharField(max_length=80, blank=True, help_text="Of the way in; empty: our words.")
    final_label = models.CharField(max_length=80, blank=True, help_text="Of the final button; empty: our words.")
    effect = models.CharField("takes effect", max_length=20, choices=Effect, default=Effect.PERIOD_END)
    withdrawal_days = models.PositiveSmallIntegerField(
        default=0, help_text="Days in which a purchase may be undone, with a function of its own; 0: none."
    )
    mail_suffices = models.BooleanField(default=False, help_text="A mail from the subscriber is a cancellation.")
    record_years = models.PositiveSmallIntegerField(default=3, help_text="What was said is kept that long.")
    reminder_days = models.PositiveSmallIntegerField(
        "reminder before a renewal (days)", default=0, help_text="With the way to cancel; 0: none."
    )
    reminder_min_months = models.PositiveSmallIntegerField(
        "reminder for terms from (months)", default=12, help_text="Shorter terms are not reminded."
    )
    version = models.PositiveIntegerField(default=0, editable=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "country", "region"], nulls_distinct=False, name="cancellation_policy_one_a_place"
            ),
            models.CheckConstraint(condition=Q(offer_pages__lte=1), name="cancellation_policy_one_page_of_offers"),
            models.CheckConstraint(
                condition=~Q(page_form=PageForm.STATUTORY) | Q(offer_pages=0) & ~Q(reason_asked=ReasonAsked.BEFORE),
                name="cancellation_policy_statutory_is_one_page",
            ),
            models.CheckConstraint(
                condition=Q(region="") | ~Q(country=""), name="cancellation_policy_region_in_a_country"
            ),
            models.CheckConstraint(condition=Q(record_years__gte=1), name="cancellation_policy_keeps_records"),
        ]
        verbose_name_plural = "cancellation policies"

    def __str__(self) -> str:
        return self.name


class CancellationPolicyVersion(models.Model):
    """What a policy said from a time on; sessions name theirs. Append-only, held by a trigger."""

    policy = models.ForeignKey(CancellationPolicy, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    rules: Any = models.JSONField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "number"], name="cancellation_policy_version_once")]

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class Offer(models.Model):
    """Something better than cancelling, for whom it may be. Which columns count follows from the kind."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="cancellation_offers")
    name = models.CharField(max_length=80, help_text="For colleagues.")
    kind = models.CharField(max_length=20, choices=OfferKind)
    text: Any = models.JSONField(
        "words", default=dict, blank=True, help_text='By language, such as {"en": "…"}; empty: our words.'
    )
    reasons = models.ManyToManyField(
        Reason, blank=True, help_text="Shown for these, and for what is below them; none: for every reason."
    )
    products = models.ManyToManyField(Product, blank=True, related_name="+", help_text="None: every product.")
    min_cycle = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Successful billings, at least.")
    max_cycle = models.PositiveSmallIntegerField(null=True, blank=True)
    min_price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True, help_text="Per billing.")
    max_price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    percent = models.PositiveSmallIntegerField("discount (%)", null=True, blank=True)
    billings = models.PositiveSmallIntegerField("discounted billings", null=True, blank=True)
    pause_days = models.PositiveSmallIntegerField(null=True, blank=True)
    interval = models.CharField(max_length=10, choices=Interval, blank=True)
    interval_count = models.PositiveSmallIntegerField(null=True, blank=True)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, help_text="To swap to, or to give."
    )
    unit_cost = models.DecimalField(
        "cost", max_digits=12, decimal_places=2, default=Decimal(0), help_text="Of a gift; a discount's follows."
    )
    cooldown_days = models.PositiveSmallIntegerField(
        default=100, help_text="Not shown to somebody who took any offer within so many days."
    )
    monthly_count = models.PositiveIntegerField(null=True, blank=True, help_text="At most so many a month.")
    monthly_amount = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="At most so much given a month."
    )
    position = models.PositiveSmallIntegerField(default=100, help_text="The lowest comes first.")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="offer_name_unique_in_store"),
            models.CheckConstraint(
                condition=~Q(kind=OfferKind.DISCOUNT) | Q(percent__gte=1, percent__lte=100, billings__gte=1),
                name="offer_discount_has_percent_and_billings",
            ),
            models.CheckConstraint(
                condition=~Q(kind=OfferKind.PAUSE) | Q(pause_days__gte=1), name="offer_pause_has_days"
            ),
            models.CheckConstraint(
                condition=~Q(kind=OfferKind.FREQUENCY) | Q(interval_count__gte=1) & ~Q(interval=""),
                name="offer_frequency_has_interval",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[OfferKind.SWAP, OfferKind.GIFT]) | Q(product__isnull=False),
                name="offer_swap_and_gift_have_product",
            ),
            models.CheckConstraint(condition=Q(unit_cost__gte=0), name="offer_cost_not_negative"),
        ]
        indexes = [models.Index(fields=["store", "position"], condition=Q(is_active=True), name="offer_of_store")]

    def __str__(self) -> str:
        return self.name


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


class ReasonLabel(models.Model):
    """What a reason is called in another language."""

    reason = models.ForeignKey(Reason, on_delete=models.CASCADE, related_name="labels")
    language = models.CharField(max_length=10, help_text="Such as de or es.")
    label = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reason", "language"], name="reason_label_once")]

    def __str__(self) -> str:
        return self.label
