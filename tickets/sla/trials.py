"""When would a ticket like this fall due? The arithmetic of clocks, tried on policies that need not be saved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from subscribers.models import Store
from tickets.enums import Metric
from tickets.models import SlaPolicy, Ticket
from tickets.sla.business_time import Calendar
from tickets.sla.conditions import Facts
from tickets.sla.lengths import length_words
from tickets.sla.policies import Version, policies_of
from tickets.sla.segments import closed
from tickets.sla.told_times import Teller, closed_words

MOST_CLOSED = 8


@dataclass(frozen=True)
class Question:
    """A ticket that might arrive. The hours are those until the next billing and the next box; None: not soon."""

    at: datetime
    queue_id: int
    priority: int
    channel: str
    cycle: int | None = None
    topics: frozenset[str] = frozenset()
    billing_in_hours: float | None = None
    box_in_hours: float | None = None

    def facts(self, store: Store) -> "SaidFacts":
        ticket = Ticket(
            store=store,
            queue_id=self.queue_id,
            priority=self.priority,
            channel=self.channel,
            cycle_index=self.cycle,
            opened_at=self.at,
        )
        return SaidFacts(ticket, self)


class SaidFacts(Facts):
    """What a question says of its ticket, instead of what the database knows."""

    def __init__(self, ticket: Ticket, question: Question) -> None:
        super().__init__(ticket, question.at)
        self.question = question

    @property
    def topics(self) -> frozenset[str]:
        return self.question.topics

    @property
    def next_billing_at(self) -> datetime | None:
        return _ahead(self.at, self.question.billing_in_hours)

    @property
    def next_box_at(self) -> datetime | None:
        return _ahead(self.at, self.question.box_in_hours)


@dataclass(frozen=True)
class Placed:
    """A policy in the order in which they are asked; `id` is None where it is not saved."""

    id: int | None
    name: str
    position: int
    version: Version

    @property
    def order(self) -> tuple[int, float]:
        return self.position, self.id if self.id is not None else float("inf")


@dataclass(frozen=True)
class Due:
    """One promise to the ticket, told in the calendar's zone."""

    metric: str
    length: str
    counts: str
    due_at: datetime
    due: str
    warn: str
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """`winner` is None where no policy promises such a ticket anything."""

    winner: Placed | None
    zone: str
    arriving: str
    dues: tuple[Due, ...]


def placed_of(store: Store) -> list[Placed]:
    """The store's active policies as they are saved. Two queries."""
    versions = {version.policy_id: version for version in policies_of(store.pk).versions}
    rows = SlaPolicy.objects.filter(pk__in=versions).values_list("pk", "name", "position")
    return [Placed(pk, name, position, versions[pk]) for pk, name, position in rows]


def with_policy(placed: Sequence[Placed], tried: Placed, *, is_active: bool) -> list[Placed]:
    """With one policy as it is tried, in place of the saved one."""
    others = [one for one in placed if tried.id is None or one.id != tried.id]
    return [*others, tried] if is_active else others


def with_calendar(placed: Sequence[Placed], calendar_id: int, calendar: Calendar) -> list[Placed]:
    """With one calendar as it is tried, in every policy that counts by it."""
    return [
        replace(one, version=replace(one.version, calendar=calendar)) if one.version.calendar_id == calendar_id else one
        for one in placed
    ]


def answer(placed: Sequence[Placed], question: Question, store: Store) -> Answer:
    """Which policy would win, and when what it promises would be due."""
    facts = question.facts(store)
    winner = next((one for one in sorted(placed, key=lambda one: one.order) if one.version.matches(facts)), None)
    if winner is None:
        return Answer(None, store.time_zone, _words(question.at, store.time_zone), ())
    calendar = winner.version.calendar
    dues = []
    for metric in Metric:
        target = winner.version.target_for(metric, question.priority)
        if target is not None:
            counting = winner.version.counting(target)
            warn_after = counting.unwarned(target.seconds)
            dues.append(
                due_of(str(metric.label), target.seconds, warn_after, counting.calendar, question.at, calendar.tz)
            )
    return Answer(winner, calendar.tz, _words(question.at, calendar.tz), tuple(dues))


def due_of(metric: str, seconds: int, warn_after: float | None, calendar: Calendar, at: datetime, zone: str) -> Due:
    """When so many counted seconds from `at` have passed. `warn_after`: of them, without a warning; None: none."""
    due_at = calendar.add(at, seconds)
    warn_at = calendar.add(at, warn_after) if warn_after is not None else None
    tell = Teller(ZoneInfo(zone), at, short=False)
    stretches = closed(calendar, at, due_at)
    skipped = [
        f"{tell.moment(begin)}: {closed_words(begin, end, ZoneInfo(calendar.tz), tell)}"
        for begin, end in stretches[:MOST_CLOSED]
    ]
    if len(stretches) > MOST_CLOSED:
        skipped.append(f"and {len(stretches) - MOST_CLOSED} more")
    return Due(
        metric=metric,
        length=length_words(seconds),
        counts="calendar time" if calendar == Calendar.always() else "business time",
        due_at=due_at,
        due=tell.moment(due_at),
        warn=tell.moment(warn_at) if warn_at is not None else "",
        skipped=tuple(skipped),
    )


def _words(at: datetime, zone: str) -> str:
    return date_format(at.astimezone(ZoneInfo(zone)), "D j M Y H:i")


def _ahead(at: datetime, hours: float | None) -> datetime | None:
    return None if hours is None else at + timedelta(hours=hours)
