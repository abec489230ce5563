"""A ticket that the REST interface is asked to open: read, checked, and nothing stored before all of it is right."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from subscribers.addresses import is_address
from subscribers.models import Box, Reason, Store, Subscriber
from subscribers.serializers import WordField
from tickets.enums import Priority
from tickets.models import Queue
from tickets.services.messages import NewAttachment

MEGABYTE = 1024 * 1024
MOST_FILES, LARGEST_FILE, LARGEST_TOGETHER = 20, 10 * MEGABYTE, 20 * MEGABYTE
LONGEST_TEXT = 200_000
LARGEST_ID = 2**63 - 1
_CONTENT_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}", re.ASCII)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields that it does not know: a misspelt one would be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(map(str, set(data) - set(self.fields)))):
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {name: [f"There is no field “{name}” here; these are {known}."] for name in unknown}
            )
        return super().to_internal_value(data)


class NewPersonSerializer(StrictSerializer):
    """A subscriber by mail address, made where the store does not know it."""

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer", "description": "Id of a subscriber."},
            {
                "type": "object",
                "description": "By address; made where the store does not know it.",
                "properties": {
                    "email": {"type": "string", "format": "email"},
                    "name": {"type": "string", "maxLength": 200},
                },
                "required": ["email"],
            },
        ]
    }
)
class PersonField(serializers.Field[Any, Any, Any, Any]):
    """An id, or `{"email", "name"}`."""

    default_error_messages = {"invalid": 'An id, or an object such as {{"email": "ana@example.com", "name": "Ana"}}.'}

    def to_internal_value(self, data: Any) -> int | dict[str, str]:
        if isinstance(data, Mapping):
            person = NewPersonSerializer(data=data)
            person.is_valid(raise_exception=True)
            return person.validated_data
        if isinstance(data, bool) or not isinstance(data, int) or not 0 < data <= LARGEST_ID:
            self.fail("invalid")
        return data


@extend_schema_field({"type": "string", "format": "byte"})
class Base64Field(serializers.Field[Any, Any, Any, Any]):
    default_error_messages = {
        "invalid": "Base64 text.",
        "too_large": f"A file holds at most {LARGEST_FILE // MEGABYTE} MB.",
    }

    def to_internal_value(self, data: Any) -> bytes:
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            content = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError):
            self.fail("invalid")
        if len(content) > LARGEST_FILE:
            self.fail("too_large")
        return content


class NewAttachmentSerializer(StrictSerializer):
    name = serializers.CharField(max_length=255)
    content_type = serializers.CharField(default="application/octet-stream")
    content = Base64Field(help_text="Base64.")

    def validate_name(self, name: str) -> str:
        return PurePosixPath(name.replace("\\", "/")).name or "attachment"

    def validate_content_type(self, content_type: str) -> str:
        if not _CONTENT_TYPE.fullmatch(content_type):
            raise serializers.ValidationError("A media type such as image/jpeg.")
        return content_type.lower()


class NewTicketSerializer(StrictSerializer):
    """`validated_data` holds rows: store, queue, box, topics (reasons), and subscriber (a row, or email and name).

    Needs `user` in the context: whoever asks may use only what they may see.
    """

    store = serializers.CharField(
        required=False, max_length=60, help_text="Key; may be left out by somebody who works for one store."
    )
    subscriber = PersonField()
    subject = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="", help_text="Empty: the text's first line."
    )
    text = serializers.CharField(max_length=LONGEST_TEXT, trim_whitespace=False, help_text="What the subscriber says.")
    queue = serializers.CharField(
        required=False, allow_null=True, max_length=60, help_text="Key; left out: the store's default."
    )
    priority = WordField(Priority, required=False, default=Priority.NORMAL)
    topics = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        default=list,
        max_length=20,
        help_text="Keys of reasons, such as damaged.",
    )
    box = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=LARGEST_ID, help_text="Id of a box of the subscriber."
    )
    fields = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="What the store's own fields hold, by key: a text, a number, true or false."
    )
    source_key = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=200,
        help_text="Your own id: sent again, it gives the ticket that it made before.",
    )
    attachments = serializers.ListField(child=NewAttachmentSerializer(), required=False, max_length=MOST_FILES)

    def validate_text(self, text: str) -> str:
        if not text.strip():
            raise serializers.ValidationError("A ticket needs a text.")
        return text

    def validate_attachments(self, files: list[dict[str, Any]]) -> list[NewAttachment]:
        if sum(len(file["content"]) for file in files) > LARGEST_TOGETHER:
            raise serializers.ValidationError(f"Files hold at most {LARGEST_TOGETHER // MEGABYTE} MB together.")
        return [NewAttachment(**file) for file in files]

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        store = data["store"] = self._store(data.get("store"))
        errors: dict[str, list[str]] = {}
        finders: dict[str, Callable[[Store, Any], Any]] = {
            "queue": self._queue,
            "subscriber": self._subscriber,
            "topics": self._topics,
        }
        for field, find in finders.items():
            try:
                data[field] = find(store, data.get(field))
            except serializers.ValidationError as error:
                errors[field] = error.detail  # type: ignore[assignment]
        if data.get("box") is not None and "subscriber" not in errors:
            try:
                data["box"] = self._box(store, data["subscriber"], data["box"])
            except serializers.ValidationError as error:
                errors["box"] = error.detail  # type: ignore[assignment]
        if errors:
            raise serializers.ValidationError(errors)
        return data

    def _store(self, key: str | None) -> Store:
        stores = Store.objects.visible_to(self.context["user"])
        if key is not None:
            found = stores.filter(key=key).first()
            if found is None:
                raise serializers.ValidationError({"store": [f"You work for no store “{key}”."]})
            return found
        mine = list(stores[:2])
        if len(mine) != 1:
            raise serializers.ValidationError({"store": ["Say which store: you work for none, or for several."]})
        return mine[0]

    def _queue(self, store: Store, key: str | None) -> Queue | None:
        if key is None:
            return None
        queue = Queue.objects.visible_to(self.context["user"]).filter(store=store, key=key).first()
        if queue is None:
            raise serializers.ValidationError([f"This store has no queue “{key}”."])
        return queue

    def _subscriber(self, store: Store, person: int | dict[str, str]) -> Subscriber | dict[str, str]:
        if not isinstance(person, int):
            return person
        known = Subscriber.objects.filter(store=store, merged_into=None, redacted_at=None, pk=person).first()
        if known is None:
            raise serializers.ValidationError([f"This store has no subscriber {person}."])
        return known

    def _topics(self, store: Store, keys: list[str]) -> list[Reason]:
        known: dict[str, Reason] = {}
        # A store's own reason stands before the shared one with the same key.
        for reason in Reason.objects.of_store(store).filter(for_tickets=True, key__in=keys):
            if reason.store_id or reason.key not in known:
                known[reason.key] = reason
        if missing := [key for key in keys if key not in known]:
            raise serializers.ValidationError([f"There is no topic “{key}”." for key in missing])
        return [known[key] for key in dict.fromkeys(keys)]

    def _box(self, store: Store, subscriber: Subscriber | dict[str, str], box_id: int) -> Box:
        boxes = Box.objects.select_related("cycle__subscription").filter(cycle__subscription__store=store)
        if isinstance(subscriber, Subscriber):
            boxes = boxes.filter(cycle__subscription__subscriber=subscriber)
        else:
            boxes = boxes.filter(is_address("cycle__subscription__subscriber__email", subscriber["email"]))
        box = boxes.filter(pk=box_id).first()
        if box is None:
            raise serializers.ValidationError([f"This subscriber has no box {box_id}."])
        return box
