"""Hears facts of service and decides; `success.services.facts` acts.

Each receiver is a savepoint of its own, or asks nothing of the database outside of `record_fact`, which is one: its
fault is logged, leaves the customer's ticket saved, and is repaired by `success.reconcile`.
"""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from subscribers.models import Box
from success.enums import FactKind
from success.flows.runs import look_again
from success.models import Alert
from success.services.facts import record_fact, retract_fact
from tickets import signals as service
from tickets.enums import DAMAGED
from tickets.models import Ticket, TicketTopic


def key_of(ticket: Ticket) -> str:
    return f"ticket:{ticket.pk}"


def on_ticket_opened(*, ticket: Ticket, **_: Any) -> None:
    if ticket.is_cycle_one:
        record_cycle_one(ticket)


def record_cycle_one(ticket: Ticket) -> Alert | None:
    return record_fact(
        subscriber=ticket.subscriber,
        kind=FactKind.CYCLE_ONE_TICKET,
        source_key=key_of(ticket),
        ticket=ticket,
        observed_at=ticket.opened_at,
        data={"subject": ticket.subject},
    )


def on_box_reported_damaged(*, topic: TicketTopic, **_: Any) -> None:
    record_damage(topic)


def record_damage(topic: TicketTopic) -> Alert | None:
    ticket = topic.ticket
    return record_fact(
        subscriber=ticket.subscriber,
        kind=FactKind.DAMAGED_BOX,
        source_key=key_of(ticket),
        ticket=ticket,
        box=ticket.box,
        observed_at=topic.created_at,
        data={"words": topic.evidence, "confidence": topic.confidence, "source": topic.source},
    )


@transaction.atomic
def on_topic_rejected(*, ticket: Ticket, topic: TicketTopic, actor: AbstractBaseUser, **_: Any) -> None:
    if topic.reason.key == DAMAGED:
        retract_fact(kind=FactKind.DAMAGED_BOX, source_key=key_of(ticket), actor=actor)


@transaction.atomic
def on_ticket_changed(*, ticket: Ticket, **_: Any) -> None:
    """A run that waits for the customer, or for the resolution, looks again."""
    look_again(ticket.subscriber_id)


@transaction.atomic
def on_box_delivered(*, box: Box, **_: Any) -> None:
    look_again(box.cycle.subscription.subscriber_id)


def connect() -> None:
    from subscribers import signals as facts

    service.box_reported_damaged.connect(on_box_reported_damaged, dispatch_uid="success.box_reported_damaged")
    service.ticket_opened.connect(on_ticket_opened, dispatch_uid="success.ticket_opened")
    service.topic_rejected.connect(on_topic_rejected, dispatch_uid="success.topic_rejected")
    service.customer_replied.connect(on_ticket_changed, dispatch_uid="success.customer_replied")
    service.ticket_resolved.connect(on_ticket_changed, dispatch_uid="success.ticket_resolved")
    facts.box_delivered.connect(on_box_delivered, dispatch_uid="success.box_delivered")
