"""What providers have in common that are asked over HTTP, by the worker, from the row of an action."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime
from types import ModuleType

from subscribers.enums import ActionKind, Provider
from subscribers.models import Connection, ProviderAction, Store, Subscription, WebhookDelivery
from subscribers.providers.base import Result, Truth, TryAgain
from subscribers.services.ledger_lookups import References
from subscribers.services.rereading import can_read, connection_of, want


class RemoteProvider(ABC):
    """`webhooks` has `take` and `refers`, `reading` has `read` and `read_all`; `capabilities`: what it has a way to do.

    `deed` does one action by one connection, `record` tells the facts of one that was done.
    """

    key: Provider
    is_local = False
    capabilities: frozenset[ActionKind]
    webhooks: ModuleType
    reading: ModuleType
    # In words, after which the name of the kind follows; and that there is nobody to ask.
    no_way: str
    not_connected: str

    def cannot(self, kind: ActionKind, subscription: Subscription | None, store: Store) -> str:
        if kind not in self.capabilities:
            return f"{self.no_way}: {ActionKind(kind).label.lower()}."
        return ""

    def take(self, delivery: WebhookDelivery) -> tuple[str, ...] | None:
        told: tuple[str, ...] | None = self.webhooks.take(delivery)
        return told

    def refers(self, delivery: WebhookDelivery) -> References:
        found: References = self.webhooks.refers(delivery)
        return found

    def do(self, action: ProviderAction) -> Result:
        connection = connection_of(action.subscription) if action.subscription else None
        if connection is None:
            raise TryAgain(self.not_connected)
        return self.deed(connection, action)

    @abstractmethod
    def deed(self, connection: Connection, action: ProviderAction) -> Result: ...

    def settled(self, action: ProviderAction, result: Result) -> None:
        subscription = action.subscription
        if subscription is None:
            return
        if action.kind == ActionKind.CANCEL:
            # There it ended at once, whatever was meant: nothing was to be billed any more either way.
            action.params = {**action.params, "when": "now"}
        self.record(action, subscription, result)
        want(subscription)

    @abstractmethod
    def record(self, action: ProviderAction, subscription: Subscription, result: Result) -> None: ...

    def read(self, connection: Connection, external_id: str) -> Truth | None:
        truth: Truth | None = self.reading.read(connection, external_id)
        return truth

    def reconcile(self, connection: Connection, *, since: datetime | None, cursor: str) -> Iterator[Truth]:
        """Nothing where it may not be read: another app has the contracts, and that app's connection tells."""
        if can_read(connection):
            yield from self.reading.read_all(connection, since, cursor)

    def count(self, connection: Connection, *, since: datetime | None) -> int | None:
        """Neither Shopify nor Recharge counts subscriptions."""
        return None if can_read(connection) else 0
