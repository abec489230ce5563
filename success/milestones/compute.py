"""What facts make of a milestone: pure arithmetic, the same in whatever order the facts became known."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from subscribers.enums import PAID_CYCLE, BoxKind
from success.milestones.enums import Anchor, EngagementKind, MilestoneState, Predicate
from success.milestones.facts import Life, Span

Reached = tuple[datetime, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A definition as far as the arithmetic needs it."""

    pk: int
    predicate: str
    number: int
    subject: str
    anchor: str
    target_days: int
    behind_after_days: int
    stuck_after_days: int
    products: frozenset[int] = frozenset()

    def applies_to(self, life: Life) -> bool:
        return not self.products or life.product_id in self.products


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a subscription is with a milestone; the fields of its row."""

    state: str
    since: datetime
    anchor_at: datetime | None = None
    target_at: datetime | None = None
    behind_at: datetime | None = None
    stuck_at: datetime | None = None
    achieved_at: datetime | None = None
    abandoned_at: datetime | None = None
    evidence: str = ""
    due_at: datetime | None = None


def standing_of(asked: Asked, life: Life, now: datetime) -> Standing:
    """`due_at`: the next moment at which it will be another one though nothing happens; None where there is none."""
    anchor = anchor_of(asked.anchor, life)
    if anchor is not None and anchor > now:
        due, anchor = anchor, None
    else:
        due = None
    days = (0, asked.behind_after_days, asked.stuck_after_days)
    target, behind, stuck = (_deadline(anchor, asked.target_days + grace, life.pauses) for grace in days)
    begun = Standing(MilestoneState.PENDING, life.started_at, anchor, target, behind, stuck)
    reached = reached_by(asked, life)
    if reached is not None and reached[0] <= now:
        at, evidence = reached
        return replace(begun, state=MilestoneState.ACHIEVED, since=at, achieved_at=at, evidence=evidence)
    if life.ended_at is not None and life.ended_at <= now:
        return replace(begun, state=MilestoneState.ABANDONED, since=life.ended_at, abandoned_at=life.ended_at)
    coming = [reached[0] if reached else None, life.ended_at, due, behind, stuck]
    due = min((moment for moment in coming if moment is not None and moment > now), default=None)
    if anchor is None:
        return replace(begun, due_at=due)
    if stuck is not None and stuck <= now:
        return replace(begun, state=MilestoneState.STUCK, since=stuck, due_at=due)
    if behind is not None and behind <= now:
        return replace(begun, state=MilestoneState.BEHIND, since=behind, due_at=due)
    return replace(begun, state=MilestoneState.ON_TRACK, since=anchor, due_at=due)


def anchor_of(anchor: str, life: Life) -> datetime | None:
    if anchor == Anchor.FIRST_BILLING:
        return min((cycle.billed_at for cycle in life.cycles if cycle.billed_at), default=None)
    if anchor == Anchor.FIRST_BOX:
        return min((at for at, _ in _delivered(life)), default=None)
    return life.started_at


def _deadline(anchor: datetime | None, days: int, pauses: Iterable[Span]) -> datetime | None:
    """So many days after the anchor, pauses not counted; None within a pause that goes on."""
    if anchor is None:
        return None
    at = anchor + timedelta(days=days)
    for begun, ended in pauses:
        if at <= begun:
            break
        if ended is None:
            return None
        if ended > anchor:
            at += ended - max(begun, anchor)
    return at


def reached_by(asked: Asked, life: Life) -> Reached | None:
    """When the predicate came true, or will by itself, and the fact that made it so."""
    match asked.predicate:
        case Predicate.BOX_DELIVERED:
            return _nth(_delivered(life), asked.number)
        case Predicate.RENEWED:
            return _nth(_billed(life), asked.number + 1)
        case Predicate.ORDER_VALUE:
            return _value_reached(life, Decimal(asked.number))
        case Predicate.SUBSCRIBED_DAYS:
            at = life.started_at + timedelta(days=asked.number)
            lasted = life.ended_at is None or life.ended_at >= at
            return (at, f"subscription:{life.pk}") if lasted else None
        case Predicate.USE_CONFIRMED:
            return _told(life, EngagementKind.USE_CONFIRMED, "")
        case Predicate.SURVEY_ANSWERED:
            return _told(life, EngagementKind.SURVEY_ANSWERED, asked.subject)
        case _:
            return _told(life, EngagementKind.TOLD, asked.subject)


def _nth(reached: Iterable[Reached], number: int) -> Reached | None:
    in_order = sorted(reached)
    return in_order[number - 1] if len(in_order) >= number else None


def _delivered(life: Life) -> list[Reached]:
    regular = (box for box in life.boxes if box.kind == BoxKind.REGULAR)
    return [(box.delivered_at, f"box:{box.pk}") for box in regular if box.delivered_at is not None]


def _billed(life: Life) -> list[Reached]:
    paid = (cycle for cycle in life.cycles if cycle.status in PAID_CYCLE)
    return [(cycle.billed_at, f"cycle:{cycle.pk}") for cycle in paid if cycle.billed_at is not None]


def _value_reached(life: Life, wanted: Decimal) -> Reached | None:
    """By what was kept of each payment in the subscription's currency; where no amount was told, by its price."""
    total = Decimal(0)
    paid = [cycle for cycle in life.cycles if cycle.status in PAID_CYCLE and cycle.billed_at is not None]
    for cycle in sorted(paid, key=lambda one: (one.billed_at, one.pk)):
        if cycle.currency in ("", life.currency):
            total += max(Decimal(0), (life.price if cycle.amount is None else cycle.amount) - cycle.refunded)
        if total >= wanted and cycle.billed_at is not None:
            return cycle.billed_at, f"cycle:{cycle.pk}"
    return None


def _told(life: Life, kind: EngagementKind, subject: str) -> Reached | None:
    found = (one for one in life.engagements if one.kind == kind and subject in ("", one.subject))
    return min(((one.at, f"engagement:{one.pk}") for one in found), default=None)
