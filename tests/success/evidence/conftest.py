"""A store with a history of its own, written in few statements: a year of subscriptions, tickets and held-out runs."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from bench import simulate
from subscribers.enums import Role
from subscribers.models import Cycle, Store, Subscriber, Subscription
from success.models import Flow, Run
from success.starter import install_alert_rules
from tests.factories.flows import make_flow
from tests.factories.people import MembershipFactory, StoreFactory
from tests.factories.tickets import MailboxFactory, QueueFactory, ReasonFactory
from tickets.models import Message, Queue, SatisfactionRequest, Ticket, TicketEvent, TicketTopic


@pytest.fixture
def store(db: None) -> Store:
    store = StoreFactory(currency="EUR")
    MailboxFactory(store=store, queue=QueueFactory(store=store, is_default=True))
    install_alert_rules()
    return store


@pytest.fixture
def lead(store: Store) -> Any:
    return MembershipFactory(store=store, role=Role.LEAD).user


def live_through(store: Store, planted: Any, seed: int = 4) -> Any:
    """Write the subscriptions of a frame of bench.simulate, which all began 200 days ago, one hour apart."""
    now = timezone.now()
    day = timedelta(days=1)
    began = [now - 200 * day + timedelta(minutes=number) for number in range(len(planted))]
    people = Subscriber.objects.bulk_create(
        Subscriber(store=store, email=f"p{seed}-{number}@example.com") for number in range(len(planted))
    )
    rows = list(planted.itertuples())
    kept = Subscription.objects.bulk_create(
        Subscription(
            store=store,
            subscriber=person,
            external_id=f"{seed}-{person.pk}",
            price=30,
            currency="EUR",
            started_at=at,
            status="cancelled" if row.left else ("failed" if row.days < 199 else "active"),
            ended_at=at + row.days * day if row.left or row.days < 199 else None,
        )
        for row, at, person in zip(rows, began, people, strict=True)
    )
    Cycle.objects.bulk_create(
        Cycle(
            subscription=one,
            index=1,
            starts_at=at,
            ends_at=at + row.landmark * day,
            billing_expected_at=at,
            status="billed",
            billed_at=at,
            amount=30,
        )
        for row, at, one in zip(rows, began, kept, strict=True)
    )
    _serve(store, rows, began, kept)
    return kept


def _serve(store: Store, rows: list[Any], began: list[Any], kept: list[Subscription]) -> None:
    day, queue, damaged = timedelta(days=1), Queue.objects.get(store=store, is_default=True), ReasonFactory()
    with_ticket = [
        (row, at, one) for row, at, one in zip(rows, began, kept, strict=True) if not np.isnan(row.ticket_at)
    ]
    resolved = {
        one.pk: at + row.ticket_at * day + (1 if np.isnan(row.slow_at) else 5) * day for row, at, one in with_ticket
    }
    tickets = Ticket.objects.bulk_create(
        Ticket(
            store=store,
            queue=queue,
            subscriber_id=one.subscriber_id,
            subject="Hello",
            channel="mail",
            cycle_index=1,
            opened_at=at + row.ticket_at * day,
            status="resolved",
            resolved_at=resolved[one.pk],
        )
        for row, at, one in with_ticket
    )
    told = list(zip(tickets, with_ticket, strict=True))
    TicketEvent.objects.bulk_create(
        TicketEvent(ticket=ticket, kind="resolved", actor_kind="agent", occurred_at=ticket.resolved_at)
        for ticket, _ in told
    )
    messages = Message.objects.bulk_create(
        Message(ticket=ticket, author_kind="subscriber", text="It is crushed", created_at=at + row.damage_at * day)
        for ticket, (row, at, _) in told
        if not np.isnan(row.damage_at)
    )
    TicketTopic.objects.bulk_create(
        TicketTopic(ticket=message.ticket, reason=damaged, message=message, source="rule") for message in messages
    )
    SatisfactionRequest.objects.bulk_create(
        SatisfactionRequest(
            store=store,
            ticket=ticket,
            subscriber_id=ticket.subscriber_id,
            queue=queue,
            state="rated",
            score=2,
            resolved_at=ticket.resolved_at,
            due_at=ticket.resolved_at,
            asked_at=at + row.unhappy_at * day,
            answer_until=at + row.unhappy_at * day + 30 * day,
            rated_at=at + row.unhappy_at * day,
        )
        for ticket, (row, at, _) in told
        if not np.isnan(row.unhappy_at)
    )


def planted(number: int, ticket: float = 1.0, damage: float = 2.5) -> Any:
    """As bench.simulate makes it; damage and the rest are told in a ticket alone."""
    store = simulate.subscriptions(np.random.default_rng(4), number, ticket, damage, seen=180)
    store["damage_at"] = store["damage_at"].where(store["ticket_at"].notna())
    return store


def draw_people(store: Store, number: int, stays: float, stays_held: float, share: float = 0.4, **fields: Any) -> Flow:
    """A flow whose people began 120 days ago, and of whom so many are left."""
    flow = make_flow(store, holdout_share=share, key=f"drawn-{number}-{Flow.objects.count()}", **fields)
    version, began = flow.versions.get(), timezone.now() - timedelta(days=120)
    people = Subscriber.objects.bulk_create(
        Subscriber(store=store, email=f"f{flow.pk}-{one}@example.com") for one in range(number)
    )
    held = [one < number * share for one in range(number)]
    arms = {True: int(number * share * stays_held), False: int(number * (1 - share) * stays)}
    gone = []
    for is_held in held:
        arms[is_held] -= 1
        gone.append(arms[is_held] < 0)
    Subscription.objects.bulk_create(
        Subscription(
            store=store,
            subscriber=person,
            external_id=f"{flow.pk}-{person.pk}",
            price=30,
            currency="EUR",
            started_at=began - timedelta(days=5),
            status="cancelled" if is_gone else "active",
            ended_at=began + timedelta(days=20) if is_gone else None,
        )
        for person, is_gone in zip(people, gone, strict=True)
    )
    Run.objects.bulk_create(
        Run(
            store=store,
            flow=flow,
            version=version,
            subscriber=person,
            is_recovery=False,
            arm="holdout" if is_held else "treated",
            holdout_share=share,
            trigger_key=f"{person.pk}",
            started_at=began,
            status="completed",
            ended_at=began,
        )
        for person, is_held in zip(people, held, strict=True)
    )
    return flow
