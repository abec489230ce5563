"""Makes a part of a ticket a ticket of its own.

The messages move, as in a merge, and so does what was recognised in them. Their customer has been waiting since they
were written: the new ticket's promises count from then. Merging it into the old one takes it back.
"""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.enums import Actor
from subscribers.errors import Refused
from subscribers.later import soon
from tickets import signals
from tickets.enums import (
    UNSAID,
    AssignMode,
    Author,
    LinkKind,
    MessageKind,
    MessageState,
    ParticipantRole,
    TicketEventKind,
    TicketStatus,
)
from tickets.models import Message, OutboundMail, Queue, Ticket, TicketLink, TicketTopic
from tickets.services.history import locked, log
from tickets.services.participants import NewParticipant, add_participants
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply

LONGEST = 500  # characters of a subject


@transaction.atomic
def split(
    ticket: Ticket,
    *,
    messages: Sequence[int],
    actor: AbstractBaseUser | None,
    subject: str = "",
    queue: Queue | None = None,
) -> Ticket:
    """A new ticket of the messages with these ids, in the queue and with the subject of the old one unless told.

    Raises `Refused` unless one message of the customer goes and any message stays, for answers that have not left,
    and for a ticket that is in no list.
    """
    ticket, now = locked(ticket), timezone.now()
    there = list(ticket.messages.exclude(state=MessageState.WITHDRAWN).order_by("created_at", "pk"))
    goes = [message for message in there if message.pk in set(messages)]
    stays = [message for message in there if message not in goes]
    _check(ticket, goes, stays, asked_for=len(set(messages)), queue=queue)
    made = _open(ticket, goes, subject=subject, queue=queue or ticket.queue, now=now)
    _move(ticket, made, goes)
    log(made, TicketEventKind.OPENED, actor_kind=Actor.SUBSCRIBER, to_value=made.queue.name, at=made.opened_at)
    log(made, TicketEventKind.SPLIT_FROM, actor=actor, from_value=ticket.number, at=now)
    log(ticket, TicketEventKind.SPLIT_OFF, actor=actor, to_value=made.number, at=now, into=made.pk)
    TicketLink.objects.create(
        ticket=made, other=ticket, kind=LinkKind.RELATED, created_by_id=actor.pk if actor else None, created_at=now
    )
    _promise(ticket, made, goes)
    _owe_the_rest(ticket, stays, now=now)
    if made.assignee_id is None and made.queue.assign_by != AssignMode.HAND:
        soon("tickets.tasks.give_tickets")
    signals.ticket_opened.send_robust(sender=Ticket, ticket=made)
    return made


def _check(
    ticket: Ticket, goes: Sequence[Message], stays: Sequence[Message], *, asked_for: int, queue: Queue | None
) -> None:
    if ticket.deleted_at is not None:
        raise Refused(_("This ticket is in no list any more."))
    if queue is not None and queue.store_id != ticket.store_id:
        raise Refused(_("This queue belongs to another store."), "queue")
    if not goes or len(goes) != asked_for:
        raise Refused(_("Choose messages of this ticket."), "messages")
    if not stays:
        raise Refused(_("One message at least stays in this ticket."), "messages")
    if not any(_asks(message) for message in goes):
        raise Refused(_("Choose a message of the customer: a ticket begins with one."), "messages")
    if any(message.state in UNSAID for message in goes):
        raise Refused(_("An answer that has not left yet stays where it is."), "messages")


def _asks(message: Message) -> bool:
    return message.author_kind == Author.SUBSCRIBER and not message.automatic


def _answers(message: Message) -> bool:
    is_public = message.kind == MessageKind.PUBLIC and message.state == MessageState.SAID
    return message.author_kind == Author.AGENT and is_public


def waits_since(messages: Sequence[Message]) -> datetime | None:
    """When the oldest message of the customer was written that no agent has answered; the messages in their order."""
    since = None
    for message in messages:
        if _answers(message):
            since = None
        elif _asks(message):
            since = since or message.created_at
    return since


def _open(ticket: Ticket, goes: Sequence[Message], *, subject: str, queue: Queue, now: datetime) -> Ticket:
    since = waits_since(goes)
    is_answered = any(_answers(message) for message in goes)
    status = TicketStatus.PENDING if since is None else TicketStatus.OPEN if is_answered else TicketStatus.NEW
    lines = subject.replace("\x00", "").strip().splitlines()
    return Ticket.objects.create(
        store=ticket.store,
        queue=queue,
        subscriber=ticket.subscriber,
        subscription_id=ticket.subscription_id,
        cycle_index=ticket.cycle_index,
        subject=(lines[0] if lines else ticket.subject)[:LONGEST],
        status=status,
        priority=ticket.priority,
        channel=ticket.channel,
        assignee_id=ticket.assignee_id if queue.pk == ticket.queue_id else None,
        opened_at=next(message.created_at for message in goes if _asks(message)),
        updated_at=now,
        waiting_since=since,
    )


def _move(ticket: Ticket, made: Ticket, goes: Sequence[Message]) -> None:
    pks = [message.pk for message in goes]
    Message.objects.filter(pk__in=pks).update(ticket=made)
    OutboundMail.objects.filter(message__in=pks).update(ticket=made)
    TicketTopic.objects.filter(message__in=pks, ticket=ticket).update(ticket=made)
    add_participants(
        (made, NewParticipant(one.address, one.name, ParticipantRole(one.role), one.is_verified, one.subscriber_id))
        for one in ticket.participants.order_by("pk")
    )


def _promise(ticket: Ticket, made: Ticket, goes: Sequence[Message]) -> None:
    """What was owed since the customer wrote, and what of it was kept already."""
    apply(made, TicketChange.OPENED, at=made.opened_at, cause=f"Split off {ticket.number}")
    is_first, last = True, made.opened_at
    for message in goes:
        last = max(last, message.created_at)
        if _answers(message) and message.created_at >= made.opened_at:
            apply(made, TicketChange.AGENT_REPLIED, at=message.created_at, cause="Answered")
        elif _asks(message):
            if not is_first:
                apply(made, TicketChange.CUSTOMER_REPLIED, at=message.created_at, cause="The customer wrote")
            is_first = False
    if made.status == TicketStatus.PENDING:
        apply(made, TicketChange.WAITING, at=last, cause="Waiting for the customer")


def _owe_the_rest(ticket: Ticket, stays: Sequence[Message], *, now: datetime) -> None:
    """The old ticket owes an answer to what is left; where that was answered, none."""
    before = ticket.waiting_since
    ticket.waiting_since = waits_since(stays) if before is not None else None
    ticket.updated_at = now
    ticket.save(update_fields=["waiting_since", "updated_at"])
    if ticket.waiting_since != before:
        apply(ticket, TicketChange.DISCARDED, at=now, cause="Split")
        apply(ticket, TicketChange.RESTORED, at=now, cause="Split")
