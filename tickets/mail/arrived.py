"""One stored mail, read: what is done before anything is decided, outside of any transaction."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings

from tickets.enums import Authentication
from tickets.mail.authentication import verdict
from tickets.mail.parsed import Address, Attachment, ParsedMail
from tickets.mail.parsing import parse_mail
from tickets.mail.threads import reference_key, referred
from tickets.models import InboundMail
from tickets.services.messages import KeptAttachment, NewAttachment, keep

MOST_ATTACHMENTS = 500
MOST_LOOPS = 20  # X-Loop lines that are looked at
MOST_REPLY_TO = 5
BREAKING = frozenset(' @<>()[],;:\\"')  # in an address, besides its one @


class Unreadable(Exception):
    """A mail that no later attempt will understand either: it waits in quarantine for a person."""


@dataclass(frozen=True)
class Arrived:
    """`inbound` is the row with its mailbox, store and queue; `attempt` says whose claim on it this is.

    `left_out`: names of files that were more, or larger, than what is taken. `made_id`: unique to these bytes.
    """

    inbound: InboundMail
    attempt: int
    mail: ParsedMail
    files: tuple[KeptAttachment, ...]
    left_out: tuple[str, ...]
    made_id: str
    fingerprint: str

    @cached_property
    def own_id(self) -> str:
        """The mail's Message-ID as it is stored; one of ours where it has none."""
        return reference_key(self.mail.message_id) or f"{self.made_id}.made@{self.domain}"

    @cached_property
    def reused_id(self) -> str:
        """In place of a Message-ID that another mail has already."""
        return f"{self.made_id}.reused@{self.domain}"

    @cached_property
    def domain(self) -> str:
        return self.inbound.mailbox.address.rpartition("@")[2]

    @cached_property
    def authentication(self) -> Authentication:
        ids = self.inbound.mailbox.authserv_ids.split(",") if self.inbound.mailbox.authserv_ids else []
        return Authentication(verdict(self.mail, [each.strip() for each in ids] or settings.MAIL_AUTHSERV_IDS))

    @cached_property
    def keys(self) -> frozenset[str]:
        """By which mails of one conversation, and copies of one mail, know each other."""
        return frozenset((self.own_id, *referred(self.mail)))

    @cached_property
    def loops(self) -> list[str]:
        return [value.strip().strip("<>").lower() for value in self.mail.header_values("X-Loop")[:MOST_LOOPS]]

    @cached_property
    def answerable(self) -> list[str]:
        """Addresses in Reply-To that could be answered, in lower case."""
        return [one.address.lower() for one in self.mail.reply_to[:MOST_REPLY_TO] if usable(one.address)]

    def possible_requesters(self) -> Iterator[Address]:
        """Who may want something: a valid Reply-To, From, the envelope."""
        if self.mail.automatic != "list":  # there Reply-To is everybody
            yield from self.mail.reply_to[:MOST_REPLY_TO]
        yield self.mail.sender
        yield Address(self.mail.from_name, self.inbound.envelope_from)


def usable(address: str) -> bool:
    """Whether mail could be sent there: one @ with something on both sides, nothing that breaks a header."""
    local, _, domain = address.partition("@")
    is_plain = address.isprintable() and not BREAKING & set(local + domain)
    return bool(local and domain) and len(address) <= 254 and is_plain


def read(inbound: InboundMail, attempt: int, raw: bytes) -> Arrived:
    """The mail, read, with its files stored; Unreadable where there is nothing to take in.

    `raw` may be the beginning of a mail that is longer than what is taken: the file that it breaks off in is left out.
    """
    if not raw or raw.isspace():  # `strip` would copy it
        raise Unreadable("The mail is empty.")
    mail = parse_mail(raw, null_sender=inbound.has_null_sender)
    if not (mail.subject or mail.text_body.strip() or mail.html_body.strip() or mail.attachments):
        raise Unreadable("The mail holds no subject, no text and no attachment.")
    whole = len(mail.attachments) - (len(raw) < inbound.size and bool(mail.attachments))
    taken, left_out = mail.attachments[: min(whole, MOST_ATTACHMENTS)], []
    for part in mail.attachments[len(taken) :]:
        left_out.append(part.name or part.content_type)
    if len(raw) < inbound.size:
        left_out.append(f"what lies beyond {len(raw):,} of {inbound.size:,} bytes")
    files = tuple(_kept(part) for part in taken)
    return Arrived(
        inbound=inbound,
        attempt=attempt,
        mail=mail,
        files=files,
        left_out=tuple(left_out),
        made_id=hashlib.sha256(raw).hexdigest()[:40],
        fingerprint=fingerprint(mail, files),
    )


def _kept(part: Attachment) -> KeptAttachment:
    # Decoded for this alone: one file at a time is in memory.
    return keep(NewAttachment(part.name, part.content_type, part.decode(), part.content_id, part.inline))


def fingerprint(mail: ParsedMail, files: tuple[KeptAttachment, ...]) -> str:
    """What tells a second copy of a mail, on whatever way it came, from another one with the same Message-ID."""
    said = [mail.from_address.lower(), mail.subject, mail.text_body, mail.html_body, str(mail.date)]
    said += [f"{file.name} {file.sha256}" for file in files]
    return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()
