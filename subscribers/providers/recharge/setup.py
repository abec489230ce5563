"""Tries a connection to a store of Recharge, and subscribes to what is read of it."""

from subscribers.models import Connection
from subscribers.providers.recharge.client import Client
from subscribers.providers.told import part, text
from subscribers.providers.transport import Refusal

TOPICS = (
    *(f"subscription/{event}" for event in ("created", "updated", "activated", "cancelled", "deleted")),
    *(f"subscription/{event}" for event in ("skipped", "unskipped", "swapped", "paused")),
    *(f"charge/{event}" for event in ("created", "updated", "paid", "failed", "max_retries_reached", "refunded")),
    *(f"order/{event}" for event in ("created", "processed", "updated")),
    *(f"payment_method/{event}" for event in ("created", "updated", "deleted")),
    "customer/created",
    "customer/updated",
)


def try_it(connection: Connection) -> list[str]:
    """What does not work, in words; nothing where all does. Raises TryAgain or RefusedByProvider."""
    client, wrong = Client(connection), []
    domain = text(part(client.get("/store"), "store").get("domain")).lower()
    if domain and domain.removeprefix("www.") != connection.domain.lower().removeprefix("www."):
        wrong.append(f"The token is that of {domain}.")
    for name in ("subscriptions", "charges", "customers", "payment_methods"):
        client.get(f"/{name}", {"limit": 1})
    if not connection.webhook_secret:
        wrong.append("There is no webhook secret: every webhook is refused.")
    return wrong


def register(connection: Connection, address: str) -> tuple[int, list[str]]:
    """Subscribe to what is not subscribed to yet: how many now are, and what was refused, in words."""
    client = Client(connection)
    known = {(one.get("topic"), one.get("address")) for page, _ in client.pages("webhooks", {}) for one in page}
    made, refused = 0, []
    for topic in TOPICS:
        if (topic, address) in known:
            continue
        try:
            client.post("/webhooks", {"topic": topic, "address": address})
        except Refusal as refusal:
            refused.append(f"{topic}: {refusal}")
        else:
            made += 1
    return made, refused
