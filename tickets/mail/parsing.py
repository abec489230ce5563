"""One mail's bytes, or a bare body, to a ParsedMail. Never raises, whatever the bytes."""

import datetime
import email.utils
import re

from tickets.mail import automatic, bounces
from tickets.mail.addresses import addresses
from tickets.mail.bodies import read_bodies
from tickets.mail.charsets import decode
from tickets.mail.headers import HeaderBlock, decode_words, plain
from tickets.mail.html_text import text_of_html
from tickets.mail.parsed import Address, BouncedRecipients, ParsedMail
from tickets.mail.replies import Split, split_reply
from tickets.mail.structure import Part, read

MAX_REFERENCES = 2000
MAX_RECIPIENTS = 500  # kept of each header
MESSAGE_ID = re.compile(r"<\s*([^<>]+?)\s*>")
FORWARD_SUBJECT = re.compile(
    r"^\W*(?:fwd?|wg|tr|rv|enc|i|doorst|vb|vs|vl|pd|továbbítás|ilt|пересл\w*|转发|轉寄|fyi)\s?[:：]", re.I
)
FORWARDING_HEADERS = ("resent-from", "x-forwarded-message-id")


def parse_mail(raw: bytes, *, null_sender: bool = False) -> ParsedMail:
    """Read a whole mail (RFC 5322 and MIME), as leniently as mail programs do.

    `null_sender`: its envelope is known to name nobody as its sender, whether or not a Return-Path says so.
    """
    defects: list[str] = []
    root = read(raw, defects)
    headers = root.headers
    if not raw or raw.isspace():
        defects.append("empty")
    subject = _subject(headers)
    sender = _sender(headers, defects)
    bodies = read_bodies(root, defects)
    text = bodies.text()
    reply = split_reply(text)
    null_sender = null_sender or headers.first("return-path").replace(b" ", b"") == b"<>"
    who = f"{sender.name} {sender.address}".strip()
    found = automatic.kind(root, headers, who, subject, text, null_sender)
    return ParsedMail(
        subject=subject,
        sender=sender,
        to=_addresses(headers, "to"),
        cc=_addresses(headers, "cc"),
        reply_to=_addresses(headers, "reply-to"),
        message_id=_first(message_ids(headers.text("message-id"))),
        in_reply_to=message_ids(headers.text("in-reply-to")),
        references=message_ids(" ".join(plain(value) for value in headers.all("references"))),
        date=_date(headers, defects),
        text_body=text,
        html_body=bodies.markup(),
        visible_reply=reply.visible,
        quoted_text=reply.quoted,
        attachments=tuple(bodies.attachments),
        automatic=found,
        may_auto_reply=automatic.may_answer(found, headers, sender.address, null_sender),
        bounced_recipients=bounces.recipients(root, headers, text) if found == "bounce" else BouncedRecipients(),
        bounced_message_ids=bounces.original_message_ids(root, text) if found == "bounce" else (),
        forwarded=reply.forwarded or _carries_mail(root, headers, subject, found is not None),
        forwarded_from=_forwarded_from(reply, subject),
        return_path=_return_path(headers),
        list_id=decode_words(headers.text("list-id")),
        auto_submitted=automatic.auto_submitted(headers),
        precedence=automatic.precedence(headers)[:40],
        list_unsubscribe=bool(headers.first("list-unsubscribe")),
        delivered_to=_delivered_to(headers),
        headers=tuple((name, plain(value)) for name, value in headers.fields),
        defects=tuple(dict.fromkeys(defects)),
    )


def parse_text(raw: bytes) -> ParsedMail:
    """Read a bare body of plain text."""
    defects: list[str] = []
    text = decode(raw, "", defects, "text").replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return _bare(text, "", defects)


def parse_html(raw: bytes) -> ParsedMail:
    """Read a bare body of HTML."""
    defects: list[str] = []
    markup = decode(raw, "", defects, "html").removeprefix("\ufeff")
    return _bare(text_of_html(markup), markup, defects)


