"""How one fact changes a subscription: its place in the history, the state that follows, and what is told of it.

For `subscribers.services.subscriptions`, which has a function for each fact; subscribers.facts has the arithmetic.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.contrib.auth.base_user import AbstractBaseUser
from django.dispatch import Signal

from subscribers import signals
from subscribers.enums import Actor, SubscriptionEventKind, SubscriptionStatus
from subscribers.facts import FIELDS, MEANS, Fact, State, apply, bounded, fold, monthly_value, to_json
from subscribers.models import Cycle, Reason, Subscription, SubscriptionEvent
from subscribers.services.ledger import Page
from subscribers.services.ledger import Told as Known
from subscribers.services.spans import key_as_told, measure

Kind = SubscriptionEventKind

# What a change of a field is called in the history, the weightiest first: a snapshot tells each that it brings.
CALLED = {
    "price": Kind.PRICE_CHANGED,
    "product_id": Kind.PRODUCT_CHANGED,
    "quantity": Kind.QUANTITY_CHANGED,
    "billing_interval": Kind.FREQUENCY_CHANGED,
    "billing_interval_count": Kind.FREQUENCY_CHANGED,
    "delivery_interval": Kind.FREQUENCY_CHANGED,
    "delivery_interval_count": Kind.FREQUENCY_CHANGED,
}
ROW_FIELDS = (*FIELDS, "ended_at", "paused_at", "revision")
LONGEST_KEY = 200


class Told(TypedDict, total=False):
    """Who told a fact, and how it is known from others: what every function of `subscriptions` takes."""

    source_key: str
    revision: int | None
    actor_kind: Actor
    actor: AbstractBaseUser | None
    reason: Reason | None


def record(
    page: Page,
    kind: SubscriptionEventKind,
    at: datetime,
    sets: Mapping[str, Any],
    who: Told,
    *,
    data: Mapping[str, Any] | None = None,
    tells: bool = True,
) -> tuple[SubscriptionEvent | None, State, State]:
    """Take in one fact: the event (None where it was told before, or says nothing new), the state before and after."""
    before = state_of(page.subscription)
    if is_told(page, kind, who):
        return None, before, before
    unknown = set(sets) - set(FIELDS)
    if unknown:
        raise ValueError(f"No facts of a subscription: {', '.join(sorted(unknown))}")
    plain = {name: to_json(value) for name, value in sets.items()}
    fact = Fact(at, kind, plain, who.get("revision"), who.get("source_key", ""))
    previous, after, is_newest = _place(page, fact, before, is_born=bool(data))
    if is_newest and _is_same(before, after) and not data:
        if not who.get("source_key"):
            return None, before, before
        # Kept, for an older fact that may still come, and told to nobody: it is the state that is known already.
        who = {**who, "source_key": f"{kind}:{who['source_key']}"} if kind != Kind.OBSERVED else who
        kind = Kind.OBSERVED
    event = write(page, kind, at, who, {"set": plain, **(data or {}), **details(kind, previous, after)})
    _save(page, before, after, at)
    if "billing_interval" in plain:
        measure(page)
    if tells and not _is_same(before, after):
        tell_change(page, event, before, after, who.get("reason"))
    return event, before, after


def _place(page: Page, fact: Fact, state: State, *, is_born: bool) -> tuple[State, State, bool]:
    """The state before the fact in time, the newest one with it, and whether the fact is the newest."""
    newest = page.subscription.triggered_at
    has_passed = fact.revision is not None and fact.revision < page.subscription.revision
    if not is_born and not has_passed and (newest is None or fact.at > newest):
        after = bounded(apply(state, fact))
        return state, after, True
    events = [event for event in page.history if "set" in event.data and "derived" not in event.data]
    if not is_born and not any(event.data.get("born") for event in events):
        # Its row came from elsewhere, complete: an older fact is history, one of the same moment is news.
        after = state if has_passed or (newest and fact.at < newest) else bounded(apply(state, fact))
        return state, after, False
    known = [_fact(event) for event in events]
    earlier = [one for one in known if one.order < fact.order]
    after = fold([*known, fact])
    return fold(earlier) if earlier else replace(after, price=after.price), after, False


def _fact(event: Known) -> Fact:
    return Fact(event.occurred_at, event.kind, event.data["set"], event.revision, key_as_told(event))


def state_of(subscription: Subscription) -> State:
    return State(**{name: getattr(subscription, name) for name in ROW_FIELDS})


def _is_same(before: State, after: State) -> bool:
    return before == replace(after, revision=before.revision)


def is_told(page: Page, kind: SubscriptionEventKind, who: Told) -> bool:
    key = who.get("source_key", "")
    if not key:
        return False
    return page.is_told(kind, key[:LONGEST_KEY]) or page.is_told(Kind.OBSERVED, f"{kind}:{key}"[:LONGEST_KEY])


def write(
    page: Page,
    kind: SubscriptionEventKind,
    at: datetime,
    who: Told,
    data: dict[str, Any],
    cycle: Cycle | None = None,
) -> SubscriptionEvent:
    """Append an event to the history, of a cycle's where one is given."""
    actor = who.get("actor")
    page.ledger.hear(page.subscription)
    return page.write(
        SubscriptionEvent(
            subscription=page.subscription,
            cycle=cycle,
            kind=kind,
            occurred_at=at,
            data=data,
            source_key=who.get("source_key", "")[:LONGEST_KEY],
            revision=who.get("revision"),
            actor_kind=who.get("actor_kind", Actor.PROVIDER),
            actor_id=actor.pk if actor else None,
            reason=who.get("reason"),
        )
    )


