"""What a ticket adds to the figures: pure arithmetic on its events, in whatever order they became known.

Definitions are in success.insights.definitions; docs/metrics.md says them in full.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from subscribers.enums import Actor
from tickets.enums import GOOD_SCORES, UNRESOLVED, Author, ClockState, Metric, TicketStatus
from tickets.sla.business_time import Calendar

REOPEN_WITHIN = timedelta(days=7)
REQUESTER_WAITS = (TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.ON_HOLD)
AGENT_WORKS = (TicketStatus.NEW, TicketStatus.OPEN)
PROMISES = {Metric.FIRST_REPLY: "sla_first", Metric.NEXT_REPLY: "sla_next", Metric.RESOLUTION: "sla_resolution"}


@dataclass(frozen=True)
class Turn:
    """A change of status."""

    at: datetime
    status: str
    by: str
    before: str


@dataclass(frozen=True)
class Said:
    """A public message that was said and, as far as is known, arrived. `agent` is None for a customer's."""

    at: datetime
    author: str
    agent: int | None = None
    is_automatic: bool = False


@dataclass(frozen=True)
class Promise:
    metric: str
    state: str
    due_at: datetime | None
    met_at: datetime | None
    breached_at: datetime | None


@dataclass(frozen=True)
class Question:
    """Of how content the customer is, with whoever had the ticket when it was asked."""

    asked_at: datetime
    rated_at: datetime | None
    score: int | None
    queue: int
    agent: int | None


@dataclass(frozen=True)
class TicketFacts:
    opened_at: datetime
    status: str
    resolved_at: datetime | None
    by_agent: bool
    is_gone: bool = False
    turns: Sequence[Turn] = ()
    said: Sequence[Said] = ()
    promises: Sequence[Promise] = ()
    questions: Sequence[Question] = ()
    calendar: Calendar | None = None


@dataclass(frozen=True)
class Row:
    """One measurement. `agent` and `queue` where they are not the ticket's; `until` of what lasts."""

    metric: str
    at: datetime
    hit: bool | None = None
    seconds: int | None = None
    business_seconds: int | None = None
    agent: int | None = None
    queue: int | None = None
    until: datetime | None = None
    own_agent: bool = field(default=False)


def measure(facts: TicketFacts) -> list[Row]:
    """All rows of a ticket; none of one that is deleted, spam, or part of another."""
    if facts.is_gone:
        return []
    ticket = _Ticket(facts)
    return [
        *ticket.contact(),
        *ticket.backlog(),
        *ticket.responses(),
        *ticket.resolutions(),
        *ticket.promises(),
        *ticket.satisfaction(),
    ]


