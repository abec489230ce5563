"""Subscriptions and boxes in the REST interface: read, have something done, report where a box is."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from subscribers.enums import Actor, BoxStatus
from subscribers.filters import SubscriptionFilter
from subscribers.models import Box, Cycle, ProviderAction, Store, Subscription
from subscribers.serializers_subscriptions import (
    ActionSerializer,
    BoxReportSerializer,
    BoxSerializer,
    NewActionSerializer,
    PreviewSerializer,
    SubscriptionDetailSerializer,
    SubscriptionRowSerializer,
    WantedSerializer,
)
from subscribers.services import actions
from subscribers.services.boxes import know_box, record_box_status

WRONG = OpenApiResponse(OpenApiTypes.OBJECT, "Field names with what is wrong; nothing was stored.")


class SubscriptionViewSet(ReadOnlyModelViewSet[Subscription]):
    """Subscriptions of the stores that you work for."""

    queryset = Subscription.objects.none()
    serializer_class = SubscriptionRowSerializer
    filterset_class = SubscriptionFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[Subscription]":
        rows = Subscription.objects.visible_to(self.request.user).select_related("store", "subscriber", "product")
        if self.action != "retrieve":
            return rows
        cycles = Cycle.objects.order_by("-index")
        return rows.prefetch_related(
            Prefetch("cycles", cycles), Prefetch("cycles__boxes", Box.objects.order_by("kind", "sequence"))
        )

    def get_serializer_class(self) -> Any:
        return SubscriptionDetailSerializer if self.action == "retrieve" else SubscriptionRowSerializer

    @extend_schema(
        methods=["POST"],
        request=NewActionSerializer,
        responses={
            201: OpenApiResponse(ActionSerializer, "Asked for, and done already where the provider is built in."),
            200: OpenApiResponse(ActionSerializer, "Asked for before, by the same key."),
            400: WRONG,
        },
    )
    @extend_schema(methods=["GET"], responses=ActionSerializer(many=True), filters=False)
    @action(detail=True, methods=["get", "post"], url_path="actions", pagination_class=None)
    def actions(self, request: Request, pk: str) -> Response:
        """What was asked of its provider, the newest first; or ask for something, once a key.

        `params` by kind: skip, unskip, resume, replacement none; pause `days` or `resumes_at`; set_frequency
        `interval`, `count`; set_next_billing `at`; swap `product` (an id), `price`; discount `percent` or
        `amount`, `billings`; gift `product` or `title`; refund `amount`; cancel `when` (now, period_end), `comment`.
        """
        subscription = self.get_object()
        if request.method == "GET":
            rows = subscription.actions.select_related("reason").order_by("-requested_at", "-pk")[:100]
            return Response(ActionSerializer(rows, many=True).data)
        new = NewActionSerializer(data=request.data, context={"subscription": subscription})
        new.is_valid(raise_exception=True)
        asked, made = ask(subscription, request.user, **new.validated_data)
        return Response(ActionSerializer(asked).data, status.HTTP_201_CREATED if made else status.HTTP_200_OK)

    @extend_schema(request=WantedSerializer, responses={200: PreviewSerializer, 400: WRONG})
    @action(detail=True, methods=["post"], url_path="actions/preview")
    def preview(self, request: Request, pk: str) -> Response:
        """What an action would change, with dates and amounts; nothing is done."""
        subscription = self.get_object()
        wanted = WantedSerializer(data=request.data, context={"subscription": subscription})
        wanted.is_valid(raise_exception=True)
        shown = actions.preview(subscription=subscription, **wanted.validated_data)
        return Response(PreviewSerializer(shown).data)


def ask(subscription: Subscription, user: Any, *, key: str, **wanted: Any) -> tuple[ProviderAction, bool]:
    """The action, and whether it was asked for now. Keys of two stores never meet."""
    key = f"api:{subscription.store_id}:{key}"
    known = ProviderAction.objects.filter(key=key).exists()
    asked = actions.request_action(
        subscriber=subscription.subscriber,
        subscription=subscription,
        key=key,
        actor_kind=Actor.AGENT,
        actor=user,
        **{**wanted, "reason": wanted["reason"] or None},
    )
    return asked, not known


class BoxViewSet(GenericViewSet[Box]):
    """Boxes of the stores that you work for."""

    queryset = Box.objects.none()
    serializer_class = BoxSerializer
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[Box]":
        mine = Store.objects.visible_to(self.request.user)
        return Box.objects.filter(cycle__subscription__store__in=mine).select_related("cycle__subscription")

    @extend_schema(request=BoxReportSerializer, responses={200: BoxSerializer, 400: WRONG})
    @action(detail=True, methods=["post"], url_path="status")
    def report(self, request: Request, pk: str) -> Response:
        """Report where a box is. The same report again changes nothing; an older one than is known is only kept."""
        box = get_object_or_404(self.get_queryset(), pk=pk)
        told = BoxReportSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        take_report(box, **told.validated_data)
        box.refresh_from_db()
        return Response(BoxSerializer(box).data)


@transaction.atomic
def take_report(box: Box, *, status: str, key: str, expected_on: Any, at: Any = None, **details: Any) -> None:
    at = at or timezone.now()
    box = know_box(box.cycle, at=at, box=box, **details)
    source_key = f"api:{key}" if key else ""
    record_box_status(box, status=BoxStatus(status), at=at, expected_on=expected_on, source_key=source_key)