def _bare(text: str, markup: str, defects: list[str]) -> ParsedMail:
    reply = split_reply(text)
    return ParsedMail(
        text_body=text,
        html_body=markup,
        visible_reply=reply.visible,
        quoted_text=reply.quoted,
        forwarded=reply.forwarded,
        forwarded_from=_forwarded_from(reply, ""),
        may_auto_reply=False,
        defects=tuple(defects),
    )


def message_ids(value: str) -> tuple[str, ...]:
    """Message-IDs of a header value, without angle brackets, in order, each once (the newest kept of too many)."""
    found = MESSAGE_ID.findall(value)
    rest = MESSAGE_ID.sub(" ", value)
    found += [word.strip("<>,;") for word in rest.split() if "@" in word and "(" not in word]
    if not found:
        found = [word.strip("<>") for word in rest.split()[:1] if word.strip("<>")]
    return tuple(dict.fromkeys(identifier[:998] for identifier in found))[-MAX_REFERENCES:]


def _first(found: tuple[str, ...]) -> str:
    return found[0] if found else ""


def _subject(headers: HeaderBlock) -> str:
    return decode_words(headers.text("subject")).strip()


def _sender(headers: HeaderBlock, defects: list[str]) -> Address:
    values = headers.all("from")
    if len(values) > 1:
        defects.append(f"headers: {len(values)} From lines, the first is read")
    written = [Address(*found[0]) for value in values if (found := addresses(plain(value)))]
    for address in written:
        if "@" in address.address:
            return address
    defects.append("headers: From has no valid address" if values else "headers: no From")
    for name in ("reply-to", "sender", "resent-from"):
        for address in _addresses(headers, name):
            if "@" in address.address and not (written and written[0].address.isidentifier()):
                return Address((written[0].name if written else "") or address.name, address.address)
    return written[0] if written else Address("", "")


def _addresses(headers: HeaderBlock, name: str) -> tuple[Address, ...]:
    found: dict[str, Address] = {}
    for value in headers.all(name):
        for display, address in addresses(plain(value)):
            if address:
                found.setdefault(address.lower(), Address(display, address))
            if len(found) >= MAX_RECIPIENTS:
                return tuple(found.values())
    return tuple(found.values())


def _return_path(headers: HeaderBlock) -> str | None:
    """The envelope sender as the last server noted it: "" for a bounce's empty one, None where none is noted."""
    values = headers.all("return-path")
    return plain(values[0]).strip().strip("<>").strip() if values else None


def _delivered_to(headers: HeaderBlock) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "x-delivered-to"):
        for value in headers.all(name)[:20]:
            for _, address in addresses(plain(value)):
                if address:
                    found.setdefault(address.lower())
    return tuple(found)


def _date(headers: HeaderBlock, defects: list[str]) -> datetime.datetime | None:
    value = headers.text("date")[:200]
    if not value.strip():
        return None
    try:
        parsed = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        defects.append(f"headers: unreadable Date {value[:60]!r}")
        return None
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=datetime.UTC)
    try:
        parsed.astimezone(datetime.UTC)
        parsed.isoformat()
    except (ValueError, OverflowError):
        defects.append(f"headers: impossible Date {value[:60]!r}")
        return None
    return parsed


def _carries_mail(root: Part, headers: HeaderBlock, subject: str, is_automatic: bool) -> bool:
    """Whether somebody else's mail is inside: attached whole, or sent on by a subject that says so."""
    if is_automatic:
        return False
    attached = any(child.content_type == "message/rfc822" for child in root.children)
    return attached or bool(FORWARD_SUBJECT.match(subject)) or any(headers.first(name) for name in FORWARDING_HEADERS)


def _forwarded_from(reply: Split, subject: str) -> Address | None:
    """Whose mail was sent on, where the mail says that it is a forward (a quoted header alone may be a reply's)."""
    block = reply.header_block
    if block is None or not (reply.marked_as_forward or FORWARD_SUBJECT.match(subject)):
        return None
    for name, address in addresses(block.values.get("from", "").replace("[mailto:", "<").replace("]", ">")):
        if "@" in address:
            return Address(name, address)
    return None
