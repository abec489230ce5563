"""Milestones: what is asked for, how far each subscription is, and what subscribers told of using it."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from subscribers.models import Product, Store, Subscriber, Subscription
from subscribers.models.stores import Viewer
from success.milestones.enums import Anchor, EngagementKind, EngagementSource, MilestoneState, Predicate
from tickets.models import Ticket


class Milestone(models.Model):
    """What a subscription should bring by when. A store's own row with a key stands before the shared one."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: for every store without its own."
    )
    key = models.SlugField(max_length=60, help_text="Short name for the API and flows; stays.")
    label = models.CharField(max_length=120)
    labels: Any = models.JSONField(
        "translations", default=dict, blank=True, help_text='By language, such as {"de": "Erste Box geliefert"}.'
    )
    predicate = models.CharField("achieved when", max_length=30, choices=Predicate)
    number = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    subject = models.CharField(max_length=60, blank=True, help_text="Of a survey or of another fact: its name.")
    anchor = models.CharField("counted from", max_length=20, choices=Anchor, default=Anchor.STARTED)
    target_days = models.PositiveSmallIntegerField(help_text="Expected so many days after that.")
    behind_after_days = models.PositiveSmallIntegerField(
        "behind after", default=7, help_text="Days of grace after the target until it is behind."
    )
    stuck_after_days = models.PositiveSmallIntegerField(
        "stuck after", default=30, help_text="Days after the target until it is stuck."
    )
    products = models.ManyToManyField(Product, blank=True, help_text="None: for subscriptions to anything.")
    is_value = models.BooleanField(
        "proves the value", default=False, help_text="Time-to-value is counted to the first of these."
    )
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "key"], nulls_distinct=False, name="milestone_key_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="milestone_number_from_one"),
            models.CheckConstraint(
                condition=Q(stuck_after_days__gte=F("behind_after_days")), name="milestone_stuck_after_behind"
            ),
            models.CheckConstraint(
                condition=Q(predicate__in=Predicate.values, anchor__in=Anchor.values), name="milestone_vocabulary_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def label_in(self, language: str) -> str:
        """Its label in a language such as `de` or `de-AT`, else as the store calls it."""
        return self.labels.get(language) or self.labels.get(language.partition("-")[0]) or self.label


class MilestoneProgressQuerySet(models.QuerySet["MilestoneProgress"]):
    def visible_to(self, user: Viewer) -> "MilestoneProgressQuerySet":
        return self.filter(store__in=Store.objects.visible_to(user))

    def asked_for(self) -> "MilestoneProgressQuerySet":
        return self.exclude(state=MilestoneState.WITHDRAWN)


class MilestoneProgress(models.Model):
    """How far one subscription is with one milestone: what `success.milestones.compute` makes of its facts.

    For time-to-value: achieved after `achieved_at - started`, or censored at `abandoned_at`, else now.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="milestone_progress")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="progress")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="milestones")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="milestones")
    state = models.CharField(max_length=20, choices=MilestoneState)
    since = models.DateTimeField(help_text="When its state began.")
    anchor_at = models.DateTimeField(null=True, blank=True)
    target_at = models.DateTimeField(null=True, blank=True, help_text="Empty while it is not known: also in a pause.")
    behind_at = models.DateTimeField(null=True, blank=True)
    stuck_at = models.DateTimeField(null=True, blank=True)
    achieved_at = models.DateTimeField(null=True, blank=True)
    abandoned_at = models.DateTimeField(null=True, blank=True)
    evidence = models.CharField(max_length=60, blank=True, help_text="The fact that achieved it, such as box:7.")
    due_at = models.DateTimeField(null=True, blank=True, help_text="The next moment at which it can change by itself.")
    told_state = models.CharField(max_length=20, choices=MilestoneState, blank=True)
    to_tell = models.BooleanField(default=False, help_text="Alerts and flows have not heard of its state.")

    objects = MilestoneProgressQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "milestone"], name="milestone_progress_once"),
            models.CheckConstraint(condition=Q(state__in=MilestoneState.values), name="milestone_state_known"),
            models.CheckConstraint(
                condition=Q(state=MilestoneState.ACHIEVED, achieved_at__isnull=False)
                | (~Q(state=MilestoneState.ACHIEVED) & Q(achieved_at=None)),
                name="milestone_achieved_at_iff_achieved",
            ),
            models.CheckConstraint(
                condition=Q(state=MilestoneState.ABANDONED, abandoned_at__isnull=False)
                | (~Q(state=MilestoneState.ABANDONED) & Q(abandoned_at=None)),
                name="milestone_abandoned_at_iff_abandoned",
            ),
        ]
        indexes = [
            # Reader: the sweep, as time passes.
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="milestone_due"),
            # Reader: the sweep that tells alerts and flows.
            models.Index(fields=["id"], condition=Q(to_tell=True), name="milestone_to_tell"),
            # Readers: the panels and the REST list.
            models.Index(fields=["subscriber", "milestone"], name="milestone_of_subscriber"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id}: {self.get_state_display()}"


class MilestoneEvent(models.Model):
    """One change of a milestone's state. Append-only, held by a trigger."""

    progress = models.ForeignKey(MilestoneProgress, on_delete=models.CASCADE, related_name="events")
    from_state = models.CharField(max_length=20, choices=MilestoneState, blank=True)
    to_state = models.CharField(max_length=20, choices=MilestoneState)
    evidence = models.CharField(max_length=60, blank=True)
    occurred_at = models.DateTimeField(help_text="When it took effect.")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["progress", "id"], name="milestone_event_in_order")]

    def __str__(self) -> str:
        return f"{self.get_to_state_display()} {self.occurred_at:%Y-%m-%d}"


class Engagement(models.Model):
    """One thing that a subscriber did or said about what they got; a wrong one is taken back, not removed."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="engagements")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, null=True, blank=True, related_name="engagements"
    )
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20, choices=EngagementKind)
    subject = models.CharField(max_length=60, blank=True, help_text="Which survey, or what was told.")
    number = models.IntegerField(null=True, blank=True, help_text="A score, where there is one.")
    source = models.CharField(max_length=10, choices=EngagementSource)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    source_key = models.CharField(max_length=100, help_text="The teller's own id; makes a repeat harmless.")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    retracted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "kind", "source_key"], name="engagement_told_once"),
            # A link, a button and an agent say the same: first use is confirmed once.
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(kind=EngagementKind.USE_CONFIRMED, retracted_at=None),
                name="engagement_first_use_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EngagementKind.USE_CONFIRMED) | Q(subscription__isnull=False),
                name="engagement_use_of_a_subscription",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EngagementKind.values, source__in=EngagementSource.values),
                name="engagement_kind_known",
            ),
        ]
        indexes = [models.Index(fields=["subscriber", "occurred_at"], name="engagement_of_subscriber")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d}"
