"""Writes customers' messages onto tickets that exist, one or many, each kind of row in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from subscribers.enums import Actor
from subscribers.models import Subscriber
from tickets import signals
from tickets.enums import ASKED_SATISFACTION, Author, MessageState, TicketEventKind, TicketStatus, WokenBy
from tickets.models import Message, SatisfactionRequest, Ticket, TicketEvent, TicketTopic
from tickets.satisfaction.thanks import is_mere_thanks
from tickets.services.following import tell_followers
from tickets.services.history import event, log_all
from tickets.services.messages import NewMessage, Said, write_messages
from tickets.services.participants import NewParticipant, add_participants
from tickets.services.snoozing import rouse
from tickets.services.tickets import Turn, turn_to
from tickets.services.topics import about, announce_topics, detect_topics
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import Clocks

SAVE = """
UPDATE tickets_ticket AS ticket SET status = now.status, resolved_at = now.resolved_at,
    waiting_since = now.waiting_since, updated_at = now.updated_at,
    snoozed_until = NULL, snoozed_for = '', snoozed_box_id = NULL
FROM (VALUES {rows}) AS now (id, status, resolved_at, waiting_since, updated_at) WHERE ticket.id = now.id
"""
ROW = "(%s::bigint, %s::varchar, %s::timestamptz, %s::timestamptz, %s::timestamptz)"


@dataclass(frozen=True)
class Received:
    """A message for a ticket whose row is locked; `subscriber` is its writer, where the store knows them.

    `participants`: who takes part from now on. Several messages for one ticket share its object, and come in order.
    """

    ticket: Ticket
    message: NewMessage
    subscriber: Subscriber | None
    received_at: datetime | None = None
    participants: Sequence[NewParticipant] = ()


def receive_all(received: Sequence[Received]) -> list[Message]:
    """The tickets are ours again; inside the transaction that locked them.

    A message counts from `received_at`, when it reached us (an outage or a quarantine may lie between), but never from
    before the ticket's last change. Automatic mail (out of office, bounces) is kept and changes nothing: no clock, no
    status, no fact.
    """
    said, turns = [], []
    thanked = _thanked(received)
    for one in received:
        ticket, now = one.ticket, timezone.now()
        now = max(min(one.received_at or now, now), ticket.updated_at)
        said.append(Said(ticket, one.message, now, {"author_kind": Author.SUBSCRIBER, "subscriber": one.subscriber}))
        turns.append(None if one.message.automatic or id(one) in thanked else _turn(ticket, now))
    messages = write_messages(said)
    add_participants((one.ticket, new) for one in received for new in one.participants)
    events: list[TicketEvent] = []
    asked = []  # what a person wrote
    for one, message, turn in zip(received, messages, turns, strict=True):
        by = Actor.SYSTEM if message.automatic else Actor.SUBSCRIBER
        at = message.created_at
        kind = TicketEventKind.MESSAGE_RECEIVED
        thanks: dict[str, Any] = {"thanks": True} if id(one) in thanked else {}
        events.append(event(message.ticket, kind, actor_kind=by, at=at, message=message.pk, **thanks))
        if not message.automatic and id(one) not in thanked:
            asked.append((message, turn))
        if turn is not None:
            events.append(turn.event)
        if asked and asked[-1][0] is message and (woken := rouse(one.ticket, WokenBy.CUSTOMER, at=at)):
            events.append(woken)
    if asked:
        _follow(asked, events)
    log_all(events)
    for message, turn in asked:
        if turn is not None:
            turn.tell()
        signals.customer_replied.send_robust(sender=Ticket, ticket=message.ticket, message=message)
    tell_followers([message for message, _ in asked])
    return messages


def _thanked(received: Sequence[Received]) -> set[int]:
    """Those (by their `id()`) that say thanks and nothing else once we asked how content they are.

    They are kept, and change as little as automatic mail: nobody has to read a ticket again for that.
    """
    mere = [
        one
        for one in received
        if one.ticket.is_resolved
        and not (one.message.automatic or one.message.attachments)
        and is_mere_thanks(one.message.visible_text or one.message.text)
    ]
    if not mere:
        return set()
    asked = SatisfactionRequest.objects.filter(ticket__in=[one.ticket.pk for one in mere], state__in=ASKED_SATISFACTION)
    tickets = set(asked.values_list("ticket_id", flat=True))
    return {id(one) for one in mere if one.ticket.pk in tickets}


def _turn(ticket: Ticket, now: datetime) -> Turn | None:
    """In memory: the ticket is ours, and somebody waits."""
    turn = None
    if ticket.status in (TicketStatus.PENDING, TicketStatus.RESOLVED):
        turn = turn_to(ticket, TicketStatus.OPEN, actor=None, actor_kind=Actor.SUBSCRIBER, now=now)
    ticket.waiting_since, ticket.updated_at = ticket.waiting_since or now, now
    return turn


def _follow(asked: Sequence[tuple[Message, Turn | None]], events: list[TicketEvent]) -> None:
    """What people's messages mean for scheduled answers, tickets, promises and topics."""
    tickets = list({message.ticket_id: message.ticket for message, _ in asked}.values())
    _hold_scheduled({message.ticket_id: message for message, _ in asked}, events)
    with connection.cursor() as cursor:
        cursor.execute(
            SAVE.format(rows=", ".join([ROW] * len(tickets))),
            [
                value
                for ticket in tickets
                for value in (ticket.pk, ticket.status, ticket.resolved_at, ticket.waiting_since, ticket.updated_at)
            ],
        )
    clocks = Clocks(tickets)
    for message, turn in asked:
        if turn is not None:
            turn.drive(clocks)
        at = message.created_at
        clocks.apply(message.ticket, TicketChange.CUSTOMER_REPLIED, at=at, cause="The customer wrote")
    found: dict[int, list[TicketTopic]] = {}
    for topic in detect_topics([(message.ticket, message) for message, _ in asked], events):
        found.setdefault(topic.ticket_id, []).append(topic)
    if found:
        clocks.topics_changed()
    for topics in found.values():
        clocks.apply(topics[0].ticket, TicketChange.RETARGETED, at=timezone.now(), cause=about(topics))
    clocks.save()
    for topics in found.values():
        announce_topics(topics[0].ticket, topics)


def _hold_scheduled(newest: dict[int, Message], events: list[TicketEvent]) -> None:
    """The customer wrote before a scheduled answer left: it waits for a person."""
    waiting = Message.objects.filter(ticket__in=newest, state=MessageState.SCHEDULED).order_by("pk")
    held = list(waiting.values_list("pk", "ticket_id"))
    if not held:
        return
    Message.objects.filter(pk__in=[pk for pk, _ in held]).update(state=MessageState.HELD)
    for pk, ticket_id in held:
        because = newest[ticket_id]
        events.append(event(because.ticket, TicketEventKind.REPLY_HELD, message=pk, because=because.pk))
