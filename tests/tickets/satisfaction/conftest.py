"""A desk whose support queue asks a day after a ticket was resolved, at any hour."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from tests.tickets.conftest import Desk
from tickets.enums import TicketStatus
from tickets.models import SatisfactionRequest, SatisfactionSettings, Ticket
from tickets.satisfaction.asking import ask_due
from tickets.services.conversation import reply

ALWAYS = {"send_from": time(0), "send_until": time(0)}


@pytest.fixture
def chosen(desk: Desk) -> SatisfactionSettings:
    return SatisfactionSettings.objects.create(queue=desk.support, **ALWAYS)


def resolved(desk: Desk, **fields) -> Ticket:
    """Answered and resolved by Alice."""
    ticket = desk.ticket(**fields)
    reply(ticket, author=desk.alice, text="It is on its way.", key="a", status=TicketStatus.RESOLVED)
    ticket.refresh_from_db()
    return ticket


def asked(desk: Desk, **fields) -> SatisfactionRequest:
    """A ticket's question whose mail is on its way."""
    ticket = resolved(desk, **fields)
    hurry()
    ask_due()
    return SatisfactionRequest.objects.get(ticket=ticket, state="asked")


def hurry() -> None:
    """What is due later is due now."""
    SatisfactionRequest.objects.filter(state="due").update(due_at=timezone.now() - timedelta(minutes=1))
