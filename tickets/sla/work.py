"""Changes at work on the clocks of one ticket: what they read, and what they leave to be written."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property

from django.db import connection

from tickets.enums import OPEN_CLOCK, ClockEventKind, ClockState, Metric
from tickets.mail.answers import arrived
from tickets.models import Clock, ClockEvent, Ticket
from tickets.sla import ledger
from tickets.sla.changes import TicketChange
from tickets.sla.conditions import Facts, Known, StandingTopics
from tickets.sla.policies import Policies, Target, Version, counting_under
from tickets.sla.rules import Counting

# What a change may change on a clock, with its type in the database.
CHANGING = {
    "version_id": "bigint",
    "target_seconds": "integer",
    "in_business_time": "boolean",
    "state": "varchar",
    "consumed_seconds": "double precision",
    "running_since": "timestamptz",
    "due_at": "timestamptz",
    "warn_at": "timestamptz",
    "breached_at": "timestamptz",
    "met_at": "timestamptz",
    "cancelled_at": "timestamptz",
}
# By hand: Django's bulk_update writes a CASE a column, which takes longer to compose than all else that a change does.
UPDATE = """
UPDATE tickets_clock AS clock SET {sets}
FROM (VALUES {rows}) AS now (id, {columns}) WHERE clock.id = now.id
"""
UPDATE_DUE = """
UPDATE tickets_ticket AS ticket SET next_due_at = now.due_at
FROM (VALUES {rows}) AS now (id, due_at) WHERE ticket.id = now.id
"""
ROW = "(" + ", ".join(["%s::bigint", *(f"%s::{type}" for type in CHANGING.values())]) + ")"


def write_clocks(clocks: Sequence[Clock]) -> None:
    """Writes what changed on clocks that are rows already, in one statement."""
    statement = UPDATE.format(
        sets=", ".join(f"{name} = now.{name}" for name in CHANGING),
        rows=", ".join([ROW] * len(clocks)),
        columns=", ".join(CHANGING),
    )
    values = [value for clock in clocks for value in (clock.pk, *(getattr(clock, name) for name in CHANGING))]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def write_due(tickets: Sequence[Ticket]) -> None:
    """Writes the earliest due times of tickets, in one statement."""
    rows = ", ".join(["(%s::bigint, %s::timestamptz)"] * len(tickets))
    with connection.cursor() as cursor:
        cursor.execute(
            UPDATE_DUE.format(rows=rows), [value for ticket in tickets for value in (ticket.pk, ticket.next_due_at)]
        )


class Work:
    """Queries only for what a change needs, and writes nothing."""

    change: TicketChange
    at: datetime

    def __init__(self, ticket: Ticket, clocks: list[Clock], policies: Callable[[int], Policies]) -> None:
        self.ticket, self.clocks = ticket, clocks
        self.lines: list[ClockEvent] = []
        self.touched: list[Clock] = []
        self._policies = policies

    def begin(self, change: TicketChange, at: datetime, cause: str, topics: StandingTopics) -> None:
        """The next change of this ticket, as the ticket is now."""
        self.change, self.at, self._cause, self._topics = change, at, cause, topics
        for known in ("version", "is_answered"):
            self.__dict__.pop(known, None)

    @cached_property
    def version(self) -> Version | None:
        """The policy that matches the ticket now."""
        known = Known([self.ticket], self.at, self._topics)
        return self._policies(self.ticket.store_id).match_facts(Facts(self.ticket, self.at, known))

    @cached_property
    def is_answered(self) -> bool:
        """Whether a person of ours ever answered in public; asks the messages only where no clock tells."""
        if any(clock.metric == Metric.FIRST_REPLY and clock.state == ClockState.MET for clock in self.clocks):
            return True
        return arrived(self.ticket).exists()

    def latest(self, metric: Metric) -> Clock | None:
        return next((clock for clock in reversed(self.clocks) if clock.metric == metric), None)

    def open(self, metric: Metric) -> Clock | None:
        clock = self.latest(metric)
        return clock if clock is not None and clock.state in OPEN_CLOCK else None

    def target(self, metric: Metric) -> Target | None:
        return self.version.target_for(metric, self.ticket.priority) if self.version else None

    def counting(self, clock: Clock) -> Counting:
        """By the version that the clock was started under."""
        return counting_under(clock.version, in_business_time=clock.in_business_time)

    def paused_at(self, clock: Clock) -> datetime | None:
        """When a paused clock stopped; None where it runs."""
        if clock.state != ClockState.PAUSED:
            return None
        for line in reversed(self.lines):
            if line.clock is clock and line.kind == ClockEventKind.PAUSE:
                return line.occurred_at
        return ledger.paused_at(clock)

    def add(self, clock: Clock, lines: list[ClockEvent]) -> None:
        if lines:
            ledger.explain(lines, change=self.change, cause=self._cause)
            self.lines += lines
            self.touched.append(clock)

    def keep_due(self) -> bool:
        """Bring the ticket's earliest due time up to date; whether it is another now."""
        due = min((clock.due_at for clock in self.clocks if clock.state in OPEN_CLOCK and clock.due_at), default=None)
        is_another = due != self.ticket.next_due_at
        self.ticket.next_due_at = due
        return is_another
