"""Cancelling, as a store sets it up: what a place's law allows, what may be offered, how reasons are called."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.cancellation.enums import (
    Effect,
    OfferKind,
    PageForm,
    ReasonAsked,
)
from subscribers.enums import Interval
from subscribers.models.reasons import Reason
from subscribers.models.stores import Product, Store


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


class ReasonLabel(models.Model):
    """What a reason is called in another language."""

    reason = models.ForeignKey(Reason, on_delete=models.CASCADE, related_name="labels")
    language = models.CharField(max_length=10, help_text="Such as de or es.")
    label = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reason", "language"], name="reason_label_once")]

    def __str__(self) -> str:
        return self.label
