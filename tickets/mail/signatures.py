"""What stands below an answer: the person's signature, the mailbox's, and the message that it answers."""

from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser

from tickets.enums import Author, MessageState
from tickets.mail.wording import fill, language_of, words_in
from tickets.models import Mailbox, Message

DELIMITER = "-- "  # by which mail programs know a signature (RFC 3676)
MOST_QUOTED = 20_000  # characters
WROTE = {
    "en": "On {{ when }}, {{ who }} wrote:",
    "de": "Am {{ when }} schrieb {{ who }}:",
    "es": "El {{ when }}, {{ who }} escribió:",
    "pt": "Em {{ when }}, {{ who }} escreveu:",
}


def signature_of(mailbox: Mailbox, author: AbstractBaseUser | None) -> str:
    """The mailbox's, with the person's own (else their name) where it says {{ agent }}; the own one above it if not."""
    own = (getattr(author, "signature", "") or "").strip()
    name = author.get_full_name() if author is not None else mailbox.name  # type: ignore[attr-defined]
    written = mailbox.signature.strip()
    filled = fill(written, {"agent": own or name, "store": mailbox.store.name}).strip()
    is_placed = filled != fill(written, {"agent": "", "store": mailbox.store.name}).strip()
    return filled if is_placed or not own else f"{own}\n\n{filled}".strip()


def quoted(message: Message) -> str:
    """What the customer said last before this message, as mail programs quote it; "" where they said nothing."""
    ticket = message.ticket
    said = ticket.messages.filter(author_kind=Author.SUBSCRIBER, automatic="", state=MessageState.SAID)
    asked = said.exclude(pk=message.pk).order_by("-created_at", "-pk").first()
    text = (asked.visible_text or asked.text).strip()[:MOST_QUOTED] if asked else ""
    if asked is None or not text:
        return ""
    when = asked.sent_at.astimezone(ZoneInfo(ticket.store.time_zone))
    facts = {"when": f"{when:%Y-%m-%d %H:%M}", "who": asked.from_name or str(asked.subscriber or ticket.subscriber)}
    line = fill(words_in(WROTE, language_of(ticket)), facts)
    return "\n".join([line, *(f"> {part}".rstrip() for part in text.split("\n"))])