class _Ticket:
    def __init__(self, facts: TicketFacts) -> None:
        self.facts = facts
        self.turns = _turns(facts)
        order = {Author.SUBSCRIBER: 0, Author.SYSTEM: 1, Author.AGENT: 2}
        self.said = sorted(facts.said, key=lambda one: (one.at, order[Author(one.author)]))
        self.replies = [one for one in self.said if one.author == Author.AGENT and not one.is_automatic]
        self.asked = [one for one in self.said if one.author == Author.SUBSCRIBER and not one.is_automatic]
        self.resolved = [turn.at for turn in self.turns if turn.status == TicketStatus.RESOLVED]
        self.is_resolved = bool(self.turns) and self.turns[-1].status == TicketStatus.RESOLVED
        first = self.said[0] if self.said else None
        # A person asked us: no agent began it, no machine, no flow.
        self.is_contact = not facts.by_agent and (
            first is None or (first.author == Author.SUBSCRIBER and not first.is_automatic)
        )

    def span(self, metric: str, since: datetime, at: datetime, **fields: object) -> Row:
        return self.lasting(metric, at, [(since, at)], **fields)

    def lasting(self, metric: str, at: datetime, spans: Sequence[tuple[datetime, datetime]], **fields: object) -> Row:
        calendar = self.facts.calendar
        seconds = sum(max(0.0, (end - begin).total_seconds()) for begin, end in spans)
        business = None if calendar is None else round(sum(calendar.between(*span) for span in spans))
        return Row(metric, at, seconds=round(seconds), business_seconds=business, **fields)  # type: ignore[arg-type]

    def contact(self) -> Iterator[Row]:
        if self.is_contact:
            yield Row("contacts", self.facts.opened_at)

    def backlog(self) -> Iterator[Row]:
        since: datetime | None = self.facts.opened_at
        for turn in self.turns:
            if turn.status == TicketStatus.RESOLVED and since is not None:
                yield Row("backlog", since, until=turn.at)
                since = None
            elif turn.status != TicketStatus.RESOLVED and since is None:
                since = turn.at
        if since is not None:
            yield Row("backlog", since)

    def responses(self) -> Iterator[Row]:
        """The first answer counts from the opening; then each from the oldest message that nobody had answered."""
        if self.is_contact and self.replies:
            reply = self.replies[0]
            at = max(reply.at, self.facts.opened_at)
            yield self.span("first_response", self.facts.opened_at, at, agent=reply.agent, own_agent=True)
        begun = self.replies[0].at if self.replies else None
        if begun is None:
            return
        happened = [(one.at, 0, one) for one in self.asked if one.at >= begun]
        happened += [(one.at, 1, one) for one in self.replies[1:]]
        ends = [(at, 2, None) for at in self.resolved if at >= begun]
        waiting: datetime | None = None
        for at, _, one in sorted([*happened, *ends], key=lambda each: each[:2]):
            if one is None:
                waiting = None
            elif one.author == Author.SUBSCRIBER:
                waiting = waiting or at
            elif waiting is not None:
                yield self.span("next_response", waiting, at, agent=one.agent, own_agent=True)
                waiting = None

    def resolutions(self) -> Iterator[Row]:
        if not self.resolved:
            return
        opened = self.facts.opened_at
        yield self.span("first_resolution", opened, self.resolved[0])
        reopened = 0
        for number, turn in enumerate(self.turns):
            if turn.status != TicketStatus.RESOLVED:
                reopened += turn.before == TicketStatus.RESOLVED
                continue
            then = self.turns[number + 1] if number + 1 < len(self.turns) else None
            hit = then is not None and then.by == Actor.SUBSCRIBER and then.at - turn.at <= REOPEN_WITHIN
            yield Row("reopen_rate", turn.at, hit=hit)
        if not self.is_resolved:
            return
        last = self.resolved[-1]
        yield self.span("full_resolution", opened, last)
        yield self.lasting("requester_wait", last, self.in_states(REQUESTER_WAITS))
        yield self.lasting("agent_work", last, self.in_states(AGENT_WORKS))
        yield Row("unanswered", last, hit=not self.replies)
        if self.replies:
            yield Row("one_touch", last, hit=len(self.replies) == 1 and not reopened)

    def in_states(self, states: Sequence[str]) -> list[tuple[datetime, datetime]]:
        """The stretches in these states until the last change."""
        spans, since = [], self.facts.opened_at
        for turn in self.turns:
            if turn.before in states:
                spans.append((since, turn.at))
            since = turn.at
        return spans

    def promises(self) -> Iterator[Row]:
        for one in self.facts.promises:
            if one.state == ClockState.CANCELLED:
                continue
            if one.breached_at is not None:
                yield Row(PROMISES[Metric(one.metric)], one.breached_at, hit=False)
            elif one.state == ClockState.MET and one.met_at is not None:
                due = one.due_at or one.met_at
                yield Row(PROMISES[Metric(one.metric)], due, hit=one.met_at <= due)

    def satisfaction(self) -> Iterator[Row]:
        for one in self.facts.questions:
            theirs = {"agent": one.agent, "queue": one.queue, "own_agent": True}
            yield Row("csat_response", one.asked_at, hit=one.rated_at is not None, **theirs)  # type: ignore[arg-type]
            if one.rated_at is not None:
                yield Row("csat", one.rated_at, hit=one.score in GOOD_SCORES, **theirs)  # type: ignore[arg-type]


def _turns(facts: TicketFacts) -> list[Turn]:
    """Changes of status in their order, none before the opening, each from where the one before led."""
    known: list[Turn] = []
    told = sorted(facts.turns, key=lambda turn: turn.at)
    before = told[0].before if told else TicketStatus.NEW
    for turn in told:
        if turn.status != before:
            known.append(Turn(max(turn.at, facts.opened_at), turn.status, turn.by, before))
            before = turn.status
    if facts.resolved_at is not None and not (known and known[-1].status == TicketStatus.RESOLVED):
        # Taken over from elsewhere, without its history.
        known.append(Turn(max(facts.resolved_at, facts.opened_at), TicketStatus.RESOLVED, Actor.SYSTEM, before))
    if facts.status in UNRESOLVED and known and known[-1].status == TicketStatus.RESOLVED:
        known.append(Turn(known[-1].at, facts.status, Actor.SYSTEM, TicketStatus.RESOLVED))
    return known
