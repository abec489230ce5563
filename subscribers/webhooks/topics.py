"""What concerns the connection itself, whichever provider it is: people's rights, and the end of the connection."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from subscribers.enums import PrivacyRequestKind, Provider
from subscribers.models import Connection, PrivacyRequest, WebhookDelivery
from subscribers.providers.base import Malformed

Handler = Callable[[WebhookDelivery], tuple[str, ...]]
# What Shopify gives us to do it in.
TIME_LIMIT = timedelta(days=30)


def _privacy(kind: PrivacyRequestKind) -> Handler:
    def record(delivery: WebhookDelivery) -> tuple[str, ...]:
        """The request as a row; who does it finds it there."""
        payload = delivery.payload
        _must_be_of(delivery.connection, payload.get("shop_domain"))
        now = timezone.now()
        PrivacyRequest.objects.get_or_create(
            source_key=f"{delivery.connection_id}:{delivery.source_key}",
            defaults={
                "store_id": delivery.connection.store_id,
                "connection": delivery.connection,
                "kind": kind,
                "payload": payload,
                "requested_at": now,
                "due_at": now + TIME_LIMIT,
            },
        )
        return (f"request: {kind.label.lower()}",)

    return record


def _uninstalled(delivery: WebhookDelivery) -> tuple[str, ...]:
    """The shop threw us out: nothing can be asked there any more."""
    connection = delivery.connection
    _must_be_of(connection, delivery.payload.get("myshopify_domain"))
    connection.is_active, connection.access_token = False, ""
    connection.uninstalled_at = delivery.triggered_at or delivery.received_at
    connection.save(update_fields=["is_active", "access_token", "uninstalled_at"])
    return ("uninstalled",)


def _must_be_of(connection: Connection, domain: Any) -> None:
    """The header that names the shop is not signed; the body is. One secret may be that of many shops."""
    if str(domain).lower() != connection.domain.lower():
        raise Malformed(f"It speaks of another shop, {domain}")


HANDLERS: dict[tuple[str, str], Handler] = {
    (Provider.SHOPIFY, "customers/redact"): _privacy(PrivacyRequestKind.ERASE),
    (Provider.SHOPIFY, "customers/data_request"): _privacy(PrivacyRequestKind.EXPORT),
    (Provider.SHOPIFY, "shop/redact"): _privacy(PrivacyRequestKind.ERASE_STORE),
    (Provider.SHOPIFY, "app/uninstalled"): _uninstalled,
}
