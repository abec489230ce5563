"""What a wait waits for and a branch asks: facts of one run, looked up when asked."""

from collections.abc import Callable
from datetime import datetime

from subscribers.enums import BoxStatus, SubscriptionStatus
from subscribers.models import Box, Subscription
from success.enums import StepState
from success.models import Run, Task
from tickets.enums import Author, TicketStatus
from tickets.models import Message


def _customer_replied(run: Run, since: datetime) -> bool:
    return Message.objects.filter(
        ticket__subscriber=run.subscriber_id,
        author_kind=Author.SUBSCRIBER,
        automatic="",
        created_at__gt=since,
    ).exists()


def _ticket_resolved(run: Run, since: datetime) -> bool:
    return run.ticket is not None and run.ticket.status == TicketStatus.RESOLVED


def _box_delivered(run: Run, since: datetime) -> bool:
    """Any box of theirs since the run began, the replacement first of all."""
    return Box.objects.filter(
        cycle__subscription__subscriber=run.subscriber_id,
        status=BoxStatus.DELIVERED,
        delivered_at__gt=run.started_at,
    ).exists()


def _task_done(run: Run, since: datetime) -> bool:
    """A person did the run's latest task; one that nobody did in time does not count."""
    return Task.objects.filter(run_step__run=run, run_step__state=StepState.DONE, done_by__isnull=False).exists()


def _still_subscribed(run: Run, since: datetime) -> bool:
    return Subscription.objects.filter(
        subscriber=run.subscriber_id, status__in=(SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    ).exists()


# name: (what an editor reads, the question). `since`: when the wait began; for a branch, when the run did.
CONDITIONS: dict[str, tuple[str, Callable[[Run, datetime], bool]]] = {
    "customer_replied": ("the customer wrote", _customer_replied),
    "ticket_resolved": ("the ticket is resolved", _ticket_resolved),
    "box_delivered": ("a box was delivered", _box_delivered),
    "task_done": ("the task was done", _task_done),
    "still_subscribed": ("they are still subscribed", _still_subscribed),
}


def holds(condition: str, run: Run, *, since: datetime) -> bool:
    return CONDITIONS[condition][1](run, since)


def label(condition: str) -> str:
    return CONDITIONS[condition][0]
