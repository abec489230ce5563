"""Drives the clocks of tickets: the one door through which a change of a ticket reaches them."""

from collections.abc import Callable, Iterable
from datetime import datetime

from tickets.enums import ClockEventKind, ClockState, Metric, TicketStatus
from tickets.models import Clock, Ticket
from tickets.sla import ledger, rules
from tickets.sla.changes import ACTIONS, OPENING, Action, TicketChange
from tickets.sla.conditions import StandingTopics
from tickets.sla.notices import tell_breaches
from tickets.sla.policies import Policies, policies_of
from tickets.sla.work import Work, write_clocks, write_due


def apply(ticket: Ticket, change: TicketChange, *, at: datetime, cause: str = "") -> None:
    """Does what the table says for `change`, which took effect `at`, and keeps `ticket.next_due_at` (saved).

    Called under the ticket's row lock, inside the transaction of the change, after the change itself. `cause` is
    shown to people in the ledger.
    """
    clocks = Clocks([ticket])
    clocks.apply(ticket, change, at=at, cause=cause)
    clocks.save()


class Clocks:
    """The clocks of some tickets, whose rows are locked. Changes of many, or several of one, are read for and written
    together: `apply` changes memory, `save` writes."""

    def __init__(self, tickets: Iterable[Ticket]) -> None:
        self._tickets = {ticket.pk: ticket for ticket in tickets}
        self._works: dict[int, Work] = {}
        self._clocks: dict[int, list[Clock]] | None = None
        self._policies: dict[int, Policies] = {}
        self._topics = StandingTopics(self._tickets)

    def apply(self, ticket: Ticket, change: TicketChange, *, at: datetime, cause: str = "") -> None:
        work = self._works.get(ticket.pk)
        if work is None:
            found = [] if change in OPENING else self._clocks_of(ticket)
            work = self._works[ticket.pk] = Work(ticket, found, self._policies_of)
        work.begin(change, at, cause, self._topics)
        for metric, action in ACTIONS[change].items():
            DO[action](work, metric)

    def topics_changed(self) -> None:
        """What the tickets are about is another by now: changes from here on are judged by it."""
        self._topics = StandingTopics(self._tickets)

    def save(self) -> None:
        works = self._works.values()
        touched = list({id(clock): clock for work in works for clock in work.touched}.values())
        lines = [line for work in works for line in work.lines]
        # Changed ones first: a clock that ends makes room for the next of its metric.
        if old := [clock for clock in touched if clock.pk is not None]:
            write_clocks(old)
        if new := [clock for clock in touched if clock.pk is None]:
            Clock.objects.bulk_create(new)
        if lines:
            ledger.append(lines)
        if moved := [work.ticket for work in works if work.keep_due()]:
            write_due(moved)
        self._works, self._clocks = {}, None
        if breached := [line.clock for line in lines if line.kind == ClockEventKind.BREACH]:
            tell_breaches(breached)

    def _clocks_of(self, ticket: Ticket) -> list[Clock]:
        """In the order of their cycles, so that the last of a metric is its latest."""
        if self._clocks is None:
            self._clocks = {pk: [] for pk in self._tickets}
            for clock in Clock.objects.filter(ticket__in=self._tickets).select_related("version").order_by("cycle"):
                clock.ticket = self._tickets[clock.ticket_id]
                self._clocks[clock.ticket_id].append(clock)
        return self._clocks[ticket.pk]

    def _policies_of(self, store_id: int) -> Policies:
        if store_id not in self._policies:
            self._policies[store_id] = policies_of(store_id)
        return self._policies[store_id]


def _start(work: Work, metric: Metric, *, since: datetime | None = None, consumed: float = 0.0) -> None:
    version, target = work.version, work.target(metric)
    if version is None or target is None or work.open(metric):
        return
    before = work.latest(metric)
    clock = Clock(
        ticket=work.ticket,
        metric=metric,
        cycle=before.cycle + 1 if before else 1,
        version_id=version.id,
        target_seconds=target.seconds,
        in_business_time=target.in_business_time,
        started_at=since or work.at,
        consumed_seconds=consumed,
    )
    work.clocks.append(clock)
    work.add(clock, rules.start(clock, version.counting(target)))


