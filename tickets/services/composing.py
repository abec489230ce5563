"""Sends what was composed: the answer or the note, its uploaded files, what a macro does with it; the draft is gone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from subscribers.texts import open_places
from tickets.actions import check_actions, perform
from tickets.enums import ActionKind, Composing, TicketStatus
from tickets.macros.using import count_use
from tickets.models import DraftFile, Message, OutboundMail, Ticket
from tickets.services import conversation, drafting
from tickets.services.history import locked
from tickets.services.messages import NewAttachment


@dataclass(frozen=True)
class Composed:
    """`uploads`: tokens of files of the draft; `actions`: of the vocabulary in tickets.actions; `macros`: those used.

    `files`: what came with the request itself, from a page without scripts.
    """

    text: str
    uploads: Sequence[str] = ()
    files: Sequence[NewAttachment] = ()
    actions: Sequence[Any] = ()
    macros: Sequence[int] = ()
    reply: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def send_reply(ticket: Ticket, composed: Composed, *, author: AbstractBaseUser, key: str) -> Message:
    """Answer, and do what the macro does, all or nothing. `composed.reply`: further arguments of `conversation.reply`.

    A status among the actions is what the ticket becomes with the answer, unless another was chosen by hand (then
    `status` is no `pending`). Raises Crossed where `seen` is given and somebody wrote since; nothing was sent then.
    """
    if places := open_places(composed.text):
        words = _("Fill in %(places)s before you send it.")
        raise Refused(words % {"places": ", ".join(map(str, places))}, "text")
    ticket = locked(ticket)
    key_of_mail = conversation.key_of(ticket, key)
    is_repeat = OutboundMail.objects.filter(key=key_of_mail).exists()
    actions = _checked(composed.actions, ticket)
    status, others = _with_status(composed.reply.get("status"), actions)
    # What it fills in is there before it is asked whether the ticket may be resolved.
    filled = [one for one in others if one["kind"] == ActionKind.SET_FIELD]
    if filled and not is_repeat:
        perform(ticket, filled, actor=author, cause=_("With a macro"))
        others = [one for one in others if one not in filled]
    message = conversation.reply(
        ticket,
        author=author,
        text=composed.text,
        key=key,
        attachments=_files(ticket, author, Composing.REPLY, composed),
        **{**composed.reply, "status": status},
    )
    if not is_repeat:
        _finish(ticket, composed, others, author, Composing.REPLY)
    return message


@transaction.atomic
def add_note(ticket: Ticket, composed: Composed, *, author: AbstractBaseUser) -> Message:
    """As `send_reply`, for a note."""
    ticket = locked(ticket)
    actions = _checked(composed.actions, ticket)
    files = _files(ticket, author, Composing.NOTE, composed)
    note = conversation.add_note(ticket, author=author, text=composed.text, attachments=files)
    _finish(ticket, composed, actions, author, Composing.NOTE)
    return note


def _finish(
    ticket: Ticket, composed: Composed, actions: Sequence[Any], author: AbstractBaseUser, kind: Composing
) -> None:
    if actions:
        perform(ticket, list(actions), actor=author, cause=_("With a macro"))
    count_use(ticket, composed.macros, user=author)
    drafting.discard(ticket, author=author, kind=kind)


def _checked(actions: Sequence[Any], ticket: Ticket) -> list[Any]:
    try:
        if actions:
            check_actions(list(actions), ticket.store)
    except ValueError as wrong:
        raise Refused(str(wrong), "action") from wrong
    return list(actions)


def _with_status(chosen: TicketStatus | None, actions: Sequence[Any]) -> tuple[TicketStatus | None, list[Any]]:
    """What the ticket becomes when the answer leaves, and what is done at once."""
    wanted = [one["value"] for one in actions if one["kind"] == ActionKind.STATUS]
    others = [one for one in actions if one["kind"] != ActionKind.STATUS]
    if wanted and chosen in (None, TicketStatus.PENDING):
        return TicketStatus(wanted[-1]), others
    return chosen, others


def _files(ticket: Ticket, author: AbstractBaseUser, kind: Composing, composed: Composed) -> list[NewAttachment]:
    """Read again: their content becomes an attachment's, under a name of its own."""
    files = list(composed.files)
    if composed.uploads:
        rows = DraftFile.objects.filter(
            draft__ticket=ticket.pk, draft__author=author.pk, draft__kind=kind, token__in=composed.uploads
        )
        for row in rows.order_by("pk"):
            with row.file.open("rb") as content:
                files.append(NewAttachment(row.name, row.content_type, content.read()))
    return files
