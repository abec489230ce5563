"""Subscriptions, what is asked of their providers, and boxes in the REST interface."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from subscribers.enums import ActionKind, BoxStatus
from subscribers.models import Box, Cycle, ProviderAction, Reason
from subscribers.serializers import SubscriberBriefSerializer, SubscriptionSerializer


class BoxSerializer(serializers.ModelSerializer[Box]):
    class Meta:
        model = Box
        fields = [
            "id",
            "kind",
            "sequence",
            "status",
            "order_number",
            "carrier",
            "batch",
            "tracking_number",
            "tracking_url",
            "ships_on",
            "shipped_at",
            "expected_on",
            "delivered_at",
        ]
        read_only_fields = fields


class CycleSerializer(serializers.ModelSerializer[Cycle]):
    boxes = BoxSerializer(many=True, read_only=True)

    class Meta:
        model = Cycle
        fields = [
            "id",
            "index",
            "status",
            "starts_at",
            "ends_at",
            "billing_expected_at",
            "billed_at",
            "amount",
            "refunded",
            "boxes",
        ]
        read_only_fields = fields


class SubscriptionRowSerializer(SubscriptionSerializer):
    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    subscriber = SubscriberBriefSerializer(read_only=True)

    class Meta(SubscriptionSerializer.Meta):
        fields = [
            *SubscriptionSerializer.Meta.fields,
            "store",
            "subscriber",
            "quantity",
            "paused_at",
            "resumes_at",
            "cancels_at",
        ]
        read_only_fields = fields


class SubscriptionDetailSerializer(SubscriptionRowSerializer):
    cycles = CycleSerializer(many=True, read_only=True, help_text="The newest first.")

    class Meta(SubscriptionRowSerializer.Meta):
        fields = [*SubscriptionRowSerializer.Meta.fields, "cycles"]
        read_only_fields = fields


class ActionSerializer(serializers.ModelSerializer[ProviderAction]):
    reason = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)

    class Meta:
        model = ProviderAction
        fields = [
            "id",
            "kind",
            "params",
            "state",
            "error",
            "result",
            "amount",
            "currency",
            "cycle",
            "box",
            "reason",
            "attempts",
            "requested_at",
            "settled_at",
        ]
        read_only_fields = fields


class PreviewSerializer(serializers.Serializer[Any]):
    lines = serializers.ListField(child=serializers.CharField(), help_text="In words, with dates and amounts.")
    before = serializers.DictField()
    after = serializers.DictField()


class WantedSerializer(serializers.Serializer[Any]):
    """What somebody wants done with a subscription (in the context)."""

    kind = serializers.ChoiceField(choices=ActionKind.choices)
    params = serializers.DictField(required=False, default=dict, help_text="As the kind needs: see the docs.")
    cycle = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="An id, for a skip.")
    box = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="An id, to replace it.")

    def validate_cycle(self, pk: int | None) -> Cycle | None:
        return self._found(Cycle.objects.filter(subscription=self.context["subscription"]), pk)

    def validate_box(self, pk: int | None) -> Box | None:
        return self._found(Box.objects.filter(cycle__subscription=self.context["subscription"]), pk)

    @staticmethod
    def _found(rows: Any, pk: int | None) -> Any:
        if pk is None:
            return None
        found = rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
        if found is None:
            raise serializers.ValidationError("The subscription does not have that.")
        return found


class NewActionSerializer(WantedSerializer):
    key = serializers.CharField(max_length=120, help_text="Made once per intent: sent again, nothing is done twice.")
    reason = serializers.CharField(required=False, allow_blank=True, default="", help_text="The key of a reason.")

    def validate_reason(self, key: str) -> Reason | None:
        if not key:
            return None
        store = self.context["subscription"].store_id
        found = Reason.objects.of_store(store).filter(key=key).order_by("store").first()
        if found is None:
            raise serializers.ValidationError("There is no such reason.")
        return found


class BoxReportSerializer(serializers.Serializer[Any]):
    """What a carrier, or somebody who packs, reports of a box."""

    status = serializers.ChoiceField(choices=BoxStatus.choices)
    at = serializers.DateTimeField(required=False, help_text="When it was so; now where it is not said.")
    expected_on = serializers.DateField(required=False, allow_null=True, default=None)
    carrier = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    batch = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    tracking_number = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    tracking_url = serializers.URLField(required=False, allow_blank=True, max_length=500, default="")
    key = serializers.CharField(required=False, allow_blank=True, max_length=120, default="")

    def validate_at(self, at: Any) -> Any:
        if at > timezone.now() + timedelta(minutes=5):
            raise serializers.ValidationError("That has not happened yet.")
        return at
