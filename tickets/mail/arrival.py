"""What becomes of one mail: a message on its thread, a new ticket, or neither."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from django.db import connection

from subscribers.addresses import is_address
from subscribers.enums import Channel
from subscribers.models import Membership
from subscribers.services.people import identify
from tickets.enums import InboundState
from tickets.mail.parsed import Address, ParsedMail
from tickets.mail.parsing import parse_mail
from tickets.mail.returned import note_bounce, sent_by_us
from tickets.mail.routing import header_recipients, ours_among
from tickets.mail.threads import MOST_REFERENCES, find_ticket, reference_key, referred
from tickets.mail.tokens import is_own_id
from tickets.models import InboundMail, Message
from tickets.services.conversation import receive_message
from tickets.services.messages import NewAttachment, NewMessage
from tickets.services.tickets import open_ticket

MOST_ATTACHMENTS = 500
BREAKING = frozenset(' @<>()[],;:\\"')  # in an address, besides its one @
MOST_REPLY_TO = 5
MOST_LOOPS = 20  # X-Loop lines that are looked at
MOST_COPIES = 5  # earlier mails of one Message-ID that are compared


class Unreadable(Exception):
    """A mail that no later attempt will understand either: it waits in quarantine for a person."""


@dataclass(frozen=True)
class Outcome:
    """`note`: in a few words, why the mail went where it did."""

    state: InboundState
    note: str
    message: Message | None = None


def read(raw: bytes) -> ParsedMail:
    """The mail, read; Unreadable where there is nothing to take in."""
    if not raw.strip():
        raise Unreadable("The mail is empty.")
    mail = parse_mail(raw)
    if not (mail.subject or mail.text_body.strip() or mail.html_body.strip() or mail.attachments):
        raise Unreadable("The mail holds no subject, no text and no attachment.")
    if len(mail.attachments) > MOST_ATTACHMENTS:
        raise Unreadable(f"The mail holds {len(mail.attachments)} attachments; {MOST_ATTACHMENTS} are taken.")
    return mail


def take_in(inbound: InboundMail, raw: bytes, mail: ParsedMail) -> Outcome:
    """Decide and write, inside the caller's transaction, which holds the row of `inbound`."""
    digest = hashlib.sha256(raw).hexdigest()[:40]
    own_id = reference_key(mail.message_id) or f"{digest}.made@{inbound.mailbox.address.rpartition('@')[2]}"
    _one_at_a_time(inbound, own_id, mail)
    inbound.rfc822_id = own_id
    is_reused = False
    for earlier in _same_id(inbound, own_id):
        is_reused = True
        if fingerprint(parse_mail(bytes(earlier.raw))) == fingerprint(mail):
            return Outcome(InboundState.DUPLICATE, f"A copy of mail {earlier.pk}.")
    ours = _ours(inbound, mail)
    if reason := loop(mail, ours):
        return Outcome(InboundState.PROCESSED, reason)

    answered = sent_by_us(inbound.mailbox.store, mail)
    if mail.automatic == "bounce":
        note_bounce(answered, mail.bounced_recipients)
    requester = requester_of(inbound, mail, ours)
    found = find_ticket(
        mail,
        store=inbound.mailbox.store,
        recipients=[*inbound.envelope_to, *header_recipients(mail)],
        sender=requester.address,
        own_id="" if is_reused else own_id,
    )
    if found is None and mail.automatic and answered:
        return Outcome(InboundState.PROCESSED, f"An automatic answer to mail {answered[0].pk}, which has no ticket.")
    message_id = f"{digest}.reused@{inbound.mailbox.address.rpartition('@')[2]}" if is_reused else own_id
    new = new_message(inbound, mail, message_id)
    if found is not None and mail.automatic in ("bounce", "feedback_report"):
        message = receive_message(
            found.ticket, subscriber=found.ticket.subscriber, message=new, received_at=inbound.received_at
        )
        return Outcome(InboundState.PROCESSED, f"Joined {found.ticket.number} by {found.by}.", message)
    if not requester.address:
        raise Unreadable("The mail names nobody who could be answered: From, Reply-To and envelope hold no address.")
    person = identify(store=inbound.mailbox.store, email=requester.address, name=requester.name)
    if found is not None:
        message = receive_message(found.ticket, subscriber=person, message=new, received_at=inbound.received_at)
        return Outcome(InboundState.PROCESSED, f"Joined {found.ticket.number} by {found.by}.", message)
    ticket = open_ticket(
        store=inbound.mailbox.store,
        subscriber=person,
        subject=" ".join(mail.subject.split())[:500],
        channel=Channel.MAIL,
        message=new,
        queue=inbound.mailbox.queue,
        source_key=f"mail:{inbound.pk}",
        opened_at=inbound.received_at,
    )
    return Outcome(InboundState.PROCESSED, f"Opened {ticket.number}.", ticket.messages.order_by("pk").first())


