"""Takes webhooks in: whose is it, is it signed, store it. Nothing is understood here, so nothing can go wrong later.

`admit` reads one delivery, `store` writes any number in one statement; both are short enough for a web process.
"""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from subscribers.enums import Provider
from subscribers.models import Connection, WebhookDelivery
from subscribers.webhooks import signatures

MAX_BYTES = 5 * 1024 * 1024
# Kept with a delivery: what tells of it, and what its signature was.
KEPT_HEADERS = ("x-shopify-", "x-recharge-", "content-type", "user-agent")
# One address serves all of a provider's connections; who knows none of their secrets is refused after so many.
MOST_CONNECTIONS = 200
REMEMBERED = 5.0  # seconds that a secret is remembered: a changed one is known everywhere soon after


@dataclass(frozen=True)
class Delivery:
    """A webhook whose signature is right."""

    connection_id: int
    topic: str
    webhook_id: str
    event_id: str
    triggered_at: datetime | None
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Known:
    """A connection as far as the door needs it."""

    pk: int
    secrets: tuple[tuple[str, datetime | None], ...]

    def valid_at(self, now: datetime) -> list[str]:
        return [secret for secret, until in self.secrets if until is None or until > now]


_remembered: dict[tuple[Provider, str], tuple[float, list[Known]]] = {}


def forget() -> None:
    """A secret was changed: this process knows it at once."""
    _remembered.clear()


def admit(provider: Provider, headers: Mapping[str, str], body: bytes, shop: str = "") -> Delivery | None:
    """A delivery to store; None where it is not signed by somebody whom we know. `headers`: names in lower case."""
    if provider == Provider.SHOPIFY:
        shop = headers.get("x-shopify-shop-domain", "")
    for known in _connections(provider, shop.strip().lower()):
        secrets = known.valid_at(timezone.now())
        if provider == Provider.SHOPIFY:
            is_right = signatures.shopify(secrets, headers, body)
        else:
            is_right = signatures.recharge(secrets, headers, body, time.time())
        if is_right:
            return _delivery(provider, known.pk, headers, body)
    return None


def store(deliveries: Sequence[Delivery]) -> None:
    """Write them, all or none; one that is there already stays as it was."""
    WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(
                connection_id=one.connection_id,
                topic=one.topic,
                webhook_id=one.webhook_id,
                event_id=one.event_id,
                triggered_at=one.triggered_at,
                headers=dict(one.headers),
                body=one.body,
            )
            for one in deliveries
        ],
        ignore_conflicts=True,
    )


def _connections(provider: Provider, shop: str) -> list[Known]:
    now = time.monotonic()
    remembered = _remembered.get((provider, shop))
    if remembered is not None and now - remembered[0] < REMEMBERED:
        return remembered[1]
    rows = Connection.objects.filter(provider=provider).order_by("pk")
    if provider == Provider.SHOPIFY or shop:
        rows = rows.annotate(lower_domain=Lower("domain")).filter(lower_domain=shop)
    found = [_known(row) for row in rows[:MOST_CONNECTIONS]]
    if len(_remembered) > 1000:  # names that strangers made up
        _remembered.clear()
    _remembered[(provider, shop)] = (now, found)
    return found


def _known(row: Connection) -> Known:
    secrets: list[tuple[str, datetime | None]] = [(row.webhook_secret, None)]
    if row.former_secret_until is not None:  # without an end it is no good: nobody said for how long
        secrets.append((row.former_webhook_secret, row.former_secret_until))
    return Known(row.pk, tuple((secret, until) for secret, until in secrets if secret))


def _delivery(provider: Provider, connection_id: int, headers: Mapping[str, str], body: bytes) -> Delivery:
    if provider == Provider.SHOPIFY:
        prefix = "x-shopify"
        webhook_id, event_id = headers.get("x-shopify-webhook-id", ""), headers.get("x-shopify-event-id", "")
        triggered_at = _moment(headers.get("x-shopify-triggered-at", ""))
    else:
        prefix, webhook_id, event_id, triggered_at = "x-recharge", "", "", None
    topic = headers.get(f"{prefix}-topic", "")[:100]
    # A provider that gives no id sends the same bytes again: their sum is their name.
    name = webhook_id or f"sha256:{hashlib.sha256(topic.encode() + b' ' + body).hexdigest()}"
    return Delivery(
        connection_id=connection_id,
        topic=_clean(topic),
        webhook_id=_clean(name)[:200],
        event_id=_clean(event_id)[:200],
        triggered_at=triggered_at,
        headers={name: _clean(value)[:1000] for name, value in _kept(headers.items())},
        body=body,
    )


def _kept(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.startswith(KEPT_HEADERS)]


def _clean(text: str) -> str:
    return text.replace("\x00", "")


def _moment(text: str) -> datetime | None:
    try:
        at = parse_datetime(text)
    except ValueError:
        return None
    return at if at is not None and timezone.is_aware(at) else None
