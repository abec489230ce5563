"""Answers that have not left yet, and answers that did not arrive: let go, taken back, held, sent again.

An answer that waits is a message that is not `said`, with its mails `planned`. Everything here holds the ticket's row,
so that of an undo and the moment of leaving one comes first.
"""

import logging
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.later import soon
from tickets.enums import (
    UNSAID,
    Author,
    MessageState,
    OutboundEventKind,
    OutboundOutcome,
    OutboundState,
    RecipientRole,
    TicketEventKind,
    TicketStatus,
)
from tickets.mail.answers import answers
from tickets.mail.events import AGENT, note
from tickets.mail.outbox import row_key
from tickets.models import Message, OutboundMail
from tickets.services.conversation import FARTHEST, say
from tickets.services.history import locked, log

logger = logging.getLogger(__name__)

DUE_BY_THEMSELVES = (MessageState.LEAVING, MessageState.SCHEDULED)
TRIED_AGAIN_AFTER = timedelta(minutes=1)


def let_go(limit: int = 200) -> int:
    """Say what is due: answers whose seconds for an undo are over, and scheduled ones; how many were looked at."""
    waiting = OutboundMail.objects.filter(state=OutboundState.PLANNED, not_before__lte=timezone.now())
    due = waiting.filter(message__state__in=DUE_BY_THEMSELVES).order_by("not_before").values_list("message", flat=True)
    messages = list(dict.fromkeys(due[: limit * 5]))[:limit]
    for pk in messages:
        try:
            _leave(pk)
        except Exception as error:  # the next one is not its affair
            logger.exception("answer %s could not leave", pk)
            told = f"{type(error).__name__}: {error}".replace("\x00", "")[:5000]
            planned = OutboundMail.objects.filter(message=pk, state=OutboundState.PLANNED)
            planned.update(not_before=timezone.now() + TRIED_AGAIN_AFTER, error=told)
    return len(messages)


@transaction.atomic
def _leave(message_pk: int) -> None:
    message = _locked_with_ticket(message_pk)
    if message.state not in DUE_BY_THEMSELVES or _planned(message).filter(not_before__gt=timezone.now()).exists():
        return
    if message.ticket.deleted_at is not None:
        _take_back(message, actor=None)
        return
    came = message.ticket.messages.filter(author_kind=Author.SUBSCRIBER, automatic="")
    unseen = came.filter(created_at__gte=message.created_at).order_by("created_at", "pk").first()
    _let_go_now(message, unseen=unseen)


def _let_go_now(message: Message, *, unseen: Message | None = None) -> None:
    ticket, now = message.ticket, timezone.now()
    if ticket.is_resolved:
        message.then = ""  # somebody settled it meanwhile: an answer on its way opens nothing again
        message.save(update_fields=["then"])
    _queue(message, now)
    say(ticket, message, now=now, unseen=unseen)


def _queue(message: Message, now: datetime) -> None:
    for pk in _planned(message).values_list("pk", flat=True):
        soon("tickets.tasks.send_outbound_mail", pk)
    _planned(message).update(state=OutboundState.QUEUED, next_attempt_at=now, error="")


@transaction.atomic
def send_now(message: Message, *, actor: AbstractBaseUser) -> Message:
    """Do not wait any longer; of one that was held, although the customer has written since."""
    message = _waiting(message)
    _let_go_now(message)
    return message


@transaction.atomic
def take_back(message: Message, *, actor: AbstractBaseUser) -> Message:
    """Undo an answer that has not left: nothing of it was said. Its text and files stay, to be composed again."""
    message = _waiting(message)
    _take_back(message, actor=actor)
    return message


def _take_back(message: Message, *, actor: AbstractBaseUser | None) -> None:
    for outbound in _planned(message):
        note(outbound, OutboundEventKind.CANCELLED, source=AGENT, detail="Taken back", actor=actor)
    _planned(message).update(state=OutboundState.CANCELLED, error="Taken back before it left.")
    message.state = MessageState.WITHDRAWN
    message.save(update_fields=["state"])
    log(message.ticket, TicketEventKind.REPLY_WITHDRAWN, actor=actor, message=message.pk)


@transaction.atomic
def schedule(message: Message, *, actor: AbstractBaseUser, send_at: datetime) -> Message:
    """Another time for an answer that waits; one that was held leaves by itself again."""
    message, now = _waiting(message), timezone.now()
    if not now < send_at <= now + FARTHEST:
        raise Refused(gettext("Choose a time in the future, within a year."), "send_at")
    message.state, message.created_at = MessageState.SCHEDULED, now
    message.save(update_fields=["state", "created_at"])
    message.ticket.updated_at = now
    message.ticket.save(update_fields=["updated_at"])
    _planned(message).update(not_before=send_at, error="")
    log(message.ticket, TicketEventKind.REPLY_SCHEDULED, actor=actor, message=message.pk, until=send_at.isoformat())
    return message


