"""A store's own fields in the REST interface: which there are, and what they hold on a ticket."""

from collections.abc import Mapping
from typing import Any, cast

import django_filters
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from subscribers.errors import Refused
from subscribers.filtering import KeysFilter, Order
from tickets.enums import FieldKind
from tickets.fields.kinds import YES
from tickets.fields.selectors import visible_fields
from tickets.fields.setting import PREFIX, set_field
from tickets.models import Ticket, TicketField

MOST = 100  # values in one request
Values = extend_schema_field(
    {"type": "object", "additionalProperties": {"oneOf": [{"type": "string"}, {"type": "boolean"}]}}
)


class TicketFieldFilter(django_filters.FilterSet):
    store = KeysFilter(field_name="store__key", help_text="Key of a store; several with commas.")
    is_active = django_filters.BooleanFilter()
    ordering = Order(default="position", columns={"position": "position", "label": "label"})

    class Meta:
        model = TicketField
        fields: list[str] = []


class TicketFieldSerializer(serializers.ModelSerializer[TicketField]):
    """`queues`: keys of those on whose tickets it is asked, none for all. `is_required`: needed to resolve."""

    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    queues = serializers.SlugRelatedField[Any](slug_field="key", many=True, read_only=True)
    choices = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = TicketField
        fields = ["id", "store", "key", "label", "kind", "choices", "queues", "is_required", "is_active", "position"]
        read_only_fields = fields


class TicketFieldViewSet(ReadOnlyModelViewSet[TicketField]):
    """What stores want to know of their tickets. Fields are defined in the admin."""

    queryset = TicketField.objects.none()
    serializer_class = TicketFieldSerializer
    filterset_class = TicketFieldFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[TicketField]":
        return visible_fields(self.request.user).select_related("store").prefetch_related("queues")


def values_of(ticket: Ticket) -> dict[str, str | bool]:
    """What is held, by key: a text, a number as text, a date as 2026-03-31, true for what is ticked."""
    return {
        value.field.key: True if value.field.kind == FieldKind.CHECKBOX and value.value == YES else value.value
        for value in ticket.field_values.all()
    }


@transaction.atomic
def set_all(ticket: Ticket, values: Mapping[str, Any], *, actor: AbstractBaseUser | None) -> None:
    """All of them or none. Raises ValidationError: by key, what is wrong."""
    wrong: dict[str, list[str]] = {}
    for key, raw in values.items():
        try:
            set_field(ticket, actor=actor, key=str(key), raw=raw)
        except Refused as refused:
            wrong[refused.field.removeprefix(PREFIX) if refused.field.startswith(PREFIX) else str(key)] = [
                refused.message
            ]
    if wrong:
        raise ValidationError(wrong)


class TicketFieldsView(APIView):
    """What the store's own fields hold on a ticket."""

    @extend_schema(
        operation_id="tickets_fields_partial_update",
        parameters=[OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)],
        request={"application/json": {"type": "object", "additionalProperties": True}},
        responses={
            200: OpenApiResponse(OpenApiTypes.OBJECT, "Every value that the ticket holds, by key."),
            400: OpenApiResponse(OpenApiTypes.OBJECT, "Keys with what is wrong; nothing was changed."),
        },
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Set fields by their keys, all or none: `{"order-number": "1042", "sent": true, "found": null}`. Null or an
        empty text empties one; what is not named stays.
        """
        ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)
        if not isinstance(request.data, Mapping) or len(request.data) > MOST:
            raise ValidationError({"detail": f"An object with at most {MOST} keys."})
        set_all(ticket, dict(request.data.items()), actor=cast(AbstractBaseUser, request.user))
        held = Ticket.objects.prefetch_related("field_values__field").get(pk=pk)
        return Response(values_of(held))
