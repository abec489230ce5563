"""Addresses of a person's preferences, and of one-click unsubscribing (RFC 8058)."""

import base64

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from subscribers import tokens
from subscribers.enums import ConsentCategory
from subscribers.models import Subscriber
from subscribers.tokens import Purpose

SIGNATURE_BYTES = 10
MOST_LOCAL = 64  # characters before the @ (RFC 5321)
LETTERS = {ConsentCategory.SUCCESS: "s", ConsentCategory.MARKETING: "m"}


def preferences_url(subscriber: Subscriber) -> str:
    return settings.BASE_URL + reverse("preferences", args=[tokens.make(Purpose.PREFERENCES, subscriber.pk)])


def unsubscribe_url(subscriber: Subscriber, category: ConsentCategory | str) -> str:
    token = tokens.make(Purpose.PREFERENCES, subscriber.pk)
    return settings.BASE_URL + reverse("unsubscribe", args=[token, str(category)])


def unsubscribe_tag(subscriber_id: int, category: ConsentCategory | str) -> str:
    """What follows the + in the address that unsubscribes whoever writes to it."""
    letter = LETTERS[ConsentCategory(category)]
    return f"u{subscriber_id}{letter}-{_sign(f'{subscriber_id}{letter}', settings.SECRET_KEY)}"


def read_unsubscribe_tag(tag: str) -> tuple[int, ConsentCategory] | None:
    """Subscriber and category that an address was made for; None for anything that we did not sign."""
    body, _, signature = tag.lower().partition("-")
    number, letter = body[1:-1], body[-1:]
    if not (body.startswith("u") and number.isascii() and number.isdigit() and len(number) < 19):
        return None
    category = next((one for one, known in LETTERS.items() if known == letter), None)
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if category is None or not any(constant_time_compare(_sign(number + letter, key), signature) for key in keys):
        return None
    return int(number), category


def unsubscribe_headers(subscriber: Subscriber, category: ConsentCategory | str, mailbox: str = "") -> dict[str, str]:
    """What makes mail programs show their own button; by mail to `mailbox` too, where one is named."""
    ways = [f"<{unsubscribe_url(subscriber, category)}>"]
    local, _, domain = mailbox.rpartition("@")
    tagged = f"{local}+{unsubscribe_tag(subscriber.pk, category)}"
    if local and len(tagged) <= MOST_LOCAL:
        ways.append(f"<mailto:{tagged}@{domain}?subject=unsubscribe>")
    return {"List-Unsubscribe": ", ".join(ways), "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _sign(text: str, key: str | bytes) -> str:
    digest = salted_hmac("subscribers.privacy.links", text, secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest[:SIGNATURE_BYTES]).decode().lower()
