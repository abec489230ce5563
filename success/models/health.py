"""Health: what weighs how much, how each subscriber fares now, and how they fared before."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from subscribers.models import Store, Subscriber
from subscribers.models.stores import Viewer
from success.health.enums import HealthWord, SignalKind


class HealthWeight(models.Model):
    """How much one signal says. A default to calibrate, not a truth. A store's own row stands before the shared one."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: for stores without one."
    )
    kind = models.CharField("signal", max_length=30, choices=SignalKind)
    points = models.PositiveSmallIntegerField(
        validators=[MaxValueValidator(100)], help_text="From 0 to 100: added for what is good, taken off for the rest."
    )
    half_life_days = models.PositiveSmallIntegerField(
        "half-life",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Days after which it says half as much; empty: it counts fully as long as it is so.",
    )
    most = models.PositiveSmallIntegerField(
        "counted at most", default=1, validators=[MinValueValidator(1)], help_text="So many of its kind."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "kind"], nulls_distinct=False, name="health_weight_one_per_kind"),
            models.CheckConstraint(condition=Q(points__lte=100, most__gte=1), name="health_weight_bounded"),
            models.CheckConstraint(
                condition=Q(half_life_days=None) | Q(half_life_days__gte=1), name="health_half_life_positive"
            ),
            models.CheckConstraint(condition=Q(kind__in=SignalKind.values), name="health_weight_kind_known"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class HealthScale(models.Model):
    """Where a number becomes a word, and when falling is told to success."""

    store = models.OneToOneField(
        Store, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: for stores without one."
    )
    base = models.PositiveSmallIntegerField(
        default=80, validators=[MaxValueValidator(100)], help_text="Of a subscriber of whom nothing is known yet."
    )
    healthy_from = models.PositiveSmallIntegerField(default=75, validators=[MaxValueValidator(100)])
    risk_until = models.PositiveSmallIntegerField(
        "at risk up to", default=50, validators=[MaxValueValidator(100)], help_text="Between the two: watch."
    )
    critical_until = models.PositiveSmallIntegerField("critical up to", default=25)
    fall_points = models.PositiveSmallIntegerField(
        default=25, validators=[MinValueValidator(1)], help_text="A fall of so many points is told, …"
    )
    fall_days = models.PositiveSmallIntegerField(
        default=14,
        validators=[MinValueValidator(1)],
        help_text="… within so many days. A fall into at risk or critical is always told.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store"], condition=Q(store=None), nulls_distinct=False, name="health_scale_one_shared"
            ),
            models.CheckConstraint(
                condition=Q(critical_until__lt=F("risk_until"), risk_until__lt=F("healthy_from"), healthy_from__lte=100)
                & Q(base__lte=100, fall_points__gte=1, fall_days__gte=1),
                name="health_scale_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"Scale of {self.store}" if self.store else "Scale of every store"


class HealthQuerySet(models.QuerySet["Health"]):
    def visible_to(self, user: Viewer) -> "HealthQuerySet":
        return self.filter(store__in=Store.objects.visible_to(user))


class Health(models.Model):
    """How one subscriber fares: the lower of two sides, each from 0 to 100."""

    subscriber = models.OneToOneField(Subscriber, on_delete=models.CASCADE, primary_key=True, related_name="health")
    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField(null=True, blank=True, help_text="From 0 to 100.")
    word = models.CharField(max_length=20, choices=HealthWord, default=HealthWord.NONE)
    success = models.PositiveSmallIntegerField(null=True, blank=True)
    service = models.PositiveSmallIntegerField(null=True, blank=True)
    signals: Any = models.JSONField(
        default=list, blank=True, help_text="Every signal: kind, moment, the row that it rests on, size, points."
    )
    computed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True, help_text="When the number was another one last.")
    due_at = models.DateTimeField(null=True, blank=True, help_text="The next moment at which it can change by itself.")
    fell_at = models.DateTimeField(null=True, blank=True, help_text="Since when it has been low after a fall.")
    fell_from = models.PositiveSmallIntegerField(null=True, blank=True)
    told_key = models.CharField(max_length=60, blank=True, help_text="The fall that alerts know of.")
    to_tell = models.BooleanField(default=False, help_text="Alerts have not heard of the fall, or of its end.")

    objects = HealthQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(word=HealthWord.NONE, number=None)
                | (~Q(word=HealthWord.NONE) & Q(number__isnull=False, number__lte=100)),
                name="health_number_iff_word",
            ),
            models.CheckConstraint(condition=Q(word__in=HealthWord.values), name="health_word_known"),
            models.CheckConstraint(
                condition=Q(fell_at=None, fell_from=None) | Q(fell_at__isnull=False, fell_from__isnull=False),
                name="health_fell_from_iff_fell",
            ),
        ]
        indexes = [
            # Reader: the sweep, as time passes.
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="health_due"),
            # Reader: the sweep that tells alerts.
            models.Index(fields=["subscriber"], condition=Q(to_tell=True), name="health_to_tell"),
            # Readers: the list of subscribers by word, the REST list, the preview of weights.
            models.Index(fields=["store", "word", "number", "subscriber"], name="health_by_word"),
        ]
        verbose_name_plural = "health"

    def __str__(self) -> str:
        return f"{self.get_word_display()} {self.number if self.number is not None else ''}".strip()


class HealthEvent(models.Model):
    """A change of the number, with the reasons of then. Append-only, held by a trigger."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="health_events")
    from_number = models.PositiveSmallIntegerField(null=True, blank=True)
    from_word = models.CharField(max_length=20, choices=HealthWord, blank=True)
    number = models.PositiveSmallIntegerField(null=True, blank=True)
    word = models.CharField(max_length=20, choices=HealthWord)
    success = models.PositiveSmallIntegerField(null=True, blank=True)
    service = models.PositiveSmallIntegerField(null=True, blank=True)
    reasons: Any = models.JSONField(default=list, blank=True, help_text="What counted: as in the current row.")
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Readers: the history line, and how much a number fell within a window.
        indexes = [models.Index(fields=["subscriber", "-occurred_at"], name="health_event_newest")]

    def __str__(self) -> str:
        return f"{self.get_word_display()} {self.occurred_at:%Y-%m-%d}"


class Stale(models.Model):
    """Somebody of whom a fact became known: milestones and health are to be computed again.

    Only ever inserted, in the fact's own transaction, so that two facts at once neither wait for each other nor
    deadlock; whoever computes takes all rows of a person together.
    """

    # Without a constraint: a mark locks nobody's row, and one of somebody who is gone is removed by whoever finds it.
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.subscriber_id}"
