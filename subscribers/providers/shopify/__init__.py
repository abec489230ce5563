"""A shop of Shopify: orders, parcels and customers in any case; contracts where this app made them."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from subscribers.enums import ActionKind, BoxKind, Provider
from subscribers.models import Connection, ProviderAction, Store, Subscription, WebhookDelivery
from subscribers.providers.base import Result, Truth, TryAgain
from subscribers.providers.pauses import is_overtaken, resume_later
from subscribers.providers.shopify import actions, reading, webhooks
from subscribers.services.action_facts import moment, record_done
from subscribers.services.boxes import know_box
from subscribers.services.ledger_lookups import References
from subscribers.services.rereading import can_read, connection_of, want


class Shopify:
    key = Provider.SHOPIFY
    is_local = False
    capabilities = actions.CAPABILITIES

    def cannot(self, kind: ActionKind, subscription: Subscription | None, store: Store) -> str:
        if kind not in self.capabilities:
            return f"Shopify has no way to do that for an app: {ActionKind(kind).label.lower()}."
        shops = Connection.objects.filter(store=store, provider=self.key, is_active=True)
        if not any(shop.access_token for shop in shops):
            return "No shop is connected that could be asked."
        if subscription is not None and connection_of(subscription) is None:
            return "Shopify lets only the app that made a subscription change it: do it in that app."
        is_over = subscription is not None and subscription.status in ("cancelled", "expired")
        if kind == ActionKind.REACTIVATE and is_over:
            return "Shopify does not bring back a subscription that ended: it has to be ordered anew."
        return ""

    def take(self, delivery: WebhookDelivery) -> tuple[str, ...] | None:
        return webhooks.take(delivery)

    def refers(self, delivery: WebhookDelivery) -> References:
        return webhooks.refers(delivery)

    def do(self, action: ProviderAction) -> Result:
        connection = connection_of(action.subscription) if action.subscription else None
        if connection is None:
            raise TryAgain("The shop is not connected any more.")
        if is_overtaken(action):
            return Result(data={"overtaken": True})
        return actions.Deeds(connection, action).do()

    def settled(self, action: ProviderAction, result: Result) -> None:
        subscription = action.subscription
        if subscription is None or result.data.get("overtaken"):
            return
        if action.kind == ActionKind.CANCEL:
            # There it ended at once, whatever was meant: nothing was to be billed any more either way.
            action.params = {**action.params, "when": "now"}
        record_done(action, moves_billing=True)
        if action.kind == ActionKind.PAUSE and (resumes_at := moment(action.params, "resumes_at")):
            resume_later(action, resumes_at)
        if action.kind == ActionKind.REPLACEMENT and action.box is not None:
            know_box(
                action.box.cycle,
                at=timezone.now(),
                kind=BoxKind.REPLACEMENT,
                replaces=action.box,
                order_id=result.external_id,
                order_number=result.data.get("order_number", ""),
            )
        want(subscription)

    def read(self, connection: Connection, external_id: str) -> Truth | None:
        return reading.read(connection, external_id)

    def reconcile(self, connection: Connection, *, since: datetime | None, cursor: str) -> Iterator[Truth]:
        """Its contracts; nothing where another app has them: that app's connection tells."""
        if can_read(connection):
            yield from reading.read_all(connection, since, cursor)

    def count(self, connection: Connection, *, since: datetime | None) -> int | None:
        """Shopify does not count contracts."""
        return None if can_read(connection) else 0
