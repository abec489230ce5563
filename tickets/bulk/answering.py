"""One text as the answer to many tickets: seen before it is asked for, filled in and written ticket by ticket.

A job's only action is then {"kind": "reply", "value": text, "then": status}. Each answer's key is made of its job: a
worker that dies, or a second one, answers nobody twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from subscribers.texts import Filled, fill_text
from tickets.enums import TicketStatus
from tickets.macros.variables import Facts, check
from tickets.models import BulkJob, Message, Ticket
from tickets.services import leaving
from tickets.services.conversation import reply
from tickets.services.history import caused_by

LONGEST = 20_000  # characters
SHOWN = 3  # tickets in a preview
KEPT_BACK = timedelta(minutes=1)  # since it was asked for: until then all of it can be taken back
THEN = (TicketStatus.PENDING, TicketStatus.OPEN, TicketStatus.ON_HOLD, TicketStatus.RESOLVED)


@dataclass(frozen=True)
class Shown:
    """How one ticket's answer would read."""

    ticket: Ticket
    filled: Filled


def check_text(text: str) -> None:
    """Raises `Refused` for a text that cannot be sent to anybody."""
    if not text.strip():
        raise Refused(_("Write something before you send it."), "text")
    if len(text) > LONGEST:
        raise Refused(_("This is too long for one answer."), "text")
    try:
        check(text)
    except ValueError as wrong:
        raise Refused(str(wrong), "text") from wrong


def shown(tickets: Iterable[Ticket], text: str, *, user: AbstractBaseUser) -> list[Shown]:
    """As these tickets' customers would read it."""
    return [Shown(ticket, fill_text(text, Facts(ticket, user))) for ticket in tickets]


def filled_in(ticket: Ticket, text: str, *, author: AbstractBaseUser) -> str:
    """Raises `Refused` where something that the text names is not known of this ticket."""
    filled = fill_text(text, Facts(ticket, author))
    if filled.missing:
        raise Refused(_("Nothing is known for %(places)s.") % {"places": ", ".join(filled.missing)})
    return filled.text


def action_of(text: str, then: str) -> dict[str, Any]:
    """The action of a job that answers. Raises `Refused` for a text or a status that cannot be."""
    check_text(text)
    if then not in THEN:
        raise Refused(_("There is no such status."), "then")
    return {"kind": BulkJob.REPLY, "value": text.strip(), "then": str(then)}


def answer(job: BulkJob, ticket: Ticket) -> list[dict[str, Any]]:
    """Write the answer to a locked ticket; returns what takes it back. What is resolved stays so."""
    if ticket.deleted_at is not None:
        raise Refused(_("This ticket is in no list any more."))
    (action,) = job.actions
    since = timezone.now() - job.created_at
    seconds = max((KEPT_BACK - since).total_seconds(), settings.UNDO_SEND_SECONDS)
    with caused_by(f"bulk:{job.pk}"):
        message = reply(
            ticket,
            author=job.requested_by,
            text=filled_in(ticket, action["value"], author=job.requested_by),
            key=f"bulk:{job.pk}",
            status=None if ticket.is_resolved else TicketStatus(action["then"]),
            undo_seconds=int(seconds),
        )
    return [{"kind": BulkJob.REPLY, "message": message.pk}]


def take_back(inverse: list[dict[str, Any]], *, actor: AbstractBaseUser) -> None:
    """Raises `Refused` for an answer that has left, or was taken back."""
    for one in inverse:
        leaving.take_back(Message.objects.get(pk=one["message"]), actor=actor)
