"""Writes what happens to cycles: planned, billed, refused, recovered, given up, skipped, refunded.

What a cycle is follows from its facts by subscribers.facts.fold_cycle, in whatever order they arrive; a fact told
twice changes nothing. The subscription is locked before its cycles.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.dispatch import Signal

from subscribers import signals
from subscribers.changes import step
from subscribers.enums import PAID_CYCLE, Actor, CycleStatus, SubscriptionEventKind
from subscribers.facts import PAID, CycleFact, CycleState, fold_cycle
from subscribers.models import Cycle, Reason, Subscription, SubscriptionEvent
from subscribers.selectors import row_of_skips
from subscribers.services import states
from subscribers.services.ledger import Page, Told, current, recording
from subscribers.services.spans import measure

Kind = SubscriptionEventKind
FACTS = (*PAID, Kind.BILLING_FAILED, Kind.BILLING_LOST, Kind.SKIPPED, Kind.UNSKIPPED)
# Every attempt is a line of the history, though the cycle stays as it was.
TOLD_EACH_TIME = (Kind.BILLING_FAILED, Kind.BILLING_LOST)
# What a status means where no event tells of it (rows from elsewhere).
MEANT = {
    CycleStatus.BILLED: Kind.BILLED,
    CycleStatus.RECOVERED: Kind.BILLING_RECOVERED,
    CycleStatus.FAILED: Kind.BILLING_FAILED,
    CycleStatus.LOST: Kind.BILLING_LOST,
    CycleStatus.SKIPPED: Kind.SKIPPED,
}


# What of a cycle follows from its facts.
STATE = ("status", "billed_at", "amount", "currency", "skip_reason_id")


@contextmanager
def _at(cycle: Cycle) -> Iterator[tuple[Page, Cycle]]:
    """The page of a cycle, and the cycle as the ledger has it; the caller's own object says the same afterwards."""
    with recording() as ledger:
        page = ledger.page_of_cycle(cycle)
        kept = page.like(cycle)
        yield page, kept
        if kept is not cycle:
            for field in Cycle._meta.concrete_fields:
                setattr(cycle, field.attname, getattr(kept, field.attname))


