"""The words and headers of a mail that leaves."""

import re
from collections.abc import Sequence
from email.encoders import encode_base64
from email.mime.base import MIMEBase

from anymail.backends.base import AnymailBaseBackend
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.html import escape, urlize
from django.utils.safestring import mark_safe

from tickets.enums import UNSAID, Author, MessageState, OutboundEventKind
from tickets.mail.signatures import DELIMITER, quoted, signature_of
from tickets.models import Attachment, Mailbox, Message, OutboundMail, Ticket

MOST_REFERENCES = 20
SENDABLE_ID = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
ANSWER = re.compile(r"^\s*(?:(?:re|aw|sv|antw|odp|ref|rif|回复|答复)\s?(?:\[\d+\])?\s?[:：]\s*)+", re.I)
# What a file may be called: as a mail, or as parts, its content would have to be ASCII.
FILE_TYPE = re.compile(r"(application|audio|font|image|model|text|video)/([a-z0-9][a-z0-9!#$&^_.+-]*)", re.I)
ANY_TYPE = ("application", "octet-stream")
STYLE = "font-family:Inter,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.5;color:#1f2328"


def html_of(text: str) -> str:
    """The same words as simple HTML: escaped, a paragraph each, addresses made links."""
    paragraphs = re.split(r"\n[ \t]*\n+", text.replace("\r\n", "\n").strip())
    lines = ["<br>\n".join(urlize(line, autoescape=True) for line in paragraph.split("\n")) for paragraph in paragraphs]
    body = "\n".join(f"<p>{line}</p>" for line in lines)
    return mark_safe(f'<div style="{escape(STYLE)}">\n{body}\n</div>')  # noqa: S308  every line was escaped


def bodies(message: Message, mailbox: Mailbox) -> tuple[str, str]:
    """The message as text and as HTML, with what its mailbox puts below a person's answer."""
    text, html = message.text, message.html or html_of(message.text)
    if message.author_kind != Author.AGENT:
        return text, html
    if signature := signature_of(mailbox, message.author):
        text = f"{text}\n\n{DELIMITER}\n{signature}"
        html = f"{html}\n{html_of(signature)}"
    if mailbox.quotes_history and (quote := quoted(message)):
        text = f"{text}\n\n{quote}"
        line, _, rest = quote.partition("\n")
        said = "\n".join(part.removeprefix(">").removeprefix(" ") for part in rest.split("\n"))
        html = f'{html}\n{html_of(line)}\n<blockquote type="cite">{html_of(said)}</blockquote>'
    return text, html


def answer_subject(ticket: Ticket, *, answers: bool) -> str:
    """`Re: ` once, however often the ticket's subject says it; none where the customer has not written yet."""
    subject = " ".join(ticket.subject.split())
    if not answers:
        return subject[:500]
    return f"Re: {ANSWER.sub('', subject)}"[:500]


def thread_headers(ticket: Ticket) -> dict[str, str]:
    """In-Reply-To the customer's newest mail (else the newest of all), References to the thread, oldest first."""
    unheard = (*UNSAID, MessageState.WITHDRAWN)
    rows = Message.objects.filter(ticket=ticket).exclude(rfc822_id="").exclude(state__in=unheard)
    rows = rows.order_by("created_at", "pk")
    written = [
        (kind == Author.SUBSCRIBER and not automatic, identifier)
        for kind, automatic, identifier in rows.values_list("author_kind", "automatic", "rfc822_id")
        if SENDABLE_ID.fullmatch(identifier) and len(identifier) <= 250
    ]
    if not written:
        return {}
    ids = list(dict.fromkeys(identifier for _, identifier in written))
    answered = next((identifier for is_theirs, identifier in reversed(written) if is_theirs), ids[-1])
    ids = [identifier for identifier in _within(ids) if identifier != answered] + [answered]
    return {"In-Reply-To": f"<{answered}>", "References": " ".join(f"<{identifier}>" for identifier in ids)}


def automatic_headers(*, is_answer: bool = False) -> dict[str, str]:
    """What tells other machines not to answer (RFC 3834, and Exchange)."""
    kind = "auto-replied" if is_answer else "auto-generated"
    return {"Auto-Submitted": kind, "X-Auto-Response-Suppress": "All"}


def build(outbound: OutboundMail, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives:
    """The mail as Django's backend sends it: to one address, under the To and Cc that all its recipients see.

    Mail services write To and Cc themselves and accept no others: through them each recipient sees only their own
    address. ValueError where a header cannot be written.
    """
    headers = {"Message-ID": f"<{outbound.rfc822_id}>", **outbound.headers}
    if not isinstance(connection, AnymailBaseBackend):
        headers |= {"To": outbound.to_header} if outbound.to_header else {}
        headers |= {"Cc": outbound.cc_header} if outbound.cc_header else {}
    mail = EmailMultiAlternatives(
        subject=outbound.subject,
        body=outbound.text,
        from_email=named(outbound.from_name, outbound.mailbox.address),
        to=[outbound.recipient],
        reply_to=[named(outbound.from_name, outbound.reply_to)] if outbound.reply_to else None,
        headers=headers,
        connection=connection,
    )
    if outbound.html:
        mail.attach_alternative(outbound.html, "text/html")
    if outbound.message is not None:
        for attachment in outbound.message.attachments.order_by("pk"):
            mail.attach(_part(attachment))
    if getattr(connection, "takes_key", False):
        again = outbound.events.filter(kind=OutboundEventKind.SENT_AGAIN).count()
        mail.idempotency_key = f"{outbound.rfc822_id}/{outbound.pk}/{again}"  # type: ignore[attr-defined]
    return mail


def _part(attachment: Attachment) -> MIMEBase:
    """A file byte for byte: Django would write texts with other line ends, and read mails within the mail anew."""
    known = FILE_TYPE.fullmatch(attachment.content_type)
    part = MIMEBase(*(known.groups() if known else ANY_TYPE))
    with attachment.file.open("rb") as file:
        part.set_payload(file.read())
    encode_base64(part)
    name = " ".join(attachment.name.split())  # a line end would begin a header
    part.add_header("Content-Disposition", "attachment", filename=name if name.isascii() else ("utf-8", "", name))
    return part


def named(name: str, address: str) -> str:
    """An address with its display name, quoted; Django encodes what is not ASCII."""
    name = " ".join(name.replace("\\", "").replace('"', "").split())
    return f'"{name}" <{address}>' if name else address


def _within(ids: Sequence[str]) -> list[str]:
    """The first, which names the thread, and the newest."""
    return list(ids) if len(ids) <= MOST_REFERENCES else [ids[0], *ids[1 - MOST_REFERENCES :]]
