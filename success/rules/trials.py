"""What a rule would have done in the past, before it is saved.

The facts of the days past come from where the sweep looks for them; people are seen as they are now, for what a rule
asks of them (their value, country, products) is not kept by the day. Each fact joins the alert that a subscriber had
open then (in truth, or opened by this rule a moment ago in the trial), else it opens one. An alert of the trial is
open for as long as half of the store's alerts are.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from django.db.models import F, QuerySet
from django.utils import timezone

from subscribers.enums import SubscriptionStatus
from subscribers.models import Store, Subscriber, Subscription
from success.models import Alert
from success.rules.conditions import Rule, Told, hold
from success.rules.people import Person, people_of
from success.rules.words import fact_words
from success.services.facts import NewFact
from success.sources import source_of
from tickets.sla.conditions import StandingTopics

DAYS = 90
MOST_FACTS = 5000
EXAMPLES = 8
USUAL_LIFE = timedelta(days=3)


@dataclass(frozen=True)
class Example:
    subscriber: Subscriber
    at: datetime
    words: list[str]
    has_left: bool


@dataclass(frozen=True)
class Trial:
    """`facts` of the kind; of them those that `met` the conditions, `joined` an open alert, came `too_soon` after one,
    or `opened` one; for how many `people`, and of these how many `left` since. `busiest`: most opened in one hour."""

    days: int
    facts: int
    met: int
    joined: int
    too_soon: int
    opened: int
    people: int
    left: int
    busiest: int
    limit: int | None
    usual_life: timedelta
    is_cut: bool
    examples: list[Example] = field(default_factory=list)

    @property
    def is_flooded(self) -> bool:
        return self.limit is not None and self.busiest > self.limit


def try_rule(rule: Rule, stores: QuerySet[Store], *, days: int = DAYS) -> Trial:
    """What the rule would have opened in the stores in the last `days`, at most MOST_FACTS newest facts. Nothing is
    written; the number of statements does not depend on that of facts, but for what words them."""
    now = timezone.now()
    source = source_of(rule.kind)
    since = now - timedelta(days=days)
    rows = list(source.since(since).filter(**{f"{source.store}__in": stores}).reverse()[: MOST_FACTS + 1])
    facts = sorted((source.fact(row) for row in rows[:MOST_FACTS]), key=lambda fact: fact.observed_at)
    people = people_of(fact.subscriber_id for fact in facts if fact.subscriber_id is not None)
    met = _meeting(rule, facts, people)
    life = _usual_life(stores)
    joined, too_soon, opened = _simulate(rule, met, life, since)
    left = _left({fact.subscriber_id for fact in opened if fact.subscriber_id is not None})
    return Trial(
        days=days,
        facts=len(facts),
        met=len(met),
        joined=joined,
        too_soon=too_soon,
        opened=len(opened),
        people=len({fact.subscriber_id for fact in opened}),
        left=len({fact.subscriber_id for fact in opened if _has_left(fact, left)}),
        busiest=_busiest([fact.observed_at for fact in opened]),
        limit=rule.most_per_hour,
        usual_life=life,
        is_cut=len(rows) > MOST_FACTS,
        examples=_examples(opened[-EXAMPLES:], left),
    )


def _meeting(rule: Rule, facts: Sequence[NewFact], people: Mapping[int, Person]) -> list[NewFact]:
    topics = StandingTopics(fact.ticket.pk for fact in facts if fact.ticket is not None)
    met = []
    for fact in facts:
        standing = (
            topics.keys.get(fact.ticket.pk, ()) if fact.ticket is not None and "topics" in rule.conditions else ()
        )
        person = people.get(fact.subscriber_id, Person()) if fact.subscriber_id is not None else None
        if hold(rule.conditions, Told(rule.kind, fact.data, person, standing)):
            met.append(fact)
    return met


def _usual_life(stores: QuerySet[Store]) -> timedelta:
    closed = Alert.objects.filter(store__in=stores, closed_at__isnull=False).order_by("-pk")
    lives = list(closed.annotate(life=F("closed_at") - F("opened_at")).values_list("life", flat=True)[:500])
    return timedelta(seconds=median(life.total_seconds() for life in lives)) if lives else USUAL_LIFE


def _simulate(rule: Rule, facts: Sequence[NewFact], life: timedelta, since: datetime) -> tuple[int, int, list[NewFact]]:
    """How many joined, how many came too soon, and those that opened an alert, in their order."""
    open_then: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    alerts = Alert.objects.filter(subscriber__in={fact.subscriber_id for fact in facts if fact.subscriber_id})
    # Alerts that such a fact opened itself are what is being tried, and count as nothing that was open.
    for subscriber_id, opened_at, closed_at in alerts.exclude(rule__kind=rule.kind).values_list(
        "subscriber_id", "opened_at", "closed_at"
    ):
        if subscriber_id is not None and (closed_at is None or closed_at > since):
            open_then[subscriber_id].append((opened_at, closed_at))
    joined = too_soon = 0
    opened: list[NewFact] = []
    until: dict[int | str, datetime] = {}
    for fact in facts:
        who, at = fact.subscriber_id or fact.about, fact.observed_at
        spans = open_then.get(fact.subscriber_id or 0, ())
        if at < until.get(who, since) or any(begin < at and (end is None or at < end) for begin, end in spans):
            joined += 1
        elif rule.cool_down and who in until and at < until[who] + rule.cool_down:
            too_soon += 1
        else:
            opened.append(fact)
            until[who] = at + life
    return joined, too_soon, opened


def _left(subscriber_ids: Iterable[int]) -> dict[int, datetime]:
    """Who has no subscription any more, and when their last one ended."""
    people = set(subscriber_ids)
    rows = Subscription.objects.filter(subscriber__in=people).values_list("subscriber_id", "status", "ended_at")
    running, ended = set(), dict[int, datetime]()
    for subscriber_id, status, ended_at in rows:
        if status in (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED):
            running.add(subscriber_id)
        elif ended_at is not None:
            ended[subscriber_id] = max(ended_at, ended.get(subscriber_id, ended_at))
    return {pk: at for pk, at in ended.items() if pk not in running}


def _has_left(fact: NewFact, left: Mapping[int, datetime]) -> bool:
    """Afterwards, not before it happened."""
    at = left.get(fact.subscriber_id or 0)
    return at is not None and at >= fact.observed_at


def _busiest(moments: Sequence[datetime]) -> int:
    """The most of them, in order, within one hour."""
    hour = timedelta(hours=1)
    return max(
        (number + 1 - bisect_left(moments, at - hour, hi=number + 1) for number, at in enumerate(moments)), default=0
    )


def _examples(facts: Sequence[NewFact], left: Mapping[int, datetime]) -> list[Example]:
    people = Subscriber.objects.in_bulk({fact.subscriber_id for fact in facts if fact.subscriber_id is not None})
    return [
        Example(people[fact.subscriber_id], fact.observed_at, fact_words(fact.kind, fact.data), _has_left(fact, left))
        for fact in reversed(facts)
        if fact.subscriber_id in people
    ]
