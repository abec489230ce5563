"""Rules of tickets and what they did, in the REST interface: list and read."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from subscribers.filtering import IdFilter, KeysFilter, Order, WordsFilter, since, until
from subscribers.models import Store
from tickets.enums import RuleEvent
from tickets.models import RuleFiring, Ticket, TicketRule


class TicketRuleFilter(django_filters.FilterSet):
    store = KeysFilter(field_name="store__key", help_text="Key of a store; several with commas.")
    event = WordsFilter(choices=RuleEvent.choices, help_text="Several with commas.")
    is_active = django_filters.BooleanFilter()
    ordering = Order(default="position", columns={"position": "position", "updated_at": "updated_at"})

    class Meta:
        model = TicketRule
        fields: list[str] = []


class TicketRuleSerializer(serializers.ModelSerializer[TicketRule]):
    """`status` and `hours`: of `in_status` alone. `most_a_day`: on one ticket within 24 hours."""

    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)

    class Meta:
        model = TicketRule
        fields = [
            "id",
            "store",
            "name",
            "event",
            "status",
            "hours",
            "conditions",
            "actions",
            "reply",
            "position",
            "stops",
            "most_a_day",
            "is_active",
            "version",
            "updated_at",
        ]
        read_only_fields = fields


class TicketRuleViewSet(ReadOnlyModelViewSet[TicketRule]):
    """What is done with tickets when something happens to them. Rules are edited in the admin."""

    queryset = TicketRule.objects.none()
    serializer_class = TicketRuleSerializer
    filterset_class = TicketRuleFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[TicketRule]":
        stores = Store.objects.visible_to(self.request.user)
        return TicketRule.objects.filter(store__in=stores).select_related("store")


class RuleFiringFilter(django_filters.FilterSet):
    ticket = IdFilter(field_name="ticket_id", help_text="One ticket, as 1042 or T-1042.")
    rule = IdFilter(field_name="rule_id", help_text="One rule.")
    fired_after = since("fired_at", "Worked")
    fired_before = until("fired_at", "Worked")
    ordering = Order(default="-fired_at", columns={"fired_at": "fired_at"})

    class Meta:
        model = RuleFiring
        fields: list[str] = []


class RuleFiringSerializer(serializers.ModelSerializer[RuleFiring]):
    """`because`: each condition with what was asked and found. `refused`: what could not be done, and why."""

    class Meta:
        model = RuleFiring
        fields = ["id", "rule", "version", "ticket", "fired_at", "because", "done", "refused"]
        read_only_fields = fields


class RuleFiringViewSet(ReadOnlyModelViewSet[RuleFiring]):
    """What rules did on the tickets that you see, and why."""

    queryset = RuleFiring.objects.none()
    serializer_class = RuleFiringSerializer
    filterset_class = RuleFiringFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[RuleFiring]":
        return RuleFiring.objects.filter(ticket__in=Ticket.objects.visible_to(self.request.user))
