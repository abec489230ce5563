"""Recharge: subscriptions and charges of a shop; its orders and parcels are the shop's."""

from decimal import Decimal

from django.utils import timezone

from subscribers.enums import ActionKind, Actor, Provider
from subscribers.models import Connection, ProviderAction, Store, Subscription
from subscribers.providers.base import Result
from subscribers.providers.recharge import actions, reading, webhooks
from subscribers.providers.remote import RemoteProvider
from subscribers.services.action_facts import moment, record_done
from subscribers.services.rereading import can_read
from subscribers.services.subscriptions import record_next_billing


class Recharge(RemoteProvider):
    key = Provider.RECHARGE
    capabilities = actions.CAPABILITIES
    webhooks = webhooks
    reading = reading
    no_way = "Recharge has no way to do that"
    not_connected = "Recharge is not connected any more."

    def cannot(self, kind: ActionKind, subscription: Subscription | None, store: Store) -> str:
        if why := super().cannot(kind, subscription, store):
            return why
        known = Connection.objects.filter(store=store, provider=self.key)
        if not any(can_read(connection) for connection in known):
            return "No store of Recharge is connected that could be asked."
        return ""

    def deed(self, connection: Connection, action: ProviderAction) -> Result:
        return actions.Deeds(connection, action).do()

    def record(self, action: ProviderAction, subscription: Subscription, result: Result) -> None:
        if action.kind == ActionKind.PAUSE:
            # There it is active, and billed after the pause.
            record_next_billing(
                subscription,
                at=timezone.now(),
                next_billing_at=moment(action.params, "next_billing_at"),
                moved=True,
                source_key=f"action:{action.pk}",
                actor_kind=Actor(action.actor_kind),
                actor=action.actor,
                reason=action.reason,
            )
        elif not _is_given_back(action, result):
            record_done(action, moves_billing=True)


def _is_given_back(action: ProviderAction, result: Result) -> bool:
    """Whether its webhook told of the refund already: Recharge tells sums, and names no refund."""
    if action.kind != ActionKind.REFUND or action.cycle is None:
        return False
    return action.cycle.refunded >= Decimal(result.data["refunded_before"]) + Decimal(action.params["amount"])
