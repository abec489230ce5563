"""Takes tickets from whoever cannot answer them: away for longer than the queue allows, or gone for good."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from subscribers.models import Membership
from tickets.assignment.giving import BATCH, OURS
from tickets.enums import UNRESOLVED, AssignMode, TicketEventKind
from tickets.models import Queue, Ticket, TicketEvent
from tickets.models.assignment import ONLINE_FOR
from tickets.services.history import event, log_all


def give_back() -> int:
    """Back to the queues that want it so: tickets whose customer waits for somebody who is not there."""
    returned = 0
    for queue in Queue.objects.filter(give_back_minutes__isnull=False).exclude(assign_by=AssignMode.HAND):
        returned += _take_back(_unanswered(queue, timezone.now()), "away", queue.give_back_minutes)
    return returned


def release_left() -> int:
    """Tickets of people who are no longer active, or work elsewhere, wait for another one."""
    works = Membership.objects.filter(store=OuterRef("store"), user=OuterRef("assignee"), user__is_active=True)
    giving = Queue.objects.exclude(assign_by=AssignMode.HAND)
    rows = Ticket.objects.filter(
        queue__in=giving, assignee__isnull=False, status__in=UNRESOLVED, deleted_at=None
    ).exclude(Exists(works))
    return _take_back(rows, "gone", None)


def _unanswered(queue: Queue, now: datetime) -> QuerySet[Ticket]:
    """All of it for as long as the queue says: the customer waits, the ticket is theirs, and they are not there."""
    since = now - timedelta(minutes=queue.give_back_minutes or 0)
    still_away = Q(assignee__presence__away_until=None) | Q(assignee__presence__away_until__gt=now)
    is_away = Q(assignee__presence__away_since__lte=since) & still_away
    is_offline = Q(assignee__presence__seen_at__lte=min(since, now - ONLINE_FOR))
    lately = TicketEvent.objects.filter(ticket=OuterRef("pk"), kind=TicketEventKind.ASSIGNED, occurred_at__gt=since)
    rows = Ticket.objects.filter(
        is_away | is_offline,
        queue=queue,
        status__in=OURS,
        deleted_at=None,
        snoozed_until=None,
        waiting_since__lte=since,
    )
    return rows.exclude(Exists(lately))


@transaction.atomic
def _take_back(rows: QuerySet[Ticket], why: str, minutes: int | None) -> int:
    found = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk")
    tickets = list(found.select_related("assignee")[:BATCH])
    now = timezone.now()
    events = [
        event(
            ticket,
            TicketEventKind.ASSIGNED,
            from_value=ticket.assignee,
            at=now,
            why=why,
            left=ticket.assignee_id,
            minutes=minutes,
        )
        for ticket in tickets
    ]
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).update(assignee=None, updated_at=now)
    log_all(events)
    return len(tickets)
