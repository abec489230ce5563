"""Filters of the list of subscribers."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from subscribers.enums import Provider, SubscriptionStatus
from subscribers.filtering import KeysFilter, Order, PersonFilter, WordsFilter, matches, since, until
from subscribers.models import Subscriber, Subscription
from subscribers.models.people import SubscriberQuerySet


class SubscriberFilter(django_filters.FilterSet):
    store = KeysFilter(field_name="store__key", help_text="Key of a store; several with commas.")
    email = django_filters.CharFilter(method="with_email", help_text="The whole address.")
    q = django_filters.CharFilter(method="find", help_text="Part of a name or an address.")
    status = WordsFilter(
        choices=SubscriptionStatus.choices,
        method="with_subscription",
        help_text="Has a subscription in this state; several with commas.",
    )
    created_after = since("created_at", "Known")
    created_before = until("created_at", "Known")
    ordering = Order(default="-created_at", columns={"created_at": "created_at", "name": "name", "email": "email"})

    class Meta:
        model = Subscriber
        fields: list[str] = []

    def find(self, queryset: "QuerySet[Subscriber]", name: str, value: str) -> "QuerySet[Subscriber]":
        return queryset.filter(matches(value, "name", "email"))

    def with_email(self, queryset: "SubscriberQuerySet", name: str, value: str) -> "SubscriberQuerySet":
        return queryset.with_email(value)

    def with_subscription(self, queryset: "QuerySet[Subscriber]", name: str, value: Any) -> "QuerySet[Subscriber]":
        wanted = Subscription.objects.filter(status__in=value).values("subscriber")
        return queryset.filter(pk__in=wanted) if value else queryset


class SubscriptionFilter(django_filters.FilterSet):
    store = KeysFilter(field_name="store__key", help_text="Key of a store; several with commas.")
    status = WordsFilter(choices=SubscriptionStatus.choices, help_text="One or several states, with commas.")
    provider = WordsFilter(choices=Provider.choices, help_text="Who keeps it; several with commas.")
    subscriber = PersonFilter(field_name="subscriber", help_text="Id or mail address.")
    external_id = KeysFilter(field_name="external_id", help_text="The provider's own id; several with commas.")
    next_billing_after = since("next_billing_at", "Billed next")
    next_billing_before = until("next_billing_at", "Billed next")
    started_after = since("started_at", "Started")
    started_before = until("started_at", "Started")
    ordering = Order(
        default="-started_at",
        columns={"started_at": "started_at", "next_billing_at": "next_billing_at", "price": "price"},
        nullable=["next_billing_at"],
    )

    class Meta:
        model = Subscription
        fields: list[str] = []
