"""How content customers are: when a queue asks, what was asked of whom, and every answer that was given."""

from datetime import time
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.models import Reason, Store, Subscriber
from subscribers.models.stores import Viewer
from tickets.enums import (
    ASKED_SATISFACTION,
    LIVE_SATISFACTION,
    SatisfactionState,
    Score,
    WhyNotAsked,
)
from tickets.models.messages import Message
from tickets.models.queues import Queue
from tickets.models.tickets import Ticket


class SatisfactionSettings(models.Model):
    """Whether, when and whom a queue asks after a ticket was resolved. A queue without a row asks nobody."""

    queue = models.OneToOneField(Queue, on_delete=models.CASCADE, related_name="satisfaction")
    is_on = models.BooleanField("ask", default=True, help_text="Off: nobody is asked, whoever waits to be included.")
    delay_hours = models.PositiveSmallIntegerField(
        "asked after",
        default=24,
        validators=[MaxValueValidator(24 * 30)],
        help_text="Hours after the ticket was resolved. Opened again before, nobody is asked.",
    )
    send_from = models.TimeField("not before", default=time(9), help_text="By the customer’s clock.")
    send_until = models.TimeField(
        "not after", default=time(20), help_text="By the customer’s clock; the same as above: at any time."
    )
    rest_days = models.PositiveSmallIntegerField(
        "asked at most once in", default=30, help_text="Days, each customer, over all queues of the store; 0: no limit."
    )
    answer_days = models.PositiveSmallIntegerField(
        "link good for",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="Days in which an answer is taken.",
    )
    change_days = models.PositiveSmallIntegerField(
        "may change for", default=7, help_text="Days after the first answer in which it can be changed; 0: never."
    )
    waits_for_others = models.BooleanField(
        "wait for other tickets",
        default=True,
        help_text="Not while another ticket of theirs is open; after a week nobody is asked any more.",
    )
    only_answered = models.BooleanField(
        "only where somebody answered", default=True, help_text="Not where nobody wrote to the customer."
    )
    skips_channels: Any = models.JSONField(
        "channels left out", default=list, blank=True, help_text="Of tickets that came this way."
    )
    skips_topics = models.ManyToManyField(
        Reason,
        blank=True,
        related_name="+",
        verbose_name="topics left out",
        help_text="Of tickets with one of these topics.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "satisfaction settings"
        constraints = [
            models.CheckConstraint(
                condition=Q(answer_days__gte=1, answer_days__lte=365, delay_hours__lte=24 * 30),
                name="satisfaction_lengths_sensible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue}: {'asks' if self.is_on else 'asks nobody'}"


class SatisfactionRequestQuerySet(models.QuerySet["SatisfactionRequest"]):
    def visible_to(self, user: Viewer) -> "SatisfactionRequestQuerySet":
        """Those of tickets that this person sees."""
        return self.filter(ticket__in=Ticket.objects.visible_to(user))


class SatisfactionRequest(models.Model):
    """One question about one ticket: due, asked, answered, or why it was not asked. For tickets.satisfaction."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="satisfaction_requests")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="satisfaction_requests")
    # Of the moment when it was asked: a score belongs to whoever had the ticket then.
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=20, choices=SatisfactionState, default=SatisfactionState.DUE)
    why_not = models.CharField(max_length=20, choices=WhyNotAsked, blank=True)
    resolved_at = models.DateTimeField(help_text="Of the resolution that it is about.")
    due_at = models.DateTimeField(help_text="When it is tried to ask next.")
    wait_reason = models.CharField(max_length=20, choices=WhyNotAsked, blank=True, help_text="Why it was put off.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Faults so far; each puts it off.")
    error = models.TextField(blank=True)
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, blank=True, related_name="satisfaction_request"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    answer_until = models.DateTimeField(null=True, blank=True)
    change_days = models.PositiveSmallIntegerField(default=0)
    score = models.PositiveSmallIntegerField(choices=Score, null=True, blank=True)
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField(null=True, blank=True, help_text="The first answer.")
    changed_at = models.DateTimeField(null=True, blank=True, help_text="The latest answer, where it differs.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = SatisfactionRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            # Two workers, or a resolution told twice: one ticket is asked about once. Its index also finds a ticket's.
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(state__in=LIVE_SATISFACTION), name="satisfaction_one_live_a_ticket"
            ),
            models.CheckConstraint(condition=Q(state__in=SatisfactionState.values), name="satisfaction_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=ASKED_SATISFACTION, asked_at__isnull=False, answer_until__isnull=False)
                | (~Q(state__in=ASKED_SATISFACTION) & Q(asked_at=None)),
                name="satisfaction_asked_iff_asked",
            ),
            models.CheckConstraint(
                condition=Q(state=SatisfactionState.RATED, score__in=Score.values, rated_at__isnull=False)
                | (~Q(state=SatisfactionState.RATED) & Q(score=None, rated_at=None, comment="")),
                name="satisfaction_rated_iff_score",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(SatisfactionState.SKIPPED, SatisfactionState.WITHDRAWN)) | Q(why_not=""),
                name="satisfaction_why_not_only_if_not",
            ),
        ]
        indexes = [
            # Reader: the sweep that asks what is due.
            models.Index(fields=["due_at"], condition=Q(state="due"), name="satisfaction_due"),
            # Readers: filters of tickets and figures, by score and by the day of the answer.
            models.Index(fields=["score", "ticket"], condition=Q(state="rated"), name="satisfaction_by_score"),
            models.Index(fields=["-rated_at"], condition=Q(state="rated"), name="satisfaction_by_answer"),
            # Reader: whether somebody was asked lately.
            models.Index(
                fields=["subscriber", "-asked_at"],
                condition=Q(asked_at__isnull=False),
                name="satisfaction_asked_person",
            ),
            # Reader: the REST list, the newest first.
            models.Index(fields=["-created_at", "-id"], name="satisfaction_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.get_state_display().lower()}"

    @property
    def is_rated(self) -> bool:
        return self.state == SatisfactionState.RATED


class SatisfactionRating(models.Model):
    """One answer, the first or a changed one. Append-only, held by a trigger."""

    request = models.ForeignKey(SatisfactionRequest, on_delete=models.CASCADE, related_name="ratings")
    score = models.PositiveSmallIntegerField(choices=Score)
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__in=Score.values), name="satisfaction_rating_score_known"),
        ]
        indexes = [
            models.Index(fields=["request", "rated_at", "id"], name="satisfaction_rating_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.score} of 5"
