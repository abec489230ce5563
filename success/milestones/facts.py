"""Reads the facts of many subscribers at once, as plain rows: six statements, whatever their number."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from subscribers.enums import SubscriptionEventKind as Kind
from subscribers.enums import SubscriptionStatus
from subscribers.models import Box, Cycle, Subscription, SubscriptionEvent
from success.models import Engagement

Span = tuple[datetime, datetime | None]

BEGIN_PAUSE = (Kind.PAUSED,)
END_PAUSE = (Kind.RESUMED, Kind.REACTIVATED, Kind.CANCELLED, Kind.EXPIRED, Kind.FAILED, Kind.STALE)
READ = (*BEGIN_PAUSE, *END_PAUSE, Kind.SKIPPED, Kind.BILLING_FAILED, Kind.CANCELLATION_SCHEDULED)
LIVE = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)


class CycleRow(NamedTuple):
    pk: int
    number: int
    status: str
    billed_at: datetime | None
    amount: Decimal | None
    currency: str
    refunded: Decimal
    expected_at: datetime


class BoxRow(NamedTuple):
    pk: int
    kind: str
    status: str
    shipped_at: datetime | None
    delivered_at: datetime | None
    expected_on: date | None


class EngagementRow(NamedTuple):
    pk: int
    kind: str
    subject: str
    number: int | None
    ticket_id: int | None
    at: datetime


@dataclass(slots=True)
class Life:
    """A subscription with everything that happened to it. `pauses` are in order; the last one may go on."""

    pk: int
    subscriber_id: int
    store_id: int
    product_id: int | None
    status: str
    price: Decimal
    currency: str
    started_at: datetime
    ended_at: datetime | None
    paused_at: datetime | None
    cancels_at: datetime | None
    cycles: list[CycleRow] = field(default_factory=list)
    boxes: list[BoxRow] = field(default_factory=list)
    engagements: list[EngagementRow] = field(default_factory=list)
    pauses: list[Span] = field(default_factory=list)
    # By cycle: when it was skipped last, when its payment was refused last.
    skipped_at: dict[int, datetime] = field(default_factory=dict)
    failed_at: dict[int, datetime] = field(default_factory=dict)
    cancel_told_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.status in LIVE


COLUMNS = (
    "pk",
    "subscriber_id",
    "store_id",
    "product_id",
    "status",
    "price",
    "currency",
    "started_at",
    "ended_at",
    "paused_at",
    "cancels_at",
)


def gather(subscribers: Collection[int]) -> dict[int, list[Life]]:
    """The lives of these subscribers' subscriptions, by subscriber; everybody who was asked for has an entry."""
    found: dict[int, list[Life]] = {pk: [] for pk in subscribers}
    lives: dict[int, Life] = {}
    rows = Subscription.objects.filter(subscriber__in=list(subscribers)).order_by("started_at", "pk")
    for row in rows.values_list(*COLUMNS):
        life = lives[row[0]] = Life(*row)
        found[life.subscriber_id].append(life)
    _read_cycles(lives)
    _read_boxes(lives)
    _read_events(lives)
    _read_engagements(found)
    return found


def _read_cycles(lives: dict[int, Life]) -> None:
    rows = Cycle.objects.filter(subscription__in=list(lives)).order_by("subscription", "index")
    columns = ("pk", "index", "status", "billed_at", "amount", "currency", "refunded", "billing_expected_at")
    for subscription, *row in rows.values_list("subscription_id", *columns):
        lives[subscription].cycles.append(CycleRow(*row))


def _read_boxes(lives: dict[int, Life]) -> None:
    rows = Box.objects.filter(cycle__subscription__in=list(lives)).order_by("pk")
    columns = ("pk", "kind", "status", "shipped_at", "delivered_at", "expected_on")
    for subscription, *row in rows.values_list("cycle__subscription_id", *columns):
        lives[subscription].boxes.append(BoxRow(*row))


def _read_events(lives: dict[int, Life]) -> None:
    rows = SubscriptionEvent.objects.filter(subscription__in=list(lives), kind__in=READ).order_by("occurred_at", "pk")
    spans: dict[int, list[tuple[bool, datetime]]] = {}
    for subscription, cycle, kind, at in rows.values_list("subscription_id", "cycle_id", "kind", "occurred_at"):
        if kind == Kind.SKIPPED:
            lives[subscription].skipped_at[cycle] = at
        elif kind == Kind.BILLING_FAILED:
            lives[subscription].failed_at[cycle] = at
        elif kind == Kind.CANCELLATION_SCHEDULED:
            lives[subscription].cancel_told_at = at
        else:
            spans.setdefault(subscription, []).append((kind in BEGIN_PAUSE, at))
    for pk, life in lives.items():
        life.pauses = pauses_of(spans.get(pk, ()), life.paused_at)


def pauses_of(turns: Iterable[tuple[bool, datetime]], paused_at: datetime | None) -> list[Span]:
    """Pauses that do not overlap, in order. `turns`: (whether one begins, when), in order; `paused_at`: of a pause
    that goes on, as the subscription's row says."""
    spans: list[Span] = []
    begun: datetime | None = None
    for begins, at in turns:
        if begins:
            begun = begun or at
        elif begun is not None:
            spans.append((begun, at))
            begun = None
    if paused_at is not None:
        spans.append((begun or paused_at, None))
    return spans


def _read_engagements(found: dict[int, list[Life]]) -> None:
    """What was told of no subscription in particular counts for each of the person's."""
    rows = Engagement.objects.filter(subscriber__in=list(found), retracted_at=None).order_by("occurred_at", "pk")
    columns = ("pk", "kind", "subject", "number", "ticket_id", "occurred_at")
    told: Any = rows.values_list("subscriber_id", "subscription_id", *columns)
    for subscriber, subscription, *row in told:
        for life in found[subscriber]:
            if subscription in (None, life.pk):
                life.engagements.append(EngagementRow(*row))