@transaction.atomic
def send_again(outbound: OutboundMail, *, actor: AbstractBaseUser) -> OutboundMail:
    """Offer a mail that failed or came back once more, under its Message-ID; the answer counts as given now."""
    message, outbound = _failed(outbound)
    had_failed = outbound.state == OutboundState.FAILED
    now = timezone.now()
    outbound.state, outbound.attempts, outbound.next_attempt_at = OutboundState.QUEUED, 0, now
    outbound.outcome, outbound.outcome_at, outbound.sent_at, outbound.error = "", None, None, ""
    outbound.save()
    note(outbound, OutboundEventKind.SENT_AGAIN, source=AGENT, actor=actor)
    log(message.ticket, TicketEventKind.SENT_AGAIN, actor=actor, to_value=outbound.recipient, message=message.pk)
    if had_failed:
        _say_again(message, outbound, now)
    soon("tickets.tasks.send_outbound_mail", outbound.pk)
    return outbound


@transaction.atomic
def send_elsewhere(outbound: OutboundMail, *, actor: AbstractBaseUser, address: str) -> OutboundMail:
    """Send a mail that failed or came back to another address of the same person."""
    address = address.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(gettext("This is not a mail address."), "address") from error
    message, failed = _failed(outbound)
    now = timezone.now()
    other = OutboundMail.objects.get(pk=failed.pk)
    other.pk, other._state.adding = None, True
    other.key, other.recipient = row_key(f"elsewhere:{failed.key}", address), address
    other.to_header, other.cc_header, other.created_at, other.next_attempt_at = "", "", now, now
    other.state, other.attempts, other.sent_at, other.provider_id = OutboundState.QUEUED, 0, None, ""
    other.outcome, other.outcome_at, other.error, other.not_before = "", None, "", None
    try:
        with transaction.atomic():
            other.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(gettext("This message went to %(address)s already.") % {"address": address}, "address") from error
    note(other, OutboundEventKind.SENT_AGAIN, source=AGENT, actor=actor, detail=f"Instead of {failed.recipient}")
    log(message.ticket, TicketEventKind.SENT_AGAIN, actor=actor, to_value=address, message=message.pk)
    if failed.state == OutboundState.FAILED:
        _say_again(message, other, now)
    soon("tickets.tasks.send_outbound_mail", other.pk)
    return other


def _say_again(message: Message, outbound: OutboundMail, now: datetime) -> None:
    """What had satisfied nothing, because it failed, is given anew; unless another answer was given since."""
    if message.author_kind != Author.AGENT or outbound.role != RecipientRole.TO:
        return
    ticket = message.ticket
    if answers(ticket).order_by("-created_at", "-pk").first() != message:
        return
    came = ticket.messages.filter(author_kind=Author.SUBSCRIBER, automatic="", created_at__gt=message.created_at)
    if ticket.status == TicketStatus.RESOLVED:
        message.then = ""
    say(ticket, message, now=now, unseen=came.order_by("created_at", "pk").first())


def _failed(outbound: OutboundMail) -> tuple[Message, OutboundMail]:
    if outbound.message_id is None:
        raise Refused(gettext("This mail belongs to no message."))
    message = _locked_with_ticket(outbound.message_id)
    outbound = OutboundMail.objects.select_for_update(no_key=True).get(pk=outbound.pk)
    came_back = outbound.state == OutboundState.SENT and outbound.outcome == OutboundOutcome.BOUNCED
    if outbound.state != OutboundState.FAILED and not came_back:
        raise Refused(gettext("This mail has not failed."))
    return message, outbound


def _waiting(message: Message) -> Message:
    message = _locked_with_ticket(message.pk)
    if message.state not in UNSAID:
        raise Refused(
            gettext("It has left already.")
            if message.state == MessageState.SAID
            else gettext("It was taken back already.")
        )
    return message


def _locked_with_ticket(message_pk: int) -> Message:
    """The message, read again under its ticket's lock."""
    ticket = locked(Message.objects.values_list("ticket", flat=True).get(pk=message_pk))
    message = Message.objects.select_related("author").get(pk=message_pk)
    message.ticket = ticket
    return message


def _planned(message: Message) -> QuerySet[OutboundMail]:
    return OutboundMail.objects.filter(message=message, state=OutboundState.PLANNED)
