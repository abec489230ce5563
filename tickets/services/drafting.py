"""Keeps what a person has begun to write: saved while they type, with its files, until it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from tickets.enums import Composing
from tickets.files import safe_file_name
from tickets.models import Draft, DraftFile, Message, Ticket
from tickets.services.messages import clean

MEGABYTE = 1024 * 1024
MOST_BYTES = 25 * MEGABYTE  # together: mail takes no more
MOST_FILES = 20
LONGEST = 200_000  # characters
OTHERS_KEPT = 5


@dataclass(frozen=True)
class Writing:
    """What is in a composer. `revision`: of the draft that its page knows; 0 where it knows of none."""

    text: str = ""
    cc: str = ""
    copies: Sequence[str] = ()
    actions: Sequence[Any] = ()
    macros: Sequence[int] = ()
    resumes: Message | None = None
    revision: int = 0


@dataclass(frozen=True)
class Saved:
    """`other`: what another tab had written meanwhile; it is kept beside, and its writer is offered it."""

    revision: int
    other: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def save(ticket: Ticket, *, author: AbstractBaseUser, kind: Composing, writing: Writing) -> Saved:
    """Keep this as the person's draft. What they emptied is forgotten, unless it has files.

    The text that comes last is the draft. Where its page did not know of the last one (another tab wrote it), that
    one is kept too and answered: nothing is overwritten in silence.
    """
    text = clean(writing.text)[:LONGEST]
    draft = _locked(ticket, author, kind)
    if draft is None:
        if not text.strip() and not writing.actions:
            return Saved(0)
        draft, _made = Draft.objects.get_or_create(
            ticket_id=ticket.pk, author_id=author.pk, kind=kind, defaults={"revision": writing.revision}
        )
        draft = Draft.objects.select_for_update().get(pk=draft.pk)
    other: dict[str, str] = {}
    if draft.revision != writing.revision and draft.text.strip() and draft.text not in text:
        other = {"text": draft.text, "at": draft.updated_at.isoformat()}
        others = [one for one in draft.others if one["text"] not in (draft.text, text)]
        draft.others = [other, *others][:OTHERS_KEPT]
    draft.text, draft.cc, draft.copies = text, writing.cc[:2000], [one[:254] for one in writing.copies][:50]
    draft.actions, draft.macros = [one for one in writing.actions if _is_action(one)][:30], list(writing.macros)[:20]
    draft.resumes, draft.updated_at = writing.resumes, timezone.now()
    draft.revision += 1
    if not text.strip() and not draft.actions and not draft.others and not draft.files.exists():
        draft.delete()
        return Saved(0)
    draft.save()
    return Saved(draft.revision, other)


@transaction.atomic
def drop_others(ticket: Ticket, *, author: AbstractBaseUser, kind: Composing) -> None:
    """The writer has seen what another tab wrote, and wants it no more."""
    Draft.objects.filter(ticket=ticket.pk, author=author.pk, kind=kind).update(others=[])


@transaction.atomic
def upload(ticket: Ticket, *, author: AbstractBaseUser, kind: Composing, file: UploadedFile) -> DraftFile:
    """Put a file on the person's draft, which begins with it if need be. Refused beyond what mail takes."""
    draft, _made = Draft.objects.get_or_create(ticket_id=ticket.pk, author_id=author.pk, kind=kind)
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    sizes = list(draft.files.values_list("size", flat=True))
    size = file.size or 0
    name = safe_file_name(clean(file.name or "file"))
    if len(sizes) >= MOST_FILES:
        raise Refused(_("At most %(most)d files go with one message.") % {"most": MOST_FILES}, "file")
    if sum(sizes) + size > MOST_BYTES:
        left = max(0, MOST_BYTES - sum(sizes)) / MEGABYTE
        words = _("“%(name)s” is too large: %(left).1f of %(most)d MB are left for this message.")
        raise Refused(words % {"name": name, "left": left, "most": MOST_BYTES // MEGABYTE}, "file")
    if not size:
        raise Refused(_("“%(name)s” is empty.") % {"name": name}, "file")
    row = DraftFile(draft=draft, name=name, content_type=(file.content_type or "application/octet-stream")[:255])
    row.size = size
    row.file.save(name, file, save=False)
    row.save()
    draft.updated_at = timezone.now()
    draft.save(update_fields=["updated_at"])
    return row


@transaction.atomic
def remove_file(ticket: Ticket, *, author: AbstractBaseUser, token: str) -> bool:
    """Whether there was one of this token on a draft of theirs."""
    rows = DraftFile.objects.filter(draft__ticket=ticket.pk, draft__author=author.pk, token=token)
    file = rows.select_for_update(of=("self",)).first()
    if file is None:
        return False
    _forget_files([file])
    file.delete()
    return True


@transaction.atomic
def discard(ticket: Ticket, *, author: AbstractBaseUser, kind: Composing) -> None:
    """Forget a draft with its files: it was sent, or its writer threw it away."""
    draft = _locked(ticket, author, kind)
    if draft is not None:
        _forget_files(list(draft.files.all()))
        draft.delete()


def _locked(ticket: Ticket, author: AbstractBaseUser, kind: Composing) -> Draft | None:
    rows = Draft.objects.filter(ticket=ticket.pk, author=author.pk, kind=kind)
    return rows.select_for_update(of=("self",)).first()


def _forget_files(files: Sequence[DraftFile]) -> None:
    """Once it is certain that their rows are gone: until then they may still be wanted."""
    storage = DraftFile._meta.get_field("file").storage
    for name in [str(file.file) for file in files]:
        transaction.on_commit(partial(storage.delete, name), robust=True)


def _is_action(action: Any) -> bool:
    """Whether it looks like one. It is checked when it is sent: no draft is lost over a queue that went."""
    return isinstance(action, dict) and set(action) <= {"kind", "value"} and isinstance(action.get("kind"), str)
