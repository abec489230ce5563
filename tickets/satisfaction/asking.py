"""Asks what is due: the sweep that writes the mail, one transaction a ticket."""

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from subscribers.enums import Actor
from subscribers.errors import Refused
from tickets.enums import Automatic, OutboundState, SatisfactionState, TicketEventKind, WhyNotAsked
from tickets.models import SatisfactionRequest, SatisfactionSettings, Ticket
from tickets.satisfaction.letters import letter_of
from tickets.satisfaction.verdict import LOOK_AGAIN, verdict
from tickets.services.conversation import post_system_message

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
TRIED_AGAIN_AFTER = timedelta(minutes=15)


class HeldBack(Exception):
    """The mail may not leave now: too many automatic ones went to this address lately."""


def ask_due(limit: int = 200) -> int:
    """Ask whoever is due, or note why not; how many were looked at. A fault puts its own question off alone."""
    due = SatisfactionRequest.objects.filter(state=SatisfactionState.DUE, due_at__lte=timezone.now())
    found = list(due.order_by("due_at", "pk").values_list("pk", "ticket_id")[:limit])
    for pk, ticket_id in found:
        try:
            _ask(pk, ticket_id)
        except Exception as error:  # the next one is not its affair
            logger.exception("satisfaction request %s could not be asked", pk)
            _failed(pk, error)
    return len(found)


@transaction.atomic
def _ask(pk: int, ticket_id: int) -> None:
    now = timezone.now()
    # The ticket first, as everywhere: whoever opens it again holds it, and then takes the question back.
    tickets = Ticket.objects.select_related("store", "queue", "subscriber", "assignee")
    ticket = tickets.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(pk=ticket_id).first()
    requests = SatisfactionRequest.objects.select_for_update(skip_locked=True)
    request = requests.filter(pk=pk, state=SatisfactionState.DUE, due_at__lte=now).first() if ticket else None
    if ticket is None or request is None:
        return  # held by somebody: the next sweep looks again
    _alone_with(ticket.subscriber_id)
    found = verdict(request, ticket, now)
    if found.again_at is not None:
        _put_off(request, found.again_at, found.why_not or "")
    elif found.why_not is not None:
        _not_asked(request, found.why_not)
    else:
        _send(request, ticket)


def _alone_with(subscriber_id: int) -> None:
    """Of two tickets of one person at once, the second sees that the first has asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"satisfaction {subscriber_id}"])


def _put_off(request: SatisfactionRequest, until: datetime, reason: str) -> None:
    request.due_at, request.wait_reason = until, reason
    request.save(update_fields=["due_at", "wait_reason"])


def _not_asked(request: SatisfactionRequest, why_not: WhyNotAsked) -> None:
    is_withdrawn = why_not == WhyNotAsked.REOPENED
    request.state = SatisfactionState.WITHDRAWN if is_withdrawn else SatisfactionState.SKIPPED
    request.why_not = why_not
    request.save(update_fields=["state", "why_not"])


def _send(request: SatisfactionRequest, ticket: Ticket) -> None:
    chosen = SatisfactionSettings.objects.get(queue=ticket.queue_id)
    now = timezone.now()
    letter = letter_of(request, ticket, now + timedelta(days=chosen.answer_days))
    try:
        with transaction.atomic():
            outbound = post_system_message(
                ticket,
                text=letter.said,
                key=f"satisfaction:{request.pk}",
                actor_kind=Actor.SYSTEM,
                automatic=Automatic.QUESTION,
                mailed=(letter.text, letter.html),
                event=TicketEventKind.ASKED,
            )
            if outbound.state == OutboundState.CANCELLED:
                raise HeldBack
    except HeldBack:
        _put_off(request, now + LOOK_AGAIN, WhyNotAsked.HELD)
        return
    except Refused:
        _not_asked(request, WhyNotAsked.NO_MAILBOX)
        return
    request.state, request.asked_at, request.message = SatisfactionState.ASKED, now, outbound.message
    request.answer_until, request.change_days = now + timedelta(days=chosen.answer_days), chosen.change_days
    request.queue, request.agent, request.subscriber = ticket.queue, ticket.assignee, ticket.subscriber
    request.wait_reason = request.error = ""
    request.save()


def _failed(pk: int, error: Exception) -> None:
    request = SatisfactionRequest.objects.filter(pk=pk, state=SatisfactionState.DUE).first()
    if request is None:
        return
    request.attempts += 1
    request.error = f"{type(error).__name__}: {error}".replace("\x00", "")[:2000]
    request.due_at = timezone.now() + TRIED_AGAIN_AFTER * 2**request.attempts
    if request.attempts >= MOST_ATTEMPTS:
        request.state, request.why_not = SatisfactionState.SKIPPED, WhyNotAsked.FAILED
    request.save(update_fields=["attempts", "error", "due_at", "state", "why_not"])
