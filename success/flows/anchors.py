"""Dates that waits are counted from, as they stand now: they move, and what waits for them moves along."""

from datetime import date, datetime, time

from subscribers.cancellation.speech import zone_of
from subscribers.enums import BoxStatus
from success.enums import Anchor
from success.flows.texts import arrives_on
from success.models import Run

DAY_BEGINS = time(9)  # of a date without a time, by the store's clock


def moment_of(run: Run, anchor: str) -> datetime | None:
    """The moment of an anchor for this run; None as long as it is not known."""
    box, subscription = run.box, run.subscription
    match Anchor(anchor):
        case Anchor.BOX_SHIPS if box is not None and box.status != BoxStatus.CANCELLED:
            return box.shipped_at or _morning(run, box.ships_on)
        case Anchor.BOX_EXPECTED if box is not None and box.status != BoxStatus.CANCELLED:
            return box.delivered_at or _morning(run, arrives_on(run))
        case Anchor.BOX_DELIVERED if box is not None:
            return box.delivered_at
        case Anchor.NEXT_BILLING if subscription is not None:
            return subscription.next_billing_at
        case Anchor.CANCELLED if subscription is not None:
            return subscription.ended_at or subscription.cancels_at
        case _:
            return None


def _morning(run: Run, day: date | None) -> datetime | None:
    return datetime.combine(day, DAY_BEGINS, tzinfo=zone_of(None, run.store)) if day else None
