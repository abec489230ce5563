"""Writes the rows of messages: their text, their files, and the ids by which an answer finds them."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile

from tickets.enums import Authentication
from tickets.files import picture_columns
from tickets.models import Attachment, Message, ThreadReference, Ticket
from tickets.models.messages import path_of

MOST_REFERENCES = 50


@dataclass(frozen=True)
class NewAttachment:
    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True)
class KeptAttachment:
    """A file that is stored already; its row is still to be written."""

    name: str
    content_type: str
    path: str
    size: int
    sha256: str
    content_id: str = ""
    is_inline: bool = False
    picture: dict[str, str | int] = field(default_factory=dict)  # columns, see `picture_columns`


@dataclass(frozen=True)
class NewMessage:
    """A message before it is a row. `references`: every Message-ID that it answers, without angle brackets."""

    text: str
    html: str = ""
    visible_text: str = ""
    from_name: str = ""
    from_address: str = ""
    automatic: str = ""
    authentication: Authentication = Authentication.NONE
    rfc822_id: str = ""
    references: Sequence[str] = ()
    sent_at: datetime | None = None
    attachments: Sequence[NewAttachment | KeptAttachment] = ()

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.html.strip() and not self.attachments


@dataclass(frozen=True)
class Said:
    """A new message on its ticket: when it counts from, and the columns that say who wrote it."""

    ticket: Ticket
    new: NewMessage
    now: datetime
    fields: dict[str, Any] = field(default_factory=dict)


def write_message(ticket: Ticket, new: NewMessage, *, now: datetime, **fields: Any) -> Message:
    """The message's row with its attachments and the ids by which a later mail finds this ticket.

    A date that its writer put into the future (or before anything could be) becomes the time of arrival.
    """
    return write_messages([Said(ticket, new, now, fields)])[0]


def write_messages(said: Sequence[Said]) -> list[Message]:
    """As `write_message`, for several at once: each kind of row in one statement."""
    messages = [
        Message(
            ticket=one.ticket,
            text=clean(one.new.text),
            html=clean(one.new.html),
            visible_text=clean(one.new.visible_text),
            from_name=clean(one.new.from_name)[:200],
            from_address=clean(one.new.from_address)[:320],
            automatic=one.new.automatic,
            authentication=one.new.authentication,
            rfc822_id=one.new.rfc822_id[:998],
            sent_at=min(one.new.sent_at or one.now, one.now),
            created_at=one.now,
            **one.fields,
        )
        for one in said
    ]
    Message.objects.bulk_create(messages)
    pairs = list(zip(messages, said, strict=True))
    refer_all((message, [one.new.rfc822_id, *one.new.references]) for message, one in pairs)
    attach_all((message, one.new.attachments) for message, one in pairs)
    return messages


def clean(text: str) -> str:
    """PostgreSQL stores every character but NUL; lines end as everywhere here, however they came."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").replace("\r\n", "\n")


def refer(message: Message, ids: Iterable[str]) -> None:
    """Index the Message-IDs by which an answer to this message can be told."""
    refer_all([(message, ids)])


def refer_all(referring: Iterable[tuple[Message, Iterable[str]]]) -> None:
    rows = [
        ThreadReference(
            message=message,
            store_id=message.ticket.store_id,
            reference=reference,
            is_own=reference == message.rfc822_id,
        )
        for message, ids in referring
        for reference in list(dict.fromkeys(each[:998] for each in ids if each))[:MOST_REFERENCES]
    ]
    if rows:
        ThreadReference.objects.bulk_create(rows, ignore_conflicts=True)


def attach_all(attached: Iterable[tuple[Message, Iterable[NewAttachment | KeptAttachment]]]) -> None:
    rows = []
    for message, attachments in attached:
        for new in attachments:
            kept = keep(new) if isinstance(new, NewAttachment) else new
            rows.append(
                Attachment(
                    message=message,
                    file=kept.path,
                    name=(clean(kept.name) or "attachment")[:255],
                    content_type=(clean(kept.content_type) or "application/octet-stream")[:255],
                    size=kept.size,
                    sha256=kept.sha256,
                    content_id=clean(kept.content_id)[:255],
                    is_inline=kept.is_inline,
                    **kept.picture,
                )
            )
    if rows:
        Attachment.objects.bulk_create(rows)


def keep_files(message: Message, files: Iterable[Attachment]) -> None:
    """The same files on another message: rows of their own, on content that is kept once."""
    for file in files:
        kept = Attachment.objects.get(pk=file.pk)
        kept.pk, kept._state.adding, kept.message, kept.token = None, True, message, uuid.uuid4()
        kept.save(force_insert=True)


def keep(new: NewAttachment) -> KeptAttachment:
    """Store a file under its content's own name; one that is there whole already serves again.

    What a transaction that failed left behind is so found by the next attempt.
    """
    sha256 = hashlib.sha256(new.content).hexdigest()
    path, storage = path_of(sha256), Attachment._meta.get_field("file").storage
    if not (storage.exists(path) and storage.size(path) == len(new.content)):
        path = storage.save(path, ContentFile(new.content))
    return KeptAttachment(
        name=new.name,
        content_type=new.content_type,
        path=path,
        size=len(new.content),
        sha256=sha256,
        content_id=new.content_id,
        is_inline=new.is_inline,
        picture=picture_columns(new.content),
    )
