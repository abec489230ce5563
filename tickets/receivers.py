"""Hears facts of subscriptions and does what service owes: mails leave, wishes become work.

Each receiver is a savepoint of its own: its fault is logged and leaves the fact as it is; a sweep finds what it missed.
"""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from subscribers import signals as facts
from subscribers.later import soon
from subscribers.models import Box, CancellationNotice, CancellationSession
from tickets import signals
from tickets.enums import CANCEL, DeletedAs, WhyNotAsked
from tickets.models import Ticket, TicketTopic
from tickets.satisfaction.scheduling import schedule, withdraw
from tickets.services import cancellations


@transaction.atomic
def on_mail_wanted(*, notice: CancellationNotice, **_: Any) -> None:
    cancellations.deliver(notice)


@transaction.atomic
def on_cancellation_requested(*, ticket: Ticket, topic: TicketTopic, **_: Any) -> None:
    cancellations.note_request(ticket, topic.message)


@transaction.atomic
def on_topic_rejected(*, ticket: Ticket, topic: TicketTopic, actor: AbstractBaseUser, **_: Any) -> None:
    if topic.reason.key == CANCEL:
        cancellations.take_back_request(ticket, actor)


@transaction.atomic
def on_cancellation_ended(*, session: CancellationSession, **_: Any) -> None:
    cancellations.tell_ended(session)


@transaction.atomic
def on_cancellation_refused(*, session: CancellationSession, **_: Any) -> None:
    cancellations.tell_refused(session)


@transaction.atomic
def on_cancellation_overdue(*, session: CancellationSession, **_: Any) -> None:
    cancellations.tell_overdue(session)


@transaction.atomic
def on_ticket_resolved(*, ticket: Ticket, **_: Any) -> None:
    schedule(ticket)


@transaction.atomic
def on_ticket_reopened(*, ticket: Ticket, **_: Any) -> None:
    withdraw(ticket)


@transaction.atomic
def on_ticket_discarded(*, ticket: Ticket, kind: DeletedAs, **_: Any) -> None:
    withdraw(ticket, WhyNotAsked.MERGED if kind == DeletedAs.MERGED else WhyNotAsked.DELETED)


@transaction.atomic
def on_ticket_restored(*, ticket: Ticket, **_: Any) -> None:
    if ticket.is_resolved:
        schedule(ticket)


@transaction.atomic
def on_box_delivered(*, box: Box, **_: Any) -> None:
    # By the worker: who tells of a box holds its rows, and tickets are locked before those.
    if Ticket.objects.filter(snoozed_box=box).exists():
        soon("tickets.tasks.wake_snoozed")


def connect() -> None:
    facts.mail_wanted.connect(on_mail_wanted, dispatch_uid="tickets.mail_wanted")
    facts.cancellation_ended.connect(on_cancellation_ended, dispatch_uid="tickets.cancellation_ended")
    facts.cancellation_refused.connect(on_cancellation_refused, dispatch_uid="tickets.cancellation_refused")
    facts.cancellation_overdue.connect(on_cancellation_overdue, dispatch_uid="tickets.cancellation_overdue")
    signals.cancellation_requested.connect(on_cancellation_requested, dispatch_uid="tickets.cancellation_requested")
    signals.topic_rejected.connect(on_topic_rejected, dispatch_uid="tickets.cancellation_topic_rejected")
    signals.ticket_resolved.connect(on_ticket_resolved, dispatch_uid="tickets.satisfaction_resolved")
    signals.ticket_reopened.connect(on_ticket_reopened, dispatch_uid="tickets.satisfaction_reopened")
    signals.ticket_discarded.connect(on_ticket_discarded, dispatch_uid="tickets.satisfaction_discarded")
    signals.ticket_restored.connect(on_ticket_restored, dispatch_uid="tickets.satisfaction_restored")
    facts.box_delivered.connect(on_box_delivered, dispatch_uid="tickets.snoozed_box_delivered")