def _owe(work: Work, metric: Metric, *, since: datetime | None = None) -> None:
    """One reply is owed at a time, since the oldest message that nobody answered: the first, then the next."""
    if work.open(Metric.FIRST_REPLY) or work.open(Metric.NEXT_REPLY):
        return
    if metric == (Metric.NEXT_REPLY if work.is_answered else Metric.FIRST_REPLY):
        _start(work, metric, since=since)


def _run(work: Work, metric: Metric) -> None:
    if work.open(metric):
        _resume(work, metric)
    else:
        _start(work, metric)


def _meet(work: Work, metric: Metric) -> None:
    if clock := work.open(metric):
        work.add(clock, rules.meet(clock, work.at, work.counting(clock), work.paused_at(clock)))


def _unmeet(work: Work, metric: Metric) -> None:
    clock = work.latest(metric)
    if clock is None:
        return
    if lines := rules.unmeet(clock, work.at, work.counting(clock)):
        work.add(clock, lines)
        _start(work, metric, since=clock.started_at)


def _pause(work: Work, metric: Metric) -> None:
    if clock := work.open(metric):
        work.add(clock, rules.pause(clock, work.at, work.counting(clock)))


def _resume(work: Work, metric: Metric) -> None:
    clock = work.open(metric)
    if clock is not None and clock.state == ClockState.PAUSED:
        work.add(clock, rules.resume(clock, work.at, work.counting(clock), work.paused_at(clock)))


def _retarget(work: Work, metric: Metric) -> None:
    """Follows the policy that matches now: the new target, none any more, or one that there was not before."""
    clock, target, version = work.open(metric), work.target(metric), work.version
    if clock is None:
        _begin_promise(work, metric)
    elif version is None or target is None:
        work.add(clock, rules.cancel(clock, work.at, work.counting(clock)))
    else:
        lines = rules.retarget(
            clock,
            work.at,
            version_id=version.id,
            seconds=target.seconds,
            in_business_time=target.in_business_time,
            old=work.counting(clock),
            new=version.counting(target),
        )
        work.add(clock, lines)


def _begin_promise(work: Work, metric: Metric) -> None:
    """A policy that promises what the one before did not, to a ticket on which somebody waits.

    A reply is owed since the customer's message. A resolution goes on from what the last clock had used up, so that a
    trip through a queue without promises wins nothing.
    """
    ticket, before = work.ticket, work.latest(metric)
    if ticket.status == TicketStatus.RESOLVED or ticket.deleted_at or ticket.merged_into_id:
        return
    if metric != Metric.RESOLUTION:
        if ticket.waiting_since:
            _owe(work, metric, since=ticket.waiting_since)
        return
    if ticket.waiting_since or before or work.is_answered:
        cancelled = before is not None and before.state == ClockState.CANCELLED
        _start(work, metric, consumed=before.consumed_seconds if before and cancelled else 0.0)
        if ticket.status == TicketStatus.PENDING:
            _pause_new(work, metric)


def _pause_new(work: Work, metric: Metric) -> None:
    clock, version, target = work.open(metric), work.version, work.target(metric)
    if clock and version and target:
        work.add(clock, rules.pause(clock, work.at, version.counting(target)))


def _cancel(work: Work, metric: Metric) -> None:
    if clock := work.open(metric):
        work.add(clock, rules.cancel(clock, work.at, work.counting(clock)))


def _void(work: Work, metric: Metric) -> None:
    if clock := work.open(metric):
        work.add(clock, rules.void(clock, work.at, work.counting(clock)))


DO: dict[Action, Callable[[Work, Metric], None]] = {
    Action.START: _start,
    Action.OWE: _owe,
    Action.RUN: _run,
    Action.MEET: _meet,
    Action.UNMEET: _unmeet,
    Action.PAUSE: _pause,
    Action.RESUME: _resume,
    Action.RETARGET: _retarget,
    Action.CANCEL: _cancel,
    Action.VOID: _void,
}
