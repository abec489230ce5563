"""Opens and changes tickets: the only writer of their rows.

Every change locks the ticket's row, writes an event, drives the clocks, and tells the fact to whoever listens, in one
transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.enums import Actor, Channel
from subscribers.errors import Refused
from subscribers.lazy import in_english
from subscribers.models import Box, Reason, Store, Subscriber
from tickets import signals
from tickets.enums import Priority, TicketEventKind, TicketStatus, TopicSource, WokenBy
from tickets.fields.setting import refuse_unfilled
from tickets.models import Queue, Ticket, TicketEvent
from tickets.services.history import event, locked, log, log_all
from tickets.services.messages import NewMessage
from tickets.services.opening import Opening, open_all
from tickets.services.participants import NewParticipant
from tickets.services.snoozing import SNOOZE_COLUMNS, rouse
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import Clocks, apply

# What a status may become. `new` is left by the first touch and never comes back.
TRANSITIONS: dict[TicketStatus, frozenset[TicketStatus]] = {
    TicketStatus.NEW: frozenset({TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ON_HOLD, TicketStatus.RESOLVED}),
    TicketStatus.OPEN: frozenset({TicketStatus.PENDING, TicketStatus.ON_HOLD, TicketStatus.RESOLVED}),
    TicketStatus.PENDING: frozenset({TicketStatus.OPEN, TicketStatus.ON_HOLD, TicketStatus.RESOLVED}),
    TicketStatus.ON_HOLD: frozenset({TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.RESOLVED}),
    TicketStatus.RESOLVED: frozenset({TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ON_HOLD}),
}


def default_queue(store: Store) -> Queue:
    queue = Queue.objects.filter(store=store).order_by("-is_default", "position", "pk").first()
    if queue is None:
        raise Refused(gettext("This store has no queue yet; make one in the admin."), "queue")
    return queue


def open_ticket(
    *,
    store: Store,
    subscriber: Subscriber,
    subject: str,
    channel: Channel,
    message: NewMessage | None,
    queue: Queue | None = None,
    priority: Priority = Priority.NORMAL,
    assignee: AbstractBaseUser | None = None,
    actor: AbstractBaseUser | None = None,
    box: Box | None = None,
    topics: Sequence[Reason] = (),
    topic_source: TopicSource = TopicSource.API,
    source_key: str = "",
    opened_at: datetime | None = None,
    participants: Sequence[NewParticipant] = (),
) -> Ticket:
    """A new ticket with its first message, clocks and topics, told to whoever listens.

    With `actor`, an agent opened it for the customer: the message is a note of what they said, and the first reply is
    still owed. The creator's `source_key` told again on its channel gives the ticket that it made before. Automatic
    mail starts no clock and tells no fact. Raises `Refused` for what cannot be, and stores nothing then.
    """
    if existing := _made_before(store, channel, source_key):
        return existing
    if subscriber.store_id != store.pk:
        raise Refused(gettext("This subscriber belongs to another store."), "subscriber")
    if queue is not None and queue.store_id != store.pk:
        raise Refused(gettext("This queue belongs to another store."), "queue")
    if box is not None and box.cycle.subscription.subscriber_id != subscriber.pk:
        raise Refused(gettext("This box went to somebody else."), "box")
    if message is None or message.is_empty:
        raise Refused(gettext("A ticket needs a text."), "text")
    opening = Opening(
        store=store,
        queue=queue or default_queue(store),
        subscriber=subscriber,
        subject=subject_of(subject, message),
        channel=channel,
        message=message,
        opened_at=min(opened_at or timezone.now(), timezone.now()),
        priority=priority,
        assignee=assignee,
        actor=actor,
        box=box,
        topics=topics,
        topic_source=topic_source,
        source_key=source_key,
        participants=participants,
    )
    try:
        with transaction.atomic():
            ((ticket, _),) = open_all([opening])
            return ticket
    except IntegrityError:
        # Two creators with one source_key at once: the second gets the first one's ticket.
        if existing := _made_before(store, channel, source_key):
            return existing
        raise


def _made_before(store: Store, channel: Channel, source_key: str) -> Ticket | None:
    if not source_key:
        return None
    return Ticket.objects.filter(store=store, channel=channel, source_key=source_key).first()


def subject_of(subject: str, message: NewMessage) -> str:
    lines = (subject.strip() or message.text.strip() or "(no subject)").splitlines()
    return lines[0].replace("\x00", "")[:500] or "(no subject)"


def apply_status(
    ticket: Ticket,
    status: TicketStatus,
    *,
    actor: AbstractBaseUser | None,
    now: datetime,
    actor_kind: Actor | None = None,
) -> None:
    """Move a locked ticket to another status; nothing where it is there already."""
    turn = turn_to(ticket, status, actor=actor, now=now, actor_kind=actor_kind)
    if turn is None:
        return
    ticket.save(update_fields=["status", "updated_at", "resolved_at", "waiting_since", *SNOOZE_COLUMNS])
    log_all([turn.event])
    clocks = Clocks([ticket])
    turn.drive(clocks)
    clocks.save()
    turn.tell()


@dataclass(frozen=True)
class Turn:
    """A change of status, made on the ticket in memory; what it asks of others, each when it is theirs to do."""

    ticket: Ticket
    event: TicketEvent
    before: TicketStatus
    actor: AbstractBaseUser | None
    now: datetime

    def drive(self, clocks: Clocks) -> None:
        status = self.ticket.status
        if status == TicketStatus.RESOLVED:
            clocks.apply(self.ticket, TicketChange.RESOLVED, at=self.now, cause="Resolved")
        elif self.before == TicketStatus.RESOLVED:
            clocks.apply(self.ticket, TicketChange.REOPENED, at=self.now, cause="Reopened")
        if status == TicketStatus.PENDING:
            clocks.apply(self.ticket, TicketChange.WAITING, at=self.now, cause="Waiting for the customer")
        elif self.before == TicketStatus.PENDING and status != TicketStatus.RESOLVED:
            clocks.apply(self.ticket, TicketChange.WORKING, at=self.now, cause="Work went on")

    def tell(self) -> None:
        if self.ticket.status == TicketStatus.RESOLVED:
            signals.ticket_resolved.send_robust(sender=Ticket, ticket=self.ticket, actor=self.actor)
        elif self.before == TicketStatus.RESOLVED:
            signals.ticket_reopened.send_robust(sender=Ticket, ticket=self.ticket, actor=self.actor)


def turn_to(
    ticket: Ticket,
    status: TicketStatus,
    *,
    actor: AbstractBaseUser | None,
    now: datetime,
    actor_kind: Actor | None = None,
) -> Turn | None:
    """Move a locked ticket to another status in memory; the caller saves it. None where it is there already."""
    before = TicketStatus(ticket.status)
    if status == before:
        return None
    if status not in TRANSITIONS[before]:
        raise Refused(
            gettext("A ticket that is %(label)s cannot become %(label2)s.")
            % {"label": before.label.lower(), "label2": status.label.lower()},
            "status",
        )
    ticket.status, ticket.updated_at = status, now
    ticket.resolved_at = now if status == TicketStatus.RESOLVED else None
    if status == TicketStatus.RESOLVED:
        ticket.waiting_since = None
        rouse(ticket)
    kind = TicketEventKind.STATUS_CHANGED
    if status == TicketStatus.RESOLVED:
        kind = TicketEventKind.RESOLVED
    elif before == TicketStatus.RESOLVED:
        kind = TicketEventKind.REOPENED
    happened = event(ticket, kind, actor=actor, actor_kind=actor_kind, from_value=before, to_value=status, at=now)
    return Turn(ticket, happened, before, actor, now)


@transaction.atomic
def change_status(
    ticket: Ticket, *, actor: AbstractBaseUser | None, status: TicketStatus, is_undo: bool = False
) -> Ticket:
    """Raises `Refused` where a person resolves what `tickets.fields.setting.refuse_unfilled` refuses.

    With `is_undo` it was resolved before, and is so again whatever is needed by now.
    """
    ticket = locked(ticket)
    if actor is not None and not is_undo and status == TicketStatus.RESOLVED and not ticket.is_resolved:
        refuse_unfilled(ticket)
    apply_status(ticket, status, actor=actor, now=timezone.now())
    return ticket


def resolve(ticket: Ticket, *, actor: AbstractBaseUser | None) -> Ticket:
    return change_status(ticket, actor=actor, status=TicketStatus.RESOLVED)


@transaction.atomic
def assign(ticket: Ticket, *, actor: AbstractBaseUser | None, assignee: AbstractBaseUser | None) -> Ticket:
    """Give the ticket to somebody who may see it, or to nobody. Handed over by a person, it wakes."""
    ticket = locked(ticket)
    if assignee and not Ticket.objects.visible_to(assignee).filter(pk=ticket.pk).exists():
        raise Refused(gettext("This person cannot see the ticket's queue."), "assignee")
    if ticket.assignee_id == (assignee.pk if assignee else None):
        return ticket
    before = ticket.assignee
    ticket.assignee_id = assignee.pk if assignee else None
    ticket.updated_at = timezone.now()
    woken = rouse(ticket, WokenBy.HANDED_OVER, actor=actor) if actor else None
    ticket.save(update_fields=["assignee", "updated_at", *SNOOZE_COLUMNS])
    # Who gave it back is not the next to whom it is given.
    left: dict[str, Any] = {"left": before.pk} if before and assignee is None else {}
    log(ticket, TicketEventKind.ASSIGNED, actor=actor, from_value=before or "", to_value=assignee or "", **left)
    log_all([woken] if woken else [])
    return ticket


@transaction.atomic
def set_priority(ticket: Ticket, *, actor: AbstractBaseUser | None, priority: Priority) -> Ticket:
    ticket = locked(ticket)
    before = Priority(ticket.priority)
    if before == priority:
        return ticket
    now = timezone.now()
    ticket.priority, ticket.updated_at = priority, now
    ticket.save(update_fields=["priority", "updated_at"])
    log(
        ticket,
        TicketEventKind.PRIORITY_CHANGED,
        actor=actor,
        from_value=before.label,
        to_value=priority.label,
        at=now,
    )
    apply(ticket, TicketChange.RETARGETED, at=now, cause=f"Priority {in_english(priority.label).lower()}")
    return ticket


@transaction.atomic
def move(ticket: Ticket, *, actor: AbstractBaseUser | None, queue: Queue) -> Ticket:
    """Put the ticket into another queue of its store; its promises follow that queue's policy."""
    ticket = locked(ticket)
    if queue.store_id != ticket.store_id:
        raise Refused(gettext("This queue belongs to another store."), "queue")
    if queue.pk == ticket.queue_id:
        return ticket
    before, now = ticket.queue, timezone.now()
    ticket.queue, ticket.updated_at = queue, now
    ticket.save(update_fields=["queue", "updated_at"])
    log(ticket, TicketEventKind.QUEUE_CHANGED, actor=actor, from_value=before, to_value=queue, at=now)
    if ticket.assignee and not Ticket.objects.visible_to(ticket.assignee).filter(pk=ticket.pk).exists():
        # Nobody keeps a ticket that they cannot see: it would be in no one's inbox.
        log(ticket, TicketEventKind.ASSIGNED, actor=actor, from_value=ticket.assignee, at=now)
        ticket.assignee = None
        ticket.save(update_fields=["assignee"])
    apply(ticket, TicketChange.RETARGETED, at=now, cause=f"Moved to {queue.name}")
    return ticket


@transaction.atomic
def set_box(ticket: Ticket, *, actor: AbstractBaseUser | None, box: Box | None) -> Ticket:
    """Tie the ticket to the box that it is about."""
    ticket = locked(ticket)
    if box is not None and box.cycle.subscription.subscriber_id != ticket.subscriber_id:
        raise Refused(gettext("This box went to somebody else."), "box")
    if ticket.box_id == (box.pk if box else None):
        return ticket
    before = ticket.box
    ticket.box, ticket.updated_at = box, timezone.now()
    ticket.save(update_fields=["box", "updated_at"])
    log(ticket, TicketEventKind.BOX_SET, actor=actor, from_value=before or "", to_value=box or "")
    return ticket
