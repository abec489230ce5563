"""What a policy may ask of a ticket beside its queue.

What a condition needs to know beyond the ticket's row is asked for only where a policy of the store has that
condition and nothing cheaper ruled the policy out: then once a change.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min

from subscribers.enums import BoxStatus, Channel
from subscribers.models import Box, Subscription
from tickets.enums import Priority
from tickets.models import Ticket

HOUR = timedelta(hours=1)
MOST_HOURS = 366 * 24


class Facts:
    """A ticket as conditions see it at one time. Everything beyond its row is one query, when first asked for."""

    def __init__(self, ticket: Ticket, at: datetime) -> None:
        self.ticket, self.at = ticket, at

    @cached_property
    def topics(self) -> frozenset[str]:
        """Keys of the topics that stand, and of what they are a kind of."""
        rows = self.ticket.topics.filter(rejected_at=None).values_list("reason__key", "reason__parent__key")
        return frozenset(key for row in rows for key in row if key)

    @cached_property
    def next_billing_at(self) -> datetime | None:
        """When an active subscription of the subscriber bills next."""
        active = Subscription.objects.active().filter(subscriber_id=self.ticket.subscriber_id)
        return active.filter(next_billing_at__gte=self.at).aggregate(at=Min("next_billing_at"))["at"]

    @cached_property
    def next_box_at(self) -> datetime | None:
        """When the subscriber's next planned box ships: its day begins, in the store's zone; now, if that is today."""
        zone = ZoneInfo(self.ticket.store.time_zone)
        planned = Box.objects.filter(
            status=BoxStatus.PLANNED,
            cycle__subscription__subscriber_id=self.ticket.subscriber_id,
            ships_on__gte=self.at.astimezone(zone).date(),
        )
        day = planned.aggregate(day=Min("ships_on"))["day"]
        return max(self.at, datetime.combine(day, time(), zone)) if day else None

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
        "a cycle's number, 1 for the first", _whole_number, lambda facts, value: facts.ticket.cycle_index == value
    ),
    "priority": Condition(
        "a list of priorities, from 1 (urgent) to 4 (low)",
        _some_of(Priority.values),
        lambda facts, value: facts.ticket.priority in value,
    ),
    "channel": Condition(
        f"a list of channels ({', '.join(Channel.values)})",
        _some_of(Channel.values),
        lambda facts, value: facts.ticket.channel in value,
    ),
    "topic": Condition(
        "a list of topics' keys, of which one is enough",
        _keys,
        lambda facts, value: not facts.topics.isdisjoint(value),
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
        raise ValueError('Conditions are an object, such as {"cycle": 1}.')
    for name, value in conditions.items():
        if name not in CONDITIONS:
            raise ValueError(f"{name!r} is not a condition; these are {', '.join(CONDITIONS)}.")
        if not CONDITIONS[name].is_right(value):
            raise ValueError(f"{name!r} takes {CONDITIONS[name].takes}.")


def hold(conditions: Mapping[str, Any], facts: Facts) -> bool:
    """Whether all of them are true of the ticket."""
    return all(condition.holds(facts, conditions[name]) for name, condition in CONDITIONS.items() if name in conditions)
