"""Writes new tickets, one or many, each kind of row in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser

from subscribers.enums import Actor, Channel
from subscribers.later import soon
from subscribers.models import Box, Reason, Store, Subscriber
from subscribers.standing import standings
from tickets import signals
from tickets.enums import (
    AssignMode,
    Author,
    DeletedAs,
    MessageKind,
    ParticipantRole,
    Priority,
    TicketEventKind,
    TopicSource,
)
from tickets.models import Message, Queue, Ticket, TicketEvent, TicketTopic
from tickets.services.history import event, log_all
from tickets.services.messages import NewMessage, Said, write_messages
from tickets.services.participants import NewParticipant, add_participants
from tickets.services.topics import announce_topics, detect_topics, state_topics
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import Clocks


@dataclass(frozen=True)
class Opening:
    """A ticket to be opened. `actor`: who opened it for the customer. `participants`: those besides the requester.

    `is_spam`: its sender is blocked, so that it is in no list from the first, and nothing follows from it.
    """

    store: Store
    queue: Queue
    subscriber: Subscriber
    subject: str
    channel: Channel
    message: NewMessage
    opened_at: datetime
    priority: Priority = Priority.NORMAL
    assignee: AbstractBaseUser | None = None
    actor: AbstractBaseUser | None = None
    box: Box | None = None
    topics: Sequence[Reason] = ()
    topic_source: TopicSource = TopicSource.API
    source_key: str = ""
    participants: Sequence[NewParticipant] = field(default=())
    is_spam: bool = False


def open_all(openings: Sequence[Opening]) -> list[tuple[Ticket, Message]]:
    """The tickets with their first messages, clocks and topics, told to whoever listens; inside a transaction."""
    tickets = _write_tickets(openings)
    messages = write_messages(
        [_said(ticket, opening) for ticket, opening in zip(tickets, openings, strict=True)],
    )
    opened = list(zip(tickets, messages, openings, strict=True))
    add_participants(
        (ticket, one) for ticket, _, opening in opened for one in (_requester(opening), *opening.participants)
    )
    events = [_event(ticket, opening) for ticket, _, opening in opened]
    events += [
        event(ticket, TicketEventKind.MARKED_SPAM, at=ticket.opened_at)
        for ticket, _, opening in opened
        if opening.is_spam
    ]
    # Automatic mail starts no clock and tells no fact; neither does spam.
    asked = [
        (ticket, message, opening)
        for ticket, message, opening in opened
        if not message.automatic and not opening.is_spam
    ]
    topics: dict[int, list[TicketTopic]] = {ticket.pk: [] for ticket, _, _ in asked}
    for ticket, message, opening in asked:
        topics[ticket.pk] += state_topics(ticket, opening.topics, opening.topic_source, message, events)
    for topic in detect_topics([(ticket, message) for ticket, message, _ in asked], events):
        topics[topic.ticket_id].append(topic)
    clocks = Clocks(tickets)
    for ticket, _, opening in asked:  # after its topics: what it is about may decide what is promised
        change = TicketChange.OPENED_BY_AGENT if opening.actor else TicketChange.OPENED
        clocks.apply(ticket, change, at=ticket.opened_at, cause="Opened")
    clocks.save()
    log_all(events)
    if any(ticket.assignee_id is None and ticket.queue.assign_by != AssignMode.HAND for ticket in tickets):
        soon("tickets.tasks.give_tickets")
    for ticket, _, _ in asked:
        # The more urgent fact first, so that no flow begins only to be superseded by the next line.
        announce_topics(ticket, topics[ticket.pk])
        signals.ticket_opened.send_robust(sender=Ticket, ticket=ticket)
    return list(zip(tickets, messages, strict=True))


def _write_tickets(openings: Sequence[Opening]) -> list[Ticket]:
    known = standings({opening.subscriber.pk for opening in openings})
    tickets = []
    for opening in openings:
        at, standing = opening.opened_at, known[opening.subscriber.pk]
        cycle = standing.cycle_index(at)
        is_asked = opening.actor is None and not opening.message.automatic
        tickets.append(
            Ticket(
                store=opening.store,
                queue=opening.queue,
                subscriber=opening.subscriber,
                subscription_id=standing.main_subscription_id if cycle is not None else None,
                subject=opening.subject,
                channel=opening.channel,
                priority=opening.priority,
                assignee_id=opening.assignee.pk if opening.assignee else None,
                box=opening.box,
                cycle_index=cycle,
                source_key=opening.source_key,
                opened_at=at,
                updated_at=at,
                waiting_since=at if is_asked else None,
                deleted_at=at if opening.is_spam else None,
                deleted_as=DeletedAs.SPAM if opening.is_spam else "",
            )
        )
    Ticket.objects.bulk_create(tickets)
    return tickets


def _said(ticket: Ticket, opening: Opening) -> Said:
    by: dict[str, object] = {"author_kind": Author.SUBSCRIBER, "subscriber": opening.subscriber}
    if opening.actor is not None:
        by = {"author_kind": Author.AGENT, "author_id": opening.actor.pk, "kind": MessageKind.NOTE}
    return Said(ticket, opening.message, ticket.opened_at, by)


def _requester(opening: Opening) -> NewParticipant:
    person = opening.subscriber
    return NewParticipant(person.email, person.name, ParticipantRole.REQUESTER, subscriber_id=person.pk)


def _event(ticket: Ticket, opening: Opening) -> TicketEvent:
    return event(
        ticket,
        TicketEventKind.OPENED,
        actor=opening.actor,
        actor_kind=None if opening.actor else Actor.SUBSCRIBER,
        to_value=ticket.queue.name,
        at=ticket.opened_at,
        channel=ticket.channel,
    )
