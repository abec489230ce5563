"""What is said on a ticket: a customer's message, an agent's answer, a note, a flow's mail.

Whatever leaves is a row first and is sent by the worker.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.enums import Actor
from subscribers.errors import Refused
from subscribers.models import Subscriber
from tickets import signals
from tickets.enums import Author, Automatic, MessageKind, MessageState, TicketEventKind, TicketStatus
from tickets.fields.setting import refuse_unfilled
from tickets.mail.answers import answers, arrived
from tickets.mail.outbox import Recipient, queue_reply
from tickets.models import Attachment, Message, OutboundMail, Ticket
from tickets.services.crossing import refuse_crossing
from tickets.services.history import locked, log
from tickets.services.mentioning import mention_colleagues
from tickets.services.messages import NewAttachment, NewMessage, keep_files, write_message
from tickets.services.participants import NewParticipant, add_participants, verify_participants
from tickets.services.receiving import Received, receive_all
from tickets.services.tickets import apply_status
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply

FARTHEST = timedelta(days=366)  # into the future, that an answer may be scheduled


@transaction.atomic
def receive_message(
    ticket: Ticket, *, subscriber: Subscriber, message: NewMessage, received_at: datetime | None = None
) -> Message:
    """A customer's message on an existing ticket: it is ours again (see `receive_all`)."""
    (row,) = receive_all([Received(locked(ticket), message, subscriber, received_at)])
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
    cc: Sequence[Recipient] = (),
    undo_seconds: int = 0,
    send_at: datetime | None = None,
    resumes: Message | None = None,
    kept: Sequence[Attachment] = (),
    seen: int | None = None,
) -> Message:
    """An agent's public answer, and what the ticket becomes with it (None: it stays, a new one is then open).

    `key` is made once per composed answer: sending it twice (a double click, a retried request) answers once.
    An unassigned ticket becomes its answerer's. With `undo_seconds` or `send_at` the answer is written down and leaves
    later, by `tickets.services.leaving.let_go`: until then it satisfies nothing and can be taken back. `resumes`: the
    answer taken back that this one takes the place of, with those of its files that are `kept`. `seen`: the last
    message that its writer saw; raises Crossed where somebody wrote since.
    """
    if not text.strip() and not attachments and not kept:
        raise Refused(gettext("Write something before you send it."), "text")
    ticket = locked(ticket)
    outbound_key = key_of(ticket, key)
    sent = OutboundMail.objects.filter(key=outbound_key).select_related("message").first()
    if sent is not None and sent.message is not None:
        return sent.message
    if seen is not None:
        refuse_crossing(ticket, seen=seen, author=author)
    if status == TicketStatus.RESOLVED and not ticket.is_resolved:
        refuse_unfilled(ticket)
    now = timezone.now()
    if send_at is not None and not now < send_at <= now + FARTHEST:
        raise Refused(gettext("Choose a time in the future, within a year."), "send_at")
    if status is None and ticket.status == TicketStatus.NEW:
        status = TicketStatus.OPEN
    leaves_at = send_at or (now + timedelta(seconds=undo_seconds) if undo_seconds else None)
    state = MessageState.SCHEDULED if send_at else MessageState.LEAVING if undo_seconds else MessageState.SAID
    row = write_message(
        ticket,
        NewMessage(text=text.strip(), attachments=attachments),
        now=now,
        author_kind=Author.AGENT,
        author_id=author.pk,
        state=state,
        then=status or "",
    )
    keep_files(row, [file for file in kept if resumes is not None and file.message_id == resumes.pk])
    queue_reply(row, key=outbound_key, cc=cc, not_before=leaves_at)
    copied = [NewParticipant(one.address, one.name, subscriber_id=getattr(one.subscriber, "pk", None)) for one in cc]
    add_participants((ticket, one) for one in copied)
    verify_participants(ticket, [one.address for one in copied])
    ticket.updated_at = now  # what is taken in from now on counts from here: it was not known to who wrote this
    if ticket.assignee_id is None:
        ticket.assignee_id = author.pk
        log(ticket, TicketEventKind.ASSIGNED, actor=author, to_value=author, at=now)
    ticket.save(update_fields=["assignee", "updated_at"])
    if send_at is not None:
        log(ticket, TicketEventKind.REPLY_SCHEDULED, actor=author, at=now, message=row.pk, until=send_at.isoformat())
    if state == MessageState.SAID:
        say(ticket, row, now=now)
    return row


