"""Filters of the list of tickets, for its page and for the REST interface."""

from datetime import timedelta
from typing import Any

import django_filters
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscribers.enums import Channel
from subscribers.filtering import IdFilter, KeysFilter, Order, PersonFilter, WordsFilter, since, until
from tickets.enums import Priority, TicketStatus
from tickets.fields.filtering import FieldsFilter
from tickets.models import Ticket, TicketTag, TicketTopic
from tickets.satisfaction.selectors import FILTERS, satisfied
from tickets.search.finding import ask, matching
from tickets.search.parsing import parse

DUE = (("overdue", _("Overdue")), ("hour", _("Within an hour")), ("day", _("Within a day")), ("none", _("Not due")))
DUE_WITHIN = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
OPENED = (("day", _("In the last day")), ("week", _("In the last week")), ("month", _("In the last month")))
OPENED_WITHIN = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
PRIORITIES = {priority.name.lower(): priority for priority in Priority}


class TicketFilter(django_filters.FilterSet):
    """Give it `request=` or `user=` too, for `assignee=me`."""

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
    tag = KeysFilter(method="tagged", help_text="A tag; several with commas: any of them.")
    field = FieldsFilter(
        help_text="A field of the store by its key, and what it holds: order-number=1042; damage=* for anything, "
        "damage= for nothing; several with commas: any value of a field, and all of the fields."
    )
    cycle = IdFilter(field_name="cycle_index", help_text="The subscriber's cycle when it was opened.")
    box = IdFilter(field_name="box_id", help_text="Id of the box that it is about.")
    satisfaction = WordsFilter(
        choices=FILTERS,
        method="rated",
        help_text="What the customer answered: bad (1–2), okay (3), good (4–5); asked: no answer yet; none: no answer, "
        "asked or not; several with commas.",
    )
    due = WordsFilter(
        choices=DUE, method="due_within", help_text="overdue, hour or day (due by then), none; several with commas."
    )
    opened = WordsFilter(
        choices=OPENED, method="opened_within", help_text="In the last day, week or month, whenever that is asked."
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

    def __init__(self, *arguments: Any, user: AbstractBaseUser | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.user = user

    def due_within(self, queryset: "QuerySet[Ticket]", name: str, value: Any) -> "QuerySet[Ticket]":
        now, wanted = timezone.now(), Q(next_due_at=None) if "none" in value else Q(pk__in=())
        if "overdue" in value:
            wanted |= Q(next_due_at__lt=now)
        for word in DUE_WITHIN.keys() & set(value):
            wanted |= Q(next_due_at__gte=now, next_due_at__lt=now + DUE_WITHIN[word])
        return queryset.filter(wanted, resolved_at=None) if value else queryset

    def opened_within(self, queryset: "QuerySet[Ticket]", name: str, value: Any) -> "QuerySet[Ticket]":
        longest = max((OPENED_WITHIN[word] for word in value or ()), default=None)
        return queryset.filter(opened_at__gte=timezone.now() - longest) if longest else queryset

    def rated(self, queryset: "QuerySet[Ticket]", name: str, value: Any) -> "QuerySet[Ticket]":
        return queryset.filter(satisfied(value)) if value else queryset

    def about(self, queryset: "QuerySet[Ticket]", name: str, value: Any) -> "QuerySet[Ticket]":
        standing = TicketTopic.objects.filter(reason__key__in=value, rejected_at=None)
        return queryset.filter(pk__in=standing.values("ticket")) if value else queryset

    def tagged(self, queryset: "QuerySet[Ticket]", name: str, value: Any) -> "QuerySet[Ticket]":
        named = TicketTag.objects.annotate(word=Lower("tag__name")).filter(
            word__in=[one.lower() for one in value or ()]
        )
        return queryset.filter(pk__in=named.values("ticket")) if value else queryset


class TicketApiFilter(TicketFilter):
    """With the search of the list page; of what words find, the newest thousand."""

    q = django_filters.CharFilter(
        method="find",
        help_text="Words, “phrases”, begin*, -not, from:, to:, is:open, cycle:1, T-1042, a mail address, an order’s "
        "number; of what words find, the newest 1,000.",
    )

    class Meta(TicketFilter.Meta):
        pass

    def find(self, queryset: "QuerySet[Ticket]", name: str, value: str) -> "QuerySet[Ticket]":
        search, asked = parse(value), self.request
        if asked is None:
            return queryset.none()
        return matching(queryset, ask(search, asked.user)) if search else queryset
