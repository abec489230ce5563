"""Recognises what a ticket is about, and lets agents correct it in one click."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.models import Reason, Store
from subscribers.selectors import latest_box
from tickets import signals
from tickets.enums import CANCEL, DAMAGED, TicketEventKind, TopicSource
from tickets.models import DetectionRule, LearnedTopic, Message, Ticket, TicketEvent, TicketTopic
from tickets.services.history import event, locked, log, log_all
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.topics.detect import Rule
from tickets.topics.learned import Weights, detect_learned

logger = logging.getLogger(__name__)

_rules: dict[int, tuple[tuple[object, ...], tuple[Rule, ...], dict[str, int]]] = {}


def rules_of(store: Store) -> tuple[tuple[Rule, ...], dict[str, int]]:
    """The store's active rules, and the reason that each topic key means there.

    Kept per process as long as neither a rule nor a reason changed (one cheap query tells). A rule that cannot be
    applied (the admin refuses it; an import may not) is left out and logged, so that mail is taken all the same.
    """
    rows = DetectionRule.objects.filter(Q(store=store) | Q(store=None), is_active=True, reason__is_active=True)
    state = tuple(rows.aggregate(count=Count("pk"), newest=Max("updated_at"), last=Max("pk")).values())
    known = _rules.get(store.pk)
    if known and known[0] == state:
        return known[1], known[2]
    rules, reasons = [], {}
    for row in rows.select_related("reason").order_by("pk"):
        rule = Rule(
            topic=row.reason.key,
            phrases=row.phrases,
            unless=row.unless,
            confidence=row.confidence,
            language=row.language,
            name=str(row.pk),
        )
        try:
            rule.check()
        except ValueError as fault:
            logger.error("Detection rule %s “%s” is left out of store %s: %s", row.pk, row.name, store.pk, fault)
            continue
        rules.append(rule)
        # A store's own reason stands before the shared one with the same key.
        if row.reason.store_id or row.reason.key not in reasons:
            reasons[row.reason.key] = row.reason_id
    _rules[store.pk] = (state, tuple(rules), reasons)
    return tuple(rules), reasons


@dataclass(frozen=True)
class Taught:
    """A learned topic that is in use."""

    pk: int
    reason_id: int
    weights: Weights


def newest_learned(store_id: int) -> dict[str, Taught]:
    """By topic key: what is used of the newest learning. One query, of as many rows as the store has such topics."""
    rows = LearnedTopic.objects.filter(store_id=store_id, reason__is_active=True).select_related("reason")
    newest = rows.order_by("reason_id", "-learned_at", "-pk").distinct("reason_id")
    return {
        row.reason.key: Taught(row.pk, row.reason_id, Weights.from_json(row.weights)) for row in newest if row.is_used
    }


def text_of(subject: str, message: Message) -> str:
    """What topics are looked for in."""
    return f"{subject}\n\n{message.visible_text or message.text}"


def detect_topics(said: Sequence[tuple[Ticket, Message]], events: list[TicketEvent]) -> list[TicketTopic]:
    """Add the topics that customers' messages speak of, by the rules and what was learned.

    Returns those that were new, with their tickets.

    What it means for the tickets' histories is left on `events`. A topic that an agent rejected stays rejected: their
    word outlasts a rule's.
    """
    known = set(TicketTopic.objects.filter(ticket__in=[t.pk for t, _ in said]).values_list("ticket_id", "reason_id"))
    found = []
    stores: dict[int, tuple[tuple[Rule, ...], dict[str, int], dict[str, Taught]]] = {}
    for ticket, message in said:
        if ticket.store_id not in stores:
            stores[ticket.store_id] = (*rules_of(ticket.store), newest_learned(ticket.store_id))
        rules, reasons, taught = stores[ticket.store_id]
        weights = {key: one.weights for key, one in taught.items()}
        for hit in detect_learned(text_of(ticket.subject, message), rules, weights):
            reason_id = reasons.get(hit.topic) or taught[hit.topic].reason_id
            if (ticket.pk, reason_id) in known:
                continue
            known.add((ticket.pk, reason_id))
            found.append(
                TicketTopic(
                    ticket=ticket,
                    reason_id=reason_id,
                    message=message,
                    source=TopicSource.RULE if hit.rules else TopicSource.LEARNED,
                    rule_id=int(hit.rules[0]) if hit.rules else None,
                    learned_id=None if hit.rules else taught[hit.topic].pk,
                    confidence=hit.confidence,
                    evidence=list(dict.fromkeys(hit.because)),
                )
            )
    if found:
        TicketTopic.objects.bulk_create(found)
        named = Reason.objects.in_bulk({topic.reason_id for topic in found})
        for topic in found:
            topic.reason = named[topic.reason_id]
            _settle(topic.ticket, topic, events, actor=None)
    return found


def state_topics(
    ticket: Ticket, reasons: Sequence[Reason], source: TopicSource, message: Message, events: list[TicketEvent]
) -> list[TicketTopic]:
    """Topics that whoever opened the ticket stated themselves."""
    found = []
    for reason in dict.fromkeys(reasons):
        topic = TicketTopic.objects.create(ticket=ticket, reason=reason, source=source, message=message)
        _settle(ticket, topic, events, actor=None)
        found.append(topic)
    return found


def _settle(ticket: Ticket, topic: TicketTopic, events: list[TicketEvent], *, actor: AbstractBaseUser | None) -> None:
    """What follows from a topic on the ticket itself: its history, and the box that a report of damage is about."""
    events.append(
        event(ticket, TicketEventKind.TOPIC_ADDED, actor=actor, to_value=topic.reason.label, evidence=topic.evidence)
    )
    if topic.reason.key == DAMAGED and ticket.box_id is None and ticket.cycle_index is not None:
        ticket.box = latest_box(ticket.subscriber, ticket.opened_at)
        if ticket.box is not None:
            ticket.save(update_fields=["box"])


def about(topics: Sequence[TicketTopic]) -> str:
    """The cause of a change of promises, in words."""
    return "About " + ", ".join(topic.reason.label for topic in topics)


def _retarget(ticket: Ticket, cause: str) -> None:
    """What a ticket is about may decide what is promised."""
    apply(ticket, TicketChange.RETARGETED, at=timezone.now(), cause=cause)


def announce_topics(ticket: Ticket, topics: Sequence[TicketTopic]) -> None:
    for topic in topics:
        if topic.reason.key == DAMAGED:
            signals.box_reported_damaged.send_robust(sender=Ticket, ticket=ticket, topic=topic, box=ticket.box)
        elif topic.reason.key == CANCEL:
            signals.cancellation_requested.send_robust(sender=Ticket, ticket=ticket, topic=topic)


@transaction.atomic
def add_topic(ticket: Ticket, *, reason: Reason, actor: AbstractBaseUser | None) -> TicketTopic:
    """An agent (or a rule of theirs) says what the ticket is about; what follows from it opens."""
    ticket = locked(ticket)
    if reason.store_id not in (None, ticket.store_id):
        raise Refused(gettext("This reason belongs to another store."), "reason")
    topic = ticket.topics.select_related("reason").filter(reason=reason).first()
    if topic is not None and topic.rejected_at is None:
        return topic
    if topic is None:
        topic = TicketTopic(ticket=ticket, reason=reason, source=TopicSource.AGENT if actor else TopicSource.RULE)
    elif actor is None:
        return topic  # a person rejected it: their word outlasts a rule's
    topic.rejected_at, topic.decided_by_id = None, actor.pk if actor else None
    topic.save()
    events: list[TicketEvent] = []
    _settle(ticket, topic, events, actor=actor)
    log_all(events)
    _retarget(ticket, f"About {reason.label}")
    announce_topics(ticket, [topic])
    return topic


@transaction.atomic
def reject_topic(ticket: Ticket, *, reason: Reason, actor: AbstractBaseUser) -> None:
    """An agent says what the ticket is not about; what rested on it closes."""
    ticket = locked(ticket)
    topic = ticket.topics.select_related("reason").filter(reason=reason, rejected_at=None).first()
    if topic is None:
        return
    topic.rejected_at, topic.decided_by_id = timezone.now(), actor.pk
    topic.save(update_fields=["rejected_at", "decided_by"])
    log(ticket, TicketEventKind.TOPIC_REJECTED, actor=actor, from_value=reason.label)
    _retarget(ticket, f"Not about {reason.label}")
    signals.topic_rejected.send_robust(sender=Ticket, ticket=ticket, topic=topic, actor=actor)
