"""Hears that something became known of somebody, and marks them; `success.health.work` computes."""

from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from subscribers import signals as subscribers
from success.health.stale import mark
from success.milestones.engagement import record_engagement
from success.milestones.enums import EngagementKind, EngagementSource
from tickets import signals as service
from tickets.models import Ticket


def on_announced(*, changed: Collection[tuple[str, int]], **_: Any) -> None:
    """Whatever open pages are told of a subscriber or a ticket may be a fact; so nothing is missed."""
    people = [pk for kind, pk in changed if kind == "subscriber"]
    tickets = [pk for kind, pk in changed if kind == "ticket"]
    if not people and not tickets:
        return
    with transaction.atomic():
        if people:
            mark(*people)
        if tickets:
            _mark_of_tickets(tickets)


def _mark_of_tickets(tickets: Collection[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO success_stale (subscriber_id, created_at)"
            " SELECT DISTINCT subscriber_id, now() FROM tickets_ticket WHERE id = ANY(%s)",
            [sorted(tickets)],
        )


@transaction.atomic
def on_satisfaction_rated(*, ticket: Ticket, score: int, **_: Any) -> None:
    now = timezone.now()
    record_engagement(
        subscriber=ticket.subscriber,
        subscription=ticket.subscription,
        ticket=ticket,
        kind=EngagementKind.RATED,
        number=score,
        source=EngagementSource.TICKET,
        source_key=f"ticket:{ticket.pk}:{now.isoformat()}",
        occurred_at=now,
    )


def connect() -> None:
    subscribers.announced.connect(on_announced, dispatch_uid="success.health.announced")
    service.satisfaction_rated.connect(on_satisfaction_rated, dispatch_uid="success.health.satisfaction_rated")
