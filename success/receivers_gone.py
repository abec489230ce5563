"""Hears that tickets go and come back. Each receiver is a savepoint of its own."""

from typing import Any

from django.db import transaction

from success.services import gone
from tickets import signals as service
from tickets.models import Ticket


@transaction.atomic
def on_ticket_discarded(*, ticket: Ticket, into: Ticket | None = None, **_: Any) -> None:
    """What was deleted or was spam says nothing; what became part of another says it there."""
    if into is None:
        gone.silence(ticket)
    else:
        gone.join(ticket, into)


@transaction.atomic
def on_ticket_restored(*, ticket: Ticket, **_: Any) -> None:
    gone.part(ticket)
    gone.hear_again(ticket)


def connect() -> None:
    service.ticket_discarded.connect(on_ticket_discarded, dispatch_uid="success.on_ticket_discarded")
    service.ticket_restored.connect(on_ticket_restored, dispatch_uid="success.on_ticket_restored")
