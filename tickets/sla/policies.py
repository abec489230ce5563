"""Which promise a ticket has: a store's policies in order, the first match wins.

All policies of a store come in one query, so that an edit counts from the next change on, in every process,
with nothing to invalidate. What is read from its text is kept (`_read`): an unchanged text is not read twice.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils import timezone

from tickets.enums import Metric, Priority
from tickets.models import SlaPolicyVersion, Ticket
from tickets.sla.business_time import Calendar
from tickets.sla.calendars import frozen_calendar
from tickets.sla.conditions import Facts, check_conditions, hold
from tickets.sla.rules import Counting

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Target:
    seconds: int
    in_business_time: bool


@dataclass(frozen=True)
class Version:
    """A policy as it stands now: the latest of its versions."""

    id: int
    policy_id: int
    queue_id: int | None
    conditions: dict[str, Any] | None  # None: they cannot be read, and match no ticket
    calendar_id: int
    calendar: Calendar
    warn_at_share: float | None
    warn_before_seconds: int | None
    targets: dict[tuple[Metric, Priority | None], Target]

    def target_for(self, metric: Metric, priority: int) -> Target | None:
        """The promise to this priority, else to all others; None where nothing is promised."""
        return self.targets.get((metric, Priority(priority))) or self.targets.get((metric, None))

    def counting(self, target: Target) -> Counting:
        calendar = self.calendar if target.in_business_time else Calendar.always()
        return Counting(calendar, self.warn_at_share, self.warn_before_seconds)

    def matches(self, facts: Facts) -> bool:
        if self.conditions is None or self.queue_id not in (None, facts.ticket.queue_id):
            return False
        return hold(self.conditions, facts)


@dataclass(frozen=True)
class Policies:
    """A store's active policies, in order."""

    versions: tuple[Version, ...]

    @property
    def calendars(self) -> dict[int, Calendar]:
        """The calendars that they count by, as published, by id."""
        return {version.calendar_id: version.calendar for version in self.versions}

    def match(self, ticket: Ticket, at: datetime | None = None) -> Version | None:
        """The first that matches the ticket as it is `at` (now)."""
        return self.match_facts(Facts(ticket, at or timezone.now()))

    def match_facts(self, facts: Facts) -> Version | None:
        return next((version for version in self.versions if version.matches(facts)), None)


LOAD = """
SELECT json_agg(json_build_array(
    version.id, policy.id, policy.queue_id, policy.conditions, version.calendar_id, version.calendar_form,
    version.warn_at_share, version.warn_before_seconds,
    (SELECT json_agg(json_build_array(metric, priority, seconds, in_business_time) ORDER BY id)
       FROM tickets_slatarget WHERE version_id = version.id)
) ORDER BY policy.position, policy.id)::text
FROM tickets_slapolicy policy
CROSS JOIN LATERAL (
    SELECT * FROM tickets_slapolicyversion WHERE policy_id = policy.id ORDER BY number DESC LIMIT 1
) version
WHERE policy.store_id = %(store)s AND policy.is_active
"""


def policies_of(store_id: int) -> Policies:
    """The store's policies as they stand, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(LOAD, {"store": store_id})
        return _read(cursor.fetchone()[0] or "[]")


@lru_cache(maxsize=256)
def _read(text: str) -> Policies:
    return Policies(
        tuple(
            Version(
                id=id,
                policy_id=policy,
                queue_id=queue,
                conditions=_readable(policy, conditions),
                calendar_id=calendar,
                calendar=frozen_calendar(form),
                warn_at_share=share,
                warn_before_seconds=before,
                targets={
                    (Metric(metric), None if priority is None else Priority(priority)): Target(seconds, business)
                    for metric, priority, seconds, business in targets or []
                },
            )
            for id, policy, queue, conditions, calendar, form, share, before, targets in json.loads(text)
        )
    )


def _readable(policy_id: int, conditions: Any) -> dict[str, Any] | None:
    """Saving refuses conditions that cannot be read; should some be there, no mail is lost by them."""
    try:
        check_conditions(conditions)
    except ValueError as wrong:
        logger.error("policy %s matches no ticket: %s", policy_id, wrong)
        return None
    return dict(conditions)


def counting_under(version: SlaPolicyVersion, *, in_business_time: bool) -> Counting:
    """How a clock counts that runs under a version's row."""
    calendar = frozen_calendar(version.calendar_form) if in_business_time else Calendar.always()
    return Counting(calendar, version.warn_at_share, version.warn_before_seconds)
