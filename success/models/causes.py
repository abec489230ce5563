"""Causes: what several complaints share, who puts it right, and everything that was done about it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from subscribers.enums import Actor
from subscribers.models import Box, Reason, Store
from subscribers.models.stores import Viewer
from success.causes.enums import (
    OPEN_CAUSE,
    UNFIXED,
    AnswerOutcome,
    AnswerState,
    CauseEventKind,
    CauseState,
    Dimension,
)
from tickets.models import Message, Ticket


class CauseQuerySet(models.QuerySet["Cause"]):
    def visible_to(self, user: Viewer) -> "CauseQuerySet":
        """The causes of the stores that this person works for; of their tickets they see those of their queues."""
        return self.filter(store__in=Store.objects.visible_to(user))

    def open(self) -> "CauseQuerySet":
        return self.filter(state__in=OPEN_CAUSE)

    def of_ticket(self, ticket: Ticket) -> "CauseQuerySet":
        """The open causes that a ticket is part of, the oldest first."""
        part = CauseTicket.objects.filter(ticket=ticket, removed_at=None).values("cause")
        return self.open().filter(pk__in=part).order_by("pk")


class Cause(models.Model):
    """One topic rising with one part of the boxes. Numbers are those of the look that found it, rates follow from them.

    A cause that was found again after it was closed is a new one.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="causes")
    title = models.CharField(max_length=200)
    topic = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="causes")
    dimension = models.CharField(max_length=10, choices=Dimension)
    value = models.CharField(max_length=120, help_text="Of its dimension: a product's number, a carrier, words.")
    state = models.CharField(max_length=20, choices=CauseState, default=CauseState.FOUND)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="causes"
    )
    found_at = models.DateTimeField(default=timezone.now)
    begins_on = models.DateField(help_text="The first day of the rise: complaints count from then on.")
    found_on = models.DateField(help_text="The last day that the look which found it had.")
    count = models.PositiveIntegerField(help_text="Complaints in the days that it was found in.")
    boxes = models.FloatField(help_text="Boxes that could cause one in those days.")
    expected = models.FloatField(help_text="Complaints that were to be expected of them.")
    p = models.FloatField(help_text="The probability of so many or more by chance.")
    q = models.FloatField(help_text="As p, over all series of the look.")
    words: Any = models.JSONField(
        default=list, blank=True, help_text="Terms that stand out: term, complaints with it, of how many, times."
    )
    figures: Any = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Its days and what the fix avoided, as last measured."
    )
    fixed_on = models.DateField(null=True, blank=True, help_text="Boxes shipped from this day on are without it.")
    dismissed_because = models.CharField(max_length=300, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = CauseQuerySet.as_manager()

    class Meta:
        constraints = [
            # The sweep relies on it: a second look, or a second worker, finds the same thing once.
            models.UniqueConstraint(
                fields=["store", "topic", "dimension", "value"],
                condition=Q(state__in=OPEN_CAUSE),
                name="cause_one_open_for_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CauseState.values, dimension__in=Dimension.values), name="cause_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(CauseState.FIXED, CauseState.CLOSED)) | Q(fixed_on__isnull=False),
                name="cause_fixed_has_day",
            ),
            models.CheckConstraint(
                condition=(Q(state=CauseState.DISMISSED) & ~Q(dismissed_because=""))
                | (~Q(state=CauseState.DISMISSED) & Q(dismissed_because="")),
                name="cause_dismissed_has_reason",
            ),
        ]
        indexes = [
            # Reader: the list of causes.
            models.Index(fields=["store", "-found_at"], name="cause_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cause-detail", args=[self.pk])

    @property
    def about(self) -> str:
        """The key of its alert."""
        return f"cause:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_CAUSE

    @property
    def is_unfixed(self) -> bool:
        return self.state in UNFIXED

    @property
    def rate(self) -> float:
        """Complaints per 100 boxes when it was found."""
        return 100 * self.count / self.boxes

    @property
    def baseline_rate(self) -> float:
        return 100 * self.expected / self.boxes

    @property
    def times(self) -> float:
        return self.count / self.expected


class CauseTicket(models.Model):
    """A complaint that is part of a cause. One that was taken off stays off: no sweep brings it back."""

    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="links")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="cause_links")
    box = models.ForeignKey(Box, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: found.",
    )
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cause", "ticket"], name="cause_ticket_once")]

    def __str__(self) -> str:
        return f"{self.cause_id} {self.ticket_id}"


class CauseEvent(models.Model):
    """One change of a cause. Append-only, held by a trigger."""

    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=CauseEventKind)
    actor_kind = models.CharField(max_length=20, choices=Actor)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    from_value = models.CharField(max_length=300, blank=True)
    to_value = models.CharField(max_length=300, blank=True)
    data: Any = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["cause", "occurred_at", "id"], name="cause_event_in_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d %H:%M}"


class CauseAnswer(models.Model):
    """One text to everybody who complained, as rows: it leaves at `leaves_at`, and until then it can be taken back."""

    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=64, unique=True, help_text="Of the request: sent twice, it is one answer.")
    text = models.TextField()
    resolves = models.BooleanField(default=False, help_text="The tickets are resolved with it; else they wait.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=AnswerState, default=AnswerState.WAITING)
    created_at = models.DateTimeField(default=timezone.now)
    leaves_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AnswerState.values), name="cause_answer_state_known")
        ]
        indexes = [
            # Reader: the sweep that sends them.
            models.Index(fields=["leaves_at"], condition=Q(state__in=("waiting", "sending")), name="cause_answer_due"),
        ]

    def __str__(self) -> str:
        return f"{self.cause_id} {self.created_at:%Y-%m-%d %H:%M}"


class CauseAnswerItem(models.Model):
    """One ticket of an answer to all, and what became of it."""

    answer = models.ForeignKey(CauseAnswer, on_delete=models.CASCADE, related_name="items", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=AnswerOutcome, default=AnswerOutcome.WAITING)
    why = models.CharField(max_length=500, blank=True, help_text="Why it was refused or failed.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "ticket"], name="cause_answer_item_once"),
            models.CheckConstraint(condition=Q(outcome__in=AnswerOutcome.values), name="cause_answer_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.get_outcome_display()}"


class CauseLook(models.Model):
    """One look at a store's day: never a second one, for each spends its part of the false causes of a year."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="cause_looks")
    day = models.DateField(help_text="The last day that was looked at, in the store's time zone.")
    series = models.PositiveIntegerField(help_text="How many were compared.")
    found = models.PositiveIntegerField()
    looked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["store", "day"], name="cause_look_once_a_day")]

    def __str__(self) -> str:
        return f"{self.store_id} {self.day}"
