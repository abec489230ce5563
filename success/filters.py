"""Filters of alerts and runs, for their pages and for the REST interface."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from subscribers.enums import PAID_CYCLE, Channel
from subscribers.filtering import IdFilter, KeysFilter, Order, PersonFilter, WordsFilter, matches, since, until
from subscribers.models import Cycle, Subscription
from success.enums import (
    AlertOutcome,
    AlertPriority,
    AlertStatus,
    Arm,
    ExitReason,
    FactKind,
    RunStatus,
    TouchCategory,
    TouchDecision,
)
from success.health.enums import HealthWord
from success.models import Alert, Evidence, Run, Touch
from tickets.models import Ticket

PRIORITIES = {priority.name.lower(): priority for priority in AlertPriority}


class ByTicket(django_filters.FilterSet):
    def seen(self, ticket: int) -> "QuerySet[Ticket]":
        """The ticket, if whoever asks sees it."""
        if self.request is None:
            return Ticket.objects.none()
        return Ticket.objects.visible_to(self.request.user).filter(pk=ticket)


class AlertFilter(ByTicket):
    """Give it `request=`: an alert is found by a ticket only by somebody who sees that ticket."""

    ticket = IdFilter(method="from_ticket", help_text="A ticket that speaks for it, as 1042 or T-1042.")
    subscriber = PersonFilter(field_name="subscriber", help_text="Id or mail address.")
    store = KeysFilter(field_name="store__key", help_text="Key of a store; several with commas.")
    status = WordsFilter(choices=AlertStatus.choices, help_text="Several with commas.")
    outcome = WordsFilter(choices=AlertOutcome.choices, help_text="Several with commas.")
    priority = WordsFilter(
        choices=[(word, priority.label) for word, priority in PRIORITIES.items()],
        values=PRIORITIES,
        help_text="Several with commas.",
    )
    reason = WordsFilter(
        choices=FactKind.choices, method="because", help_text="A fact that speaks for it; several with commas: any."
    )
    owner = PersonFilter(
        field_name="owner", words=("me", "none"), help_text="Id or mail address; “me”; “none”: nobody's."
    )
    opened_after = since("opened_at", "Opened")
    opened_before = until("opened_at", "Opened")
    due_before = until("due_at", "Due")
    q = django_filters.CharFilter(method="with_words", help_text="Letters of the subscriber's name or address.")
    cycle = WordsFilter(
        choices=[("first", "First cycle"), ("later", "Later cycles"), ("none", "Never subscribed")],
        method="in_cycle",
        help_text="Of the subscriber, by successful billings; several with commas.",
    )
    product = IdFilter(method="with_product", help_text="Id of a product that they subscribe to now.")
    country = KeysFilter(field_name="subscriber__country", help_text="ISO 3166, two letters; several with commas.")
    health = WordsFilter(
        field_name="subscriber__health__word", choices=HealthWord.choices, help_text="Several with commas."
    )
    value_from = django_filters.NumberFilter(
        field_name="value_at_risk", lookup_expr="gte", help_text="Value at risk a year, at least."
    )
    ordering = Order(
        default="-created_at",
        columns={
            "rank": "rank",
            "created_at": "opened_at",
            "updated_at": "updated_at",
            "closed_at": "closed_at",
            "due_at": "due_at",
            "priority": "priority",
            "score": "score",
            "value_at_risk": "value_at_risk",
        },
        nullable=("closed_at",),
    )

    class Meta:
        model = Alert
        fields: list[str] = []

    def from_ticket(self, queryset: "QuerySet[Alert]", name: str, value: int | None) -> "QuerySet[Alert]":
        if value is None:
            return queryset
        evidence = Evidence.objects.filter(retracted_at=None, ticket__in=self.seen(value))
        return queryset.filter(pk__in=evidence.values("alert"))

    def because(self, queryset: "QuerySet[Alert]", name: str, value: Any) -> "QuerySet[Alert]":
        evidence = Evidence.objects.filter(retracted_at=None, kind__in=value)
        return queryset.filter(pk__in=evidence.values("alert")) if value else queryset

    def with_words(self, queryset: "QuerySet[Alert]", name: str, value: str) -> "QuerySet[Alert]":
        words = value.replace("\x00", "").strip()
        return queryset.filter(matches(words, "subscriber__name", "subscriber__email", "title"))

    def with_product(self, queryset: "QuerySet[Alert]", name: str, value: int | None) -> "QuerySet[Alert]":
        theirs = Subscription.objects.active().filter(product=value)
        return queryset if value is None else queryset.filter(subscriber__in=theirs.values("subscriber"))

    def in_cycle(self, queryset: "QuerySet[Alert]", name: str, value: Any) -> "QuerySet[Alert]":
        """As `cycle_index` counts: whoever has been billed at most once is in their first cycle."""
        theirs = Subscription.objects.filter(subscriber=OuterRef("subscriber"))
        paid = Cycle.objects.filter(
            subscription__subscriber=OuterRef("subscriber"), status__in=PAID_CYCLE, billed_at__isnull=False
        )
        renewed = Exists(paid.order_by("billed_at", "pk")[1:2])  # there is a second one
        rows = queryset.filter(subscriber__isnull=False)
        found = Q(pk__in=())
        if "first" in value:
            found |= Q(Exists(theirs)) & ~Q(renewed)
        if "later" in value:
            found |= Q(renewed)
        if "none" in value:
            found |= ~Q(Exists(theirs))
        return rows.filter(found) if value else queryset


class TouchFilter(django_filters.FilterSet):
    subscriber = PersonFilter(field_name="subscriber", help_text="Id or mail address.")
    store = KeysFilter(field_name="store__key", help_text="Key of a store; several with commas.")
    flow = KeysFilter(field_name="run_step__run__flow__key", help_text="Key of a flow; several with commas.")
    run = IdFilter(field_name="run_step__run_id", help_text="Id of a run.")
    channel = WordsFilter(choices=Channel.choices, help_text="Several with commas.")
    category = WordsFilter(choices=TouchCategory.choices, help_text="Several with commas.")
    decision = WordsFilter(choices=TouchDecision.choices, help_text="Several with commas.")
    sent = django_filters.BooleanFilter(method="was_sent", help_text="Whether it was sent; else it was held back.")
    occurred_after = since("occurred_at", "Sent or held")
    occurred_before = until("occurred_at", "Sent or held")
    ordering = Order(default="-occurred_at", columns={"occurred_at": "occurred_at"})

    class Meta:
        model = Touch
        fields: list[str] = []

    def was_sent(self, queryset: "QuerySet[Touch]", name: str, value: bool | None) -> "QuerySet[Touch]":
        if value is None:
            return queryset
        sent = Q(decision=TouchDecision.SENT)
        return queryset.filter(sent if value else ~sent)


class RunFilter(ByTicket):
    """Give it `request=`: a run is found by its ticket only by somebody who sees that ticket."""

    ticket = IdFilter(method="of_ticket", help_text="The ticket that it began with, as 1042 or T-1042.")
    subscriber = PersonFilter(field_name="subscriber", help_text="Id or mail address.")
    alert = IdFilter(field_name="alert_id", help_text="Id of its alert.")
    store = KeysFilter(field_name="store__key", help_text="Key of a store; several with commas.")
    flow = KeysFilter(field_name="flow__key", help_text="Key of a flow; several with commas.")
    status = WordsFilter(choices=RunStatus.choices, help_text="Several with commas.")
    exit_reason = WordsFilter(choices=ExitReason.choices, help_text="Several with commas.")
    outcome = KeysFilter(field_name="outcome", help_text="What it ended with; several with commas.")
    arm = WordsFilter(choices=Arm.choices, help_text="Treated, or held out to compare with.")
    started_after = since("started_at", "Started")
    started_before = until("started_at", "Started")
    ordering = Order(
        default="-created_at",
        columns={"created_at": "started_at", "updated_at": "updated_at", "ended_at": "ended_at"},
        nullable=("ended_at",),
    )

    class Meta:
        model = Run
        fields: list[str] = []

    def of_ticket(self, queryset: "QuerySet[Run]", name: str, value: int | None) -> "QuerySet[Run]":
        if value is None:
            return queryset
        return queryset.filter(ticket__in=self.seen(value))
