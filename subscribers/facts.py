"""What a history of facts makes of a subscription: pure arithmetic, the same in whatever order the facts arrived.

A fact is a `SubscriptionEvent`; what it sets is in its data under `set` (fields of FIELDS, as JSON). The state is the
fold of all of them in their order of time, so an older one that comes late takes its place and overwrites nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime

from subscribers.enums import ENDED_SUBSCRIPTION, BoxStatus, CycleStatus, Interval, SubscriptionStatus
from subscribers.enums import SubscriptionEventKind as Kind

CENT = Decimal("0.01")
MOMENTS = ("started_at", "next_billing_at", "paused_at", "resumes_at", "cancels_at", "ended_at")

# The status that an event of a kind means where it sets none itself (older rows, imports).
MEANS = {
    Kind.STARTED: SubscriptionStatus.ACTIVE,
    Kind.PAUSED: SubscriptionStatus.PAUSED,
    Kind.RESUMED: SubscriptionStatus.ACTIVE,
    Kind.REACTIVATED: SubscriptionStatus.ACTIVE,
    Kind.CANCELLED: SubscriptionStatus.CANCELLED,
    Kind.EXPIRED: SubscriptionStatus.EXPIRED,
    Kind.FAILED: SubscriptionStatus.FAILED,
    Kind.STALE: SubscriptionStatus.STALE,
}


@dataclass(frozen=True)
class State:
    """Everything of a subscription that facts set. `product` and prices as in its row."""

    started_at: datetime
    status: str = SubscriptionStatus.ACTIVE
    price: Decimal = Decimal(0)
    currency: str = "USD"
    quantity: int = 1
    product_id: int | None = None
    lines: list[Any] = field(default_factory=list)
    billing_interval: str = Interval.MONTH
    billing_interval_count: int = 1
    delivery_interval: str = Interval.MONTH
    delivery_interval_count: int = 1
    min_cycles: int | None = None
    max_cycles: int | None = None
    next_billing_at: datetime | None = None
    paused_at: datetime | None = None
    resumes_at: datetime | None = None
    cancels_at: datetime | None = None
    ended_at: datetime | None = None
    shipping_address: dict[str, Any] = field(default_factory=dict)
    revision: int = 0

    @property
    def is_ended(self) -> bool:
        return self.status in ENDED_SUBSCRIPTION


FIELDS = tuple(one.name for one in fields(State) if one.name not in ("revision", "ended_at", "paused_at"))


@dataclass(frozen=True)
class Fact:
    """An event as far as the arithmetic needs it."""

    at: datetime
    kind: str
    sets: Mapping[str, Any]
    revision: int | None = None
    tie: str = ""

    @property
    def order(self) -> tuple[datetime, int, bool, str]:
        """Time, then the provider's count; of what is still equal the beginning first, the rest by name."""
        return self.at, self.revision or 0, self.kind != Kind.STARTED, self.tie


def apply(state: State, fact: Fact) -> State:
    """The state after one more fact, which is not older than those before."""
    if fact.revision is not None and fact.revision < state.revision:
        return state
    sets = {name: from_json(name, value) for name, value in fact.sets.items() if name in FIELDS}
    status = sets.pop("status", MEANS.get(Kind(fact.kind)))
    if status is not None:
        state = _turn(state, SubscriptionStatus(status), fact.at)
    if state.is_ended:
        sets = {name: value for name, value in sets.items() if name not in ("next_billing_at", "cancels_at")}
    if state.status != SubscriptionStatus.PAUSED:
        sets.pop("resumes_at", None)
    elif sets.get("resumes_at") is not None and state.paused_at is not None and sets["resumes_at"] <= state.paused_at:
        sets["resumes_at"] = None
    return replace(state, **sets, revision=max(state.revision, fact.revision or 0))


def _turn(state: State, status: SubscriptionStatus, at: datetime) -> State:
    if status in ENDED_SUBSCRIPTION:
        if state.is_ended:
            return state
        over: dict[str, Any] = {"next_billing_at": None, "cancels_at": None, "paused_at": None, "resumes_at": None}
        return replace(state, status=status, ended_at=at, **over)
    if status == SubscriptionStatus.PAUSED:
        return replace(state, status=status, ended_at=None, paused_at=state.paused_at or at)
    return replace(state, status=status, ended_at=None, paused_at=None, resumes_at=None)


