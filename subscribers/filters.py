"""Filters of the list of subscribers."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from subscribers.enums import SubscriptionStatus
from subscribers.filtering import KeysFilter, Order, WordsFilter, matches, since, until
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
