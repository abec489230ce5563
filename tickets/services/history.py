"""Writes a ticket's history and tells open pages of it."""

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from subscribers.enums import Actor
from subscribers.live import announce
from tickets.enums import TicketEventKind
from tickets.models import Ticket, TicketEvent


def locked(ticket: Ticket | int) -> Ticket:
    """The ticket's row, held until the transaction ends: every service changes a ticket from here.

    The row alone is locked, and not its key: rows that refer to it can still be written elsewhere.
    """
    pk = ticket if isinstance(ticket, int) else ticket.pk
    return (
        Ticket.objects.select_for_update(of=("self",), no_key=True)
        .select_related("store", "queue", "subscriber")
        .get(pk=pk)
    )


def log(
    ticket: Ticket,
    kind: TicketEventKind,
    *,
    actor: AbstractBaseUser | None = None,
    actor_kind: Actor | None = None,
    from_value: object = "",
    to_value: object = "",
    at: datetime | None = None,
    **data: Any,
) -> TicketEvent:
    """Append one event; by the system where no actor is named."""
    event = TicketEvent.objects.create(
        ticket=ticket,
        kind=kind,
        actor_id=actor.pk if actor else None,
        actor_kind=actor_kind or (Actor.AGENT if actor else Actor.SYSTEM),
        from_value=str(from_value)[:200],
        to_value=str(to_value)[:200],
        data=data,
        occurred_at=at or timezone.now(),
    )
    announce("ticket", ticket.pk)
    return event
