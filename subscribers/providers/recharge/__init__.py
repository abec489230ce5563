"""Recharge: subscriptions and charges of a shop; its orders and parcels are the shop's."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from subscribers.enums import ActionKind, Actor, Provider
from subscribers.models import Connection, ProviderAction, Store, Subscription, WebhookDelivery
from subscribers.providers.base import Result, Truth, TryAgain
from subscribers.providers.recharge import actions, reading, webhooks
from subscribers.services.action_facts import moment, record_done
from subscribers.services.ledger_lookups import References
from subscribers.services.rereading import can_read, connection_of, want
from subscribers.services.subscriptions import record_next_billing


class Recharge:
    key = Provider.RECHARGE
    is_local = False
    capabilities = actions.CAPABILITIES

    def cannot(self, kind: ActionKind, subscription: Subscription | None, store: Store) -> str:
        if kind not in self.capabilities:
            return f"Recharge has no way to do that: {ActionKind(kind).label.lower()}."
        known = Connection.objects.filter(store=store, provider=self.key)
        if not any(can_read(connection) for connection in known):
            return "No store of Recharge is connected that could be asked."
        return ""

    def take(self, delivery: WebhookDelivery) -> tuple[str, ...] | None:
        return webhooks.take(delivery)

    def refers(self, delivery: WebhookDelivery) -> References:
        return webhooks.refers(delivery)

    def do(self, action: ProviderAction) -> Result:
        connection = connection_of(action.subscription) if action.subscription else None
        if connection is None:
            raise TryAgain("Recharge is not connected any more.")
        return actions.Deeds(connection, action).do()

    def settled(self, action: ProviderAction, result: Result) -> None:
        subscription = action.subscription
        if subscription is None:
            return
        if action.kind == ActionKind.CANCEL:
            # There it ended at once, whatever was meant: nothing was to be billed any more either way.
            action.params = {**action.params, "when": "now"}
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
        want(subscription)

    def read(self, connection: Connection, external_id: str) -> Truth | None:
        return reading.read(connection, external_id)

    def reconcile(self, connection: Connection, *, since: datetime | None, cursor: str) -> Iterator[Truth]:
        if can_read(connection):
            yield from reading.read_all(connection, since, cursor)

    def count(self, connection: Connection, *, since: datetime | None) -> int | None:
        """Recharge does not count in this version."""
        return None if can_read(connection) else 0


def _is_given_back(action: ProviderAction, result: Result) -> bool:
    """Whether its webhook told of the refund already: Recharge tells sums, and names no refund."""
    if action.kind != ActionKind.REFUND or action.cycle is None:
        return False
    return action.cycle.refunded >= Decimal(result.data["refunded_before"]) + Decimal(action.params["amount"])
