"""What a store wants to know of its tickets beyond what every ticket has."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from subscribers.models import Store
from tickets.enums import FieldKind
from tickets.models.queues import Queue
from tickets.models.tickets import Ticket


class TicketField(models.Model):
    """A field that a store defines."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="ticket_fields")
    key = models.SlugField(max_length=60, help_text="Short name for addresses and the API; stays.")
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=FieldKind, default=FieldKind.TEXT)
    choices: Any = models.JSONField(
        default=list, blank=True, help_text="What can be chosen, where it is one of several."
    )
    queues = models.ManyToManyField(
        Queue, blank=True, related_name="ticket_fields", help_text="Where it is asked; none: in every queue."
    )
    is_required = models.BooleanField("needed to resolve", default=False)
    is_active = models.BooleanField(default=True, help_text="No longer asked where not; what was said stays.")
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "key"], name="ticket_field_key_unique_in_store"),
            models.CheckConstraint(condition=Q(kind__in=FieldKind.values), name="ticket_field_kind_known"),
            models.CheckConstraint(condition=~Q(kind="choice", choices=[]), name="ticket_field_choices_to_choose_from"),
        ]

    def __str__(self) -> str:
        return self.label


class FieldValue(models.Model):
    """What a field holds on one ticket; no row where it is empty.

    `value` as text in one way of writing: a number without exponent or trailing zeros, a date as 2026-03-31, `yes`
    for what is ticked.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="field_values")
    field = models.ForeignKey(TicketField, on_delete=models.CASCADE, related_name="values", db_index=False)
    value = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "field"], name="field_value_once"),
            models.CheckConstraint(condition=~Q(value=""), name="field_value_not_empty"),
        ]
        # Readers: lists by a field and what it holds, in any case; deletions of a field.
        indexes = [models.Index("field", Upper("value"), F("ticket").desc(), name="field_value_of_tickets")]

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"
