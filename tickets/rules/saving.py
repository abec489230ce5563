"""Saves rules: every change is a version, and waits follow what the rule says now."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone

from subscribers.errors import Refused
from tickets.actions import check_actions
from tickets.enums import RuleEvent, TicketStatus
from tickets.models import RuleTask, TicketRule, TicketRuleVersion
from tickets.rules.conditions import check_conditions
from tickets.rules.events import STATUS_KINDS
from tickets.rules.loops import circle, circle_words
from tickets.rules.replies import check_reply

SAID = (
    "name",
    "event",
    "status",
    "hours",
    "conditions",
    "actions",
    "reply",
    "position",
    "stops",
    "most_a_day",
    "is_active",
)

# The last row of each ticket's history with which it came into the status, where the time is not over yet.
WAIT = """
INSERT INTO tickets_ruletask (event_id, ticket_id, rule_id, due_at, attempts, error)
SELECT entered.id, ticket.id, %(rule)s, entered.occurred_at + %(hours)s * interval '1 hour', 0, ''
FROM tickets_ticket ticket CROSS JOIN LATERAL (
    SELECT id, occurred_at FROM tickets_ticketevent
    WHERE ticket_id = ticket.id AND (kind = ANY(%(kinds)s) OR (kind = 'opened' AND %(status)s = 'new'))
    ORDER BY occurred_at DESC, id DESC LIMIT 1
) entered
WHERE ticket.store_id = %(store)s AND ticket.status = %(status)s AND ticket.deleted_at IS NULL
    AND (ticket.resolved_at IS NULL OR ticket.resolved_at > now() - %(hours)s * interval '1 hour')
    AND entered.occurred_at > now() - %(hours)s * interval '1 hour'
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Saved:
    """`is_new_version`: something was said anew. `waiting`: tickets whose time in the status runs already."""

    version: TicketRuleVersion
    is_new_version: bool
    waiting: int


def check_rule(rule: TicketRule) -> None:
    """Raises ValueError, in words, where it asks for what does not exist, does nothing, or goes round in circles."""
    check_conditions(rule.conditions)
    check_actions(rule.actions, rule.store)
    check_reply(rule.reply)
    if not rule.actions and not rule.reply.strip():
        raise ValueError("It does nothing yet: say what it does.")
    others = TicketRule.objects.filter(store=rule.store_id, event=RuleEvent.IN_STATUS)
    if names := circle(rule, others):
        raise ValueError(circle_words(names))


@transaction.atomic
def save_rule(rule: TicketRule, *, actor: AbstractBaseUser | None) -> Saved:
    """Write the rule; a version where it says something new. Raises `Refused` as `check_rule` does, in words.

    Tickets that are in its status already are waited for from when they came there; where the time is over, they are
    left alone.
    """
    try:
        check_rule(rule)
    except ValueError as wrong:
        raise Refused(str(wrong)) from wrong
    said = {name: getattr(rule, name) for name in SAID}
    last = rule.versions.order_by("-number").first() if rule.pk else None
    is_new = last is None or last.said != said
    if last is not None and is_new:
        rule.version = last.number + 1
    rule.save()
    if last is None or is_new:
        last = TicketRuleVersion.objects.create(
            rule=rule, number=rule.version, said=said, actor_id=actor.pk if actor else None, created_at=timezone.now()
        )
    waiting = _wait_anew(rule) if is_new else 0
    return Saved(last, is_new, waiting)


def _wait_anew(rule: TicketRule) -> int:
    RuleTask.objects.filter(rule=rule).delete()
    if rule.event != RuleEvent.IN_STATUS or not rule.is_active:
        return 0
    values: dict[str, Any] = {
        "rule": rule.pk,
        "hours": rule.hours,
        "status": rule.status,
        "store": rule.store_id,
        "kinds": list(STATUS_KINDS) if rule.status != TicketStatus.NEW else [],
    }
    with connection.cursor() as cursor:
        cursor.execute(WAIT, values)
        return cursor.rowcount
