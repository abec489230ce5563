"""Plans to ask after a resolution, and takes it back where the ticket is opened again before its time.

A resolution that a fault keeps from being planned is logged, and nobody is asked: nobody waits for such a question.
"""

from datetime import timedelta

from django.db import transaction

from tickets.enums import SatisfactionState, WhyNotAsked
from tickets.models import Queue, SatisfactionRequest, SatisfactionSettings, Ticket


@transaction.atomic
def schedule(ticket: Ticket) -> None:
    """Plan to ask about a ticket that was resolved just now, where its queue asks and nobody asked before.

    Who is left out is found when it is asked: topics, queue and person may change until then.
    """
    chosen = SatisfactionSettings.objects.filter(queue=ticket.queue_id, is_on=True).first()
    if chosen is None or ticket.resolved_at is None:
        return
    due_at = ticket.resolved_at + timedelta(hours=chosen.delay_hours)
    request = SatisfactionRequest(
        store_id=ticket.store_id,
        ticket=ticket,
        subscriber_id=ticket.subscriber_id,
        queue_id=ticket.queue_id,
        agent_id=ticket.assignee_id,
        resolved_at=ticket.resolved_at,
        due_at=due_at,
    )
    # The constraint decides: a ticket that was asked about, or is about to be, is not asked about again.
    SatisfactionRequest.objects.bulk_create([request], ignore_conflicts=True)


def withdraw(ticket: Ticket, why: WhyNotAsked = WhyNotAsked.REOPENED) -> int:
    """Whoever was to be asked is not; what was asked already stays, and may be answered. How many were taken back."""
    due = SatisfactionRequest.objects.filter(ticket=ticket, state=SatisfactionState.DUE)
    return due.update(state=SatisfactionState.WITHDRAWN, why_not=why)


def install_satisfaction(queue: Queue) -> None:
    """The settings that ship, where a queue has none."""
    SatisfactionSettings.objects.get_or_create(queue=queue)
