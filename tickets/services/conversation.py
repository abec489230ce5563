"""What is said on a ticket: a customer's message, an agent's answer, a note, a flow's mail.

Whatever leaves is a row first and is sent by the worker.
"""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from subscribers.enums import Actor
from subscribers.errors import Refused
from subscribers.models import Subscriber
from tickets import signals
from tickets.enums import Author, MessageKind, OutboundState, TicketEventKind, TicketStatus
from tickets.mail.outbox import queue_reply
from tickets.models import Message, OutboundMail, Ticket
from tickets.services.history import locked, log
from tickets.services.messages import NewAttachment, NewMessage, write_message
from tickets.services.tickets import apply_status
from tickets.services.topics import detect_topics
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply


@transaction.atomic
def receive_message(
    ticket: Ticket, *, subscriber: Subscriber, message: NewMessage, received_at: datetime | None = None
) -> Message:
    """A customer's message on an existing ticket: it is ours again.

    It counts from `received_at`, when it reached us (an outage or a quarantine may lie between), but never from before
    the ticket's last change.

    Automatic mail (out of office, bounces) is kept and changes nothing: no clock, no status, no fact.
    """
    ticket = locked(ticket)
    now = max(min(received_at or timezone.now(), timezone.now()), ticket.updated_at)
    row = write_message(ticket, message, now=now, author_kind=Author.SUBSCRIBER, subscriber=subscriber)
    log(
        ticket,
        TicketEventKind.MESSAGE_RECEIVED,
        actor_kind=Actor.SYSTEM if message.automatic else Actor.SUBSCRIBER,
        at=now,
        message=row.pk,
    )
    if message.automatic:
        return row
    if ticket.status in (TicketStatus.PENDING, TicketStatus.RESOLVED):
        apply_status(ticket, TicketStatus.OPEN, actor=None, actor_kind=Actor.SUBSCRIBER, now=now)
    ticket.waiting_since = ticket.waiting_since or now
    ticket.updated_at = now
    ticket.save(update_fields=["waiting_since", "updated_at"])
    apply(ticket, TicketChange.CUSTOMER_REPLIED, at=now, cause="The customer wrote")
    detect_topics(ticket, row)
    signals.customer_replied.send_robust(sender=Ticket, ticket=ticket, message=row)
    return row


@transaction.atomic
def reply(
    ticket: Ticket,
    *,
    author: AbstractBaseUser,
    text: str,
    key: str,
    attachments: Sequence[NewAttachment] = (),
    status: TicketStatus | None = TicketStatus.PENDING,
) -> Message:
    """An agent's public answer, and what the ticket becomes with it (None: it stays, a new one is then open).

    `key` is made once per composed answer: sending it twice (a double click, a retried request) answers once.
    An unassigned ticket becomes its answerer's.
    """
    if not text.strip() and not attachments:
        raise Refused("Write something before you send it.", "text")
    ticket = locked(ticket)
    outbound_key = f"reply:{ticket.pk}:{key}"
    sent = OutboundMail.objects.filter(key=outbound_key).select_related("message").first()
    if sent is not None and sent.message is not None:
        return sent.message
    now = timezone.now()
    row = write_message(
        ticket,
        NewMessage(text=text.strip(), attachments=attachments),
        now=now,
        author_kind=Author.AGENT,
        author_id=author.pk,
    )
    queue_reply(row, key=outbound_key)
    log(ticket, TicketEventKind.REPLIED, actor=author, at=now, message=row.pk)
    if ticket.assignee_id is None:
        ticket.assignee_id = author.pk
        log(ticket, TicketEventKind.ASSIGNED, actor=author, to_value=author, at=now)
    ticket.waiting_since, ticket.updated_at = None, now
    ticket.save(update_fields=["waiting_since", "updated_at", "assignee"])
    apply(ticket, TicketChange.AGENT_REPLIED, at=now, cause="Answered")
    if status is None and ticket.status == TicketStatus.NEW:
        status = TicketStatus.OPEN
    if status is not None:
        apply_status(ticket, status, actor=author, now=now)
    signals.agent_replied.send_robust(sender=Ticket, ticket=ticket, message=row)
    return row


@transaction.atomic
def reply_failed(message: Message) -> None:
    """An agent's answer cannot be delivered: it satisfied nothing, and the ticket is ours again.

    Nothing changes where another answer went out since, or where a machine wrote it.
    """
    ticket = locked(message.ticket_id)
    answers = ticket.messages.filter(kind=MessageKind.PUBLIC, author_kind=Author.AGENT)
    if answers.order_by("-created_at", "-pk").first() != message:
        return
    apply(ticket, TicketChange.REPLY_FAILED, at=message.created_at, cause="The answer could not be delivered")
    asked = ticket.messages.filter(author_kind=Author.SUBSCRIBER, automatic="")
    arrived = answers.exclude(outbound_mails__state=OutboundState.FAILED).order_by("-created_at").first()
    if arrived is not None:
        asked = asked.filter(created_at__gt=arrived.created_at)
    ticket.waiting_since = asked.order_by("created_at").values_list("created_at", flat=True).first()
    ticket.save(update_fields=["waiting_since"])
    if ticket.status in (TicketStatus.PENDING, TicketStatus.RESOLVED):
        apply_status(ticket, TicketStatus.OPEN, actor=None, now=timezone.now())


@transaction.atomic
def post_system_message(ticket: Ticket, *, text: str, key: str, actor_kind: Actor = Actor.FLOW) -> OutboundMail:
    """A mail of a flow in the ticket's thread. A machine's words satisfy no promise and change no status."""
    ticket = locked(ticket)
    sent = OutboundMail.objects.filter(key=key).first()
    if sent is not None:
        return sent
    now = timezone.now()
    row = write_message(ticket, NewMessage(text=text.strip()), now=now, author_kind=Author.SYSTEM)
    outbound = queue_reply(row, key=key)
    log(ticket, TicketEventKind.REPLIED, actor_kind=actor_kind, at=now, message=row.pk)
    return outbound


@transaction.atomic
def add_note(
    ticket: Ticket, *, author: AbstractBaseUser | None, text: str, attachments: Sequence[NewAttachment] = ()
) -> Message:
    """An internal note: colleagues read it, no customer does, and it satisfies no promise."""
    if not text.strip() and not attachments:
        raise Refused("A note needs some text.", "text")
    ticket = locked(ticket)
    now = timezone.now()
    row = write_message(
        ticket,
        NewMessage(text=text.strip(), attachments=attachments),
        now=now,
        kind=MessageKind.NOTE,
        author_kind=Author.AGENT if author else Author.SYSTEM,
        author_id=author.pk if author else None,
    )
    log(ticket, TicketEventKind.NOTED, actor=author, at=now, message=row.pk)
    ticket.updated_at = now
    ticket.save(update_fields=["updated_at"])
    return row
