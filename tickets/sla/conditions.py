"""What a policy may ask of a ticket beside its queue.

What a condition needs to know beyond the ticket's row is asked for only where a policy of the store has that
condition and nothing cheaper ruled the policy out: then once a change.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.utils.translation import gettext

from subscribers.enums import BoxStatus, Channel
from subscribers.lazy import lazily as _
from subscribers.models import Box, Subscription
from tickets.enums import Priority
from tickets.models import Ticket, TicketTopic

HOUR = timedelta(hours=1)
MOST_HOURS = 366 * 24


class StandingTopics:
    """What tickets are about, in one query when first asked, and as it was then."""

    def __init__(self, ticket_ids: Iterable[int]) -> None:
        self._ticket_ids = ticket_ids

    @cached_property
    def keys(self) -> Mapping[int, Collection[str]]:
        """By ticket: keys of the topics that stand, and of what they are a kind of."""
        standing = TicketTopic.objects.filter(ticket__in=list(self._ticket_ids), rejected_at=None)
        keys: dict[int, set[str]] = {}
        for ticket, key, parent in standing.values_list("ticket_id", "reason__key", "reason__parent__key"):
            keys.setdefault(ticket, set()).update(each for each in (key, parent) if each)
        return keys


class Known:
    """What conditions need to know of some tickets of one store beyond their rows: a query each, when first asked."""

    def __init__(self, tickets: Sequence[Ticket], at: datetime, topics: StandingTopics | None = None) -> None:
        self.tickets, self.at = tickets, at
        self._topics = topics or StandingTopics([ticket.pk for ticket in tickets])

    @property
    def topics(self) -> Mapping[int, Collection[str]]:
        return self._topics.keys

    @cached_property
    def next_billing_at(self) -> Mapping[int, datetime]:
        """By subscriber: when an active subscription bills next."""
        billed = Subscription.objects.active().filter(subscriber__in=self._subscribers, next_billing_at__gte=self.at)
        return dict(billed.values_list("subscriber_id").annotate(Min("next_billing_at")))

    @cached_property
    def next_box_at(self) -> Mapping[int, datetime]:
        """By subscriber: when the next planned box ships. Its day begins in the store's zone; today's may go now."""
        zone = ZoneInfo(self.tickets[0].store.time_zone)
        planned = Box.objects.filter(
            status=BoxStatus.PLANNED,
            cycle__subscription__subscriber__in=self._subscribers,
            ships_on__gte=self.at.astimezone(zone).date(),
        )
        days = planned.values_list("cycle__subscription__subscriber_id").annotate(Min("ships_on"))
        return {subscriber: max(self.at, datetime.combine(day, time(), zone)) for subscriber, day in days}

    @property
    def _subscribers(self) -> set[int]:
        return {ticket.subscriber_id for ticket in self.tickets}


class Facts:
    """A ticket as conditions see it at one time."""

    def __init__(self, ticket: Ticket, at: datetime, known: Known | None = None) -> None:
        self.ticket, self.at = ticket, at
        self.known = known or Known([ticket], at)

    @property
    def topics(self) -> Collection[str]:
        return self.known.topics.get(self.ticket.pk, ())

    @property
    def next_billing_at(self) -> datetime | None:
        return self.known.next_billing_at.get(self.ticket.subscriber_id)

    @property
    def next_box_at(self) -> datetime | None:
        return self.known.next_box_at.get(self.ticket.subscriber_id)

    def is_within(self, moment: datetime | None, hours: float) -> bool:
        return moment is not None and moment - self.at <= hours * HOUR


def _whole_number(value: Any) -> bool:
    return type(value) is int and value >= 1


def _hours(value: Any) -> bool:
    return type(value) in (int, float) and 0 < value <= MOST_HOURS


def _some_of(known: Iterable[Any]) -> Callable[[Any], bool]:
    choices = frozenset(known)
    return lambda value: (
        bool(value) and isinstance(value, list) and all(type(item) in (int, str) and item in choices for item in value)
    )


def _keys(value: Any) -> bool:
    return bool(value) and isinstance(value, list) and all(isinstance(key, str) and key for key in value)


@dataclass(frozen=True)
class Condition:
    takes: str
    is_right: Callable[[Any], bool]
    holds: Callable[[Facts, Any], bool]


# In the order in which they are asked: what needs no query first.
CONDITIONS: dict[str, Condition] = {
    "cycle": Condition(
        _("a cycle's number, 1 for the first"), _whole_number, lambda facts, value: facts.ticket.cycle_index == value
    ),
    "priority": Condition(
        _("a list of priorities, from 1 (urgent) to 4 (low)"),
        _some_of(Priority.values),
        lambda facts, value: facts.ticket.priority in value,
    ),
    "channel": Condition(
        f"a list of channels ({', '.join(Channel.values)})",
        _some_of(Channel.values),
        lambda facts, value: facts.ticket.channel in value,
    ),
    "topic": Condition(
        _("a list of topics' keys, of which one is enough"),
        _keys,
        lambda facts, value: any(key in facts.topics for key in value),
    ),
    "billing_within_hours": Condition(
        f"a number of hours, at most {MOST_HOURS}",
        _hours,
        lambda facts, value: facts.is_within(facts.next_billing_at, value),
    ),
    "box_within_hours": Condition(
        f"a number of hours, at most {MOST_HOURS}",
        _hours,
        lambda facts, value: facts.is_within(facts.next_box_at, value),
    ),
}


def check_conditions(conditions: Any) -> None:
    """Raises ValueError, in words, unless `conditions` is what `hold` reads."""
    if not isinstance(conditions, dict):
        raise ValueError(gettext('Conditions are an object, such as {"cycle": 1}.'))
    for name, value in conditions.items():
        if name not in CONDITIONS:
            raise ValueError(
                gettext("%(name)s is not a condition; these are %(join)s.")
                % {"name": f"{name!r}", "join": ", ".join(CONDITIONS)}
            )
        if not CONDITIONS[name].is_right(value):
            raise ValueError(
                gettext("%(name)s takes %(takes)s.") % {"name": f"{name!r}", "takes": CONDITIONS[name].takes}
            )


def hold(conditions: Mapping[str, Any], facts: Facts) -> bool:
    """Whether all of them are true of the ticket."""
    return all(condition.holds(facts, conditions[name]) for name, condition in CONDITIONS.items() if name in conditions)
