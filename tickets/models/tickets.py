"""Tickets and their history."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from subscribers.enums import Actor, Channel
from subscribers.models import Box, Store, Subscriber, Subscription
from subscribers.models.stores import Viewer
from tickets.enums import UNRESOLVED, DeletedAs, Priority, SnoozedFor, TicketEventKind, TicketStatus
from tickets.models.queues import Queue


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: Viewer) -> "TicketQuerySet":
        """The one authorisation of tickets: lists, search, counts, page, API and live events start here."""
        return self.filter(queue__in=Queue.objects.visible_to(user), deleted_at=None)

    def discarded_for(self, user: Viewer) -> "TicketQuerySet":
        """Deleted and spam, of the queues that this person sees: for those two lists, and to take it back."""
        discarded = (DeletedAs.DELETED, DeletedAs.SPAM)
        return self.filter(queue__in=Queue.objects.visible_to(user), deleted_at__isnull=False, deleted_as__in=discarded)

    def unresolved(self) -> "TicketQuerySet":
        return self.filter(status__in=UNRESOLVED)


class Ticket(models.Model):
    """A request for service. `T-1042` to people, which is its primary key (a sequence from 1001)."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="tickets")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="tickets")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="tickets")
    subscription = models.ForeignKey(Subscription, on_delete=models.SET_NULL, null=True, blank=True)
    box = models.ForeignKey(Box, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets")
    subject = models.CharField(max_length=500)
    status = models.CharField(max_length=20, choices=TicketStatus, default=TicketStatus.NEW)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    channel = models.CharField(max_length=10, choices=Channel)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assigned_tickets",
    )
    # The subscriber's cycle when the ticket was opened; empty where they never subscribed.
    cycle_index = models.PositiveIntegerField(null=True, blank=True)
    source_key = models.CharField(
        max_length=200, blank=True, help_text="The creator's own id; makes a repeat harmless."
    )
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    opened_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    # In no list since then: deleted, spam, or a part of another ticket by now.
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_as = models.CharField(max_length=10, choices=DeletedAs, blank=True)
    snoozed_until = models.DateTimeField(null=True, blank=True, help_text="Empty: awake.")
    snoozed_for = models.CharField(max_length=10, choices=SnoozedFor, blank=True)
    # The box whose delivery wakes it. Without an index of its own: few tickets have one.
    snoozed_box = models.ForeignKey(
        Box, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    tags = models.ManyToManyField("tickets.Tag", through="tickets.TicketTag", related_name="tickets")
    # The oldest public message of the customer that no agent has answered.
    waiting_since = models.DateTimeField(null=True, blank=True)
    # The earliest due time of its open clocks, kept by tickets.sla.
    next_due_at = models.DateTimeField(null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "channel", "source_key"],
                condition=~Q(source_key=""),
                name="ticket_source_key_unique",
            ),
            models.CheckConstraint(
                condition=Q(status=TicketStatus.RESOLVED, resolved_at__isnull=False)
                | (~Q(status=TicketStatus.RESOLVED) & Q(resolved_at=None)),
                name="ticket_resolved_at_iff_resolved",
            ),
            models.CheckConstraint(condition=Q(status__in=TicketStatus.values), name="ticket_status_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="ticket_priority_known"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="ticket_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None, deleted_as="")
                | Q(deleted_at__isnull=False, deleted_as__in=(DeletedAs.DELETED, DeletedAs.SPAM))
                | Q(deleted_at__isnull=False, deleted_as=DeletedAs.MERGED, merged_into__isnull=False),
                name="ticket_deleted_as_iff_deleted",
            ),
            models.CheckConstraint(
                condition=Q(snoozed_for="", snoozed_box=None)
                | Q(snoozed_for__in=SnoozedFor.values, snoozed_until__isnull=False),
                name="ticket_snoozed_for_until",
            ),
        ]
        indexes = [
            # Readers: inbox and lists by due time, the most pressing first, and their counts. Not by queue: which ones
            # a person sees is a subquery, and one walk in order serves them all.
            models.Index(
                fields=["next_due_at", "id"],
                condition=Q(status__in=UNRESOLVED, deleted_at=None),
                name="ticket_open_by_due",
            ),
            models.Index(
                fields=["assignee", "next_due_at", "id"],
                condition=Q(status__in=UNRESOLVED, deleted_at=None),
                name="ticket_open_of_assignee",
            ),
            # Readers: the views and the REST list of all tickets, the newest first.
            models.Index(fields=["-opened_at", "-id"], condition=Q(deleted_at=None), name="ticket_newest"),
            models.Index(fields=["subscriber", "-opened_at"], name="ticket_of_subscriber"),
            # Reader: the sweep that derives missing alerts from cycle-1 tickets.
            models.Index(fields=["opened_at"], condition=Q(cycle_index=1), name="ticket_cycle_one"),
            # Reader: the sweep that wakes what was snoozed.
            models.Index(
                fields=["snoozed_until"], condition=Q(snoozed_until__isnull=False), name="ticket_snoozed_until"
            ),
            # Readers: whoever hears that a box was delivered, and the deletion of a box.
            models.Index(fields=["snoozed_box"], condition=Q(snoozed_box__isnull=False), name="ticket_snoozed_for_box"),
            # Readers: the lists of what was deleted and of spam.
            models.Index(
                fields=["deleted_as", "-deleted_at", "-id"],
                condition=Q(deleted_at__isnull=False),
                name="ticket_discarded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("ticket-detail", args=[self.pk])

    @property
    def number(self) -> str:
        return f"T-{self.pk}"

    @property
    def is_cycle_one(self) -> bool:
        return self.cycle_index == 1

    @property
    def is_snoozed(self) -> bool:
        return self.snoozed_until is not None

    @property
    def is_resolved(self) -> bool:
        return self.status == TicketStatus.RESOLVED


class TicketEvent(models.Model):
    """One change of a ticket: who, what, when, from, to. Append-only, held by a trigger."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=30, choices=TicketEventKind)
    actor_kind = models.CharField(max_length=20, choices=Actor)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    from_value = models.CharField(max_length=200, blank=True)
    to_value = models.CharField(max_length=200, blank=True)
    data: Any = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["ticket", "occurred_at", "id"], name="ticket_event_in_order")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d %H:%M}"
