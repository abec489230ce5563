"""How long cycles last for which nobody told an end."""

from datetime import datetime

from subscribers.changes import step
from subscribers.enums import SubscriptionEventKind as Kind
from subscribers.services.ledger import Page, Told


def measure(page: Page) -> None:
    """End each cycle whose end nobody told by how often it was billed when the cycle began.

    It follows from the history alone, so it is the same in whatever order the history became known.
    """
    unmeasured = [cycle for cycle in page.cycles if not cycle.ends_told]
    if not unmeasured:
        return
    known = _frequencies(page)
    for cycle in unmeasured:
        earlier = [often for at, often in known if at <= cycle.starts_at]
        ends_at = cycle.starts_at + step(*(earlier[-1] if earlier else known[0][1]))
        if cycle.ends_at != ends_at:
            cycle.ends_at = ends_at
            page.ledger.change(cycle, "ends_at")


def _frequencies(page: Page) -> list[tuple[datetime, tuple[str, int]]]:
    """How often it was billed, and since when; as its row says where no history tells."""
    row = page.subscription
    found = [
        (
            event.occurred_at,
            event.revision or 0,
            key_as_told(event),
            (told["billing_interval"], told["billing_interval_count"]),
        )
        for event in page.history
        if "billing_interval" in (told := event.data.get("set", {})) and "billing_interval_count" in told
    ]
    if not found:
        return [(row.started_at, (row.billing_interval, row.billing_interval_count))]
    return [(at, often) for at, _, _, often in sorted(found)]


def key_as_told(event: Told) -> str:
    """Its provider's key: of a fact that changed nothing when it was told, the key is kept with its kind before it."""
    first = event.source_key.partition(":")[0]
    is_prefixed = event.kind == Kind.OBSERVED and first in Kind.values
    return event.source_key.removeprefix(f"{first}:") if is_prefixed else event.source_key
