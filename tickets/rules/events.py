"""Which row of a ticket's history is what rules wait for."""

from django.db.models import Q

from subscribers.enums import Actor
from tickets.enums import RuleEvent, TicketEventKind, TicketStatus
from tickets.models import TicketEvent

STATUS_KINDS = (TicketEventKind.STATUS_CHANGED, TicketEventKind.RESOLVED, TicketEventKind.REOPENED)
_PLAIN = {
    TicketEventKind.OPENED: RuleEvent.OPENED,
    TicketEventKind.SLA_WARNED: RuleEvent.SLA_WARNED,
    TicketEventKind.SLA_BREACHED: RuleEvent.SLA_BREACHED,
    TicketEventKind.RATED: RuleEvent.RATED,
    TicketEventKind.TOPIC_ADDED: RuleEvent.TOPIC_ADDED,
}
# Rows in the database that an event may come from; `told_by` decides. For trials on the past.
ROWS: dict[RuleEvent, Q] = {
    **{name: Q(kind=kind) for kind, name in _PLAIN.items()},
    RuleEvent.CUSTOMER_REPLIED: Q(kind=TicketEventKind.MESSAGE_RECEIVED, actor_kind=Actor.SUBSCRIBER),
    RuleEvent.AGENT_REPLIED: Q(kind=TicketEventKind.REPLIED, actor_kind=Actor.AGENT),
    RuleEvent.STATUS_CHANGED: Q(kind__in=STATUS_KINDS),
    RuleEvent.RESOLVED: Q(kind=TicketEventKind.RESOLVED),
    RuleEvent.IN_STATUS: Q(kind__in=(TicketEventKind.OPENED, *STATUS_KINDS)),
}


def told_by(event: TicketEvent) -> list[RuleEvent]:
    """What rules may wait for in this row, apart from the passing of time."""
    if event.kind in _PLAIN:
        return [_PLAIN[TicketEventKind(event.kind)]]
    if event.kind == TicketEventKind.MESSAGE_RECEIVED:
        # Automatic mail, and a mere thanks after we asked for a rating, ask nothing of anybody.
        is_asked = event.actor_kind == Actor.SUBSCRIBER and not event.data.get("thanks")
        return [RuleEvent.CUSTOMER_REPLIED] if is_asked else []
    if event.kind == TicketEventKind.REPLIED:
        return [RuleEvent.AGENT_REPLIED] if event.actor_kind == Actor.AGENT else []
    if event.kind == TicketEventKind.RESOLVED:
        return [RuleEvent.STATUS_CHANGED, RuleEvent.RESOLVED]
    return [RuleEvent.STATUS_CHANGED] if event.kind in STATUS_KINDS else []


def status_entered(event: TicketEvent) -> str:
    """The status that the ticket came into with this row; "" where it came into none."""
    if event.kind == TicketEventKind.OPENED:
        return TicketStatus.NEW
    return event.to_value if event.kind in STATUS_KINDS else ""