def new_message(inbound: InboundMail, mail: ParsedMail, message_id: str) -> NewMessage:
    text = mail.text_body
    if not (text.strip() or mail.html_body.strip() or mail.attachments):
        text = mail.subject  # everything that its writer said
    # In UTC: PostgreSQL refuses offsets that mails do claim. Dates before mail existed are none.
    sent_at = mail.date.astimezone(UTC) if mail.date and mail.date.year > 1970 else inbound.received_at
    return NewMessage(
        text=text,
        html=mail.html_body,
        visible_text=mail.visible_reply,
        from_name=mail.from_name,
        from_address=mail.from_address,
        automatic=mail.automatic or "",
        rfc822_id=message_id,
        references=tuple(referred(mail)[: MOST_REFERENCES - 1]),
        sent_at=min(sent_at, inbound.received_at),
        attachments=tuple(
            NewAttachment(part.name, part.content_type, part.content, part.content_id, part.inline)
            for part in mail.attachments
        ),
    )


def requester_of(inbound: InboundMail, mail: ParsedMail, ours: frozenset[str]) -> Address:
    """Who wants something: the customer whose mail a colleague forwards, else a valid Reply-To, From, the envelope.

    `ours`: addresses of our own, who want nothing. An address of "" where none can be answered.
    """
    if mail.forwarded_from and usable(mail.forwarded_from.address) and _is_colleague(inbound, mail.from_address):
        return mail.forwarded_from
    for address in _possible_requesters(inbound, mail):
        if usable(address.address) and address.address.lower() not in ours:
            return address
    return Address("", "")


def _possible_requesters(inbound: InboundMail, mail: ParsedMail) -> Iterator[Address]:
    if mail.automatic != "list":  # there Reply-To is everybody
        yield from mail.reply_to[:MOST_REPLY_TO]
    yield mail.sender
    yield Address(mail.from_name, inbound.envelope_from)


def usable(address: str) -> bool:
    """Whether mail could be sent there: one @ with something on both sides, nothing that breaks a header."""
    local, _, domain = address.partition("@")
    is_plain = address.isprintable() and not BREAKING & set(local + domain)
    return bool(local and domain) and len(address) <= 254 and is_plain


def loop(mail: ParsedMail, ours: frozenset[str]) -> str:
    """Why a mail is one of ours come back, "" where it is not. An answer to it would be answered for ever."""
    if is_own_id(mail.message_id):
        return "Our own mail came back."
    if not ours.isdisjoint(_loops(mail)):
        return "The mail carries our own X-Loop."
    if mail.from_address.strip().lower() in ours:
        answerable = [entry.address.lower() for entry in mail.reply_to[:MOST_REPLY_TO] if usable(entry.address)]
        if ours.issuperset(answerable):
            return "The mail is from one of our own mailboxes."
    return ""


def _ours(inbound: InboundMail, mail: ParsedMail) -> frozenset[str]:
    written_by = [entry.address for entry in _possible_requesters(inbound, mail)]
    return ours_among([*written_by, *(entry.address for entry in mail.reply_to[:MOST_REPLY_TO]), *_loops(mail)])


def _loops(mail: ParsedMail) -> list[str]:
    return [value.strip().strip("<>").lower() for value in mail.header_values("X-Loop")[:MOST_LOOPS]]


def fingerprint(mail: ParsedMail) -> str:
    """What tells a second copy of a mail, on whatever way it came, from another one with the same Message-ID."""
    said = [mail.from_address.lower(), mail.subject, mail.text_body, mail.html_body, str(mail.date)]
    files = [f"{part.name} {hashlib.sha256(part.content).hexdigest()}" for part in mail.attachments]
    return hashlib.sha256("\0".join(said + files).encode("utf-8", "surrogatepass")).hexdigest()


def _is_colleague(inbound: InboundMail, address: str) -> bool:
    return Membership.objects.filter(is_address("user__email", address[:254]), store=inbound.mailbox.store).exists()


def _same_id(inbound: InboundMail, own_id: str) -> Iterator[InboundMail]:
    """Earlier mails with this Message-ID in any mailbox of the store: one mail to two of them is one request."""
    earlier = InboundMail.objects.filter(
        mailbox__store=inbound.mailbox.store_id, rfc822_id=own_id, state=InboundState.PROCESSED
    )
    return earlier.exclude(pk=inbound.pk).order_by("pk")[:MOST_COPIES].iterator()


def _one_at_a_time(inbound: InboundMail, own_id: str, mail: ParsedMail) -> None:
    """Until the transaction ends, nobody else takes in a copy of this mail or another mail of its thread.

    Without it, a mail and the answer to it, read by two workers at once, would open two tickets.
    """
    oldest = reference_key((mail.references or mail.in_reply_to or (own_id,))[0])
    keys = sorted({f"{inbound.mailbox.store_id} {key}" for key in (own_id, oldest)})
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
