"""Where subscribers stand at a time, asked for many at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from subscribers.enums import PAID_CYCLE
from subscribers.models import Cycle, Subscription

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass
class Standing:
    """A subscriber's subscriptions by id, (started_at, ended_at) of each, and when each was billed."""

    subscriptions: dict[int, tuple[datetime, datetime | None]] = field(default_factory=dict)
    billed: dict[int, list[datetime]] = field(default_factory=dict)

    def cycle_index(self, at: datetime) -> int | None:
        """As `subscribers.selectors.cycle_index`."""
        begun = [pk for pk, (started_at, _) in self.subscriptions.items() if started_at <= at]
        billings = sum(billed_at <= at for pk in begun for billed_at in self.billed.get(pk, ()))
        return max(1, billings) if begun else None

    @property
    def main_subscription_id(self) -> int | None:
        """As `subscribers.selectors.main_subscription`: an active one before an ended one, the newest first."""

        def rank(pk: int) -> tuple[bool, datetime, datetime]:
            started_at, ended_at = self.subscriptions[pk]
            return ended_at is None, ended_at or LONG_AGO, started_at

        return max(self.subscriptions, key=rank, default=None)


def standings(subscriber_ids: Collection[int]) -> Mapping[int, Standing]:
    """By subscriber; two queries, one where none of them ever subscribed."""
    found = {pk: Standing() for pk in subscriber_ids}
    rows = Subscription.objects.filter(subscriber__in=found)
    owners: dict[int, int] = {}
    for pk, owner, started_at, ended_at in rows.values_list("pk", "subscriber_id", "started_at", "ended_at"):
        owners[pk] = owner
        found[owner].subscriptions[pk] = (started_at, ended_at)
    if owners:
        paid = Cycle.objects.filter(subscription__in=owners, status__in=PAID_CYCLE)
        for subscription, billed_at in paid.values_list("subscription_id", "billed_at"):
            if billed_at is not None:
                found[owners[subscription]].billed.setdefault(subscription, []).append(billed_at)
    return found
