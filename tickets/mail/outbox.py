"""Mail out: a row for each recipient in the transaction that made it true; `tickets.mail.sending` sends from there."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Case, Value, When
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.later import soon
from subscribers.models import Store, Subscriber
from tickets.enums import Author, OutboundEventKind, OutboundState, RecipientRole
from tickets.mail.caps import held, too_many
from tickets.mail.compose import answer_subject, automatic_headers, bodies, html_of, named, thread_headers
from tickets.mail.events import note
from tickets.mail.tokens import new_message_id, reply_address, staff_reply_address
from tickets.models import Mailbox, Message, OutboundMail, Ticket
from tickets.services.messages import refer

MOST_COPIES = 20
ANSWERED_BY_MAIL = (
    "What you answer to this mail is sent to the customer. With #note as its first line it stays among colleagues."
)
# Written by us alone: a caller's headers cannot take their place.
OURS = {"message-id", "from", "to", "cc", "bcc", "reply-to", "subject", "date", "x-loop", "auto-submitted"}


@dataclass(frozen=True)
class Recipient:
    address: str
    name: str = ""
    role: RecipientRole = RecipientRole.TO
    subscriber: Subscriber | None = None


@dataclass(frozen=True)
class Letter:
    """A mail before it is rows. `is_essential`: no count of earlier mails holds it back, such as a receipt."""

    mailbox: Mailbox
    key: str
    subject: str
    text: str
    html: str
    reply_to: str = ""
    from_name: str = ""
    rfc822_id: str = ""
    ticket: Ticket | None = None
    message: Message | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_automatic: bool = False
    is_answer: bool = False
    is_essential: bool = False
    not_before: datetime | None = None


def queue_reply(
    message: Message,
    *,
    key: str,
    subject: str = "",
    cc: Sequence[Recipient] = (),
    not_before: datetime | None = None,
    is_answer: bool = False,
    mailed: tuple[str, str] | None = None,
) -> OutboundMail:
    """Write the mail that brings a public message to the ticket's subscriber and to those in copy; the former's row.

    Sent after the transaction, or, with `not_before`, once the message has been said. `key` is made once per intent:
    asked again, the row of the first time is answered. The message takes the mail's Message-ID, so that an answer
    finds it. `mailed`: text and HTML of the mail, where they are not the message's own. Refused where there is no
    mailbox to send from, or no address.
    """
    if sent := OutboundMail.objects.filter(key=key).first():
        return sent
    ticket = message.ticket
    is_automatic = message.author_kind == Author.SYSTEM
    mailbox = mailbox_of(ticket)
    rfc822_id = new_message_id(ticket.pk, _domain(mailbox))
    has_written = Message.objects.filter(ticket=ticket, author_kind=Author.SUBSCRIBER).exists()
    text, html = mailed or bodies(message, mailbox)
    letter = Letter(
        mailbox=mailbox,
        key=key,
        subject=subject or answer_subject(ticket, answers=has_written),
        text=text,
        html=html,
        reply_to=reply_address(mailbox.address, ticket.pk),
        from_name=_sender_name(message, mailbox),
        rfc822_id=rfc822_id,
        ticket=ticket,
        message=message,
        headers=thread_headers(ticket),
        is_automatic=is_automatic,
        is_answer=is_answer,
        not_before=not_before,
    )
    person = ticket.subscriber
    outbound = _write(letter, [Recipient(person.email, person.name, subscriber=person), *cc])[0]
    message.rfc822_id = rfc822_id
    message.save(update_fields=["rfc822_id"])
    refer(message, [rfc822_id])
    return outbound


def queue_mail(
    *,
    store: Store,
    subscriber: Subscriber | None,
    subject: str,
    text: str,
    html: str = "",
    key: str,
    automatic: bool = True,
    recipient: str = "",
    headers: Mapping[str, str] | None = None,
    essential: bool = False,
) -> OutboundMail:
    """Write a mail that belongs to no ticket, such as outreach; an answer to it opens one.

    `recipient`: an address other than the subscriber's. `headers`: more of them, such as List-Unsubscribe.
    `essential` mail (a receipt, a link that was asked for) is not counted against the cap on automatic mail.
    """
    if sent := OutboundMail.objects.filter(key=key[:200]).first():
        return sent
    mailbox = Mailbox.objects.filter(store=store, is_active=True).order_by("pk").first()
    if mailbox is None:
        raise Refused(gettext("This store has no active mailbox to send from."))
    letter = Letter(
        mailbox=mailbox,
        key=key,
        subject=subject,
        text=text,
        html=html,
        reply_to=mailbox.address,
        headers={name: value for name, value in (headers or {}).items() if name.lower() not in OURS},
        is_automatic=automatic,
        is_essential=essential,
    )
    address = recipient or (subscriber.email if subscriber else "")
    return _write(letter, [Recipient(address, subscriber=subscriber)])[0]


def queue_answer(ticket: Ticket, *, recipient: Recipient, subject: str, text: str, key: str) -> OutboundMail:
    """Write a machine's answer to somebody's mail about a ticket that is not part of its thread."""
    if sent := OutboundMail.objects.filter(key=key[:200]).first():
        return sent
    mailbox = mailbox_of(ticket)
    letter = Letter(
        mailbox=mailbox,
        key=key,
        subject=subject,
        text=text,
        html="",
        ticket=ticket,
        headers=thread_headers(ticket),
        reply_to=reply_address(mailbox.address, ticket.pk),
        is_automatic=True,
        is_answer=True,
    )
    return _write(letter, [recipient])[0]


def queue_staff_mail(
    ticket: Ticket, *, user: AbstractBaseUser, subject: str, text: str, key: str, is_answer: bool = False
) -> OutboundMail:
    """Write an automatic mail about a ticket to somebody who works here; the customer has no part in it.

    What they answer by mail is their answer to the customer (`tickets.mail.colleagues`).
    """
    if sent := OutboundMail.objects.filter(key=key[:200]).first():
        return sent
    mailbox = mailbox_of(ticket)
    reply_to = staff_reply_address(mailbox.address, ticket.pk, user.pk)
    letter = Letter(
        mailbox=mailbox,
        key=key,
        subject=subject,
        text=f"{text}\n\n{ANSWERED_BY_MAIL}" if reply_to else text,
        html="",
        reply_to=reply_to,
        ticket=ticket,
        is_automatic=True,
        is_answer=is_answer,
        is_essential=not is_answer,
    )
    address: str = user.email  # type: ignore[attr-defined]
    return _write(letter, [Recipient(address)])[0]


def mailbox_of(ticket: Ticket) -> Mailbox:
    """The address that the customer wrote to last, else the queue's, else the store's oldest."""
    mailboxes = Mailbox.objects.select_related("store")
    written_to = mailboxes.filter(is_active=True, inbound__message__ticket=ticket)
    mailbox = written_to.order_by("-inbound__pk").first()
    if mailbox is None:
        of_queue = Case(When(queue=ticket.queue_id, then=Value(0)), default=Value(1))
        mailbox = mailboxes.filter(store=ticket.store_id, is_active=True).order_by(of_queue, "pk").first()
    if mailbox is None:
        raise Refused(gettext("This store has no active mailbox to send from."))
    return mailbox


def row_key(key: str, address: str) -> str:
    """The key of a further recipient's row of one mail."""
    return f"{key[:140]}:{hashlib.sha256(address.lower().encode()).hexdigest()[:40]}"