def _save(page: Page, before: State, after: State, at: datetime) -> None:
    changed = {name: getattr(after, name) for name in ROW_FIELDS if getattr(before, name) != getattr(after, name)}
    if page.subscription.triggered_at is None or at > page.subscription.triggered_at:
        changed["triggered_at"] = at
    if changed:
        page.set(**changed)


def changes(before: State, after: State) -> Iterable[SubscriptionEventKind]:
    """What a change of the whole is called, by its parts."""
    told: list[SubscriptionEventKind] = []
    if before.status != after.status:
        told.append(_turned(before, after))
    for name, kind in CALLED.items():
        if getattr(before, name) != getattr(after, name) and kind not in told:
            told.append(kind)
    return told


def _turned(before: State, after: State) -> SubscriptionEventKind:
    if after.status == SubscriptionStatus.ACTIVE:
        return Kind.REACTIVATED if before.is_ended else Kind.RESUMED
    return next(kind for kind, status in MEANS.items() if status == after.status)


def details(kind: SubscriptionEventKind, before: State, after: State) -> dict[str, Any]:
    """From, to, and what it comes to in a month; `from` is as it was known when the fact arrived."""
    match kind:
        case Kind.PRICE_CHANGED:
            told: dict[str, Any] = {"from": str(before.price), "to": str(after.price)}
        case Kind.PRODUCT_CHANGED:
            told = {"from": before.product_id, "to": after.product_id}
        case Kind.QUANTITY_CHANGED:
            told = {"from": before.quantity, "to": after.quantity}
        case Kind.FREQUENCY_CHANGED:
            told = {
                "from": [before.billing_interval, before.billing_interval_count],
                "to": [after.billing_interval, after.billing_interval_count],
            }
        case Kind.RESCHEDULED:
            return {"from": to_json(before.next_billing_at), "to": to_json(after.next_billing_at)}
        case Kind.PAUSED:
            return {"resumes_at": to_json(after.resumes_at)}
        case Kind.CANCELLATION_SCHEDULED:
            return {"cancels_at": to_json(after.cancels_at)}
        case _:
            return {}
    change = _monthly(after) - _monthly(before)
    return {**told, "monthly_change": str(change), "currency": after.currency}


def _monthly(state: State) -> Decimal:
    return monthly_value(state.price, state.billing_interval, state.billing_interval_count)


def tell_change(
    page: Page, event: SubscriptionEvent | None, before: State, after: State, reason: Reason | None
) -> None:
    if after.status == SubscriptionStatus.CANCELLED and before.status != after.status:
        _tell(page, signals.subscription_cancelled, reason=reason)
    else:
        _tell(page, signals.subscription_changed, event=event)


def _tell(page: Page, fact: Signal, **facts: Any) -> None:
    page.ledger.tell(fact, page.subscription, Subscription, subscription=page.subscription, **facts)
