"""Writes the rows of a message: its text, its files, and the ids by which an answer finds it."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile

from tickets.files import picture_columns
from tickets.models import Attachment, Message, ThreadReference, Ticket
from tickets.models.messages import attachment_path

MOST_REFERENCES = 50


@dataclass(frozen=True)
class NewAttachment:
    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True)
class NewMessage:
    """A message before it is a row. `references`: every Message-ID that it answers, without angle brackets."""

    text: str
    html: str = ""
    visible_text: str = ""
    from_name: str = ""
    from_address: str = ""
    automatic: str = ""
    rfc822_id: str = ""
    references: Sequence[str] = ()
    sent_at: datetime | None = None
    attachments: Sequence[NewAttachment] = ()

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.html.strip() and not self.attachments


def write_message(ticket: Ticket, new: NewMessage, *, now: datetime, **fields: Any) -> Message:
    """The message's row with its attachments and the ids by which a later mail finds this ticket.

    A date that its writer put into the future (or before anything could be) becomes the time of arrival.
    """
    message = Message.objects.create(
        ticket=ticket,
        text=clean(new.text),
        html=clean(new.html),
        visible_text=clean(new.visible_text),
        from_name=clean(new.from_name)[:200],
        from_address=clean(new.from_address)[:320],
        automatic=new.automatic,
        rfc822_id=new.rfc822_id[:998],
        sent_at=min(new.sent_at or now, now),
        created_at=now,
        **fields,
    )
    refer(message, [new.rfc822_id, *new.references])
    attach(message, new.attachments)
    return message


def clean(text: str) -> str:
    """PostgreSQL stores every character but NUL; lines end as everywhere here, however they came."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").replace("\r\n", "\n")


def refer(message: Message, ids: Iterable[str]) -> None:
    """Index the Message-IDs by which an answer to this message can be told."""
    unique = dict.fromkeys(reference[:998] for reference in ids if reference)
    ThreadReference.objects.bulk_create(
        [
            ThreadReference(message=message, store_id=message.ticket.store_id, reference=reference)
            for reference in list(unique)[:MOST_REFERENCES]
        ],
        ignore_conflicts=True,
    )


def attach(message: Message, attachments: Iterable[NewAttachment]) -> None:
    for new in attachments:
        attachment = Attachment(
            message=message,
            name=(clean(new.name) or "attachment")[:255],
            content_type=(clean(new.content_type) or "application/octet-stream")[:255],
            size=len(new.content),
            sha256=hashlib.sha256(new.content).hexdigest(),
            content_id=clean(new.content_id)[:255],
            is_inline=new.is_inline,
            **picture_columns(new.content),
        )
        _keep(attachment.file, attachment_path(attachment, new.name), new.content)
        attachment.save()


def keep_files(message: Message, files: Iterable[Attachment]) -> None:
    """The same files on another message: rows of their own, on content that is kept once."""
    for file in files:
        kept = Attachment.objects.get(pk=file.pk)
        kept.pk, kept._state.adding, kept.message, kept.token = None, True, message, uuid.uuid4()
        kept.save(force_insert=True)


def _keep(file: FieldFile, path: str, content: bytes) -> None:
    """Store a file under its content's own name; one that is there whole already serves again."""
    if file.storage.exists(path) and file.storage.size(path) == len(content):
        file.name = path
    else:
        file.save(path, ContentFile(content), save=False)
