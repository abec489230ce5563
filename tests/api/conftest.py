"""A small cast for the REST tests: two stores, Alice and Bob who work for the first, Charlie who does not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from helpdesk.models import User
from subscribers.enums import BoxStatus, CycleStatus, Role
from subscribers.models import Box, Cycle, Membership, Reason, Store, Subscriber, Subscription
from success.enums import FactKind, FlowKind, StepKind, VersionStatus
from success.models import Alert, Evidence, Flow, FlowStep, FlowVersion, Run, RunEvent, RunStep
from tickets.enums import Author, ClockState, Metric, TopicSource
from tickets.models import (
    BusinessCalendar,
    Clock,
    Message,
    OpeningHours,
    Queue,
    SlaPolicy,
    SlaPolicyVersion,
    SlaTarget,
    Ticket,
    TicketTopic,
)

NOW = timezone.now().replace(microsecond=0)


def asked_by(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


@dataclass
class Cast:
    """Alice leads the store `tea`; Bob is an agent there, not in its queue `legal`; Charlie works elsewhere."""

    tea: Store
    soap: Store
    help: Queue
    legal: Queue
    alice: APIClient
    bob: APIClient
    charlie: APIClient
    users: SimpleNamespace
    damaged: Reason
    flow: FlowVersion

    def subscriber(self, email: str = "ana@example.com", store: Store | None = None) -> Subscriber:
        return Subscriber.objects.get_or_create(store=store or self.tea, email=email, defaults={"name": "Ana"})[0]

    def subscribed(self, subscriber: Subscriber, billings: int = 1) -> Box:
        """The box of the newest of so many billed cycles."""
        start = NOW - timedelta(days=30 * billings)
        subscription = Subscription.objects.create(
            store=subscriber.store,
            subscriber=subscriber,
            external_id=f"s{subscriber.pk}",
            price=20,
            currency="EUR",
            started_at=start,
        )
        for index in range(1, billings + 1):
            at = start + timedelta(days=30 * (index - 1))
            cycle = Cycle.objects.create(
                subscription=subscription,
                index=index,
                starts_at=at,
                ends_at=at + timedelta(days=30),
                billing_expected_at=at,
                billed_at=at,
                status=CycleStatus.BILLED,
            )
        return Box.objects.create(cycle=cycle, status=BoxStatus.DELIVERED, shipped_at=at, delivered_at=at)

    def ticket(self, subject: str = "Broken jar", at: datetime = NOW, queue: Queue | None = None, **fields) -> Ticket:
        """A ticket with everything that a ticket can show."""
        queue = queue or self.help
        fields.setdefault("subscriber", self.subscriber(store=queue.store))
        ticket = Ticket.objects.create(
            store=queue.store,
            queue=queue,
            subject=subject,
            channel=fields.pop("channel", "mail"),
            opened_at=at,
            updated_at=at,
            **fields,
        )
        message = Message.objects.create(
            ticket=ticket, author_kind=Author.SUBSCRIBER, subscriber=ticket.subscriber, text="It is broken.", sent_at=at
        )
        TicketTopic.objects.create(
            ticket=ticket, reason=self.damaged, source=TopicSource.RULE, message=message, evidence=["broken"]
        )
        Clock.objects.create(
            ticket=ticket,
            metric=Metric.FIRST_REPLY,
            version=SlaPolicyVersion.objects.get(policy__store=queue.store),
            target_seconds=3600,
            started_at=at,
            running_since=at,
            due_at=at + timedelta(hours=1),
            state=ClockState.RUNNING,
        )
        return ticket

    def alert(self, ticket: Ticket, at: datetime = NOW) -> Alert:
        alert = Alert.objects.create(
            store=ticket.store, subscriber=ticket.subscriber, opened_at=at, updated_at=at, due_at=at, score=40
        )
        Evidence.objects.create(
            alert=alert,
            kind=FactKind.DAMAGED_BOX,
            source_key=f"ticket:{ticket.pk}",
            ticket=ticket,
            data={"words": ["broken"]},
            observed_at=at,
            weight=40,
        )
        return alert

    def run(self, alert: Alert, at: datetime = NOW) -> Run:
        ticket = alert.evidence.get().ticket
        run = Run.objects.create(
            store=alert.store,
            flow=self.flow.flow,
            version=self.flow,
            subscriber=alert.subscriber,
            is_recovery=True,
            trigger_kind=FactKind.DAMAGED_BOX,
            trigger_key=f"ticket:{ticket.pk}",
            alert=alert,
            ticket=ticket,
            started_at=at,
        )
        RunStep.objects.create(run=run, step=self.flow.steps.get(), sequence=1, due_at=at)
        RunEvent.objects.create(run=run, kind="started", text="Damaged box", occurred_at=at)
        return run


@pytest.fixture
def cast(db) -> Cast:
    tea = Store.objects.create(key="tea", name="Tea")
    soap = Store.objects.create(key="soap", name="Soap")
    users = SimpleNamespace(
        **{name: User.objects.create_user(f"{name}@example.com", name=name.title()) for name in ("alice", "bob")},
        charlie=User.objects.create_user("charlie@example.com", name="Charlie"),
    )
    Membership.objects.create(store=tea, user=users.alice, role=Role.LEAD)
    Membership.objects.create(store=tea, user=users.bob, role=Role.AGENT)
    Membership.objects.create(store=soap, user=users.charlie, role=Role.LEAD)
    for store in (tea, soap):
        calendar = BusinessCalendar.objects.create(store=store, name="Always")
        for day in range(7):
            OpeningHours.objects.create(calendar=calendar, weekday=day, opens="00:00", closes="24:00")
        policy = SlaPolicy.objects.create(store=store, name="Standard")
        version = SlaPolicyVersion.objects.create(policy=policy, number=1, calendar=calendar)
        for metric in (Metric.FIRST_REPLY, Metric.RESOLUTION):
            SlaTarget.objects.create(version=version, metric=metric, seconds=3600)
    Queue.objects.create(store=soap, key="help", name="Help", is_default=True)
    flow = Flow.objects.create(store=tea, key="damaged_box", name="Damaged box", kind=FlowKind.RECOVERY)
    version = FlowVersion.objects.create(flow=flow, number=1, status=VersionStatus.PUBLISHED, published_at=NOW)
    FlowStep.objects.create(version=version, position=1, key="wait", kind=StepKind.WAIT, config={"hours": 1})
    return Cast(
        tea=tea,
        soap=soap,
        help=Queue.objects.create(store=tea, key="help", name="Help", is_default=True),
        legal=Queue.objects.create(store=tea, key="legal", name="Legal", is_restricted=True),
        alice=asked_by(users.alice),
        bob=asked_by(users.bob),
        charlie=asked_by(users.charlie),
        users=users,
        damaged=Reason.objects.get_or_create(store=None, key="damaged", defaults={"label": "Damaged box"})[0],
        flow=version,
    )
