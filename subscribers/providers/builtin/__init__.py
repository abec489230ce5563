"""Our own store: its calendar of cycles and boxes, and its payments. Enough to run a small business."""

from collections.abc import Iterator
from datetime import datetime

from subscribers.enums import ActionKind, Provider
from subscribers.models import Connection, ProviderAction, Store, Subscription, WebhookDelivery
from subscribers.providers.base import Result, Truth
from subscribers.providers.builtin.deeds import carry_out


class Builtin:
    """Everything can be asked of it, and is done at once."""

    key = Provider.BUILTIN
    is_local = True
    capabilities = frozenset(ActionKind)

    def cannot(self, kind: ActionKind, subscription: Subscription | None, store: Store) -> str:
        return ""

    def take(self, delivery: WebhookDelivery) -> tuple[str, ...] | None:
        return None

    def do(self, action: ProviderAction) -> Result:
        return Result()

    def settled(self, action: ProviderAction, result: Result) -> None:
        carry_out(action)

    def reconcile(self, connection: Connection, *, since: datetime | None, cursor: str) -> Iterator[Truth]:
        """There is no other truth than ours."""
        return iter(())

    def count(self, connection: Connection, *, since: datetime | None) -> int | None:
        return 0
