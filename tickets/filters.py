"""Filters of the list of tickets, for its page and for the REST interface."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from subscribers.enums import Channel
from subscribers.filtering import IdFilter, KeysFilter, Order, PersonFilter, WordsFilter, since, until
from tickets.enums import Priority, TicketStatus
from tickets.models import Ticket, TicketTopic
from tickets.satisfaction.selectors import FILTERS, satisfied

PRIORITIES = {priority.name.lower(): priority for priority in Priority}


class TicketFilter(django_filters.FilterSet):
    """Give it `request=` too, for `assignee=me`."""

    ticket = IdFilter(field_name="pk", help_text="One ticket, as 1042 or T-1042.")
    store = KeysFilter(field_name="store__key", help_text="Key of a store; several with commas.")
    queue = KeysFilter(field_name="queue__key", help_text="Key of a queue; several with commas.")
    status = WordsFilter(choices=TicketStatus.choices, help_text="Several with commas.")
    priority = WordsFilter(
        choices=[(word, priority.label) for word, priority in PRIORITIES.items()],
        values=PRIORITIES,
        help_text="Several with commas.",
    )
    channel = WordsFilter(choices=Channel.choices, help_text="How it was opened; several with commas.")
    subscriber = PersonFilter(field_name="subscriber", help_text="Id or mail address.")
    assignee = PersonFilter(
        field_name="assignee", words=("me", "none"), help_text="Id or mail address; “me”; “none”: nobody's."
    )
    topic = KeysFilter(method="about", help_text="Key of a reason; several with commas: any of them.")
    cycle = IdFilter(field_name="cycle_index", help_text="The subscriber's cycle when it was opened.")
    box = IdFilter(field_name="box_id", help_text="Id of the box that it is about.")
    satisfaction = WordsFilter(
        choices=FILTERS,
        method="rated",
        help_text="What the customer answered: bad (1–2), okay (3), good (4–5); asked: no answer yet; none: no answer, "
        "asked or not; several with commas.",
    )
    opened_after = since("opened_at", "Opened")
    opened_before = until("opened_at", "Opened")
    updated_after = since("updated_at", "Changed")
    updated_before = until("updated_at", "Changed")
    resolved_after = since("resolved_at", "Resolved")
    resolved_before = until("resolved_at", "Resolved")
    due_before = until("next_due_at", "Next due")
    ordering = Order(
        default="-created_at",
        columns={
            "created_at": "opened_at",
            "updated_at": "updated_at",
            "resolved_at": "resolved_at",
            "due_at": "next_due_at",
            "priority": "priority",
        },
        nullable=("resolved_at", "next_due_at"),
    )

    class Meta:
        model = Ticket
        fields: list[str] = []

    def rated(self, queryset: "QuerySet[Ticket]", name: str, value: Any) -> "QuerySet[Ticket]":
        return queryset.filter(satisfied(value)) if value else queryset

    def about(self, queryset: "QuerySet[Ticket]", name: str, value: Any) -> "QuerySet[Ticket]":
        standing = TicketTopic.objects.filter(reason__key__in=value, rejected_at=None)
        return queryset.filter(pk__in=standing.values("ticket")) if value else queryset
