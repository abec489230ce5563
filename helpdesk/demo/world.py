"""What a seed makes in memory before it is written: people, subscriptions, cycles, boxes."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from helpdesk.demo.catalogue import ProductLine
from helpdesk.models import User
from subscribers.enums import BoxStatus, CycleStatus, SubscriptionStatus
from subscribers.models import Store
from tickets.models import Mailbox, Queue


@dataclass
class Setting:
    """The store as it was installed: rows that the seed's own rows refer to."""

    store: Store
    zone: ZoneInfo
    now: datetime
    seed: int
    users: dict[str, User]
    queues: dict[str, Queue]
    mailboxes: dict[str, Mailbox]
    reasons: dict[str, int]
    products: dict[str, int]


@dataclass
class Parcel:
    """A box on its way. `trouble`: the reason's key of what will be complained of, if anything."""

    pk: int
    order_number: str
    carrier: str
    tracking_number: str
    ships_at: datetime
    expected_at: datetime
    arrives_at: datetime | None
    item: str
    number: int
    status: BoxStatus = BoxStatus.PLANNED
    trouble: str = ""

    def delivered_by(self, at: datetime) -> bool:
        return self.arrives_at is not None and self.arrives_at <= at


@dataclass
class Round:
    """A cycle of a subscription."""

    pk: int
    index: int
    starts_at: datetime
    ends_at: datetime
    status: CycleStatus = CycleStatus.SCHEDULED
    billed_at: datetime | None = None
    failed_at: datetime | None = None
    skip_reason: str = ""
    skipped_at: datetime | None = None
    parcel: Parcel | None = None


@dataclass
class Order:
    """A subscription."""

    pk: int
    line: ProductLine
    started_at: datetime
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE
    rounds: list[Round] = field(default_factory=list)
    next_billing_at: datetime | None = None
    ended_at: datetime | None = None
    cancel_reason: str = ""
    cancelled_by_agent: bool = False
    paused_at: datetime | None = None
    # (paused at, resumed at) of pauses that are over
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def parcels(self) -> list[Parcel]:
        return [turn.parcel for turn in self.rounds if turn.parcel]


@dataclass
class Person:
    pk: int
    first: str
    last: str
    email: str
    country: str
    region: str
    language: str
    zone: ZoneInfo
    voice: str
    created_at: datetime
    street: str
    orders: list[Order] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    def cycle_at(self, at: datetime) -> int | None:
        """As subscribers.selectors.cycle_index counts it."""
        if not any(order.started_at <= at for order in self.orders):
            return None
        billings = sum(
            turn.billed_at is not None and turn.billed_at <= at for order in self.orders for turn in order.rounds
        )
        return max(1, billings)

    def latest_parcel(self, at: datetime) -> Parcel | None:
        """The box delivered last by then."""
        delivered = [one for order in self.orders for one in order.parcels if one.delivered_by(at)]
        return max(delivered, key=lambda one: one.arrives_at or at, default=None)

    def yearly_value_at(self, at: datetime) -> float:
        return sum(
            float(order.line.price) * 12 / order.line.months
            for order in self.orders
            if order.started_at <= at and (order.ended_at is None or order.ended_at > at)
        )
