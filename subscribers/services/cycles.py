"""Writes what happens to cycles: planned, billed, refused, recovered, given up, skipped, refunded.

What a cycle is follows from its facts by subscribers.facts.fold_cycle, in whatever order they arrive; a fact told
twice changes nothing. The subscription is locked before its cycles.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import Q

from subscribers import signals
from subscribers.changes import step
from subscribers.enums import PAID_CYCLE, Actor, CycleStatus, SubscriptionEventKind
from subscribers.facts import PAID, CycleFact, CycleState, fold_cycle
from subscribers.live import announce
from subscribers.models import Cycle, Reason, Subscription, SubscriptionEvent
from subscribers.selectors import skips_in_a_row
from subscribers.services.subscriptions import locked, tell

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


@transaction.atomic(savepoint=False)
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
    return _know(
        locked(subscription.pk),
        expected_at=expected_at,
        at=at,
        index=index,
        external_id=external_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _know(
    subscription: Subscription,
    *,
    expected_at: datetime,
    at: datetime,
    index: int | None,
    external_id: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Cycle:
    """As `know_cycle`, for a locked subscription."""
    starts_at = starts_at or expected_at
    every = step(subscription.billing_interval, subscription.billing_interval_count)
    ends_at = ends_at if ends_at and ends_at > starts_at else starts_at + every
    dates = {"starts_at": starts_at, "ends_at": ends_at, "billing_expected_at": expected_at}
    if index is not None:
        same = Q(index=index)
    elif external_id:
        same = Q(external_id=external_id)
    else:
        same = Q(billing_expected_at=expected_at)
    cycle = subscription.cycles.filter(same).first()
    if cycle is None:
        number = index or 1 + subscription.cycles.count()
        while index is None and subscription.cycles.filter(index=number).exists():
            number += 1
        cycle = Cycle.objects.create(
            subscription=subscription, index=number, external_id=external_id, told_at=at, **dates
        )
    elif cycle.told_at is None or at > cycle.told_at or (at == cycle.told_at and _dates(cycle) < tuple(dates.values())):
        for name, value in dates.items():
            setattr(cycle, name, value)
        cycle.told_at, cycle.external_id = at, external_id or cycle.external_id
        cycle.save(update_fields=[*dates, "told_at", "external_id"])
    if index is None:
        _number(subscription)
        cycle.refresh_from_db(fields=["index"])
    return cycle


def _dates(cycle: Cycle) -> tuple[datetime, ...]:
    return cycle.starts_at, cycle.ends_at, cycle.billing_expected_at


def _number(subscription: Subscription) -> None:
    """Count the cycles by the day on which they are billed; one statement, at whose end no number is there twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE subscribers_cycle AS cycle SET index = counted.number FROM (
                SELECT id, row_number() OVER (ORDER BY billing_expected_at, external_id, id) AS number
                FROM subscribers_cycle WHERE subscription_id = %s
            ) AS counted
            WHERE cycle.id = counted.id AND cycle.index <> counted.number
            """,
            [subscription.pk],
        )


@transaction.atomic(savepoint=False)
def cycle_at(subscription: Subscription, at: datetime) -> Cycle:
    """The cycle that a moment belongs to, for what names no cycle; made, on the calendar of the subscription, where
    it is not known."""
    subscription = locked(subscription.pk)
    known = subscription.cycles.filter(starts_at__lte=at).order_by("-starts_at").first()
    if known is not None and at < known.ends_at:
        return known
    every = step(subscription.billing_interval, subscription.billing_interval_count)
    index, starts_at = (known.index + 1, known.ends_at) if known else (1, min(subscription.started_at, at))
    while starts_at + every <= at:
        index, starts_at = index + 1, starts_at + every
    return _know(subscription, index=index, expected_at=starts_at, at=at, ends_at=starts_at + every)


def know_order(cycle: Cycle, *, order_id: str, order_number: str = "") -> None:
    """Which order of the provider a cycle's payment made; its boxes are found by it."""
    wanted = {"order_id": order_id, "order_number": order_number or cycle.order_number}
    changed = [name for name, value in wanted.items() if value and getattr(cycle, name) != value]
    for name in changed:
        setattr(cycle, name, wanted[name])
    if changed:
        cycle.save(update_fields=changed)


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


