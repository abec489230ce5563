"""What customers answered, in the REST interface: list and read."""

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from subscribers.filtering import IdFilter, KeysFilter, Order, PersonFilter, WordsFilter, since, until
from subscribers.serializers import ColleagueSerializer, SubscriberBriefSerializer
from tickets.enums import SatisfactionState, Score
from tickets.models import SatisfactionRating, SatisfactionRequest

SCORES = [(str(int(score)), score.label) for score in Score]


class SatisfactionFilter(django_filters.FilterSet):
    """Give it `request=` too, for `agent=me`."""

    ticket = IdFilter(field_name="ticket_id", help_text="One ticket, as 1042 or T-1042.")
    subscriber = PersonFilter(field_name="subscriber", help_text="Id or mail address.")
    agent = PersonFilter(
        field_name="agent", words=("me", "none"), help_text="Whose ticket it was: id or mail address; “me”; “none”."
    )
    store = KeysFilter(field_name="store__key", help_text="Key of a store; several with commas.")
    queue = KeysFilter(field_name="queue__key", help_text="Key of a queue; several with commas.")
    state = WordsFilter(choices=SatisfactionState.choices, help_text="Several with commas.")
    score = WordsFilter(choices=SCORES, help_text="From 1, very bad, to 5, very good; several with commas.")
    asked_after = since("asked_at", "Asked")
    asked_before = until("asked_at", "Asked")
    rated_after = since("rated_at", "Answered")
    rated_before = until("rated_at", "Answered")
    ordering = Order(
        default="-created_at",
        columns={"created_at": "created_at", "asked_at": "asked_at", "rated_at": "rated_at", "score": "score"},
        nullable=("asked_at", "rated_at", "score"),
    )

    class Meta:
        model = SatisfactionRequest
        fields: list[str] = []


class RatingSerializer(serializers.ModelSerializer[SatisfactionRating]):
    class Meta:
        model = SatisfactionRating
        fields = ["score", "comment", "rated_at"]
        read_only_fields = fields


class SatisfactionSerializer(serializers.ModelSerializer[SatisfactionRequest]):
    """One question about one ticket. `agent`: whose ticket it was when it was asked."""

    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    queue = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    subscriber = SubscriberBriefSerializer()
    agent = ColleagueSerializer(allow_null=True)
    answers = RatingSerializer(many=True, source="ratings", help_text="Every answer, the latest last.")

    class Meta:
        model = SatisfactionRequest
        fields = [
            "id",
            "store",
            "queue",
            "ticket",
            "subscriber",
            "agent",
            "state",
            "why_not",
            "score",
            "comment",
            "resolved_at",
            "due_at",
            "asked_at",
            "answer_until",
            "rated_at",
            "changed_at",
            "answers",
            "created_at",
        ]
        read_only_fields = fields


class SatisfactionViewSet(ReadOnlyModelViewSet[SatisfactionRequest]):
    """How content customers are with the tickets that you see: asked, answered, or why they were not asked."""

    queryset = SatisfactionRequest.objects.none()
    serializer_class = SatisfactionSerializer
    filterset_class = SatisfactionFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[SatisfactionRequest]":
        ratings = SatisfactionRating.objects.order_by("rated_at", "pk")
        rows = SatisfactionRequest.objects.visible_to(self.request.user)
        rows = rows.select_related("store", "queue", "subscriber", "agent")
        return rows.prefetch_related(Prefetch("ratings", ratings))