def key_of(ticket: Ticket, key: str) -> str:
    """Of the mail that brings the answer composed under this key."""
    return f"reply:{ticket.pk}:{key}"


def say(ticket: Ticket, message: Message, *, now: datetime, unseen: Message | None = None) -> None:
    """An answer leaves now: it is said, it satisfies what was owed, and the ticket becomes what was chosen with it.

    Called under the ticket's row lock. `unseen`: the oldest message of the customer that came while the answer was
    on its way: it is still to be answered, and keeps the ticket ours.
    """
    author = message.author
    message.state, message.created_at, message.sent_at = MessageState.SAID, now, now
    message.save(update_fields=["state", "created_at", "sent_at"])
    log(ticket, TicketEventKind.REPLIED, actor=author, at=now, message=message.pk)
    ticket.waiting_since, ticket.updated_at = unseen.created_at if unseen else None, now
    ticket.save(update_fields=["waiting_since", "updated_at"])
    apply(ticket, TicketChange.AGENT_REPLIED, at=now, cause="Answered")
    status = TicketStatus(message.then) if message.then else None
    if unseen is not None:
        apply(ticket, TicketChange.CUSTOMER_REPLIED, at=unseen.created_at, cause="The customer wrote meanwhile")
        status = TicketStatus.OPEN if ticket.status == TicketStatus.NEW else None
    if status is not None:
        apply_status(ticket, status, actor=author, now=now)
    signals.agent_replied.send_robust(sender=Ticket, ticket=ticket, message=message)


@transaction.atomic
def reply_failed(message: Message) -> None:
    """An agent's answer cannot be delivered: it satisfied nothing, and the ticket is ours again.

    Nothing changes where another answer went out since, where the customer got it at another address, where only a
    copy failed, or where a machine wrote it.
    """
    ticket = locked(message.ticket_id)
    if answers(ticket).order_by("-created_at", "-pk").first() != message:
        return
    if arrived(ticket).filter(pk=message.pk).exists():
        return
    apply(ticket, TicketChange.REPLY_FAILED, at=message.created_at, cause="The answer could not be delivered")
    asked = ticket.messages.filter(author_kind=Author.SUBSCRIBER, automatic="")
    last = arrived(ticket).order_by("-created_at").first()
    if last is not None:
        asked = asked.filter(created_at__gt=last.created_at)
    ticket.waiting_since = asked.order_by("created_at").values_list("created_at", flat=True).first()
    ticket.save(update_fields=["waiting_since"])
    if ticket.status in (TicketStatus.PENDING, TicketStatus.RESOLVED):
        apply_status(ticket, TicketStatus.OPEN, actor=None, now=timezone.now())


@transaction.atomic
def post_system_message(
    ticket: Ticket,
    *,
    text: str,
    key: str,
    actor_kind: Actor = Actor.FLOW,
    subject: str = "",
    automatic: Automatic | None = None,
    mailed: tuple[str, str] | None = None,
    event: TicketEventKind = TicketEventKind.REPLIED,
) -> OutboundMail:
    """A mail of a flow in the ticket's thread. A machine's words satisfy no promise and change no status.

    `automatic`: what it is, where it is not a flow's: an acknowledgement counts as an automatic answer. `mailed`: the
    mail as text and as HTML, where it holds what is for the customer's eyes alone; the thread keeps `text`.
    """
    ticket = locked(ticket)
    sent = OutboundMail.objects.filter(key=key).first()
    if sent is not None:
        return sent
    now = timezone.now()
    message = NewMessage(text=text.strip(), automatic=automatic or "")
    row = write_message(ticket, message, now=now, author_kind=Author.SYSTEM)
    is_answer = automatic == Automatic.AUTO_REPLY
    outbound = queue_reply(row, key=key, subject=subject, is_answer=is_answer, mailed=mailed)
    log(ticket, event, actor_kind=actor_kind, at=now, message=row.pk)
    return outbound


@transaction.atomic
def add_note(
    ticket: Ticket, *, author: AbstractBaseUser | None, text: str, attachments: Sequence[NewAttachment] = ()
) -> Message:
    """An internal note: colleagues read it, no customer does, and it satisfies no promise. Whom it names is told."""
    if not text.strip() and not attachments:
        raise Refused(gettext("A note needs some text."), "text")
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
    mention_colleagues(ticket, row, author=author)
    return row
