"""Macros in the REST interface: which there are, and using one on a ticket."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from subscribers.errors import Refused
from tickets.macros.offering import find, usable
from tickets.macros.using import apply_actions
from tickets.models import Macro, MacroText, Ticket
from tickets.serializers_new import StrictSerializer
from tickets.services import composing
from tickets.services.crossing import Crossed


class MacroTextSerializer(serializers.ModelSerializer[MacroText]):
    class Meta:
        model = MacroText
        fields = ["language", "text"]
        read_only_fields = fields


class MacroSerializer(serializers.ModelSerializer[Macro]):
    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    queue = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    texts = MacroTextSerializer(many=True)
    used = serializers.IntegerField(help_text="Times, by everybody.")
    last_used_at = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = Macro
        fields = ["id", "store", "name", "folder", "audience", "queue", "texts", "actions", "shown_when"]
        fields += ["used", "last_used_at"]
        read_only_fields = fields


class ApplySerializer(StrictSerializer):
    ticket = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    key = serializers.CharField(max_length=64, help_text="Yours, once an intent: sent again, it answers nothing twice.")
    seen = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**63 - 1,
        help_text="Id of the last message that you know; where somebody wrote since, nothing is sent (409).",
    )


class MacroViewSet(ListModelMixin, GenericViewSet[Macro]):
    """Macros that you may use."""

    queryset = Macro.objects.none()
    serializer_class = MacroSerializer
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Macro.objects.none()
        return usable(self.request.user).order_by("store", "folder", "position", "name", "pk")  # type: ignore[arg-type]

    @extend_schema(
        request=ApplySerializer,
        parameters=[OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)],
        responses={
            200: OpenApiResponse(OpenApiTypes.OBJECT, "Done; `message` is the answer's id, null without a text."),
            409: OpenApiResponse(OpenApiTypes.OBJECT, "Somebody wrote since `seen`; `messages` are their ids."),
        },
    )
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str) -> Response:
        """Answer a ticket with a macro's text and do its actions, all or nothing; without a text, the actions alone."""
        given = ApplySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        tickets = Ticket.objects.visible_to(request.user).select_related("store", "queue", "subscriber__store", "box")
        ticket = get_object_or_404(tickets, pk=wanted["ticket"])
        offered = find(ticket, request.user, int(pk))  # type: ignore[arg-type]
        if offered is None:
            raise ValidationError({"detail": _("You may not use this macro on this ticket.")})
        try:
            if not offered.text:
                apply_actions(ticket, offered.macro, actor=request.user)  # type: ignore[arg-type]
                return Response({"message": None})
            composed = composing.Composed(
                text=offered.text,
                actions=offered.macro.actions,
                macros=[offered.macro.pk],
                reply={"status": None, "seen": wanted.get("seen")},
            )
            message = composing.send_reply(ticket, composed, author=request.user, key=f"api:{wanted['key']}")  # type: ignore[arg-type]
        except Crossed as crossed:
            told = {"detail": crossed.message, "messages": [one.pk for one in crossed.messages]}
            return Response(told, status.HTTP_409_CONFLICT)
        except Refused as refused:
            raise ValidationError({refused.field or "detail": [refused.message]}) from refused
        return Response({"message": message.pk})
