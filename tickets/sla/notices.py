"""Tells of warnings and breaches: in the ticket's history, to open pages, to whoever listens, to escalations."""

from collections.abc import Sequence
from datetime import datetime

from subscribers.enums import Actor
from subscribers.live import announce
from tickets import signals
from tickets.enums import EscalationOccasion, TicketEventKind
from tickets.models import Clock, ClockEscalation, SlaEscalation, TicketEvent
from tickets.rules.asking import ask


def tell_breaches(clocks: Sequence[Clock]) -> None:
    """Inside the transaction that recorded them, once a clock."""
    _log([(clock, TicketEventKind.SLA_BREACHED, clock.breached_at) for clock in clocks if clock.breached_at])
    _escalate(clocks, EscalationOccasion.BREACH)
    for clock in clocks:
        signals.sla_breached.send_robust(sender=Clock, clock=clock, ticket=clock.ticket)


def tell_warnings(clocks: Sequence[Clock]) -> None:
    _log([(clock, TicketEventKind.SLA_WARNED, clock.warned_at) for clock in clocks if clock.warned_at])
    _escalate(clocks, EscalationOccasion.WARNING)


def _escalate(clocks: Sequence[Clock], occasion: EscalationOccasion) -> None:
    """Writes what their policies do now, for the sweep to do (tickets.sla.escalation). Again: the same rows."""
    versions = {clock.version_id for clock in clocks}
    if not versions:
        return
    asked = SlaEscalation.objects.filter(version__in=versions, occasion=occasion).order_by("pk")
    rows = [
        ClockEscalation(clock=clock, escalation=escalation)
        for escalation in asked
        for clock in clocks
        if clock.version_id == escalation.version_id and escalation.metric in ("", clock.metric)
    ]
    if rows:
        ClockEscalation.objects.bulk_create(rows, ignore_conflicts=True)


def _log(notices: Sequence[tuple[Clock, TicketEventKind, datetime]]) -> None:
    if not notices:
        return
    events = [
        TicketEvent(
            ticket_id=clock.ticket_id,
            kind=kind,
            actor_kind=Actor.SYSTEM,
            to_value=clock.get_metric_display(),
            data={"clock": clock.pk, "metric": clock.metric},
            occurred_at=at,
        )
        for clock, kind, at in notices
    ]
    TicketEvent.objects.bulk_create(events)
    ask(events)
    announce("ticket", *dict.fromkeys(clock.ticket_id for clock, _, _ in notices))
