"""Each night: learn each topic of each store from reviewed tickets, and keep what came of it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from subscribers.models import Reason, Store
from tickets.enums import Author, MessageKind
from tickets.models import LearnedTopic, Message, Ticket, TicketTopic
from tickets.services.topics import rules_of, text_of
from tickets.topics.detect import Rule, detect
from tickets.topics.learning import Example, Learned, learn

logger = logging.getLogger(__name__)

LOOKS_BACK = timedelta(days=730)
MOST = 20_000  # tickets, the newest
FRESH = 10  # corrections since the last time, below which nothing is learned anew


@dataclass(frozen=True)
class Reviewed:
    """A ticket that an agent looked at, with the text of its first message and what it is about in their eyes.

    `unknown`: topics that a later message brought; of the first one they say nothing.
    """

    text: str
    person: int
    about: frozenset[int]
    unknown: frozenset[int]


def learn_all() -> int:
    """Every store, each in a transaction of its own; how many topics were learned."""
    return sum(learn_store(store) for store in Store.objects.order_by("pk"))


@transaction.atomic
def learn_store(store: Store) -> int:
    """Learn what enough corrections are new of; how many topics. A second worker meanwhile does nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('tickets.topic_learning'), %s)", [store.pk])
        if not cursor.fetchone()[0]:
            return 0
    wanted = _with_news(store)
    if not wanted:
        return 0
    tickets = reviewed(store)
    rules, _reasons = rules_of(store)
    found = 0
    for reason, decisions in wanted:
        of_topic = [rule for rule in rules if rule.topic == reason.key]
        examples = [_example(one, reason, of_topic) for one in tickets if reason.pk not in one.unknown]
        if (learned := learn(examples)) is None:
            continue
        _keep(store, reason, learned, decisions)
        found += 1
        logger.info("store %s, topic %s: %s", store.pk, reason.key, "in use" if learned.is_better else "rules do")
    return found


def reviewed(store: Store) -> list[Reviewed]:
    """The tickets that an agent answered and that are resolved, or whose topics an agent corrected; the oldest first.

    What they left standing counts as their word. Three queries.
    """
    decided = TicketTopic.objects.filter(decided_by__isnull=False).values("ticket")
    answers = Message.objects.filter(ticket=OuterRef("pk"), author_kind=Author.AGENT, kind=MessageKind.PUBLIC)
    rows = (
        Ticket.objects.filter(store=store, deleted_at=None, merged_into=None)
        .filter(opened_at__gte=timezone.now() - LOOKS_BACK)
        .filter(Q(Exists(answers), resolved_at__isnull=False) | Q(pk__in=decided))
        .order_by("-opened_at", "-pk")
        .values_list("pk", "subject", "subscriber_id")[:MOST]
    )
    tickets = {pk: (subject, person) for pk, subject, person in rows}
    first = (
        Message.objects.filter(ticket__in=tickets, author_kind=Author.SUBSCRIBER, kind=MessageKind.PUBLIC)
        .order_by("ticket_id", "created_at", "pk")
        .distinct("ticket_id")
    )
    texts = {message.ticket_id: message for message in first.only("ticket_id", "text", "visible_text")}
    about: dict[int, set[int]] = {}
    unknown: dict[int, set[int]] = {}
    topics = TicketTopic.objects.filter(ticket__in=texts, rejected_at=None)
    for ticket, reason, message in topics.values_list("ticket_id", "reason_id", "message_id"):
        is_of_first = message in (None, texts[ticket].pk)
        (about if is_of_first else unknown).setdefault(ticket, set()).add(reason)
    return [
        Reviewed(
            text=text_of(tickets[pk][0], texts[pk]),
            person=tickets[pk][1],
            about=frozenset(about.get(pk, ())),
            unknown=frozenset(unknown.get(pk, ())),
        )
        for pk in reversed(tickets)
        if pk in texts
    ]


def _with_news(store: Store) -> list[tuple[Reason, int]]:
    """The topics with FRESH corrections more than when they were last learned, and how many there are now."""
    reasons = Reason.objects.filter(Q(store=store) | Q(store=None), is_active=True).in_bulk()
    before = dict(
        LearnedTopic.objects.filter(store=store)
        .order_by("reason_id", "-learned_at", "-pk")
        .distinct("reason_id")
        .values_list("reason_id", "decisions")
    )
    counted: dict[int, int] = {}
    for reason in _decisions(store).values_list("reason_id", flat=True):
        counted[reason] = counted.get(reason, 0) + 1
    return [
        (reasons[pk], count)
        for pk, count in sorted(counted.items())
        if pk in reasons and count >= before.get(pk, 0) + FRESH
    ]


def _decisions(store: Store) -> "QuerySet[TicketTopic]":
    return TicketTopic.objects.filter(ticket__store=store, decided_by__isnull=False)


def _example(one: Reviewed, reason: Reason, rules: Iterable[Rule]) -> Example:
    hits = detect(one.text, rules, least=0.0)
    confidence = hits[0].confidence if hits else 0.0
    return Example(one.text, one.person, reason.pk in one.about, confidence)


def _keep(store: Store, reason: Reason, learned: Learned, decisions: int) -> None:
    LearnedTopic.objects.create(
        store=store,
        reason=reason,
        is_used=learned.is_better,
        weights=learned.weights.as_json(),
        learned_from=learned.learned_from,
        compared_on=learned.compared_on,
        decisions=decisions,
        rules_hits=learned.of_rules.hits,
        rules_false_alarms=learned.of_rules.false_alarms,
        rules_missed=learned.of_rules.missed,
        hits=learned.of_weights.hits,
        false_alarms=learned.of_weights.false_alarms,
        missed=learned.of_weights.missed,
        chance=learned.chance,
    )
