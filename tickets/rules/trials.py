"""What a rule would have matched in the past, before it is saved. Nothing is written.

What happened comes from the tickets' histories; their status and the hour are those of then, all else is seen as it is
today: what a ticket's queue or tags were is not kept by the day.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tickets.enums import RuleEvent, TicketStatus
from tickets.models import Ticket, TicketEvent, TicketRule
from tickets.rules.conditions import RuleFacts, RuleKnown, reasons
from tickets.rules.events import ROWS, STATUS_KINDS, status_entered, told_by
from tickets.rules.words import reason_words

DAYS = 90
MOST_EVENTS = 3000
EXAMPLES = 20


@dataclass(frozen=True)
class Example:
    ticket: Ticket
    at: datetime
    because: list[str]


@dataclass(frozen=True)
class Trial:
    """`looked`: how often what the rule waits for happened; `met`: of these, where all conditions held; on how many
    `tickets`; `machines`: where a machine had written, which is never answered; `busiest`: most in one day."""

    days: int
    looked: int
    met: int
    tickets: int
    machines: int
    busiest: int
    is_cut: bool
    examples: list[Example] = field(default_factory=list)


def try_rule(rule: TicketRule, *, days: int = DAYS) -> Trial:
    """Of at most MOST_EVENTS newest rows; a fixed number of statements."""
    now = timezone.now()
    rows = TicketEvent.objects.filter(
        ROWS[RuleEvent(rule.event)],
        ticket__store=rule.store_id,
        ticket__deleted_at=None,
        occurred_at__gte=now - timedelta(days=days),
    )
    tied = ("ticket__store", "ticket__queue", "ticket__subscriber", "ticket__assignee")
    events = list(rows.select_related(*tied).order_by("-pk")[: MOST_EVENTS + 1])
    is_cut, events = len(events) > MOST_EVENTS, events[:MOST_EVENTS]
    if not events:
        return Trial(days, 0, 0, 0, 0, 0, is_cut)
    tickets = {event.ticket_id: event.ticket for event in events}
    statuses = _statuses(list(tickets))
    looked = [event for event in events if _happened(rule, event, statuses[event.ticket_id], now)]
    known = RuleKnown(looked, list(tickets.values()), now)
    found: list[tuple[RuleFacts, list[dict[str, Any]]]] = []
    for event in looked:
        wait = timedelta(hours=rule.hours or 0)
        status = rule.status or _status_at(event, statuses[event.ticket_id])
        facts = RuleFacts(tickets[event.ticket_id], event, now, known, status, event.occurred_at + wait)
        because = reasons(rule.conditions, facts)
        if because is not None:
            found.append((facts, because))
    a_day: dict[Any, int] = defaultdict(int)
    for facts, _ in found:
        a_day[timezone.localtime(facts.then).date()] += 1
    return Trial(
        days=days,
        looked=len(looked),
        met=len(found),
        tickets=len({facts.ticket.pk for facts, _ in found}),
        machines=sum(1 for facts, _ in found if facts.message is not None and facts.message.automatic)
        if rule.reply
        else 0,
        busiest=max(a_day.values(), default=0),
        is_cut=is_cut,
        examples=[
            Example(facts.ticket, facts.then, [reason_words(one) for one in because])
            for facts, because in found[:EXAMPLES]
        ],
    )


def _statuses(ticket_ids: Sequence[int]) -> dict[int, list[TicketEvent]]:
    """By ticket: the rows with which it came into a status, in order."""
    found: dict[int, list[TicketEvent]] = defaultdict(list)
    rows = TicketEvent.objects.filter(ticket__in=ticket_ids, kind__in=STATUS_KINDS).order_by("pk")
    for event in rows.only("ticket_id", "kind", "to_value", "occurred_at"):
        found[event.ticket_id].append(event)
    return found


def _status_at(event: TicketEvent, statuses: Sequence[TicketEvent]) -> str:
    entered = [one.to_value for one in statuses if one.pk <= event.pk]
    return entered[-1] if entered else TicketStatus.NEW


def _happened(rule: TicketRule, event: TicketEvent, statuses: Sequence[TicketEvent], now: datetime) -> bool:
    if rule.event != RuleEvent.IN_STATUS:
        return rule.event in told_by(event)
    if status_entered(event) != rule.status:
        return False
    left = next((one.occurred_at for one in statuses if one.pk > event.pk), now)
    return left - event.occurred_at >= timedelta(hours=rule.hours or 0)
