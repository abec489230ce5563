"""Which promise a ticket has: a store's policies in order, the first match wins.

All policies of a store come in one query, so that an edit counts from the next change on, in every process,
with nothing to invalidate. What is read from its text is kept (`_read`): an unchanged text is not read twice.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils import timezone

from tickets.enums import Metric, Priority
from tickets.models import Ticket
from tickets.sla.business_time import Calendar
from tickets.sla.calendars import calendar_or_always


@dataclass(frozen=True)
class Target:
    seconds: int
    in_business_time: bool


@dataclass(frozen=True)
class Version:
    """A policy as it stands now: the latest of its versions."""

    id: int
    queue_id: int | None
    conditions: dict[str, Any]
    calendar_id: int
    warn_at_share: float
    targets: dict[tuple[Metric, Priority | None], Target]

    def target_for(self, metric: Metric, priority: int) -> Target | None:
        """The promise to this priority, else to all others; None where nothing is promised."""
        return self.targets.get((metric, Priority(priority))) or self.targets.get((metric, None))

    def matches(self, ticket: Ticket) -> bool:
        if self.queue_id not in (None, ticket.queue_id):
            return False
        return all(name in CONDITIONS and CONDITIONS[name](ticket, value) for name, value in self.conditions.items())


@dataclass(frozen=True)
class Policies:
    """A store's policies, in order, and all of its calendars by id."""

    versions: tuple[Version, ...]
    calendars: dict[int, Calendar]

    def match(self, ticket: Ticket) -> Version | None:
        return next((version for version in self.versions if version.matches(ticket)), None)


# The conditions beside the queue. One that is not known here matches no ticket.
CONDITIONS: dict[str, Callable[[Ticket, Any], bool]] = {
    "cycle": lambda ticket, value: ticket.cycle_index == value,
    "priority": lambda ticket, value: ticket.priority in value,
    "channel": lambda ticket, value: ticket.channel in value,
}


def check_conditions(conditions: Any) -> None:
    """Raises ValueError, in words, unless `conditions` is what `CONDITIONS` reads."""
    if not isinstance(conditions, dict):
        raise ValueError('Conditions are an object, such as {"cycle": 1}.')
    for name, value in conditions.items():
        if name not in CONDITIONS:
            raise ValueError(f"{name!r} is not a condition; these are {', '.join(CONDITIONS)}.")
        if not isinstance(value, int if name == "cycle" else list):
            raise ValueError(f"{name!r} takes {'a number' if name == 'cycle' else 'a list'}.")


LOAD = """
SELECT (
    SELECT json_agg(json_build_array(
        version.id, policy.queue_id, policy.conditions, version.calendar_id, version.warn_at_share,
        (SELECT json_agg(json_build_array(metric, priority, seconds, in_business_time) ORDER BY id)
           FROM tickets_slatarget WHERE version_id = version.id)
    ) ORDER BY policy.position, policy.id)::text
    FROM tickets_slapolicy policy
    CROSS JOIN LATERAL (
        SELECT * FROM tickets_slapolicyversion WHERE policy_id = policy.id ORDER BY number DESC LIMIT 1
    ) version
    WHERE policy.store_id = %(store)s AND policy.is_active
), (
    SELECT json_agg(json_build_array(
        id, name, time_zone, holidays_country, holidays_region,
        (SELECT json_agg(json_build_array(weekday, opens, closes) ORDER BY weekday, opens)
           FROM tickets_openinghours WHERE calendar_id = calendar.id),
        (SELECT json_agg(json_build_array(date, opens, closes) ORDER BY date, opens)
           FROM tickets_calendarexception WHERE calendar_id = calendar.id)
    ) ORDER BY id)::text
    FROM tickets_businesscalendar calendar WHERE store_id = %(store)s
)
"""


def policies_of(store_id: int) -> Policies:
    """The store's policies as they stand, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(LOAD, {"store": store_id})
        versions, calendars = cursor.fetchone()
    return _read(versions or "[]", calendars or "[]", timezone.now().year)


@lru_cache(maxsize=256)
def _read(versions: str, calendars: str, year: int) -> Policies:
    return Policies(
        tuple(
            Version(
                id=id,
                queue_id=queue,
                conditions=conditions,
                calendar_id=calendar,
                warn_at_share=share,
                targets={
                    (Metric(metric), None if priority is None else Priority(priority)): Target(seconds, business)
                    for metric, priority, seconds, business in targets or []
                },
            )
            for id, queue, conditions, calendar, share, targets in json.loads(versions)
        ),
        {
            id: calendar_or_always(
                name,
                time_zone=zone,
                country=country,
                region=region,
                hours=hours or [],
                exceptions=exceptions or [],
                year=year,
            )
            for id, name, zone, country, region, hours, exceptions in json.loads(calendars)
        },
    )
