"""Health and milestones in the REST interface: list, read, and tell of use."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from subscribers.filtering import IdFilter, KeysFilter, Order, PersonFilter, WordsFilter, since, until
from subscribers.models import Subscription
from subscribers.serializers import SubscriberBriefSerializer
from success.health.enums import HealthWord, Side, SignalKind
from success.health.selectors import reasons_in
from success.milestones.engagement import record_engagement
from success.milestones.enums import EngagementKind, EngagementSource, MilestoneState
from success.models import Engagement, Health, MilestoneProgress

TOLD = tuple(kind for kind in EngagementKind.choices if kind[0] != EngagementKind.RATED)
WRONG = OpenApiResponse(OpenApiTypes.OBJECT, "Field names with what is wrong; nothing was stored.")


class ReasonSerializer(serializers.Serializer[Any]):
    """A signal that counts."""

    kind = serializers.ChoiceField(choices=SignalKind.choices)
    side = serializers.ChoiceField(choices=Side.choices)
    at = serializers.DateTimeField()
    evidence = serializers.CharField(source="key", help_text="The row that it rests on, such as ticket:1042.")
    points = serializers.FloatField(help_text="Below zero for what speaks against it.")


class HealthSerializer(serializers.ModelSerializer[Health]):
    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    subscriber = SubscriberBriefSerializer()
    reasons = serializers.SerializerMethodField(help_text="What counts, the heaviest against it first.")

    class Meta:
        model = Health
        fields = [
            "store",
            "subscriber",
            "number",
            "word",
            "success",
            "service",
            "reasons",
            "fell_at",
            "fell_from",
            "changed_at",
            "computed_at",
        ]
        read_only_fields = fields

    @extend_schema_field(ReasonSerializer(many=True))
    def get_reasons(self, health: Health) -> Any:
        return ReasonSerializer(reasons_in(health.signals), many=True).data


class HealthFilter(django_filters.FilterSet):
    store = KeysFilter(field_name="store__key", help_text="Key of a store; several with commas.")
    subscriber = PersonFilter(field_name="subscriber", help_text="Id or mail address.")
    word = WordsFilter(choices=HealthWord.choices, help_text="One or several words, with commas.")
    number_below = django_filters.NumberFilter(field_name="number", lookup_expr="lt", help_text="From 0 to 100.")
    changed_after = since("changed_at", "Changed")
    changed_before = until("changed_at", "Changed")
    ordering = Order(
        default="number",
        columns={"number": "number", "changed_at": "changed_at"},
        nullable=["number", "changed_at"],
    )

    class Meta:
        model = Health
        fields: list[str] = []


class HealthViewSet(ReadOnlyModelViewSet[Health]):
    """How the subscribers of your stores fare; read one by the subscriber's id."""

    queryset = Health.objects.none()
    serializer_class = HealthSerializer
    filterset_class = HealthFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[Health]":
        rows = Health.objects.visible_to(self.request.user).filter(subscriber__redacted_at=None)
        return rows.exclude(computed_at=None).select_related("store", "subscriber")


class MilestoneSerializer(serializers.ModelSerializer[MilestoneProgress]):
    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    subscriber = SubscriberBriefSerializer()
    milestone = serializers.CharField(source="milestone.key")
    label: Any = serializers.CharField(source="milestone.label")
    started_at = serializers.DateTimeField(source="subscription.started_at", help_text="Of the subscription.")
    proves_value = serializers.BooleanField(source="milestone.is_value", help_text="Time-to-value is counted to it.")

    class Meta:
        model = MilestoneProgress
        fields = [
            "id",
            "store",
            "subscriber",
            "subscription",
            "milestone",
            "label",
            "proves_value",
            "state",
            "since",
            "started_at",
            "anchor_at",
            "target_at",
            "behind_at",
            "stuck_at",
            "achieved_at",
            "abandoned_at",
            "evidence",
        ]
        read_only_fields = fields


class MilestoneFilter(django_filters.FilterSet):
    store = KeysFilter(field_name="store__key", help_text="Key of a store; several with commas.")
    subscriber = PersonFilter(field_name="subscriber", help_text="Id or mail address.")
    subscription = IdFilter(field_name="subscription", help_text="Id.")
    milestone = KeysFilter(field_name="milestone__key", help_text="Key; several with commas.")
    state = WordsFilter(choices=MilestoneState.choices, help_text="One or several states, with commas.")
    achieved_after = since("achieved_at", "Achieved")
    achieved_before = until("achieved_at", "Achieved")
    ordering = Order(
        default="-since",
        columns={"since": "since", "target_at": "target_at", "achieved_at": "achieved_at"},
        nullable=["target_at", "achieved_at"],
    )

    class Meta:
        model = MilestoneProgress
        fields: list[str] = []


class EngagementSerializer(serializers.ModelSerializer[Engagement]):
    class Meta:
        model = Engagement
        fields = ["id", "subscription", "kind", "subject", "number", "occurred_at", "recorded_at"]
        read_only_fields = fields


class NewEngagementSerializer(serializers.Serializer[Any]):
    """Something that a subscriber did or said about what they got."""

    subscription = serializers.PrimaryKeyRelatedField(queryset=Subscription.objects.none())
    kind = serializers.ChoiceField(choices=TOLD)
    subject = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    number = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=-1000, max_value=1000)
    occurred_at = serializers.DateTimeField(required=False, help_text="Now, where it is left out.")
    key = serializers.CharField(max_length=90, help_text="Your own id of it; told again, nothing happens.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "request" in self.context:
            mine = Subscription.objects.visible_to(self.context["request"].user)
            self.fields["subscription"].queryset = mine.select_related("subscriber")  # type: ignore[attr-defined]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        at = attrs.setdefault("occurred_at", timezone.now())
        if at > timezone.now():
            raise serializers.ValidationError({"occurred_at": "This is still to come."})
        if at < attrs["subscription"].started_at:
            raise serializers.ValidationError({"occurred_at": "The subscription had not begun."})
        return attrs


class MilestoneViewSet(ReadOnlyModelViewSet[MilestoneProgress]):
    """How far the subscriptions of your stores are with their milestones."""

    queryset = MilestoneProgress.objects.none()
    serializer_class = MilestoneSerializer
    filterset_class = MilestoneFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[MilestoneProgress]":
        rows = MilestoneProgress.objects.visible_to(self.request.user).asked_for()
        return rows.filter(subscriber__redacted_at=None).select_related(
            "store", "subscriber", "milestone", "subscription"
        )

    @extend_schema(
        request=NewEngagementSerializer,
        responses={
            201: OpenApiResponse(EngagementSerializer, "Taken in; milestones and health follow within seconds."),
            200: OpenApiResponse(EngagementSerializer, "Known already."),
            400: WRONG,
        },
    )
    @action(detail=False, methods=["post"], url_path="facts", filterset_class=None)
    def facts(self, request: Request) -> Response:
        """Tell that a subscriber uses what they got, answered a survey, or did something else that milestones ask
        for."""
        new = NewEngagementSerializer(data=request.data, context={"request": request})
        new.is_valid(raise_exception=True)
        given = dict(new.validated_data)
        told, is_new = record_engagement(
            subscriber=given["subscription"].subscriber,
            source=EngagementSource.API,
            source_key=f"api:{given.pop('key')}",
            actor=request.user,  # type: ignore[arg-type]
            **{**given, "kind": EngagementKind(given["kind"])},
        )
        return Response(EngagementSerializer(told).data, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)
