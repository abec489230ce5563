"""The signed marks by which an answer finds its ticket: reply addresses and Message-IDs of our own.

Both survive a change of case, which some mail servers make, and are worth nothing for another ticket.
"""

import base64
import re
import secrets

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

MOST_LOCAL = 64  # characters before the @ (RFC 5321)
SIGNATURE_BYTES = 10
TAG = re.compile(r"t(\d{1,18})-([a-z2-7]{16})")
STAFF_TAG = re.compile(r"s(\d{1,18})-(\d{1,18})-([a-z2-7]{16})")
OWN_ID = re.compile(r"t(\d{1,18})\.([a-z2-7]{16})\.([a-z2-7]{16})@.+", re.S)


def reply_tag(ticket_id: int) -> str:
    """What follows the + in the ticket's reply address."""
    return f"t{ticket_id}-{_sign(f'reply:{ticket_id}', settings.SECRET_KEY)}"


def ticket_of_tag(tag: str) -> int | None:
    """The ticket that a reply address was made for; None for anything that we did not sign."""
    found = TAG.fullmatch(tag.lower())
    if found and _signed(f"reply:{int(found[1])}", found[2]):
        return int(found[1])
    return None


def reply_address(address: str, ticket_id: int) -> str:
    """The mailbox's address with the ticket's tag, or the bare one where a tag makes it too long to be valid."""
    return _tagged(address, reply_tag(ticket_id))


def staff_reply_tag(ticket_id: int, user_id: int) -> str:
    """What follows the + in the address at which one colleague answers the ticket's customer by mail."""
    return f"s{ticket_id}-{user_id}-{_sign(f'staff:{ticket_id}:{user_id}', settings.SECRET_KEY)}"


def staff_of_tag(tag: str) -> tuple[int, int] | None:
    """Ticket and user that a colleague's reply address was made for; None for anything that we did not sign."""
    found = STAFF_TAG.fullmatch(tag.lower())
    if found and _signed(f"staff:{int(found[1])}:{int(found[2])}", found[3]):
        return int(found[1]), int(found[2])
    return None


def staff_reply_address(address: str, ticket_id: int, user_id: int) -> str:
    """The mailbox's address with a colleague's tag; "" where that is too long: then nobody can answer by mail."""
    tagged = _tagged(address, staff_reply_tag(ticket_id, user_id))
    return "" if tagged == address else tagged


def _tagged(address: str, tag: str) -> str:
    local, _, domain = address.rpartition("@")
    tagged = f"{local}+{tag}"
    return f"{tagged}@{domain}" if len(tagged) <= MOST_LOCAL else address


def new_message_id(ticket_id: int | None, domain: str) -> str:
    """A Message-ID (without angle brackets) that says for which ticket we sent it; 0 stands for none."""
    unique = base64.b32encode(secrets.token_bytes(SIGNATURE_BYTES)).decode().lower()
    subject = f"t{ticket_id or 0}.{unique}"
    return f"{subject}.{_sign(f'id:{subject}', settings.SECRET_KEY)}@{domain}"


def is_own_id(message_id: str) -> bool:
    return _read_id(message_id) is not None


def ticket_of_id(message_id: str) -> int | None:
    """The ticket for which we sent the mail with this Message-ID; None for foreign ones and those without."""
    return _read_id(message_id) or None


def _read_id(message_id: str) -> int | None:
    found = OWN_ID.fullmatch(message_id.lower())
    if found and _signed(f"id:t{int(found[1])}.{found[2]}", found[3]):
        return int(found[1])
    return None


def _sign(text: str, key: str | bytes) -> str:
    digest = salted_hmac("tickets.mail.tokens", text, secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest[:SIGNATURE_BYTES]).decode().lower()


def _signed(text: str, signature: str) -> bool:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(_sign(text, key), signature) for key in keys)
