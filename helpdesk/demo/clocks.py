"""The clocks of a seeded ticket: the rules of tickets.sla driven in memory, with what sweeps would have recorded."""

from collections.abc import Iterator
from datetime import datetime

from helpdesk.demo.writer import Writer
from tickets.enums import OPEN_CLOCK, ClockEventKind, ClockState, Metric
from tickets.models import Clock, ClockEvent, Ticket
from tickets.sla import rules
from tickets.sla.business_time import Calendar
from tickets.sla.changes import ACTIONS, Action, TicketChange
from tickets.sla.policies import Policies
from tickets.sla.rules import Counting

# A sweep comes by every half minute: what is due within it is recorded by the sweep, not by a later change.
CLOCK_FIELDS = (
    "metric",
    "cycle",
    "version_id",
    "target_seconds",
    "in_business_time",
    "state",
    "started_at",
    "consumed_seconds",
    "running_since",
    "due_at",
    "warn_at",
    "warned_at",
    "breached_at",
    "met_at",
    "cancelled_at",
)


class TicketClocks:
    """All clocks of one ticket. `ticket` is an unsaved row with what policies match by: queue, cycle, priority."""

    def __init__(self, ticket: Ticket, policies: Policies) -> None:
        self.ticket, self.policies = ticket, policies
        self.clocks: list[Clock] = []
        self.lines: list[tuple[ClockEvent, datetime]] = []
        self.notices: list[tuple[Clock, ClockEventKind, datetime]] = []
        self.paused_at: dict[int, datetime] = {}
        self.is_answered = False

    def calendar(self) -> Calendar:
        version = self.policies.match(self.ticket)
        return self.policies.calendars[version.calendar_id] if version else Calendar.always()

    def target(self, metric: Metric) -> int:
        """Seconds promised now."""
        version = self.policies.match(self.ticket)
        target = version.target_for(metric, self.ticket.priority) if version else None
        return target.seconds if target else 4 * 3600

    def apply(self, change: TicketChange, at: datetime, cause: str) -> None:
        self.sweep(at)
        for metric, action in ACTIONS[change].items():
            for line in self._do(action, metric, at):
                self._keep(line, at, change, cause)
        if change == TicketChange.AGENT_REPLIED:
            self.is_answered = True

    def sweep(self, at: datetime) -> None:
        """Warnings and breaches of clocks that ran up to `at`, at their own times."""
        for clock in self.clocks:
            if clock.state != ClockState.RUNNING or clock.due_at is None or clock.breached_at:
                continue
            if clock.warned_at is None and clock.warn_at and clock.warn_at < min(at, clock.due_at):
                clock.warned_at = clock.warn_at
                self._keep(rules.warn_line(clock), clock.warn_at, "sweep", "Due soon")
                self.notices.append((clock, ClockEventKind.WARN, clock.warn_at))
            if clock.due_at < at:
                clock.breached_at = clock.due_at
                self._keep(rules.breach_line(clock), clock.due_at, "sweep", "Due time passed")
                self.notices.append((clock, ClockEventKind.BREACH, clock.due_at))

    def next_due_at(self) -> datetime | None:
        return min((clock.due_at for clock in self.clocks if clock.state in OPEN_CLOCK and clock.due_at), default=None)

    def write(self, writer: Writer, ticket_id: int) -> None:
        ids = {
            id(clock): writer.add(Clock, ticket_id=ticket_id, **{name: getattr(clock, name) for name in CLOCK_FIELDS})
            for clock in self.clocks
        }
        for line, recorded_at in self.lines:
            writer.add(
                ClockEvent,
                clock_id=ids[id(line.clock)],
                kind=line.kind,
                occurred_at=line.occurred_at,
                consumed_seconds=line.consumed_seconds,
                due_at=line.due_at,
                data=line.data,
                recorded_at=recorded_at,
            )
        self.ids = ids

    def _keep(self, line: ClockEvent, at: datetime, change: str, cause: str) -> None:
        line.data = {"change": str(change), "cause": cause, **line.data}
        self.lines.append((line, at))
        if line.kind == ClockEventKind.PAUSE:
            self.paused_at[id(line.clock)] = line.occurred_at

    def _open(self, metric: Metric) -> Clock | None:
        return next((one for one in self.clocks if one.metric == metric and one.state in OPEN_CLOCK), None)

    def _do(self, action: Action, metric: Metric, at: datetime) -> Iterator[ClockEvent]:
        clock = self._open(metric)
        if action == Action.OWE:
            if self._open(Metric.FIRST_REPLY) or self._open(Metric.NEXT_REPLY):
                return
            if metric == (Metric.NEXT_REPLY if self.is_answered else Metric.FIRST_REPLY):
                yield from self._start(metric, at)
        elif clock is None:
            if action in (Action.START, Action.RUN):
                yield from self._start(metric, at)
        else:
            yield from self._change(action, clock, at)

    def _change(self, action: Action, clock: Clock, at: datetime) -> list[ClockEvent]:
        counting, paused_at = self._counting(clock), self.paused_at.get(id(clock))
        match action:
            case Action.MEET:
                return rules.meet(clock, at, counting, paused_at)
            case Action.PAUSE:
                return rules.pause(clock, at, counting)
            case Action.RESUME | Action.RUN:
                return rules.resume(clock, at, counting, paused_at)
            case Action.CANCEL:
                return rules.cancel(clock, at, counting)
            case Action.RETARGET:
                version = self.policies.match(self.ticket)
                target = version.target_for(Metric(clock.metric), self.ticket.priority) if version else None
                if version is None or target is None:
                    return rules.cancel(clock, at, counting)
                return rules.retarget(
                    clock,
                    at,
                    version_id=version.id,
                    seconds=target.seconds,
                    in_business_time=target.in_business_time,
                    old=counting,
                    new=counting,
                )
            case _:
                return []

    def _start(self, metric: Metric, at: datetime) -> list[ClockEvent]:
        version = self.policies.match(self.ticket)
        target = version.target_for(metric, self.ticket.priority) if version else None
        if version is None or target is None:
            return []
        clock = Clock(
            metric=metric,
            cycle=1 + sum(one.metric == metric for one in self.clocks),
            version_id=version.id,
            target_seconds=target.seconds,
            in_business_time=target.in_business_time,
            started_at=at,
        )
        self.clocks.append(clock)
        return rules.start(clock, self._counting(clock))

    def _counting(self, clock: Clock) -> Counting:
        version = next(one for one in self.policies.versions if one.id == clock.version_id)
        calendar = self.policies.calendars[version.calendar_id] if clock.in_business_time else Calendar.always()
        return Counting(calendar, version.warn_at_share)
