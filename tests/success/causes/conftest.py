"""A store whose boxes and complaints are known, and one batch of which is bad."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from subscribers.enums import BoxStatus, Channel, CycleStatus, Role
from subscribers.models import Box, Cycle, Product, Store, Subscriber, Subscription
from success.starter import install_alert_rules
from tests.factories.people import MembershipFactory, StoreFactory
from tests.factories.subscriptions import ProductFactory
from tests.factories.tickets import ReasonFactory
from tests.snapshots import Snapshot
from tickets.enums import Author, MessageKind, TopicSource
from tickets.models import Mailbox, Message, Queue, Ticket, TicketTopic

TODAY = datetime(2026, 3, 11, 9, tzinfo=UTC)  # a Wednesday
BATCH, OTHERS = "B-17", "B-1"
BAD, GOOD = 40, 400


@dataclass
class Shop:
    store: Store
    lead: Any
    queue: Queue

    def ship(self, number: int, day: int, **fields: Any) -> list[Box]:
        """Boxes shipped so many days before TODAY, each to somebody of their own."""
        at = TODAY - timedelta(days=day)
        product = fields.pop("product", None) or Product.objects.get(store=self.store)
        base = Subscriber.objects.count()
        people = Subscriber.objects.bulk_create(
            Subscriber(store=self.store, email=f"p{base + one}@mail.example", name=f"Pat {base + one}", country="DE")
            for one in range(number)
        )
        subscriptions = Subscription.objects.bulk_create(
            Subscription(
                subscriber=one,
                store=self.store,
                product=product,
                external_id=f"s{one.pk}",
                price=Decimal(30),
                currency="EUR",
                started_at=at - timedelta(days=3),
            )
            for one in people
        )
        begins = at - timedelta(days=3)
        cycles = Cycle.objects.bulk_create(
            Cycle(
                subscription=one,
                index=1,
                starts_at=begins,
                ends_at=begins + timedelta(days=30),
                billing_expected_at=begins,
                billed_at=begins,
                status=CycleStatus.BILLED,
                amount=Decimal(30),
            )
            for one in subscriptions
        )
        fields = {"carrier": "DHL", "batch": OTHERS, "status": BoxStatus.IN_TRANSIT, "shipped_at": at} | fields
        return Box.objects.bulk_create(Box(cycle=one, order_number=f"#{one.pk}", **fields) for one in cycles)

    def complain(self, box: Box, day: int, text: str = "It broke on the way.", topic: str = "quality") -> Ticket:
        """A ticket about a box, so many days before TODAY."""
        at = TODAY - timedelta(days=day)
        ticket = Ticket.objects.create(
            store=self.store,
            queue=self.queue,
            subscriber=box.cycle.subscription.subscriber,
            box=box,
            subject="My box",
            channel=Channel.MAIL,
            opened_at=at,
            cycle_index=1,
        )
        message = Message.objects.create(
            ticket=ticket,
            kind=MessageKind.PUBLIC,
            author_kind=Author.SUBSCRIBER,
            subscriber=ticket.subscriber,
            text=text,
            created_at=at,
        )
        reason = ReasonFactory(key=topic, label=topic.capitalize())
        TicketTopic.objects.create(ticket=ticket, reason=reason, message=message, source=TopicSource.RULE)
        return ticket


def set_up() -> int:
    """400 boxes in sixteen weeks with a complaint in a hundred; then 40 of a batch, 12 of whom write of a lid."""
    store = StoreFactory(name="Tea Time", time_zone="UTC")
    queue = Queue.objects.create(store=store, key="support", name="Support", is_default=True)
    Mailbox.objects.create(store=store, queue=queue, address="help@shop.example", name="Help")
    ProductFactory(store=store, name="Tea box")
    MembershipFactory(store=store, role=Role.LEAD)
    install_alert_rules()
    shop = Shop(store, None, queue)
    for week in range(16):
        boxes = shop.ship(GOOD // 16, 20 + 7 * week)
        if week % 4 == 1:
            shop.complain(boxes[0], 20 + 7 * week - 5, "The biscuits were stale.")
    bad = shop.ship(BAD, 9, batch=BATCH)
    for place, box in enumerate(bad[:12]):
        shop.complain(box, 1 + place % 5, "The lid was leaking all over the parcel.")
    return store.pk


PLANTED = Snapshot(set_up)


@pytest.fixture
def shop(db: None) -> Shop:
    store = Store.objects.get(pk=PLANTED.lay())
    return Shop(store, store.memberships.get().user, Queue.objects.get(store=store))


def at_noon(day: datetime) -> datetime:
    return datetime.combine(day.date(), time(12), UTC)
