"""How stores' people look in the REST interface, and the pieces that other apps' serializers share."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import IntegerChoices
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from subscribers.models import Subscriber, Subscription


class WordField(serializers.ChoiceField):
    """A numbered choice by its word: `high`, not 2."""

    def __init__(self, vocabulary: type[IntegerChoices], **options: Any) -> None:
        self.numbers = {choice.name.lower(): choice for choice in vocabulary}
        self.words = {int(choice): word for word, choice in self.numbers.items()}
        super().__init__(choices=[(word, choice.label) for word, choice in self.numbers.items()], **options)
        self.error_messages["invalid_choice"] = f"“{{input}}” is none of {', '.join(self.numbers)}."

    def to_representation(self, value: Any) -> str:
        return self.words[int(value)]

    def to_internal_value(self, data: Any) -> Any:
        return self.numbers[super().to_internal_value(data)]


class ColleagueSerializer(serializers.ModelSerializer[Any]):
    """Somebody who works here."""

    class Meta:
        model = get_user_model()
        fields = ["id", "name", "email"]
        read_only_fields = fields


class SubscriberBriefSerializer(serializers.ModelSerializer[Subscriber]):
    """A subscriber beside something else."""

    class Meta:
        model = Subscriber
        fields = ["id", "name", "email"]
        read_only_fields = fields


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    product = serializers.CharField(source="product.name", default=None, allow_null=True)

    class Meta:
        model = Subscription
        fields = [
            "id",
            "provider",
            "external_id",
            "product",
            "status",
            "price",
            "currency",
            "billing_interval",
            "billing_interval_count",
            "delivery_interval",
            "delivery_interval_count",
            "started_at",
            "next_billing_at",
            "ended_at",
        ]
        read_only_fields = fields


class SubscriberSerializer(serializers.ModelSerializer[Subscriber]):
    """Read-only. `cycle_index` is annotated by the view: the subscriber's cycle now, null if never subscribed."""

    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    cycle_index = serializers.IntegerField(read_only=True, allow_null=True)
    subscriptions = SubscriptionSerializer(many=True, read_only=True)
    url = serializers.SerializerMethodField(help_text="The page for people.")

    class Meta:
        model = Subscriber
        fields = [
            "id",
            "url",
            "store",
            "email",
            "name",
            "phone",
            "country",
            "region",
            "language",
            "time_zone",
            "cycle_index",
            "subscriptions",
            "undeliverable_at",
            "suppressed_until",
            "created_at",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, subscriber: Subscriber) -> str:
        return page_address(self.context, reverse("subscriber-detail", args=[subscriber.pk]))


def page_address(context: Mapping[str, Any], path: str) -> str:
    """The whole address of a page, at the host that was asked."""
    request = context.get("request")
    return request.build_absolute_uri(path) if request is not None else path
