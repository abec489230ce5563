"""What a ticket is about, how it was recognised, and the rules that recognise."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from subscribers.models import Reason, Store
from tickets.enums import TopicSource
from tickets.models.messages import Message
from tickets.models.tickets import Ticket


class DetectionRule(models.Model):
    """Words by which a topic is recognised. The language of phrases is described in tickets.topics."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: for every store."
    )
    name = models.CharField(max_length=120)
    reason = models.ForeignKey(Reason, on_delete=models.CASCADE, related_name="detection_rules")
    language = models.CharField(max_length=10, blank=True, help_text="Empty: tried on every text.")
    phrases = models.TextField(help_text="One a line.")
    unless = models.TextField(blank=True, help_text="One a line: these words near a hit take it back.")
    confidence = models.FloatField(default=0.8, help_text="From 0 to 1.")
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence__gt=0, confidence__lte=1), name="detection_rule_confidence_share"
            ),
            models.UniqueConstraint(fields=["store", "name"], nulls_distinct=False, name="detection_rule_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class LearnedTopic(models.Model):
    """What one night's learning found for a topic, and how it did beside the rules on tickets that were held back.

    Append-only; of a store and reason the newest counts, and it decides only where it `is_used`.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="learned_topics")
    reason = models.ForeignKey(Reason, on_delete=models.CASCADE, related_name="learned_topics")
    learned_at = models.DateTimeField(default=timezone.now)
    is_used = models.BooleanField(help_text="It made fewer mistakes than the rules, by more than chance explains.")
    weights: Any = models.JSONField(help_text="Log odds of a logistic regression: bias, the rules, words and pairs.")
    learned_from = models.PositiveIntegerField(help_text="Reviewed tickets.")
    compared_on = models.PositiveIntegerField(help_text="Newer reviewed tickets, held back.")
    decisions = models.PositiveIntegerField(help_text="Corrections by agents that were known then.")
    rules_hits = models.PositiveIntegerField()
    rules_false_alarms = models.PositiveIntegerField()
    rules_missed = models.PositiveIntegerField()
    hits = models.PositiveIntegerField()
    false_alarms = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    chance = models.FloatField(help_text="McNemar's exact p, one-sided, that it is no better than the rules.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(chance__gte=0, chance__lte=1), name="learned_topic_chance_share"),
        ]
        indexes = [
            # Reader: each batch of arriving messages, for the newest of each reason.
            models.Index(fields=["store", "reason", "-learned_at"], name="learned_topic_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.reason}, {self.learned_at:%Y-%m-%d}"


class TicketTopic(models.Model):
    """One reason on one ticket, with the words that it rests on; an agent's decision outlasts any rule's."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="topics")
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="ticket_topics")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True)
    source = models.CharField(max_length=20, choices=TopicSource)
    rule = models.ForeignKey(DetectionRule, on_delete=models.SET_NULL, null=True, blank=True)
    learned = models.ForeignKey(LearnedTopic, on_delete=models.SET_NULL, null=True, blank=True)
    confidence = models.FloatField(default=1.0)
    evidence: Any = models.JSONField(default=list, blank=True, help_text="The words of the text, as they stand.")
    created_at = models.DateTimeField(default=timezone.now)
    # Set where an agent said "this is not about that"; a rule's later hit does not bring it back.
    rejected_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "reason"], name="ticket_topic_once"),
            models.CheckConstraint(
                condition=Q(confidence__gt=0, confidence__lte=1), name="ticket_topic_confidence_share"
            ),
        ]
        indexes = [
            # Readers: the sweep that derives missing alerts from facts, and lists by topic.
            models.Index(fields=["reason", "-created_at"], condition=Q(rejected_at=None), name="ticket_topic_standing"),
        ]

    def __str__(self) -> str:
        return str(self.reason)
