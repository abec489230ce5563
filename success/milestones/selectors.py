"""Reads of milestones for pages and other parts of success."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from subscribers.models import Subscriber, Subscription
from success.milestones.enums import EngagementKind, MilestoneState, Predicate
from success.models import Engagement, MilestoneProgress


def milestones_of(subscriptions: Iterable[Subscription | int]) -> dict[int, list[MilestoneProgress]]:
    """How far each of these subscriptions is, by subscription, in the order of the definitions. One statement."""
    ids = [one if isinstance(one, int) else one.pk for one in subscriptions]
    found: dict[int, list[MilestoneProgress]] = {pk: [] for pk in ids}
    rows = MilestoneProgress.objects.asked_for().filter(subscription__in=ids).select_related("milestone")
    for row in rows.order_by("milestone__position", "milestone_id"):
        found[row.subscription_id].append(row)
    return found


@dataclass(frozen=True)
class Path:
    """A subscription's milestones as panels show them. `used`: who confirmed first use, where somebody did."""

    subscription: Subscription
    steps: Sequence[MilestoneProgress]
    used: Engagement | None

    @property
    def asks_for_use(self) -> bool:
        return any(step.milestone.predicate == Predicate.USE_CONFIRMED for step in self.steps)

    @property
    def achieved(self) -> int:
        return sum(step.state == MilestoneState.ACHIEVED for step in self.steps)


def paths_of(subscriber: Subscriber) -> list[Path]:
    """The subscriber's subscriptions that milestones are asked of, the newest first. Three statements."""
    rows: Any = Subscription.objects.filter(subscriber=subscriber).select_related("product")
    subscriptions = {row.pk: row for row in rows.order_by("ended_at", "-started_at", "-pk")}
    told = Engagement.objects.filter(
        subscription__in=subscriptions, kind=EngagementKind.USE_CONFIRMED, retracted_at=None
    )
    used = {one.subscription_id: one for one in told.select_related("actor")}
    return [Path(subscriptions[pk], steps, used.get(pk)) for pk, steps in milestones_of(subscriptions).items() if steps]
