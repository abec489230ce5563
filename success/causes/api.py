"""Causes in the REST interface: list and read."""

from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from subscribers.serializers import ColleagueSerializer, page_address
from success.causes.enums import CauseState, Dimension
from success.causes.measuring import figures_of
from success.models import Cause, CauseTicket
from tickets.models import Ticket

MOST_TICKETS = 1000
Words = extend_schema_field(
    {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "term": {"type": "string"},
                "complaints": {"type": "integer"},
                "of": {"type": "integer"},
                "times": {"type": "number"},
            },
        },
    }
)
Tickets = extend_schema_field({"type": "array", "items": {"type": "integer"}})
Avoided = extend_schema_field(
    {
        "type": "object",
        "nullable": True,
        "properties": {
            "is_too_early": {"type": "boolean"},
            "number": {"type": "number"},
            "low": {"type": "number"},
            "high": {"type": "number"},
            "rate_before": {"type": "number"},
            "rate_after": {"type": "number"},
        },
    }
)


class CauseFilter(filters.FilterSet):
    state = filters.MultipleChoiceFilter(choices=CauseState.choices)
    dimension = filters.MultipleChoiceFilter(choices=Dimension.choices)
    topic = filters.CharFilter("topic__key", help_text="A reason's key.")
    owner = filters.NumberFilter("owner")
    store = filters.CharFilter("store__key", help_text="A store's key.")

    class Meta:
        model = Cause
        fields = ["state", "dimension", "topic", "owner", "store"]


class CauseSerializer(serializers.ModelSerializer[Cause]):
    store = serializers.CharField(source="store.key")
    topic = serializers.CharField(source="topic.key")
    owner: Any = ColleagueSerializer(allow_null=True)
    rate = serializers.FloatField(help_text="Complaints per 100 boxes when it was found.")
    baseline_rate = serializers.FloatField(help_text="What was to be expected, per 100 boxes.")
    words = serializers.SerializerMethodField(help_text="Terms that stand out in its complaints.")
    tickets_count = serializers.IntegerField(help_text="Complaints linked now.")
    url = serializers.SerializerMethodField()

    class Meta:
        model = Cause
        fields = [
            "id",
            "store",
            "title",
            "topic",
            "dimension",
            "value",
            "state",
            "owner",
            "begins_on",
            "found_on",
            "found_at",
            "count",
            "boxes",
            "expected",
            "rate",
            "baseline_rate",
            "p",
            "q",
            "words",
            "fixed_on",
            "dismissed_because",
            "tickets_count",
            "updated_at",
            "url",
        ]
        read_only_fields = fields

    @Words
    def get_words(self, cause: Cause) -> list[dict[str, Any]]:
        names = ("term", "complaints", "of", "times")
        return [dict(zip(names, word, strict=True)) for word in cause.words]

    def get_url(self, cause: Cause) -> str:
        return page_address(self.context, cause.get_absolute_url())


class CauseDetailSerializer(CauseSerializer):
    tickets = serializers.SerializerMethodField(help_text="Those that you see, the newest first.")
    avoided = serializers.SerializerMethodField(help_text="Since the fix, with a 95 % interval; null before one.")

    class Meta(CauseSerializer.Meta):
        fields = [*CauseSerializer.Meta.fields, "tickets", "avoided"]
        read_only_fields = fields

    @Tickets
    def get_tickets(self, cause: Cause) -> list[int]:
        return [link.ticket_id for link in cause.shown_links]  # type: ignore[attr-defined]

    @Avoided
    def get_avoided(self, cause: Cause) -> dict[str, Any] | None:
        avoided = figures_of(cause).avoided
        if avoided is None:
            return None
        told: dict[str, Any] = {"is_too_early": avoided.is_too_early}
        if not avoided.is_too_early:
            low, high = avoided.interval
            told |= {"number": avoided.number, "low": low, "high": high}
        return told | {"rate_before": avoided.rate_before, "rate_after": avoided.rate_after}


class CauseViewSet(ReadOnlyModelViewSet[Cause]):
    """Causes of the stores that you work for; one alone with its tickets and what its fix avoided."""

    queryset = Cause.objects.none()
    serializer_class = CauseSerializer
    filterset_class = CauseFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[Cause]":
        user = self.request.user
        causes = Cause.objects.visible_to(user).select_related("store", "topic", "owner")
        causes = causes.annotate(tickets_count=Count("links", filter=Q(links__removed_at=None))).order_by("-pk")
        if self.action == "list":
            return causes
        links = CauseTicket.objects.filter(removed_at=None, ticket__in=Ticket.objects.visible_to(user))
        newest = links.order_by("-ticket")[:MOST_TICKETS]
        return causes.prefetch_related(Prefetch("links", newest, to_attr="shown_links"))

    def get_serializer_class(self) -> Any:
        return CauseSerializer if self.action == "list" else CauseDetailSerializer
