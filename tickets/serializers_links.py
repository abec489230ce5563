"""Links between tickets in the REST interface."""

from typing import Any

from rest_framework import serializers

from tickets.linked import Relation


class LinkSerializer(serializers.Serializer[Any]):
    to = serializers.IntegerField(min_value=1, help_text="Id of the other ticket, of the same store.")
    relation = serializers.ChoiceField(
        choices=Relation.choices, default=Relation.RELATED, help_text="What this ticket is to the other one."
    )


class SplitSerializer(serializers.Serializer[Any]):
    messages = serializers.ListField(
        child=serializers.IntegerField(min_value=1), allow_empty=False, help_text="Ids of the messages that go."
    )
    subject = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)
    queue = serializers.SlugField(required=False, default="", help_text="Its key; without one, the same queue.")


class LinkedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    relation = serializers.ChoiceField(choices=Relation.choices, help_text="What this ticket is to the other one.")
    ticket = serializers.IntegerField(source="ticket.pk", help_text="Id of the other ticket.")
    number = serializers.CharField(source="ticket.number")
    subject = serializers.CharField(source="ticket.subject")
    status = serializers.CharField(source="ticket.status")
