"""Reads what measuring needs of many subscriptions, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import F

from subscribers.enums import SubscriptionEventKind
from subscribers.models import Cycle, Subscription, SubscriptionEvent
from subscribers.models.cancellation import CancellationSession
from success.insights.outcomes import ENDS, Due, Happening, Session, Step, SubscriptionFacts
from success.milestones.enums import MilestoneState
from success.models import MilestoneProgress

FIELDS = ("id", "store_id", "product_id", "subscriber_id", "started_at", "ended_at", "status")
HAPPENINGS = (*ENDS, SubscriptionEventKind.REACTIVATED)


class GatheredSubscriptions:
    """Facts of subscriptions by their id, with what all their rows carry: whose they are and of what product."""

    def __init__(self, ids: Sequence[int]) -> None:
        chosen = Subscription.objects.filter(pk__in=ids)
        self.subscriptions = {row["id"]: row for row in chosen.values(*FIELDS, zone=F("store__time_zone"))}
        people = {row["subscriber_id"] for row in self.subscriptions.values()}
        self.siblings: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        theirs = Subscription.objects.filter(subscriber__in=people)
        for person, *rest in theirs.values_list("subscriber", "pk", "started_at", "ended_at"):
            self.siblings[person].append(tuple(rest))
        self.cycles: dict[int, list[Due]] = defaultdict(list)
        cycles = Cycle.objects.filter(subscription__in=ids)
        for pk, index, status, at in cycles.values_list("subscription", "index", "status", "billing_expected_at"):
            self.cycles[pk].append(Due(index, status, at))
        self.happenings: dict[int, list[Happening]] = defaultdict(list)
        events = SubscriptionEvent.objects.filter(subscription__in=ids, kind__in=HAPPENINGS)
        for pk, at, kind, by in events.values_list("subscription", "occurred_at", "kind", "actor_kind"):
            self.happenings[pk].append(Happening(at, kind, by))
        self.sessions: dict[int, list[Session]] = defaultdict(list)
        ended = CancellationSession.objects.filter(subscription__in=ids, ended_at__isnull=False).order_by("pk")
        for which, ended_at, state, outcome, offered in ended.values_list(
            "subscription", "ended_at", "state", "outcome", "offered_at"
        ):
            if which is not None and ended_at is not None:
                self.sessions[which].append(Session(ended_at, state, outcome, offered is not None))
        self.steps: dict[int, list[Step]] = defaultdict(list)
        progress = MilestoneProgress.objects.filter(subscription__in=ids, anchor_at__isnull=False)
        progress = progress.exclude(state__in=(MilestoneState.PENDING, MilestoneState.WITHDRAWN))
        for pk, begun, achieved in progress.values_list("subscription", "anchor_at", "achieved_at"):
            if begun is not None:
                self.steps[pk].append(Step(begun, achieved))

    def facts(self, pk: int) -> SubscriptionFacts:
        row = self.subscriptions[pk]
        siblings = self.siblings[row["subscriber_id"]]
        return SubscriptionFacts(
            started_at=row["started_at"],
            ended_at=row["ended_at"],
            status=row["status"],
            cycles=self.cycles[pk],
            happenings=self.happenings[pk],
            sessions=self.sessions[pk],
            steps=self.steps[pk],
            others=[(begin, end, other > pk) for other, begin, end in siblings if other != pk],
        )
