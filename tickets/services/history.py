"""Writes a ticket's history and tells open pages of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from subscribers.enums import Actor
from subscribers.lazy import in_english
from subscribers.live import announce
from tickets.enums import TicketEventKind
from tickets.models import Ticket, TicketEvent
from tickets.rules.asking import ask

_cause: ContextVar[str] = ContextVar("cause", default="")


@contextmanager
def caused_by(cause: str) -> Iterator[None]:
    """What happens inside says in its events' data what made it happen: a macro, a rule, a change of many."""
    token = _cause.set(cause or _cause.get())
    try:
        yield
    finally:
        _cause.reset(token)


def locked_together(ticket_ids: Sequence[int]) -> dict[int, Ticket]:
    """The rows of several tickets, as `locked` holds one, by id. In one order, so that no two wait for each other."""
    rows = Ticket.objects.select_for_update(of=("self",), no_key=True).select_related("store", "queue", "subscriber")
    return {ticket.pk: ticket for ticket in rows.filter(pk__in=ticket_ids).order_by("pk")}


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
    happened = event(
        ticket,
        kind,
        actor=actor,
        actor_kind=actor_kind,
        from_value=from_value,
        to_value=to_value,
        at=at,
        **data,
    )
    log_all([happened])
    return happened


def event(
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
    """An event that `log_all` will append."""
    if cause := _cause.get():
        data = {"cause": cause, **data}
    return TicketEvent(
        ticket=ticket,
        kind=kind,
        actor_id=actor.pk if actor else None,
        actor_kind=actor_kind or (Actor.AGENT if actor else Actor.SYSTEM),
        from_value=in_english(from_value)[:200],
        to_value=in_english(to_value)[:200],
        data=data,
        occurred_at=at or timezone.now(),
    )


def log_all(events: Sequence[TicketEvent]) -> None:
    """Append events, of one ticket or many, in their order, and tell of their tickets; three statements."""
    if events:
        TicketEvent.objects.bulk_create(events)
        ask(events)
        announce("ticket", *dict.fromkeys(event.ticket_id for event in events))
