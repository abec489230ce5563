"""How tickets look in the REST interface."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from subscribers.serializers import ColleagueSerializer, SubscriberBriefSerializer, WordField, page_address
from tickets.enums import ActionKind, Priority
from tickets.fields.api import Values, values_of
from tickets.models import Attachment, Clock, Message, Ticket, TicketTopic

Address = extend_schema_field({"type": "string", "format": "uri"})
Words = extend_schema_field({"type": "array", "items": {"type": "string"}})


class TopicSerializer(serializers.ModelSerializer[TicketTopic]):
    reason = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    label: Any = serializers.CharField(source="reason.label")
    evidence = serializers.SerializerMethodField(help_text="The words of the text that it rests on.")

    class Meta:
        model = TicketTopic
        fields = ["reason", "label", "source", "confidence", "evidence", "created_at"]
        read_only_fields = fields

    @Words
    def get_evidence(self, topic: TicketTopic) -> Any:
        return topic.evidence


class ClockSerializer(serializers.ModelSerializer[Clock]):
    class Meta:
        model = Clock
        fields = [
            "metric",
            "cycle",
            "state",
            "target_seconds",
            "in_business_time",
            "started_at",
            "due_at",
            "breached_at",
            "met_at",
        ]
        read_only_fields = fields


class AttachmentSerializer(serializers.ModelSerializer[Attachment]):
    url = serializers.SerializerMethodField(help_text="Downloads the file, with the same authorisation.")

    class Meta:
        model = Attachment
        fields = ["name", "content_type", "size", "sha256", "is_inline", "url"]
        read_only_fields = fields

    @Address
    def get_url(self, attachment: Attachment) -> str:
        ticket = self.context["ticket_id"]
        return reverse("api:ticket-attachment", [ticket, attachment.token], request=self.context.get("request"))


class MessageSerializer(serializers.ModelSerializer[Message]):
    author = ColleagueSerializer(allow_null=True)
    attachments = AttachmentSerializer(many=True)

    class Meta:
        model = Message
        fields = [
            "id",
            "kind",
            "author_kind",
            "author",
            "from_name",
            "from_address",
            "text",
            "visible_text",
            "automatic",
            "attachments",
            "sent_at",
            "created_at",
        ]
        read_only_fields = fields


class TicketSerializer(serializers.ModelSerializer[Ticket]):
    """A ticket as lists show it."""

    number = serializers.CharField(help_text="As people write it: T-1042.")
    url = serializers.SerializerMethodField(help_text="The page for people.")
    store = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    queue = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    priority = WordField(Priority)
    assignee = ColleagueSerializer(allow_null=True)
    subscriber = SubscriberBriefSerializer()
    topics = TopicSerializer(many=True)
    tags = serializers.SlugRelatedField[Any](slug_field="name", many=True, read_only=True)
    clocks = ClockSerializer(many=True)
    fields = serializers.SerializerMethodField(  # type: ignore[assignment]
        "get_own_fields", help_text="What the store's own fields hold, by key; true for what is ticked."
    )
    created_at = serializers.DateTimeField(source="opened_at")
    due_at = serializers.DateTimeField(
        source="next_due_at", allow_null=True, help_text="The earliest of its running clocks."
    )

    class Meta:
        model = Ticket
        fields = [
            "id",
            "number",
            "url",
            "store",
            "queue",
            "subject",
            "status",
            "priority",
            "channel",
            "assignee",
            "subscriber",
            "subscription",
            "box",
            "cycle_index",
            "source_key",
            "topics",
            "tags",
            "clocks",
            "fields",
            "due_at",
            "snoozed_until",
            "deleted_as",
            "waiting_since",
            "created_at",
            "updated_at",
            "resolved_at",
        ]
        read_only_fields = fields

    @Values
    def get_own_fields(self, ticket: Ticket) -> Any:
        return values_of(ticket)

    @Address
    def get_url(self, ticket: Ticket) -> str:
        return page_address(self.context, ticket.get_absolute_url())


class TicketDetailSerializer(TicketSerializer):
    """A ticket with its thread, notes included: whoever reads it works here."""

    messages = serializers.SerializerMethodField()

    class Meta(TicketSerializer.Meta):
        fields = [*TicketSerializer.Meta.fields, "messages"]
        read_only_fields = fields

    @extend_schema_field(MessageSerializer(many=True))
    def get_messages(self, ticket: Ticket) -> Any:
        context = {**self.context, "ticket_id": ticket.pk}
        return MessageSerializer(ticket.messages.all(), many=True, context=context).data


class OneActionSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ActionKind.choices)
    value = serializers.JSONField(
        required=False,
        allow_null=True,
        default=None,
        help_text="By kind: a person's id or “me”; the key of a queue or topic; a status; a priority from 1 to 4; "
        "a tag; a text; for set_field a field's key and its value, as order-number=1042; "
        "for snooze “tomorrow”, “next_week”, “later_today”, “delivery”, hours, or a time.",
    )


class ActionsSerializer(serializers.Serializer[Any]):
    """What to do to a ticket, all of it or nothing."""

    actions = OneActionSerializer(many=True, allow_empty=False)
    cause = serializers.CharField(
        required=False, default="", max_length=100, help_text="Kept with every event: what made it happen."
    )


class MergeSerializer(serializers.Serializer[Any]):
    into = serializers.IntegerField(min_value=1, help_text="Id of the ticket that this one becomes a part of.")