@recording()
def know_cycle(
    subscription: Subscription,
    *,
    expected_at: datetime,
    at: datetime,
    index: int | None = None,
    external_id: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Cycle:
    """The cycle that a provider speaks of, made where it is not known; its dates as told last (`at`: when).

    By `index` where the provider numbers its cycles from 1, else by `external_id` (a charge) and `expected_at`: then
    they are numbered by the day on which they are billed, anew where an earlier one becomes known later.
    """
    page = current().page_of(subscription)
    return _know(
        page,
        expected_at=expected_at,
        at=at,
        index=index,
        external_id=external_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _know(
    page: Page,
    *,
    expected_at: datetime,
    at: datetime,
    index: int | None,
    external_id: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Cycle:
    starts_at = starts_at or expected_at
    is_told = ends_at is not None and ends_at > starts_at
    # Without an end it has one by how often it is billed: `measure` works it out.
    dates = {
        "starts_at": starts_at,
        "billing_expected_at": expected_at,
        "ends_told": is_told,
        "ends_at": ends_at if is_told else starts_at + timedelta(days=1),
    }
    same = (
        one
        for one in page.cycles
        if (index is not None and one.index == index)
        or (index is None and external_id and one.external_id == external_id)
        or (index is None and not external_id and one.billing_expected_at == expected_at)
    )
    cycle = next(same, None)
    if cycle is None:
        number = index or 1 + max((one.index for one in page.cycles), default=0)
        cycle = Cycle(subscription=page.subscription, index=number, external_id=external_id, told_at=at, **dates)
        page.cycles.append(cycle)
        page.ledger.add(cycle)
    elif cycle.told_at is None or at > cycle.told_at or (at == cycle.told_at and _dates(cycle) < tuple(dates.values())):
        for name, value in dates.items():
            setattr(cycle, name, value)
        cycle.told_at, cycle.external_id = at, external_id or cycle.external_id
        page.ledger.change(cycle, *dates, "told_at", "external_id")
    measure(page)
    if index is None:
        _number(page)
    return cycle


def _dates(cycle: Cycle) -> tuple[datetime, datetime, bool, datetime]:
    """In the order of `dates` above; of what was told at one moment the greater one counts."""
    ends_at = cycle.ends_at if cycle.ends_told else cycle.starts_at + timedelta(days=1)
    return cycle.starts_at, cycle.billing_expected_at, cycle.ends_told, ends_at


def _number(page: Page) -> None:
    """Count the cycles by the day on which they are billed."""
    ordered = sorted(page.cycles, key=lambda one: (one.billing_expected_at, one.external_id, one.pk or 0))
    for number, cycle in enumerate(ordered, start=1):
        if cycle.index != number:
            cycle.index = number
            page.ledger.change(cycle, "index")


@recording()
def cycle_at(subscription: Subscription, at: datetime) -> Cycle:
    """The cycle that a moment belongs to, for what names no cycle; made, on the calendar of the subscription, where
    it is not known."""
    page = current().page_of(subscription)
    subscription = page.subscription
    begun = [cycle for cycle in page.cycles if cycle.starts_at <= at]
    known = max(begun, key=lambda cycle: cycle.starts_at, default=None)
    if known is not None and at < known.ends_at:
        return known
    every = step(subscription.billing_interval, subscription.billing_interval_count)
    index, starts_at = (known.index + 1, known.ends_at) if known else (1, min(subscription.started_at, at))
    while starts_at + every <= at:
        index, starts_at = index + 1, starts_at + every
    return _know(page, index=index, expected_at=starts_at, at=at)


def know_order(cycle: Cycle, *, order_id: str, order_number: str = "") -> None:
    """Which order of the provider a cycle's payment made; its boxes are found by it."""
    with _at(cycle) as (page, kept):
        wanted = {"order_id": order_id, "order_number": order_number or kept.order_number}
        changed = [name for name, value in wanted.items() if value and getattr(kept, name) != value]
        for name in changed:
            setattr(kept, name, wanted[name])
        if changed:
            page.ledger.change(kept, *changed)


def record_billing(
    cycle: Cycle,
    *,
    at: datetime,
    amount: Decimal | None,
    currency: str = "",
    order_id: str = "",
    order_number: str = "",
    source_key: str = "",
) -> None:
    """A cycle was paid, at once or after a failure. `amount` None: the provider did not say."""
    data = {} if amount is None else {"amount": str(amount), **({"currency": currency} if currency else {})}
    with recording():
        _record(cycle, Kind.BILLED, at=at, source_key=source_key, data=data, actor_kind=Actor.PROVIDER)
        if order_id:
            know_order(cycle, order_id=order_id, order_number=order_number)


def record_failed_billing(cycle: Cycle, *, at: datetime, error: str = "", source_key: str = "") -> None:
    """A payment was refused; the provider may try again."""
    _record(cycle, Kind.BILLING_FAILED, at=at, source_key=source_key, data={"error": error}, actor_kind=Actor.PROVIDER)


def record_lost_billing(cycle: Cycle, *, at: datetime, error: str = "", source_key: str = "") -> None:
    """The provider tries no more; whether the subscription ends by that is another fact (record_failure)."""
    data = {"error": error} if error else {}
    _record(cycle, Kind.BILLING_LOST, at=at, source_key=source_key, data=data, actor_kind=Actor.PROVIDER)


def record_skip(
    cycle: Cycle,
    *,
    at: datetime,
    reason: Reason | None = None,
    actor_kind: Actor = Actor.SUBSCRIBER,
    actor: AbstractBaseUser | None = None,
    source_key: str = "",
) -> None:
    """A cycle that was not yet paid is left out."""
    _record(cycle, Kind.SKIPPED, at=at, source_key=source_key, reason=reason, actor_kind=actor_kind, actor=actor)


def record_unskip(
    cycle: Cycle,
    *,
    at: datetime,
    actor_kind: Actor = Actor.SUBSCRIBER,
    actor: AbstractBaseUser | None = None,
    source_key: str = "",
) -> None:
    """A skip was taken back before the cycle's day came."""
    _record(cycle, Kind.UNSKIPPED, at=at, source_key=source_key, actor_kind=actor_kind, actor=actor)


def record_refund(
    cycle: Cycle,
    *,
    at: datetime,
    amount: Decimal,
    actor_kind: Actor = Actor.PROVIDER,
    actor: AbstractBaseUser | None = None,
    reason: Reason | None = None,
    source_key: str,
) -> None:
    """Money went back. It stays a cycle that was paid. `source_key` is needed: refunds add up."""
    who: states.Told = {"source_key": source_key, "actor_kind": actor_kind, "actor": actor, "reason": reason}
    with _at(cycle) as (page, kept):
        if states.is_told(page, Kind.REFUNDED, who):
            return
        event = states.write(page, Kind.REFUNDED, at, who, {"amount": str(amount)}, kept)
        kept.refunded += amount
        page.ledger.change(kept, "refunded")
        _tell(page, signals.subscription_changed, subscription=page.subscription, event=event)


def _record(
    cycle: Cycle,
    kind: SubscriptionEventKind,
    *,
    at: datetime,
    source_key: str,
    data: dict[str, Any] | None = None,
    reason: Reason | None = None,
    actor_kind: Actor,
    actor: AbstractBaseUser | None = None,
) -> None:
    """Take in one fact of a cycle, move the cycle on, and tell of it where it is news."""
    with _at(cycle) as (page, kept):
        events = [event for event in page.history_of(kept) if event.kind in FACTS or event.kind == Kind.OBSERVED]
        if source_key and any(_is_same(event, kind, source_key) for event in events):
            return
        fact = CycleFact(at, kind, *_amount(data), reason.pk if reason else None, source_key)
        facts = [*_known(kept, events, at), fact]
        before, after = _state(kept), fold_cycle(facts)
        if kind == Kind.BILLED and after.status == CycleStatus.RECOVERED and after.billed_at == at:
            kind = Kind.BILLING_RECOVERED
        written, data = kind, dict(data or {})
        if before == after and kind not in TOLD_EACH_TIME:
            if not source_key:
                return
            # Kept, for an older fact that may still come, and told to nobody.
            written, source_key, data = Kind.OBSERVED, f"{kind}:{source_key}", {**data, "as": kind}
        who: states.Told = {"source_key": source_key, "reason": reason, "actor_kind": actor_kind, "actor": actor}
        event = states.write(page, written, at, who, data, kept)
        kept.status, kept.billed_at, kept.skip_reason_id = after.status, after.billed_at, after.skip_reason_id
        kept.amount, kept.currency = after.amount, after.currency
        page.ledger.change(kept, *STATE)
        is_newest = all(at >= one.at for one in facts)
        if event.kind != Kind.OBSERVED and (is_newest or before != after):
            _tell_of(page, kept, before, event, kind)


def _tell_of(
    page: Page, cycle: Cycle, before: CycleState, event: SubscriptionEvent, kind: SubscriptionEventKind
) -> None:
    changed = before.status != cycle.status
    if cycle.status in PAID_CYCLE and before.billed_at is None:
        _tell(page, signals.cycle_billed, cycle=cycle)
    elif kind == Kind.BILLING_FAILED and cycle.status == CycleStatus.FAILED:
        _tell(page, signals.billing_failed, cycle=cycle)
    elif kind == Kind.SKIPPED and changed and cycle.status == CycleStatus.SKIPPED:
        skipped = {one.index for one in page.cycles if one.status == CycleStatus.SKIPPED}
        _tell(page, signals.cycle_skipped, cycle=cycle, in_a_row=row_of_skips(skipped, cycle.index))
    elif changed:
        _tell(page, signals.subscription_changed, subscription=page.subscription, event=event)


def _tell(page: Page, fact: Signal, **facts: Any) -> None:
    page.ledger.tell(fact, page.subscription, Subscription, **facts)


def _known(cycle: Cycle, events: list[Told], at: datetime) -> list[CycleFact]:
    facts = []
    for event in events:
        kind = event.data.get("as", event.kind)
        if kind in FACTS:
            key = event.source_key.removeprefix(f"{kind}:") if event.kind == Kind.OBSERVED else event.source_key
            facts.append(CycleFact(event.occurred_at, kind, *_amount(event.data), event.reason_id, key))
    untold = cycle.billed_at is not None and not any(fact.kind in PAID for fact in facts)
    if (untold or not facts) and cycle.status != CycleStatus.SCHEDULED:
        meant = MEANT[CycleStatus(cycle.status)]
        when = cycle.billed_at or min(at, cycle.starts_at)
        facts.append(CycleFact(when, meant, cycle.amount, cycle.currency, cycle.skip_reason_id))
    return facts


def _amount(data: Mapping[str, Any] | None) -> tuple[Decimal | None, str]:
    data = data or {}
    amount = data.get("amount")
    return (None if amount is None else Decimal(amount)), data.get("currency", "")


def _state(cycle: Cycle) -> CycleState:
    return CycleState(cycle.status, cycle.billed_at, cycle.amount, cycle.currency, cycle.skip_reason_id)


def _is_same(event: Told, kind: SubscriptionEventKind, source_key: str) -> bool:
    told = event.data.get("as", event.kind)
    one = told == kind or (told in PAID and kind in PAID)
    return one and event.source_key.removeprefix(f"{told}:") == source_key
