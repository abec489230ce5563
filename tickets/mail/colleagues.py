"""Colleagues who answer by mail: what we wrote to them about a ticket carries an address of theirs alone.

What they write there is the answer to the customer, or a note where its first line is `#note`. Their own From is no
proof: anybody can write it, and the customer knows the ticket's other address. What cannot be taken as an answer is
kept as a note, and its writer is told.
"""

import logging
import re
from collections.abc import Iterable, Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from subscribers.errors import Refused
from tickets.enums import Authentication, Author, MessageKind, TicketEventKind, TicketStatus
from tickets.mail.outbox import queue_staff_mail
from tickets.mail.parsed import ParsedMail
from tickets.mail.routing import header_recipients, tag_of
from tickets.mail.tokens import staff_of_tag
from tickets.models import InboundMail, Message, Ticket
from tickets.services.conversation import add_note, reply
from tickets.services.history import locked, log
from tickets.services.messages import NewAttachment, NewMessage, write_message

logger = logging.getLogger(__name__)

NOTE = re.compile(r"\A\s*#(?:note|notiz|nota)\b[ \t:]*\n?", re.I)


def staff_address(inbound: InboundMail, mail: ParsedMail) -> tuple[int, int] | None:
    """Ticket and user of the colleague's reply address that a mail came to; None where it came to no such one."""
    return next(_addressed([*inbound.envelope_to, *header_recipients(mail)]), None)


@transaction.atomic
def answer_by_mail(
    inbound: InboundMail,
    mail: ParsedMail,
    ticket: Ticket,
    user: AbstractBaseUser,
    *,
    authentication: str = Authentication.NONE,
) -> Message:
    """A colleague's mail on a ticket: the answer to its customer, a note, or a note of what could not be taken.

    `user`: who works under the address in its From. Its files go along. Read twice, it answers once.
    """
    text = mail.visible_reply.strip()
    files = tuple(
        NewAttachment(part.name, part.content_type, part.content, part.content_id, part.inline)
        for part in mail.attachments
    )
    reason = _why_not(inbound, mail, ticket, user, authentication)
    is_note = NOTE.match(text)
    if not reason and is_note:
        return add_note(ticket, author=user, text=text[is_note.end() :] or mail.subject, attachments=files)
    if not reason:
        try:
            with transaction.atomic():
                status = TicketStatus.PENDING
                return reply(ticket, author=user, text=text, key=f"mail:{inbound.pk}", attachments=files, status=status)
        except Refused as refused:
            reason = refused.message
    kept = _keep(ticket, user, mail, reason, files)
    if not mail.automatic and authentication != Authentication.FAIL:
        _tell(inbound, ticket, user, reason)
    return kept


def _why_not(
    inbound: InboundMail, mail: ParsedMail, ticket: Ticket, user: AbstractBaseUser, authentication: str
) -> str:
    """Why a mail is no answer to the customer; "" where it is one."""
    if mail.automatic:
        return "A machine wrote it."
    if not mail.visible_reply.strip() and not mail.attachments:
        return "It says nothing but what it quotes."
    if authentication == Authentication.FAIL:
        return "Its sender could not be confirmed."
    if (ticket.pk, user.pk) not in _addressed([*inbound.envelope_to, *header_recipients(mail)]):
        return "It did not come to the address for your answers to this ticket."
    if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        return "You cannot see this ticket."
    return ""


def _addressed(recipients: Iterable[str]) -> Iterator[tuple[int, int]]:
    return (found for address in recipients if (found := staff_of_tag(tag_of(address))))


def _keep(
    ticket: Ticket, user: AbstractBaseUser, mail: ParsedMail, reason: str, files: tuple[NewAttachment, ...]
) -> Message:
    """By nobody's name: whose it is, is what is in doubt."""
    ticket, now = locked(ticket), timezone.now()
    said = mail.text_body.strip() or mail.subject
    text = f"A mail from {mail.from_address} was not sent to the customer. {reason}\n\n{said}"
    row = write_message(
        ticket,
        NewMessage(text=text, attachments=files, automatic=mail.automatic or ""),
        now=now,
        kind=MessageKind.NOTE,
        author_kind=Author.SYSTEM,
    )
    log(ticket, TicketEventKind.NOTED, at=now, message=row.pk)
    return row


def _tell(inbound: InboundMail, ticket: Ticket, user: AbstractBaseUser, reason: str) -> None:
    if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        return
    try:
        queue_staff_mail(
            ticket,
            user=user,
            subject=f"{ticket.number}: your mail was not sent to the customer",
            text=f"{reason}\n\nIt is kept on {ticket.number} as an internal note.",
            key=f"refused:{inbound.pk}",
            is_answer=True,
        )
    except Refused as refused:  # the note is there
        logger.warning("%s is not told that their mail was kept as a note: %s", user, refused)
