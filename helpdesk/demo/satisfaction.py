"""What customers of the demo store said of the help that they got: asked, answered, ignored, or not asked."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from helpdesk.demo.chance import Chance
from helpdesk.demo.world import Setting
from subscribers.enums import Actor
from success.milestones.enums import EngagementKind, EngagementSource
from success.models import Engagement
from tickets.enums import (
    Author,
    SatisfactionState,
    Score,
    TicketEventKind,
    TicketStatus,
    WhyNotAsked,
)
from tickets.models import (
    Clock,
    Message,
    SatisfactionRating,
    SatisfactionRequest,
    Suppression,
    Ticket,
    TicketEvent,
)
from tickets.satisfaction.verdict import sending_begins

DELAY, REST, LIVES, CHANGES = timedelta(hours=24), timedelta(days=30), timedelta(days=30), 7
SINCE = timedelta(days=180)
ANSWERS = 0.31  # of those who were asked; angry people answer more often
CONTENT = {Score.VERY_GOOD: 58, Score.GOOD: 27, Score.OKAY: 9, Score.BAD: 4, Score.VERY_BAD: 2}
WAITED = {Score.VERY_GOOD: 20, Score.GOOD: 27, Score.OKAY: 22, Score.BAD: 17, Score.VERY_BAD: 14}
SLOW = timedelta(days=3)
SAYS = 0.42  # of those who answer, adds words
WORDS: dict[int, tuple[str, ...]] = {
    5: ("Quick and kind, thank you!", "Solved within the hour.", "The new box came two days later. Great.", "Super!"),
    4: ("All good in the end.", "Helpful, thanks.", "It took two mails, but it is settled."),
    3: ("It was okay.", "The answer was fine, I only had to ask twice."),
    2: ("I had to explain it three times.", "It took far too long.", "The answer did not fit my question."),
    1: ("Nobody answered for days.", "Still no replacement. I am thinking of leaving.", "Very disappointing."),
}


def write_satisfaction(setting: Setting) -> int:
    """How many were asked. Before health, which reads the answers."""
    chance = Chance(setting.seed, "satisfaction")
    asked: dict[int, datetime] = {}
    requests: list[SatisfactionRequest] = []
    for ticket in _resolved(setting):
        request = _plan(setting, ticket)
        last = asked.get(ticket.subscriber_id)
        if request.due_at > setting.now:
            pass
        elif last is not None and request.due_at - last < REST:
            request.state, request.why_not = SatisfactionState.SKIPPED, WhyNotAsked.ASKED_LATELY
        elif not ticket.was_answered:
            request.state, request.why_not = SatisfactionState.SKIPPED, WhyNotAsked.UNANSWERED
        else:
            _ask(chance, setting, ticket, request)
            asked[ticket.subscriber_id] = request.due_at
        requests.append(request)
    SatisfactionRequest.objects.bulk_create(requests, batch_size=2000)
    rated = [request for request in requests if request.rated_at]
    SatisfactionRating.objects.bulk_create(
        (
            SatisfactionRating(request=one, score=one.score or 0, comment=one.comment, rated_at=one.rated_at)
            for one in rated
            if one.rated_at
        ),
        batch_size=2000,
    )
    TicketEvent.objects.bulk_create(_events(requests), batch_size=2000)
    Engagement.objects.bulk_create(_engagements(setting, rated), batch_size=2000)
    return len(asked)


def _resolved(setting: Setting) -> Iterator[Any]:
    """Resolved tickets in the order of their resolution, with whether it went badly and was answered."""
    answers = Message.objects.filter(ticket=OuterRef("pk"), author_kind=Author.AGENT, kind="public")
    breaches = Clock.objects.filter(ticket=OuterRef("pk"), breached_at__isnull=False)
    gone = Q(subscriber__undeliverable_at__isnull=False) | Q(subscriber__redacted_at__isnull=False)
    gone |= Q(Exists(Suppression.objects.filter(store=setting.store, address=OuterRef("subscriber__email"))))
    gone |= Q(subscriber__consents__granted=False)
    rows = Ticket.objects.filter(
        store=setting.store, status=TicketStatus.RESOLVED, resolved_at__gte=setting.now - SINCE, deleted_at=None
    )
    rows = rows.exclude(gone).annotate(was_answered=Exists(answers), was_late=Exists(breaches))
    yield from rows.order_by("resolved_at", "opened_at", "pk").iterator(chunk_size=2000)


def _plan(setting: Setting, ticket: Any) -> SatisfactionRequest:
    begins = sending_begins(setting.zone, time(9), time(20), ticket.resolved_at + DELAY)
    return SatisfactionRequest(
        store=setting.store,
        ticket=ticket,
        subscriber_id=ticket.subscriber_id,
        queue_id=ticket.queue_id,
        agent_id=ticket.assignee_id,
        resolved_at=ticket.resolved_at,
        due_at=begins,
        created_at=ticket.resolved_at,
    )


def _ask(chance: Chance, setting: Setting, ticket: Any, request: SatisfactionRequest) -> None:
    request.state, request.asked_at = SatisfactionState.ASKED, request.due_at
    request.answer_until, request.change_days = request.due_at + LIVES, CHANGES
    went_badly = ticket.was_late or ticket.resolved_at - ticket.opened_at > SLOW
    answered_at = request.due_at + timedelta(hours=chance.about(7, 1.1))
    if not chance.happens(ANSWERS * (1.25 if went_badly else 1)) or answered_at > setting.now:
        return
    score = chance.weighed(WAITED if went_badly else CONTENT)
    request.state, request.score, request.rated_at = SatisfactionState.RATED, int(score), answered_at
    request.comment = chance.one(WORDS[int(score)]) if chance.happens(SAYS) else ""


def _events(requests: list[SatisfactionRequest]) -> Iterator[TicketEvent]:
    for one in requests:
        if one.asked_at:
            yield _event(one, TicketEventKind.ASKED, Actor.SYSTEM, one.asked_at)
        if one.rated_at:
            data = {"to_value": str(one.score), "data": {"comment": one.comment}}
            yield _event(one, TicketEventKind.RATED, Actor.SUBSCRIBER, one.rated_at, **data)


def _event(one: SatisfactionRequest, kind: TicketEventKind, actor: Actor, at: datetime, **fields: Any) -> TicketEvent:
    return TicketEvent(ticket_id=one.ticket_id, kind=kind, actor_kind=actor, occurred_at=at, **fields)


def _engagements(setting: Setting, rated: list[SatisfactionRequest]) -> Iterator[Engagement]:
    for one in rated:
        if one.rated_at is None:
            continue
        yield Engagement(
            store=setting.store,
            subscriber_id=one.subscriber_id,
            subscription_id=one.ticket.subscription_id,
            ticket_id=one.ticket_id,
            kind=EngagementKind.RATED,
            number=one.score,
            source=EngagementSource.TICKET,
            source_key=f"ticket:{one.ticket_id}:{one.rated_at.isoformat()}",
            occurred_at=one.rated_at,
            recorded_at=one.rated_at,
        )
