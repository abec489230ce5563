"""The demo's mail box: what left for people outside, kept in a Maildir so that it can be read and answered.

Only files: nothing here touches the database.
"""

import hashlib
import mailbox
import smtplib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from django.conf import settings

from tickets.mail.parsed import ParsedMail
from tickets.mail.parsing import parse_mail

ENVELOPE = b"X-Demo-Recipient: "


@dataclass(frozen=True)
class Delivered:
    """One mail in the box. `key` names it in addresses; `recipient` is whose mail box it stands for."""

    key: str
    recipient: str
    arrived_at: datetime
    mail: ParsedMail

    @property
    def headers(self) -> str:
        """The header block as it arrived, for those who want to see the thread's ids."""
        return "\n".join(f"{name}: {value}" for name, value in self.mail.headers if name != "X-Demo-Recipient")


def deliver(content: bytes, envelope_from: str, recipients: Sequence[str]) -> None:
    """Put a copy into the box for each recipient; a second copy of one mail is dropped, as mail servers do."""
    box = _box()
    delivered = Path(settings.DEMO_MAILBOX) / "delivered"
    delivered.mkdir(exist_ok=True)
    message_id = parse_mail(content).message_id
    for recipient in recipients:
        mark = delivered / hashlib.sha256(f"{recipient.lower()} {message_id}".encode()).hexdigest()
        if message_id and mark.exists():
            continue
        whom = " ".join(recipient.split()).encode("utf-8", "replace")
        box.add(ENVELOPE + whom + b"\n" + content.replace(b"\r\n", b"\n"))
        mark.touch()


def list_mails(address: str | None = None, limit: int = 200) -> list[Delivered]:
    """The newest mails, of one recipient or of all."""
    box = _box()
    found: list[Delivered] = []
    for key in sorted(box.keys(), key=_order, reverse=True):
        with suppress(KeyError):  # removed meanwhile
            entry = _read(box, key)
            if address is None or entry.recipient.lower() == address.lower():
                found.append(entry)
        if len(found) >= limit:
            break
    return found


def read_mail(key: str) -> Delivered:
    """One mail; KeyError where there is none of this key."""
    return _read(_box(), key)


def reply_as_subscriber(key: str, text: str) -> str:
    """Answer a mail as its recipient would, by SMTP to our own listener; the answer's Message-ID.

    KeyError for an unknown mail, OSError or SMTPException where the listener does not take it.
    """
    entry = read_mail(key)
    answered = entry.mail
    answer = EmailMessage()
    answer["From"] = entry.recipient
    answer["To"] = answered.answer_to.address
    subject = answered.subject
    answer["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    answer["Date"] = formatdate(localtime=False)
    answer["Message-ID"] = make_msgid(domain=entry.recipient.rpartition("@")[2] or "localhost")
    if answered.message_id:
        answer["In-Reply-To"] = f"<{answered.message_id}>"
        chain = [*answered.references[-20:], answered.message_id]
        answer["References"] = " ".join(f"<{identifier}>" for identifier in chain)
    quoted = "\n".join(f"> {line}" for line in answered.text_body.splitlines())
    answer.set_content(f"{text.strip()}\n\nOn {entry.arrived_at:%d %b %Y}, {answered.from_name} wrote:\n{quoted}\n")
    with smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=10) as server:
        server.send_message(answer, from_addr=entry.recipient, to_addrs=[answered.answer_to.address])
    return str(answer["Message-ID"]).strip("<>")


def _box() -> mailbox.Maildir:
    Path(settings.DEMO_MAILBOX).parent.mkdir(parents=True, exist_ok=True)
    return mailbox.Maildir(settings.DEMO_MAILBOX, create=True)


def _read(box: mailbox.Maildir, key: str) -> Delivered:
    content = box.get_bytes(key)
    mail = parse_mail(content)
    recipient = next(iter(mail.header_values("X-Demo-Recipient")), "")
    return Delivered(key, recipient, datetime.fromtimestamp(_order(key)[0], UTC), mail)


def _order(key: str) -> tuple[float, str]:
    """A Maildir's keys begin with the second of their delivery."""
    seconds, _, rest = key.partition(".")
    microseconds = rest.partition("M")[2].partition("P")[0]
    part = int(microseconds) if microseconds.isdigit() else 0
    return (int(seconds) if seconds.isdigit() else 0) + part / 1e6, key
