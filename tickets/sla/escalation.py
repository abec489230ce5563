"""What a policy does when a clock warns or breaches.

A row is written with the warning or the breach, in its transaction. The sweep does the rows that are due, each in a
transaction of its own: one that fails is tried again, keeps its error, and stops neither the breach nor the others.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from subscribers.enums import Role
from subscribers.errors import Refused
from subscribers.models import Membership
from tickets.enums import (
    OPEN_CLOCK,
    ClockState,
    EscalationAction,
    EscalationOccasion,
    EscalationState,
    Priority,
    TicketEventKind,
)
from tickets.mail.outbox import queue_staff_mail
from tickets.models import ClockEscalation
from tickets.services import tickets
from tickets.services.history import log

logger = logging.getLogger(__name__)

# Seconds until the next attempt, by attempts made. What fails once more after these has failed.
WAITS = (30, 120, 600, 1800, 7200)


class NotNeeded(Exception):
    """By its turn there was nothing left to escalate; says why."""


def escalate(now: datetime, limit: int) -> int:
    """Does what is due, at most `limit`; how many rows were settled or put off."""
    done = 0
    while done < limit and _next(now):
        done += 1
    return done


@transaction.atomic
def _next(now: datetime) -> bool:
    # Past what others hold, with the ticket's row, which every service locks first: nobody waits for anybody.
    due = (
        ClockEscalation.objects.filter(state=EscalationState.DUE, next_attempt_at__lte=now)
        .select_related("clock__ticket", "escalation__assignee", "escalation__version__policy")
        .select_for_update(skip_locked=True, of=("self", "clock__ticket"), no_key=True)
        .order_by("next_attempt_at", "pk")
        .first()
    )
    if due is None:
        return False
    due.attempts += 1
    try:
        with transaction.atomic():
            _do(due)
    except NotNeeded as reason:
        _settle(due, EscalationState.SKIPPED, now, str(reason))
    except Refused as refused:
        _settle(due, EscalationState.FAILED, now, refused.message)
        logger.warning("escalation %s of clock %s is refused: %s", due.pk, due.clock_id, refused.message)
    except Exception as error:
        logger.exception("escalation %s of clock %s, attempt %s", due.pk, due.clock_id, due.attempts)
        told = f"{type(error).__name__}: {error}".replace("\x00", "")[:2000]
        if due.attempts > len(WAITS):
            _settle(due, EscalationState.FAILED, now, told)
        else:
            due.error, due.next_attempt_at = told, now + timedelta(seconds=WAITS[due.attempts - 1])
            due.save(update_fields=["attempts", "error", "next_attempt_at"])
    else:
        _settle(due, EscalationState.DONE, now, "")
    return True


def _settle(due: ClockEscalation, state: EscalationState, now: datetime, error: str) -> None:
    due.state, due.settled_at, due.error = state, now, error
    due.save(update_fields=["attempts", "state", "settled_at", "error"])
    if state == EscalationState.FAILED:
        log(
            due.clock.ticket,
            TicketEventKind.ESCALATED,
            to_value=f"Failed: {due.escalation.get_action_display().lower()}",
            **_cause(due),
            error=error,
        )


def _do(due: ClockEscalation) -> None:
    clock = due.clock
    if clock.state not in OPEN_CLOCK:
        raise NotNeeded(gettext("The clock was %(lower)s by then.") % {"lower": clock.get_state_display().lower()})
    if due.escalation.occasion == EscalationOccasion.WARNING:
        if clock.breached_at is not None:
            raise NotNeeded(gettext("It was overdue by then."))
        if clock.state == ClockState.PAUSED:
            raise NotNeeded(gettext("It was paused by then."))
    told = DO[EscalationAction(due.escalation.action)](due)
    log(clock.ticket, TicketEventKind.ESCALATED, to_value=told, **_cause(due))


def _cause(due: ClockEscalation) -> dict[str, Any]:
    return {"clock": due.clock_id, "metric": due.clock.metric, "occasion": due.escalation.occasion}


def _notify(due: ClockEscalation) -> str:
    ticket = due.clock.ticket
    people = [ticket.assignee] if ticket.assignee and ticket.assignee.is_active else _leads(ticket.store_id)
    if not people:
        raise NotNeeded(gettext("Nobody is assigned, and the store has no lead."))
    subject, text = _words(due)
    for person in people:
        queue_staff_mail(
            ticket,
            user=person,
            subject=subject,
            text=text,
            key=f"escalation:{due.clock_id}:{due.escalation.occasion}:{person.pk}",
        )
    return "Mail to " + ", ".join(str(person) for person in people)


def _leads(store_id: int) -> list[Any]:
    leads = Membership.objects.filter(store=store_id, role=Role.LEAD, user__is_active=True)
    return [membership.user for membership in leads.select_related("user").order_by("user_id")]


def _words(due: ClockEscalation) -> tuple[str, str]:
    clock, ticket = due.clock, due.clock.ticket
    metric = clock.get_metric_display()
    zone = ZoneInfo(ticket.store.time_zone)
    moment = clock.breached_at or clock.due_at
    assert moment is not None  # noqa: S101  a running clock has one, a breached one had
    when = f"{moment.astimezone(zone):%A %d %B, %H:%M}"
    overdue = due.escalation.occasion == EscalationOccasion.BREACH
    subject = f"{ticket.number}: {metric.lower()} {'is overdue' if overdue else 'is due soon'}"
    text = (
        f"{ticket.number} “{ticket.subject}”\n\n"
        f"{metric} {'was due' if overdue else 'is due'} {when}.\n"
        f"Priority: {ticket.get_priority_display()}. Policy: {due.escalation.version.policy}.\n\n"
        f"{settings.BASE_URL}{ticket.get_absolute_url()}"
    )
    return subject, text


def _assign(due: ClockEscalation) -> str:
    person, ticket = due.escalation.assignee, due.clock.ticket
    assert person is not None  # noqa: S101  held by a check constraint
    if ticket.assignee_id == person.pk:
        raise NotNeeded(gettext("It was %(person)s’s already.") % {"person": person})
    if not person.is_active:
        raise Refused(gettext("%(person)s does not work here any more.") % {"person": person})
    tickets.assign(ticket, actor=None, assignee=person)
    return f"Assigned to {person}"


def _raise_priority(due: ClockEscalation) -> str:
    ticket, priority = due.clock.ticket, Priority(due.escalation.priority or Priority.URGENT)
    if ticket.priority <= priority:
        raise NotNeeded(
            gettext("Its priority was %(lower)s already.") % {"lower": ticket.get_priority_display().lower()}
        )
    tickets.set_priority(ticket, actor=None, priority=priority)
    return f"Priority {priority.label.lower()}"


DO: dict[EscalationAction, Callable[[ClockEscalation], str]] = {
    EscalationAction.NOTIFY: _notify,
    EscalationAction.ASSIGN: _assign,
    EscalationAction.RAISE_PRIORITY: _raise_priority,
}
