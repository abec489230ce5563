"""What a subscription adds to the figures: pure arithmetic on its events, in whatever order they became known.

Definitions are in success.insights.definitions; docs/metrics.md says them in full.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from subscribers.cancellation.enums import Outcome, SessionState
from subscribers.enums import PAID_CYCLE, Actor, CycleStatus, SubscriptionEventKind, SubscriptionStatus

ENDS = {
    SubscriptionEventKind.CANCELLED: SubscriptionStatus.CANCELLED,
    SubscriptionEventKind.EXPIRED: SubscriptionStatus.EXPIRED,
    SubscriptionEventKind.FAILED: SubscriptionStatus.FAILED,
    SubscriptionEventKind.STALE: SubscriptionStatus.STALE,
}
UNPAID_CYCLE = (CycleStatus.FAILED, CycleStatus.LOST)
DUE_CYCLE = (*PAID_CYCLE, *UNPAID_CYCLE)
LIVED_CYCLE = (*PAID_CYCLE, CycleStatus.SKIPPED)
NOT_CANCELLED = (SessionState.ACCEPTED, SessionState.ABANDONED, SessionState.BOUNCED)
THEIR_WISH = (Actor.SUBSCRIBER, Actor.AGENT)


@dataclass(frozen=True)
class Due:
    """A cycle, with the moment at which its billing is expected."""

    index: int
    status: str
    at: datetime


@dataclass(frozen=True)
class Happening:
    """An end of the subscription (a kind of `ENDS`), or `reactivated`."""

    at: datetime
    kind: str
    by: str


@dataclass(frozen=True)
class Session:
    """A cancellation session that ended."""

    ended_at: datetime
    state: str
    outcome: str
    saw_offers: bool


@dataclass(frozen=True)
class Step:
    """Progress to a milestone that is asked for and has begun to count."""

    begun_at: datetime
    achieved_at: datetime | None


@dataclass(frozen=True)
class SubscriptionFacts:
    """`others`: when the subscriber's other subscriptions began and ended, and whether they count after this one."""

    started_at: datetime
    ended_at: datetime | None
    status: str
    cycles: Sequence[Due] = ()
    happenings: Sequence[Happening] = ()
    sessions: Sequence[Session] = ()
    steps: Sequence[Step] = ()
    others: Sequence[tuple[datetime, datetime | None, bool]] = ()


@dataclass(frozen=True)
class Measured:
    """One measurement. `until` of what lasts; `cycle` is counted from 1."""

    metric: str
    at: datetime
    hit: bool | None = None
    cycle: int | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Span:
    """From a start to an end of a subscription, or until now."""

    begin: datetime
    end: datetime | None = None
    status: str = ""
    by: str = ""


def measure_subscription(facts: SubscriptionFacts) -> list[Measured]:
    """All rows of a subscription."""
    spans, cycles = spans_of(facts), sorted(facts.cycles, key=lambda one: one.index)
    return [
        *_lives(facts, spans, cycles),
        *_billings(cycles),
        *_retention(facts, spans, cycles),
        *_sessions(facts, cycles),
        *(Measured("milestone_completion", one.begun_at, one.achieved_at is not None) for one in facts.steps),
    ]


def spans_of(facts: SubscriptionFacts) -> list[Span]:
    """When it ran. What the subscription is now wins over what its events say last."""
    spans: list[Span] = []
    since: datetime | None = facts.started_at
    told = sorted(facts.happenings, key=lambda one: (one.at, one.kind == SubscriptionEventKind.REACTIVATED, one.kind))
    for one in told:
        if one.kind == SubscriptionEventKind.REACTIVATED:
            since = since or max(one.at, facts.started_at)
        elif since is not None:
            spans.append(Span(since, max(one.at, since), ENDS[SubscriptionEventKind(one.kind)], one.by))
            since = None
    if since is not None:
        end = None if facts.ended_at is None else max(facts.ended_at, since)
        spans.append(Span(since, end, facts.status if end else ""))
    elif facts.ended_at is None:
        spans[-1] = Span(spans[-1].begin)
    return spans


def _lives(facts: SubscriptionFacts, spans: Sequence[Span], cycles: Sequence[Due]) -> Iterator[Measured]:
    for span in spans:
        yield Measured("active_subscriptions", span.begin, until=span.end)
        if span.end is None:
            continue
        cycle = _cycle_at(cycles, span.end)
        if span.status == SubscriptionStatus.FAILED or _lost_its_payment(span, cycles):
            yield Measured("churn_involuntary", span.end, cycle=cycle)
        elif span.status == SubscriptionStatus.CANCELLED:
            yield Measured("churn_voluntary", span.end, cycle=cycle)
        if not any(_is_there(other, span.end) for other in facts.others):
            yield Measured("subscribers_lost", span.end, cycle=cycle)


def _is_there(other: tuple[datetime, datetime | None, bool], at: datetime) -> bool:
    begin, end, is_after = other
    return begin <= at and (end is None or end > at or (end == at and is_after))


def _lost_its_payment(span: Span, cycles: Sequence[Due]) -> bool:
    """The provider ended it, and what was due last was not paid."""
    due = [one for one in cycles if span.end and one.at <= span.end and one.status in DUE_CYCLE]
    ended = span.status == SubscriptionStatus.CANCELLED and bool(span.by) and span.by not in THEIR_WISH
    return ended and bool(due) and due[-1].status in UNPAID_CYCLE


def _cycle_at(cycles: Sequence[Due], at: datetime) -> int:
    return max((one.index for one in cycles if one.at <= at and one.status != CycleStatus.SCHEDULED), default=1)


def _billings(cycles: Sequence[Due]) -> Iterator[Measured]:
    for one in cycles:
        if one.status in DUE_CYCLE:
            yield Measured("renewal_rate", one.at, one.status in PAID_CYCLE, one.index)
        if one.status in (*DUE_CYCLE, CycleStatus.SKIPPED):
            yield Measured("skip_rate", one.at, one.status == CycleStatus.SKIPPED, one.index)


def _retention(facts: SubscriptionFacts, spans: Sequence[Span], cycles: Sequence[Due]) -> Iterator[Measured]:
    """From each cycle to the next, once that is decided, by the day on which the subscription began."""
    states = {one.index: one.status for one in cycles}
    is_over = spans[-1].end is not None
    for one in cycles:
        then = states.get(one.index + 1, CycleStatus.SCHEDULED)
        if one.status in LIVED_CYCLE and (is_over or then in (*LIVED_CYCLE, CycleStatus.LOST)):
            yield Measured("cycle_retention", facts.started_at, then in LIVED_CYCLE, one.index)


def _sessions(facts: SubscriptionFacts, cycles: Sequence[Due]) -> Iterator[Measured]:
    for one in facts.sessions:
        cycle = _cycle_at(cycles, one.ended_at)
        if one.outcome:
            yield Measured("save_durable", one.ended_at, one.outcome == Outcome.SAVED, cycle)
        yield Measured("save_not_cancelled", one.ended_at, one.state in NOT_CANCELLED, cycle)
        if one.saw_offers:
            yield Measured("save_offer_accepted", one.ended_at, one.state == SessionState.ACCEPTED, cycle)
