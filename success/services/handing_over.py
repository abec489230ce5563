"""Hands work from one team to the other, with the thread: a note on the ticket, an event on the alert.

Lock order: ticket, then alert.
"""

from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.enums import Channel
from subscribers.errors import Refused
from success.enums import AlertEventKind, AlertStatus, FactKind, WakeWhen
from success.models import Alert, Evidence
from success.services.alerts import event, locked, log_all
from success.services.facts import record_fact
from tickets.enums import UNRESOLVED, TicketStatus
from tickets.models import Ticket
from tickets.services.conversation import add_note
from tickets.services.messages import NewMessage
from tickets.services.tickets import assign, change_status, open_ticket

AT_MOST = timedelta(days=14)  # then success looks at it again, resolved or not


@transaction.atomic
def to_success(ticket: Ticket, *, actor: AbstractBaseUser, note: str) -> Alert:
    """A ticket needs success: an alert stands in its queue with the note as its reason; the thread tells of it."""
    if not note.strip():
        raise Refused(gettext("Say what success needs to know."), "note")
    add_note(ticket, author=actor, text=f"Handed over to success: {note.strip()}")
    known = Evidence.objects.filter(kind=FactKind.HANDED_OVER, ticket=ticket).count()
    alert = record_fact(
        subscriber=ticket.subscriber,
        kind=FactKind.HANDED_OVER,
        source_key=f"ticket:{ticket.pk}:{known + 1}",
        observed_at=timezone.now(),
        ticket=ticket,
        data={"words": [note.strip()[:500]], "subject": ticket.subject, "by": str(actor)},
    )
    if alert is None:
        raise Refused(gettext("No rule takes what is handed over: switch one on in the admin."))
    log_all([event(alert, AlertEventKind.HANDED_OVER, actor=actor, to_value="success", note=note.strip())])
    return alert


@transaction.atomic
def to_service(alert: Alert, *, actor: AbstractBaseUser, note: str) -> Ticket:
    """An alert needs service: the subscriber's open ticket (else a new one) is open in its queue with the note.

    Nobody of success keeps it in their way: it is snoozed until that ticket is resolved.
    """
    if not note.strip():
        raise Refused(gettext("Say what service needs to know."), "note")
    person = alert.subscriber
    if person is None or not alert.is_live:
        raise Refused(gettext("Only an open alert for a subscriber can be handed over."))
    theirs = Ticket.objects.filter(subscriber=person, status__in=UNRESOLVED, deleted_at=None)
    ticket = theirs.order_by("-opened_at", "-pk").first()
    words = f"Handed over by success: {note.strip()}"
    if ticket is None:
        ticket = open_ticket(
            store=alert.store,
            subscriber=person,
            subject=f"Please help {person}",
            channel=Channel.AGENT,
            message=NewMessage(text=words),
            actor=actor,
        )
    else:
        add_note(ticket, author=actor, text=words)
    if ticket.assignee_id == actor.pk:
        assign(ticket, actor=actor, assignee=None)
    if ticket.status in (TicketStatus.PENDING, TicketStatus.ON_HOLD):
        change_status(ticket, actor=actor, status=TicketStatus.OPEN)
    alert = locked(alert)
    if not alert.is_live:  # closed by somebody else meanwhile: nothing of this was
        raise Refused(gettext("Only an open alert for a subscriber can be handed over."))
    until = timezone.now() + AT_MOST
    before = alert.status
    alert.status, alert.snoozed_until = AlertStatus.SNOOZED, until
    alert.snooze_reason, alert.wakes_when = f"With service: {ticket.number}", WakeWhen.TICKET_RESOLVED
    alert.updated_at = timezone.now()
    alert.save(update_fields=["status", "snoozed_until", "snooze_reason", "wakes_when", "updated_at"])
    handed = event(alert, AlertEventKind.HANDED_OVER, actor=actor, from_value=before, to_value="service")
    handed.data = {"note": note.strip(), "ticket": ticket.pk}
    log_all([handed])
    return ticket
