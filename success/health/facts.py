"""Reads how many people were served, as plain rows: five statements, whatever their number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q

from subscribers.models import CancellationSession
from success.milestones.facts import Life
from success.models import MilestoneProgress
from tickets.enums import ClockState, TicketEventKind
from tickets.models import Clock, Ticket, TicketEvent, TicketTopic

# What was resolved longer ago says nothing any more, whatever its half-life.
LOOK_BACK = timedelta(days=365)


class SessionRow(NamedTuple):
    pk: int
    subscription_id: int | None
    state: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(slots=True)
class TicketRow:
    pk: int
    opened_at: datetime
    resolved_at: datetime | None
    cycle_index: int | None
    # By the key of the reason, and of the one above it: when it was recognised.
    topics: dict[str, datetime] = field(default_factory=dict)
    breaches: list[datetime] = field(default_factory=list)
    reopened: list[datetime] = field(default_factory=list)


@dataclass(slots=True)
class Person:
    """Everything that health rests on."""

    pk: int
    lives: Sequence[Life]
    milestones: Sequence[MilestoneProgress]
    tickets: list[TicketRow] = field(default_factory=list)
    sessions: list[SessionRow] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        return any(life.is_live for life in self.lives)


def gather(
    lives: Mapping[int, Sequence[Life]], milestones: Mapping[int, Sequence[MilestoneProgress]], now: datetime
) -> list[Person]:
    """These people with how they were served; of those without a live subscription nothing more is read."""
    people = {pk: Person(pk, theirs, milestones.get(pk, ())) for pk, theirs in lives.items()}
    live = {pk: person for pk, person in people.items() if person.is_live}
    if live:
        _read_tickets(live, now)
        _read_sessions(live, now)
    return list(people.values())


def _read_tickets(people: Mapping[int, Person], now: datetime) -> None:
    recent = Q(resolved_at=None) | Q(resolved_at__gte=now - LOOK_BACK)
    rows = Ticket.objects.filter(recent, subscriber__in=list(people), deleted_at=None, merged_into=None)
    tickets: dict[int, TicketRow] = {}
    columns = ("subscriber_id", "pk", "opened_at", "resolved_at", "cycle_index")
    told: Any = rows.order_by("opened_at", "pk").values_list(*columns)
    for subscriber, *row in told:
        ticket = TicketRow(*row)
        tickets[ticket.pk] = ticket
        people[subscriber].tickets.append(ticket)
    if not tickets:
        return
    theirs = list(tickets)
    topics = TicketTopic.objects.filter(ticket__in=theirs, rejected_at=None)
    for pk, key, parent, at in topics.values_list("ticket_id", "reason__key", "reason__parent__key", "created_at"):
        tickets[pk].topics |= {key: at} if parent is None else {parent: at, key: at}
    clocks = Clock.objects.filter(ticket__in=theirs, breached_at__isnull=False).exclude(state=ClockState.CANCELLED)
    breaches: Any = clocks.order_by("breached_at", "pk").values_list("ticket_id", "breached_at")
    for pk, at in breaches:
        tickets[pk].breaches.append(at)
    events = TicketEvent.objects.filter(ticket__in=theirs, kind=TicketEventKind.REOPENED)
    for pk, at in events.order_by("occurred_at", "pk").values_list("ticket_id", "occurred_at"):
        tickets[pk].reopened.append(at)


def _read_sessions(people: Mapping[int, Person], now: datetime) -> None:
    rows = CancellationSession.objects.filter(subscriber__in=list(people), started_at__gte=now - LOOK_BACK)
    columns = ("pk", "subscription_id", "state", "started_at", "ended_at")
    for subscriber, *row in rows.order_by("started_at", "pk").values_list("subscriber_id", *columns):
        people[subscriber].sessions.append(SessionRow(*row))
