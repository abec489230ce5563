"""Rules of tickets: what is done when something happens, what is still to be looked at, and what was done."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscribers.models import Store
from tickets.enums import RuleEvent, TicketStatus
from tickets.models.tickets import Ticket, TicketEvent


class TicketRule(models.Model):
    """When this happens to a ticket and these conditions hold, do that."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="ticket_rules")
    name = models.CharField(_("name"), max_length=120)
    event = models.CharField(_("when"), max_length=20, choices=RuleEvent)
    # Of the event `in_status` alone.
    status = models.CharField(_("status"), max_length=20, choices=TicketStatus, blank=True)
    hours = models.PositiveIntegerField(_("for so many hours"), null=True, blank=True)
    # tickets.rules.conditions and tickets.actions read these.
    conditions: Any = models.JSONField(default=dict, blank=True)
    actions: Any = models.JSONField(default=list, blank=True)
    reply = models.TextField(_("answer to the customer"), max_length=10_000, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100, help_text=_("The lowest comes first."))
    stops = models.BooleanField(
        _("stop after this one"), default=False, help_text=_("No later rule is asked about what happened then.")
    )
    most_a_day = models.PositiveSmallIntegerField(
        _("at most a day"), default=3, help_text=_("So many times on one ticket within 24 hours.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("ticket rule")
        verbose_name_plural = _("ticket rules")
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="ticket_rule_name_unique"),
            models.CheckConstraint(condition=Q(event__in=RuleEvent.values), name="ticket_rule_event_known"),
            models.CheckConstraint(
                condition=(Q(event=RuleEvent.IN_STATUS, hours__gte=1) & ~Q(status=""))
                | (~Q(event=RuleEvent.IN_STATUS) & Q(status="", hours=None)),
                name="ticket_rule_waits_iff_in_status",
            ),
            models.CheckConstraint(condition=Q(most_a_day__gte=1), name="ticket_rule_most_a_day_positive"),
        ]
        indexes = [
            # Reader: whatever writes a ticket's history asks whether a rule waits for that.
            models.Index(fields=["store", "event"], condition=Q(is_active=True), name="ticket_rule_active"),
        ]

    def __str__(self) -> str:
        return self.name


class TicketRuleVersion(models.Model):
    """What a rule said from when on. Append-only."""

    rule = models.ForeignKey(TicketRule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    said: Any = models.JSONField(help_text="The rule's columns.")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="ticket_rule_version_number_unique")]

    def __str__(self) -> str:
        return f"v{self.number}"


class RuleTask(models.Model):
    """Something that happened to a ticket and that rules are still to be asked about. Gone when they were.

    `rule`: the one that waits until a ticket was in a status for so long; empty: all that wait for the event.
    """

    event = models.ForeignKey(TicketEvent, on_delete=models.CASCADE, related_name="rule_tasks")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="rule_tasks")
    rule = models.ForeignKey(TicketRule, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks")
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    failed_at = models.DateTimeField(null=True, blank=True, help_text="Given up then.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "rule"], nulls_distinct=False, name="rule_task_once_an_event"),
        ]
        indexes = [
            # Reader: the sweep.
            models.Index(fields=["due_at", "id"], condition=Q(failed_at=None), name="rule_task_due"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.event_id}"


class RuleFiring(models.Model):
    """What a rule did on a ticket, and why. Append-only."""

    rule = models.ForeignKey(TicketRule, on_delete=models.CASCADE, related_name="firings")
    version = models.PositiveIntegerField()
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="rule_firings")
    event = models.ForeignKey(TicketEvent, on_delete=models.CASCADE, related_name="rule_firings")
    fired_at = models.DateTimeField(default=timezone.now)
    because: Any = models.JSONField(default=list, help_text="Each condition with what was found.")
    done: Any = models.JSONField(default=list)
    refused: Any = models.JSONField(default=list, help_text="What could not be done, and why.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "event"], name="rule_firing_once_an_event")]
        indexes = [
            # Readers: the bounds on how often a rule works on one ticket; the API.
            models.Index(fields=["ticket", "-fired_at"], name="rule_firing_of_ticket"),
            # Readers: the admin's counts, the newest of a rule.
            models.Index(fields=["rule", "-fired_at"], name="rule_firing_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.fired_at:%Y-%m-%d %H:%M}"
