"""One change at work on the clocks of one ticket: what it reads, and what it writes at its end."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from django.db import connection

from tickets.enums import OPEN_CLOCK, ClockEventKind, ClockState, Metric
from tickets.mail.answers import arrived
from tickets.models import Clock, ClockEvent, Ticket
from tickets.sla import ledger
from tickets.sla.changes import TicketChange
from tickets.sla.notices import tell_breaches
from tickets.sla.policies import Policies, Target, Version, counting_under, policies_of
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


class Work:
    """Queries only for what the change needs; `save` writes once for all clocks."""

    def __init__(self, ticket: Ticket, change: TicketChange, at: datetime) -> None:
        self.ticket, self.change, self.at = ticket, change, at
        opening = change in (TicketChange.OPENED, TicketChange.OPENED_BY_AGENT)
        # In the order of their cycles, so that the last of a metric is its latest.
        self.clocks = [] if opening else list(ticket.clocks.select_related("version").order_by("cycle"))
        self.lines: list[ClockEvent] = []
        self.touched: list[Clock] = []

    @cached_property
    def policies(self) -> Policies:
        return policies_of(self.ticket.store_id)

    @cached_property
    def version(self) -> Version | None:
        """The policy that matches the ticket now."""
        return self.policies.match(self.ticket, self.at)

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

    def add(self, clock: Clock, lines: list[ClockEvent]) -> None:
        if lines:
            self.lines += lines
            self.touched.append(clock)

    def save(self, cause: str) -> None:
        touched = list({id(clock): clock for clock in self.touched}.values())
        if new := [clock for clock in touched if clock.pk is None]:
            Clock.objects.bulk_create(new)
        if old := [clock for clock in touched if clock not in new]:
            write_clocks(old)
        if self.lines:
            ledger.write(self.lines, change=self.change, cause=cause)
        due = min((clock.due_at for clock in self.clocks if clock.state in OPEN_CLOCK and clock.due_at), default=None)
        if due != self.ticket.next_due_at:
            self.ticket.next_due_at = due
            self.ticket.save(update_fields=["next_due_at"])
        if breached := [line.clock for line in self.lines if line.kind == ClockEventKind.BREACH]:
            tell_breaches(breached)
