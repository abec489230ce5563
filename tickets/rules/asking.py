"""Writes down what rules are to be asked about: in the transaction in which it happened, in one statement.

What a rule did itself starts no rule, so that none goes round in circles; only that a ticket came into a status counts
for rules that wait for time to pass there.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

from subscribers.later import soon
from tickets.enums import RuleEvent
from tickets.models import TicketEvent
from tickets.rules.events import status_entered, told_by

# Nothing is written where no active rule of the store waits for it.
ASK = """
INSERT INTO tickets_ruletask (event_id, ticket_id, rule_id, due_at, attempts, error)
SELECT DISTINCT asked.event_id, asked.ticket_id, CASE WHEN rule.event = 'in_status' THEN rule.id END,
    CASE WHEN rule.event = 'in_status' THEN asked.at + rule.hours * interval '1 hour' ELSE now() END, 0, ''
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::varchar[], %s::varchar[])
    AS asked (event_id, ticket_id, at, event, status)
JOIN tickets_ticket ticket ON ticket.id = asked.ticket_id
JOIN tickets_ticketrule rule ON rule.store_id = ticket.store_id AND rule.event = asked.event AND rule.is_active
    AND rule.status = asked.status
ORDER BY asked.event_id
ON CONFLICT DO NOTHING
"""

_by_rule: ContextVar[bool] = ContextVar("by_rule", default=False)


@contextmanager
def by_rule() -> Iterator[None]:
    """What happens inside was done by a rule."""
    token = _by_rule.set(True)
    try:
        yield
    finally:
        _by_rule.reset(token)


def ask(events: Sequence[TicketEvent]) -> None:
    """Of rows just written, note those that rules wait for. At most one statement; none where none could."""
    asked = []
    for event in events:
        if not _by_rule.get():
            asked += [(event, name, "") for name in told_by(event)]
        if status := status_entered(event):
            asked.append((event, RuleEvent.IN_STATUS, status))
    if not asked:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            ASK,
            [
                [event.pk for event, _, _ in asked],
                [event.ticket_id for event, _, _ in asked],
                [event.occurred_at for event, _, _ in asked],
                [str(name) for _, name, _ in asked],
                [str(status) for _, _, status in asked],
            ],
        )
        if cursor.rowcount:
            soon("tickets.tasks.apply_rules")