def _write(letter: Letter, recipients: Sequence[Recipient]) -> list[OutboundMail]:
    recipients = _once_each(recipients)
    if not recipients[0].address:
        raise Refused(gettext("This person has no mail address."))
    letter = replace(
        letter,
        from_name=" ".join((letter.from_name or letter.mailbox.name).split())[:200],
        rfc822_id=letter.rfc822_id or new_message_id(None, _domain(letter.mailbox)),
    )
    return [_write_row(letter, recipients, place) for place in range(len(recipients))]


def _write_row(letter: Letter, recipients: Sequence[Recipient], place: int) -> OutboundMail:
    recipient, mailbox = recipients[place], letter.mailbox
    reason = _held(letter, recipient) if letter.is_automatic else ""
    state = OutboundState.PLANNED if letter.not_before else OutboundState.QUEUED
    outbound = OutboundMail.objects.create(
        store_id=mailbox.store_id,
        mailbox=mailbox,
        ticket=letter.ticket,
        message=letter.message,
        subscriber=recipient.subscriber,
        key=letter.key[:200] if place == 0 else row_key(letter.key, recipient.address),
        recipient=recipient.address,
        role=recipient.role,
        to_header=_line(recipients, RecipientRole.TO) if len(recipients) > 1 else "",
        cc_header=_line(recipients, RecipientRole.CC),
        from_name=letter.from_name,
        reply_to=letter.reply_to,
        subject=" ".join(letter.subject.split())[:500],
        text=letter.text,
        html=letter.html or html_of(letter.text),
        rfc822_id=letter.rfc822_id,
        # X-Loop: the mail's way back to us, through whatever machine, ends here.
        headers={
            **letter.headers,
            "X-Loop": mailbox.address,
            **(automatic_headers(is_answer=letter.is_answer) if letter.is_automatic else {}),
        },
        is_automatic=letter.is_automatic,
        state=OutboundState.CANCELLED if reason else state,
        not_before=letter.not_before,
        error=reason,
    )
    if reason:
        note(outbound, OutboundEventKind.CANCELLED, detail=reason)
    elif state == OutboundState.QUEUED:
        soon("tickets.tasks.send_outbound_mail", outbound.pk)
    return outbound


def _held(letter: Letter, recipient: Recipient) -> str:
    store = letter.mailbox.store
    reason = held(store, recipient.address, recipient.subscriber)
    if reason or letter.is_essential:
        return reason
    return too_many(store, recipient.address, is_answer=letter.is_answer)


def _once_each(recipients: Sequence[Recipient]) -> list[Recipient]:
    unique: dict[str, Recipient] = {}
    for recipient in recipients:
        unique.setdefault(recipient.address.strip().lower(), replace(recipient, address=recipient.address.strip()))
    if len(unique) > MOST_COPIES + 1:
        raise Refused(gettext("At most %(most_copies)s people may be in copy.") % {"most_copies": MOST_COPIES}, "cc")
    return list(unique.values())


def _line(recipients: Sequence[Recipient], role: RecipientRole) -> str:
    return ", ".join(named(one.name, one.address) for one in recipients if one.role == role)


def _sender_name(message: Message, mailbox: Mailbox) -> str:
    name = message.from_name or (message.author.get_full_name() if message.author else "")
    return f"{name} ({mailbox.name})" if name else mailbox.name


def _domain(mailbox: Mailbox) -> str:
    return mailbox.address.rpartition("@")[2]