def fold(facts: Iterable[Fact]) -> State:
    """The state that a whole history makes; it begins with its earliest fact, or where it was told to have begun."""
    ordered = sorted(facts, key=lambda fact: fact.order)
    begun = next((fact for fact in ordered if fact.kind == Kind.STARTED), ordered[0])
    state = State(started_at=begun.at)
    for fact in ordered:
        state = apply(state, fact)
    return bounded(state)


def bounded(state: State) -> State:
    """Clocks of two machines differ: an end is never before its beginning."""
    if state.ended_at is not None and state.ended_at < state.started_at:
        return replace(state, ended_at=state.started_at)
    return state


def to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def from_json(name: str, value: Any) -> Any:
    if name in MOMENTS and isinstance(value, str):
        return parse_datetime(value)
    return Decimal(value).quantize(CENT) if name == "price" else value


# How often something comes, in a year and in a month: what prices are compared by.
A_YEAR = {
    Interval.DAY: Decimal(365),
    Interval.WEEK: Decimal(52),
    Interval.MONTH: Decimal(12),
    Interval.YEAR: Decimal(1),
}


def monthly_value(price: Decimal, interval: str, count: int) -> Decimal:
    """What a price per billing comes to in a month, rounded to cents."""
    return (price * A_YEAR[Interval(interval)] / count / 12).quantize(CENT)


@dataclass(frozen=True)
class CycleState:
    """What its facts make of a cycle."""

    status: str = CycleStatus.SCHEDULED
    billed_at: datetime | None = None
    amount: Decimal | None = None
    currency: str = ""
    skip_reason_id: int | None = None


@dataclass(frozen=True)
class CycleFact:
    at: datetime
    kind: str
    amount: Decimal | None = None
    currency: str = ""
    reason_id: int | None = None
    tie: str = ""


PAID = (Kind.BILLED, Kind.BILLING_RECOVERED)


def fold_cycle(facts: Iterable[CycleFact]) -> CycleState:
    """A cycle that was paid stays paid, since its first payment; before that the newest word counts."""
    ordered = sorted(facts, key=lambda fact: (fact.at, fact.kind, fact.tie))
    paid = next((fact for fact in ordered if fact.kind in PAID), None)
    if paid is not None:
        was_refused = paid.kind == Kind.BILLING_RECOVERED or any(
            fact.kind == Kind.BILLING_FAILED and fact.at <= paid.at for fact in ordered
        )
        status = CycleStatus.RECOVERED if was_refused else CycleStatus.BILLED
        # Who tells first that it was paid may not tell how much.
        told = next((fact for fact in ordered if fact.kind in PAID and fact.amount is not None), paid)
        return CycleState(status, paid.at, told.amount, told.currency)
    state = CycleState()
    refused = CycleStatus.SCHEDULED
    for fact in ordered:
        match fact.kind:
            case Kind.SKIPPED:
                # Skipped twice: the reason that was given stays.
                reason_id = fact.reason_id or state.skip_reason_id
                state = CycleState(CycleStatus.SKIPPED, skip_reason_id=reason_id)
            case Kind.UNSKIPPED:
                state = CycleState(refused)
            case Kind.BILLING_FAILED if refused != CycleStatus.LOST:
                refused = CycleStatus.FAILED
                state = CycleState(refused)
            case Kind.BILLING_LOST:
                refused = CycleStatus.LOST
                state = CycleState(refused)
    return state


@dataclass(frozen=True)
class BoxState:
    """What its carrier's reports make of a box."""

    status: str = BoxStatus.PLANNED
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    expected_on: date | None = None


@dataclass(frozen=True)
class Report:
    at: datetime
    status: str
    expected_on: date | None = None
    tie: str = ""


BEFORE_SHIPPING = (BoxStatus.PLANNED, BoxStatus.LABEL_PURCHASED, BoxStatus.CONFIRMED, BoxStatus.CANCELLED)
# How far a box is: of two reports of one moment the farther one counts.
FAR = {status: number for number, status in enumerate(BoxStatus.values)}


def fold_box(reports: Iterable[Report]) -> BoxState:
    """The newest report counts, and after a delivery or a cancellation no other does."""
    state = BoxState()
    for report in sorted(reports, key=lambda one: (one.at, FAR[BoxStatus(one.status)], one.tie)):
        if state.status in (BoxStatus.DELIVERED, BoxStatus.CANCELLED):
            break
        shipped_at = state.shipped_at
        if shipped_at is None and report.status not in BEFORE_SHIPPING:
            shipped_at = report.at
        delivered_at = report.at if report.status == BoxStatus.DELIVERED else None
        state = BoxState(report.status, shipped_at, delivered_at, report.expected_on or state.expected_on)
    return state
