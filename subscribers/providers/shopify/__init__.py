"""A shop of Shopify: orders, parcels and customers in any case; contracts where this app made them."""

from django.utils import timezone

from subscribers.enums import ActionKind, BoxKind, Provider
from subscribers.models import Connection, ProviderAction, Store, Subscription
from subscribers.providers.base import Result
from subscribers.providers.pauses import is_overtaken, resume_later
from subscribers.providers.remote import RemoteProvider
from subscribers.providers.shopify import actions, reading, webhooks
from subscribers.services.action_facts import moment, record_done
from subscribers.services.boxes import know_box
from subscribers.services.rereading import connection_of


class Shopify(RemoteProvider):
    key = Provider.SHOPIFY
    capabilities = actions.CAPABILITIES
    webhooks = webhooks
    reading = reading
    no_way = "Shopify has no way to do that for an app"
    not_connected = "The shop is not connected any more."

    def cannot(self, kind: ActionKind, subscription: Subscription | None, store: Store) -> str:
        if why := super().cannot(kind, subscription, store):
            return why
        shops = Connection.objects.filter(store=store, provider=self.key, is_active=True)
        if not any(shop.access_token for shop in shops):
            return "No shop is connected that could be asked."
        if subscription is not None and connection_of(subscription) is None:
            return "Shopify lets only the app that made a subscription change it: do it in that app."
        is_over = subscription is not None and subscription.status in ("cancelled", "expired")
        if kind == ActionKind.REACTIVATE and is_over:
            return "Shopify does not bring back a subscription that ended: it has to be ordered anew."
        return ""

    def deed(self, connection: Connection, action: ProviderAction) -> Result:
        if is_overtaken(action):
            return Result(data={"overtaken": True})
        return actions.Deeds(connection, action).do()

    def settled(self, action: ProviderAction, result: Result) -> None:
        if not result.data.get("overtaken"):
            super().settled(action, result)

    def record(self, action: ProviderAction, subscription: Subscription, result: Result) -> None:
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
