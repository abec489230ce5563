"""Tickets in the REST interface: list, read, open."""

from typing import Any, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from subscribers.enums import Channel
from subscribers.models import Subscriber
from subscribers.services.people import identify
from tickets.actions import perform
from tickets.enums import MessageState, TopicSource
from tickets.fields.api import set_all
from tickets.filters import TicketApiFilter
from tickets.linked import Relation, linked
from tickets.models import Attachment, Clock, FieldValue, Message, Queue, Ticket, TicketTopic
from tickets.serializers import ActionsSerializer, MergeSerializer, TicketDetailSerializer, TicketSerializer
from tickets.serializers_links import LinkedSerializer, LinkSerializer, SplitSerializer
from tickets.serializers_new import NewTicketSerializer
from tickets.services import linking, splitting
from tickets.services.merging import merge
from tickets.services.messages import NewMessage
from tickets.services.tickets import open_ticket


class Taken(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This source_key made a ticket in a queue that you do not see."
    default_code = "conflict"


class TicketViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Ticket]):
    """Tickets of the queues that you see."""

    queryset = Ticket.objects.none()
    serializer_class = TicketSerializer
    filterset_class = TicketApiFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> "QuerySet[Ticket]":
        topics = TicketTopic.objects.filter(rejected_at=None).select_related("reason").order_by("created_at", "pk")
        held = FieldValue.objects.select_related("field").order_by("field__position", "field__label")
        tickets = (
            Ticket.objects.visible_to(self.request.user)
            .select_related("store", "queue", "assignee", "subscriber")
            .prefetch_related(
                Prefetch("topics", topics),
                "tags",
                Prefetch("field_values", held),
                Prefetch("clocks", Clock.objects.order_by("metric", "cycle")),
            )
        )
        if self.action == "list":
            return tickets
        # What has been said: an answer that has not left yet, or was taken back, is no part of the conversation.
        said = Message.objects.filter(state=MessageState.SAID)
        messages = said.select_related("author").order_by("created_at", "pk")
        return tickets.prefetch_related(
            Prefetch("messages", messages), Prefetch("messages__attachments", Attachment.objects.order_by("pk"))
        )

    def get_serializer_class(self) -> Any:
        return TicketSerializer if self.action == "list" else TicketDetailSerializer

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        # A file is whatever type it is, not one that a renderer makes.
        return super().perform_content_negotiation(request, force=force or self.action == "attachment")

    @extend_schema(
        request=NewTicketSerializer,
        responses={
            201: OpenApiResponse(TicketDetailSerializer, "Opened."),
            200: OpenApiResponse(TicketDetailSerializer, "Opened before, by the same source_key."),
            400: OpenApiResponse(OpenApiTypes.OBJECT, "Field names with what is wrong; nothing was stored."),
        },
    )
    def create(self, request: Request) -> Response:
        """Open a ticket for a subscriber, as if they had written. The same source_key opens nothing twice."""
        new = NewTicketSerializer(data=request.data, context={"user": request.user})
        new.is_valid(raise_exception=True)
        ticket, made = open_from(new.validated_data)
        seen = self.get_queryset().filter(pk=ticket.pk).first()
        if seen is None and not made:
            raise Taken
        answer = TicketDetailSerializer(seen or ticket, context=self.get_serializer_context())
        return Response(answer.data, status.HTTP_201_CREATED if made else status.HTTP_200_OK)

    @extend_schema(request=ActionsSerializer, responses={200: TicketDetailSerializer})
    @action(detail=True, methods=["post"])
    def actions(self, request: Request, pk: str) -> Response:
        """Do several things at once, all or none: assign, move, tag, snooze, follow, note, mark as spam, delete,
        restore and so on. What is so already does nothing.
        """
        asked = ActionsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        ticket = get_object_or_404(self._with_discarded(), pk=pk)
        perform(
            ticket,
            asked.validated_data["actions"],
            actor=cast(AbstractBaseUser, request.user),
            cause=asked.validated_data["cause"],
        )
        return self._shown(ticket.pk)

    @extend_schema(request=MergeSerializer, responses={200: TicketDetailSerializer})
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, pk: str) -> Response:
        """Make this ticket a part of another; answers with that one."""
        asked = MergeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        here = Ticket.objects.visible_to(request.user)
        source = get_object_or_404(here, pk=pk)
        target = get_object_or_404(here, pk=asked.validated_data["into"])
        merge(source, into=target, actor=cast(AbstractBaseUser, request.user))
        return self._shown(target.pk)

    @extend_schema(request=SplitSerializer, responses={201: TicketDetailSerializer})
    @action(detail=True, methods=["post"])
    def split(self, request: Request, pk: str) -> Response:
        """Make a ticket of some of its messages; answers with that one."""
        asked = SplitSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)
        queue, new = None, asked.validated_data
        if new["queue"]:
            here = Queue.objects.visible_to(cast(Any, request.user))
            queue = get_object_or_404(here, store=ticket.store_id, key=new["queue"])
        made = splitting.split(
            ticket,
            messages=new["messages"],
            subject=new["subject"],
            queue=queue,
            actor=cast(AbstractBaseUser, request.user),
        )
        response = self._shown(made.pk)
        response.status_code = status.HTTP_201_CREATED
        return response

    @extend_schema(methods=["GET"], responses={200: LinkedSerializer(many=True)})
    @extend_schema(methods=["POST"], request=LinkSerializer, responses={200: LinkedSerializer(many=True)})
    @action(detail=True, methods=["get", "post"], pagination_class=None, filter_backends=[])
    def links(self, request: Request, pk: str) -> Response:
        """The tickets that this one is linked with; posted, another one, too."""
        here = Ticket.objects.visible_to(request.user)
        ticket = get_object_or_404(here, pk=pk)
        if request.method == "POST":
            asked = LinkSerializer(data=request.data)
            asked.is_valid(raise_exception=True)
            other = get_object_or_404(here, pk=asked.validated_data["to"])
            relation = Relation(asked.validated_data["relation"])
            linking.link(ticket, to=other, relation=relation, actor=cast(AbstractBaseUser, request.user))
        return Response(LinkedSerializer(linked(ticket, cast(Any, request.user)), many=True).data)

    @extend_schema(responses={204: None})
    @action(detail=True, methods=["delete"], url_path="links/(?P<link>[0-9]{1,18})")
    def unlink(self, request: Request, pk: str, link: str) -> Response:
        """Take a link away; it is no error where it is gone."""
        ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)
        linking.unlink(ticket, link=int(link), actor=cast(AbstractBaseUser, request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _with_discarded(self) -> "QuerySet[Ticket]":
        return Ticket.objects.visible_to(self.request.user) | Ticket.objects.discarded_for(self.request.user)

    def _shown(self, pk: int) -> Response:
        """As it is now, wherever it went."""
        ticket = get_object_or_404(Ticket.objects.filter(pk__in=self._with_discarded().filter(pk=pk).values("pk")))
        return Response(TicketDetailSerializer(ticket, context=self.get_serializer_context()).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, url_path="attachments/(?P<token>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
    def attachment(self, request: Request, pk: str, token: str) -> FileResponse:
        """A file of one of the ticket's messages."""
        found = get_object_or_404(
            Attachment, token=token, message__ticket__in=Ticket.objects.visible_to(request.user).filter(pk=pk)
        )
        # As bytes to keep, never as a type that a stranger chose and a browser would show.
        return FileResponse(
            found.file.open(), as_attachment=True, filename=found.name, content_type="application/octet-stream"
        )


@transaction.atomic
def open_from(new: dict[str, Any]) -> tuple[Ticket, bool]:
    """The ticket, and whether it was opened now; a refusal also takes back the subscriber that it made."""
    store, key = new["store"], new["source_key"]
    if key and (known := Ticket.objects.filter(store=store, channel=Channel.API, source_key=key).first()):
        return known, False
    person = new["subscriber"]
    if not isinstance(person, Subscriber):
        person = identify(store=store, email=person["email"], name=person["name"])
    now = timezone.now()
    ticket = open_ticket(
        store=store,
        subscriber=person,
        subject=new["subject"],
        channel=Channel.API,
        message=NewMessage(
            text=new["text"],
            from_name=person.name,
            from_address=person.email,
            attachments=new.get("attachments", ()),
        ),
        queue=new["queue"],
        priority=new["priority"],
        box=new.get("box"),
        topics=new["topics"],
        topic_source=TopicSource.API,
        source_key=key,
        opened_at=now,
    )
    # Another request with this key may have come first since we looked: then the ticket is of its moment, not of ours.
    made = ticket.opened_at == now
    if made and new.get("fields"):
        try:
            set_all(ticket, new["fields"], actor=None)
        except ValidationError as wrong:
            raise ValidationError({"fields": wrong.detail}) from wrong
    return ticket, made