@transaction.atomic(savepoint=False)
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
    subscription = locked(cycle.subscription_id)
    if subscription.events.filter(kind=Kind.REFUNDED, source_key=source_key).exists():
        return
    cycle.refresh_from_db()
    event = _write(
        subscription,
        cycle,
        Kind.REFUNDED,
        occurred_at=at,
        source_key=source_key,
        data={"amount": str(amount)},
        actor_kind=actor_kind,
        actor=actor,
        reason=reason,
    )
    cycle.refunded += amount
    cycle.save(update_fields=["refunded"])
    tell(signals.subscription_changed, subscription=subscription, event=event)


@transaction.atomic(savepoint=False)
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
    subscription = locked(cycle.subscription_id)
    cycle.refresh_from_db()
    events = list(cycle.events.filter(Q(kind__in=FACTS) | Q(kind=Kind.OBSERVED)))
    if source_key and any(_is_same(event, kind, source_key) for event in events):
        return
    fact = CycleFact(at, kind, *_amount(data), reason.pk if reason else None, source_key)
    facts = [*_known(cycle, events, at), fact]
    before, after = _state(cycle), fold_cycle(facts)
    if kind == Kind.BILLED and after.status == CycleStatus.RECOVERED and after.billed_at == at:
        kind = Kind.BILLING_RECOVERED
    written, data = kind, dict(data or {})
    if before == after and kind not in TOLD_EACH_TIME:
        if not source_key:
            return
        # Kept, for an older fact that may still come, and told to nobody.
        written, source_key, data = Kind.OBSERVED, f"{kind}:{source_key}", {**data, "as": kind}
    event = _write(
        subscription,
        cycle,
        written,
        occurred_at=at,
        source_key=source_key,
        data=data,
        reason=reason,
        actor_kind=actor_kind,
        actor=actor,
    )
    cycle.status, cycle.billed_at, cycle.skip_reason_id = after.status, after.billed_at, after.skip_reason_id
    cycle.amount, cycle.currency = after.amount, after.currency
    cycle.save(update_fields=["status", "billed_at", "amount", "currency", "skip_reason"])
    is_newest = all(at >= one.at for one in facts)
    _tell(subscription, cycle, before, event if is_newest or before != after else None, kind)


def _tell(
    subscription: Subscription,
    cycle: Cycle,
    before: CycleState,
    event: SubscriptionEvent | None,
    kind: SubscriptionEventKind,
) -> None:
    if event is None or event.kind == Kind.OBSERVED:
        return
    changed = before.status != cycle.status
    if cycle.status in PAID_CYCLE and before.billed_at is None:
        tell(signals.cycle_billed, cycle=cycle)
    elif kind == Kind.BILLING_FAILED and cycle.status == CycleStatus.FAILED:
        tell(signals.billing_failed, cycle=cycle)
    elif kind == Kind.SKIPPED and changed and cycle.status == CycleStatus.SKIPPED:
        tell(signals.cycle_skipped, cycle=cycle, in_a_row=skips_in_a_row(subscription, cycle))
    elif changed:
        tell(signals.subscription_changed, subscription=subscription, event=event)


def _known(cycle: Cycle, events: list[SubscriptionEvent], at: datetime) -> list[CycleFact]:
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


def _amount(data: dict[str, Any] | None) -> tuple[Decimal | None, str]:
    data = data or {}
    amount = data.get("amount")
    return (None if amount is None else Decimal(amount)), data.get("currency", "")


def _state(cycle: Cycle) -> CycleState:
    return CycleState(cycle.status, cycle.billed_at, cycle.amount, cycle.currency, cycle.skip_reason_id)


def _is_same(event: SubscriptionEvent, kind: SubscriptionEventKind, source_key: str) -> bool:
    told = event.data.get("as", event.kind)
    one = told == kind or (told in PAID and kind in PAID)
    return one and event.source_key.removeprefix(f"{told}:") == source_key


def _write(subscription: Subscription, cycle: Cycle, kind: SubscriptionEventKind, **fields: Any) -> SubscriptionEvent:
    fields["source_key"] = fields["source_key"][:200]
    event = SubscriptionEvent.objects.create(subscription=subscription, cycle=cycle, kind=kind, **fields)
    announce("subscriber", subscription.subscriber_id)
    return event
