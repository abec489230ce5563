"""Cancelling in the REST interface: the same service and the same rights as on the pages."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from subscribers.cancellation.declarations import cancel_at_once
from subscribers.cancellation.enums import Effect, SessionChannel, SessionKind, SessionState
from subscribers.cancellation.reasons import reason_of_key
from subscribers.cancellation.sessions import open_session
from subscribers.enums import ENDED_SUBSCRIPTION
from subscribers.models import Subscription
from subscribers.models.cancellation import CancellationSession


class NewCancellationSerializer(serializers.Serializer[Any]):
    """Everything is optional: an empty body cancels."""

    reason = serializers.CharField(max_length=60, required=False, help_text="Key of a reason for cancelling.")
    words = serializers.CharField(
        max_length=5000, required=False, allow_blank=True, help_text="In the subscriber's own words."
    )
    effect = serializers.ChoiceField(choices=Effect.choices, required=False, help_text="The place's rule, if left out.")
    kind = serializers.ChoiceField(choices=SessionKind.choices, default=SessionKind.ORDINARY)
    key = serializers.CharField(
        max_length=200, required=False, help_text="Your own id: sent again, it answers what it did the first time."
    )


class CancellationSerializer(serializers.ModelSerializer[CancellationSession]):
    reason = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)

    class Meta:
        model = CancellationSession
        fields = [
            "id",
            "reference",
            "subscription",
            "state",
            "kind",
            "channel",
            "reason",
            "words",
            "started_at",
            "ended_at",
            "effective_at",
            "confirmed_at",
            "error",
        ]
        read_only_fields = fields


class CancellationView(APIView):
    """Cancel a subscription of a store that you work for."""

    @extend_schema(
        operation_id="subscriptions_cancellation_create",
        request=NewCancellationSerializer,
        responses={200: CancellationSerializer, 201: CancellationSerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Cancels at once, with a receipt to the subscriber by mail. 200 where it was cancelled before."""
        rows = Subscription.objects.visible_to(request.user).select_related("subscriber__store", "store")
        subscription = get_object_or_404(rows, pk=pk)
        asked = NewCancellationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        reason = None
        if said.get("reason"):
            reason = reason_of_key(subscription.store, said["reason"])
            if reason is None:
                raise serializers.ValidationError({"reason": ["This is none of the reasons for cancelling."]})
        if subscription.status in ENDED_SUBSCRIPTION:
            done = CancellationSession.objects.filter(subscription=subscription, state=SessionState.CANCELLED)
            if known := done.order_by("-started_at").first():
                return Response(CancellationSerializer(known).data)
        key = f"api:{said['key']}"[:200] if said.get("key") else ""
        session = open_session(subscription, channel=SessionChannel.API, key=key)
        was_cancelled = session.state == SessionState.CANCELLED
        if was_cancelled and (session.confirmed_at or (key and session.key == key)):
            return Response(CancellationSerializer(session).data)
        session = cancel_at_once(
            subscription,
            channel=SessionChannel.API,
            reason=reason,
            words=said.get("words", ""),
            effect=Effect(said["effect"]) if said.get("effect") else None,
            kind=SessionKind(said["kind"]),
        )
        made = status.HTTP_200_OK if was_cancelled else status.HTTP_201_CREATED
        return Response(CancellationSerializer(session).data, status=made)
