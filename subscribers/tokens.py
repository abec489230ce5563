"""Signed links that stand in for a log-in: bound to one thing and one purpose, and good for a time.

Whoever has the link may do what it is for, and nothing else; a token of one purpose is worth nothing for another.
`SECRET_KEY_FALLBACKS` keep links good when the key changes.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.core import signing


class Purpose(StrEnum):
    """The salt of a token."""

    CANCEL = "subscribers.cancel"  # a subscription
    ACCOUNT = "subscribers.account"  # a subscriber
    RECEIPT = "subscribers.cancel.receipt"  # a session
    PREFERENCES = "subscribers.preferences"  # a subscriber
    FIRST_USE = "success.first_use"  # a subscription
    RATE = "tickets.satisfaction"  # a question of how content somebody is, whose row says how long it is good
    OFFER = "success.offer"  # an offer of a flow, whose row says how long it is good


LASTS = {
    Purpose.CANCEL: timedelta(days=60),
    Purpose.ACCOUNT: timedelta(days=14),
    Purpose.RECEIPT: timedelta(days=3 * 365),
    # Laws ask for 30 to 60 days; whoever unsubscribes from an old mail means it just as well.
    Purpose.PREFERENCES: timedelta(days=3 * 365),
    Purpose.FIRST_USE: timedelta(days=180),
    Purpose.RATE: timedelta(days=3 * 365),
    Purpose.OFFER: timedelta(days=3 * 365),  # so that an old one is explained
}


class BadLink(Exception):
    """We did not sign it, or not for this."""


@dataclass
class Expired(Exception):
    """We signed it for the thing of this number, too long ago."""

    pk: int


def make(purpose: Purpose, pk: int) -> str:
    return _signer(purpose).sign(str(pk))


def read(purpose: Purpose, token: str) -> int:
    """What the token is for. Raises BadLink or Expired."""
    try:
        return int(_signer(purpose).unsign(token, max_age=LASTS[purpose]))
    except signing.SignatureExpired:
        raise Expired(int(_signer(purpose).unsign(token))) from None
    except (signing.BadSignature, ValueError):
        raise BadLink from None


def _signer(purpose: Purpose) -> signing.TimestampSigner:
    # No colons: some programs end a link there.
    return signing.TimestampSigner(salt=purpose, sep=".")
