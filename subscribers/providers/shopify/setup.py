"""Tries a connection to a shop, and subscribes to what is read of it."""

from subscribers.models import Connection
from subscribers.providers.shopify import queries
from subscribers.providers.shopify.client import Client
from subscribers.providers.shopify.webhooks import READERS
from subscribers.providers.told import part, parts, text
from subscribers.providers.transport import Refusal

SCOPES = ("read_customers", "read_orders", "write_orders", "write_draft_orders", "read_fulfillments")
CONTRACT_SCOPES = (
    "read_own_subscription_contracts",
    "write_own_subscription_contracts",
    "read_customer_payment_methods",
)
# The privacy topics are set up with the app itself.
ALWAYS = "app/uninstalled"


def topics(connection: Connection) -> list[str]:
    """What is read; contracts only where they are this app's."""
    theirs = () if connection.owns_contracts else ("subscription_", "customer_payment_methods/")
    mine = [one for one in READERS if not one.startswith(theirs)]
    return [*mine, ALWAYS]


def try_it(connection: Connection) -> list[str]:
    """What does not work, in words; nothing where all does. Raises TryAgain or RefusedByProvider."""
    told = Client(connection).ask(queries.SHOP)
    wrong = []
    domain = text(part(told, "shop").get("myshopifyDomain"))
    if domain.lower() != connection.domain.lower():
        wrong.append(f"The token is that of {domain}.")
    granted = {text(one.get("handle")) for one in parts(part(told, "currentAppInstallation"), "accessScopes")}
    granted |= {f"read_{one.removeprefix('write_')}" for one in granted if one.startswith("write_")}
    needed = SCOPES + (CONTRACT_SCOPES if connection.owns_contracts else ())
    if missing := [one for one in needed if one not in granted]:
        wrong.append(f"The app lacks the scopes {', '.join(missing)}.")
    if not connection.webhook_secret:
        wrong.append("There is no webhook secret: every webhook is refused.")
    return wrong


def register(connection: Connection, address: str) -> tuple[int, list[str]]:
    """Subscribe to what is not subscribed to yet: how many now are, and what was refused, in words."""
    client = Client(connection)
    known = {(one["topic"], one["uri"]) for one, _ in client.pages(queries.WEBHOOKS, "webhookSubscriptions", {})}
    made, refused = 0, []
    for topic in topics(connection):
        name = topic.upper().replace("/", "_")
        if (name, address) in known:
            continue
        try:
            client.change(queries.REGISTER, "webhookSubscriptionCreate", {"topic": name, "uri": address})
        except Refusal as refusal:
            refused.append(f"{topic}: {refusal}")
        else:
            made += 1
    return made, refused
