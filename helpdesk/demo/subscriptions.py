"""Subscriptions of the demo store: billed, skipped, failed, paused, cancelled, as subscribers of boxes do it.

The shares below are of a tea box of middling health: about one in eight leaves after the first box, fewer with each
one that they liked; a box that came broken makes them leave sooner.
"""

from datetime import datetime, timedelta

from helpdesk.demo.boxes import PLANNED_AHEAD, make_parcel, write_parcel
from helpdesk.demo.catalogue import PRODUCTS
from helpdesk.demo.chance import Chance, add_months
from helpdesk.demo.people import NEVER_SUBSCRIBED
from helpdesk.demo.world import Order, Person, Round, Setting
from helpdesk.demo.writer import Writer
from subscribers.enums import Actor, ChargeState, CycleStatus, Interval, SubscriptionEventKind, SubscriptionStatus
from subscribers.models import Box, Charge, Cycle, Subscription, SubscriptionEvent
from subscribers.providers.builtin.billing import RETRIES

# Who leaves before the next billing, by the number of boxes that they had; the last stands for all later ones.
CHURN = (0.12, 0.085, 0.06, 0.045, 0.035)
AFTER_TROUBLE = {"damaged": 1.9, "wrong_item": 1.7, "quality": 1.6, "late": 1.4, "missing_item": 1.3}
AFTER_TWO_SKIPS = 3.0
SKIPS, SKIPS_AGAIN = 0.05, 0.32
FAILS, RECOVERED = 0.035, 0.7
PAUSES = 0.012
SECOND_ORDER = 0.03
BY_AGENT = 0.3
SOONEST_RETRY = timedelta(hours=1)

CANCEL_REASONS = {
    "too_expensive": 0.24,
    "too_much_product": 0.2,
    "did_not_like": 0.1,
    "different_product": 0.08,
    "alternative": 0.08,
    "no_longer_need": 0.1,
    "moving": 0.05,
    "customer_service": 0.03,
    "other": 0.06,
    "": 0.06,  # the reason is optional
}
SKIP_REASONS = {"too_much_product": 0.55, "arrives_too_early": 0.15, "too_expensive": 0.12, "other": 0.08, "": 0.1}
DECLINES = ("insufficient_funds", "card_declined", "expired_card", "processing_error")


def make_subscriptions(setting: Setting, writer: Writer, people: list[Person]) -> None:
    chance = Chance(setting.seed, "subscriptions")
    for person in people:
        if len(people) > 20 and chance.happens(NEVER_SUBSCRIBED):
            continue
        person.orders.append(_order(setting, writer, chance, person, person.created_at))
        later = person.created_at + timedelta(days=chance.randrange(60, 300))
        if chance.happens(SECOND_ORDER) and later < setting.now:
            person.orders.append(_order(setting, writer, chance, person, later))


def _order(setting: Setting, writer: Writer, chance: Chance, person: Person, started_at: datetime) -> Order:
    line = chance.choices(PRODUCTS, [product.share for product in PRODUCTS])[0]
    order = Order(pk=writer.table(Subscription).next_id(), line=line, started_at=started_at)
    at, index, skipped, boxes = started_at, 1, 0, 0
    while True:
        ends_at = add_months(at, line.months)
        turn = Round(writer.table(Cycle).next_id(), index, at, ends_at)
        order.rounds.append(turn)
        if at > setting.now:
            order.next_billing_at = at
            _look_ahead(setting, writer, chance, person, order, turn)
            return order
        if index > 1 and chance.happens(SKIPS_AGAIN if skipped == 1 else SKIPS):
            _skip(chance, turn, order.rounds[-2])
            skipped += 1
        elif index > 1 and chance.happens(FAILS):
            if _fail(setting, chance, order, turn):
                return order
            skipped = 0
        else:
            turn.status, turn.billed_at, skipped = CycleStatus.BILLED, at, 0
        if turn.billed_at:
            boxes += 1
            turn.parcel = make_parcel(setting, chance, writer.table(Box).next_id(), person, order, turn.billed_at)
        if _leaves(setting, chance, order, turn, boxes, skipped):
            return order
        at = ends_at
        if chance.happens(PAUSES):
            paused_at = turn.starts_at + (ends_at - turn.starts_at) * chance.uniform(0.5, 0.95)
            at = add_months(ends_at, chance.choice((1, 1, 2, 3)))
            if paused_at < setting.now < at:
                order.status, order.paused_at = SubscriptionStatus.PAUSED, paused_at
                return order
            if at <= setting.now:
                order.pauses.append((paused_at, at - timedelta(days=1)))
            else:
                at = ends_at
        index += 1


def _look_ahead(setting: Setting, writer: Writer, chance: Chance, person: Person, order: Order, turn: Round) -> None:
    """The cycle that comes: some skip it already, a near one's box is planned."""
    if chance.happens(SKIPS / 2) and len(order.rounds) > 1:
        _skip(chance, turn, order.rounds[-2], before=setting.now)
        order.next_billing_at = turn.ends_at
    elif turn.starts_at < setting.now + PLANNED_AHEAD:
        turn.parcel = make_parcel(setting, chance, writer.table(Box).next_id(), person, order, turn.starts_at)


def _skip(chance: Chance, turn: Round, before_it: Round, before: datetime | None = None) -> None:
    turn.status, turn.skip_reason = CycleStatus.SKIPPED, chance.weighed(SKIP_REASONS)
    earliest = before_it.starts_at
    latest = min(turn.starts_at, before or turn.starts_at)
    turn.skipped_at = earliest + (latest - earliest) * chance.uniform(0.4, 0.97)


def _fail(setting: Setting, chance: Chance, order: Order, turn: Round) -> bool:
    """A payment that is refused and tried again; whether it ended the subscription, or is not decided yet."""
    turn.failed_at = turn.starts_at
    if chance.happens(RECOVERED):
        paid_at = turn.starts_at + timedelta(days=chance.choice((1, 2, 3, 3, 5, 7)), minutes=chance.randrange(300))
        if paid_at <= setting.now:
            turn.status, turn.billed_at = CycleStatus.RECOVERED, paid_at
            return False
    given_up_at = turn.starts_at + timedelta(days=14)
    if given_up_at > setting.now:
        turn.status, order.next_billing_at = CycleStatus.FAILED, turn.ends_at
        return True
    turn.status = CycleStatus.LOST
    order.status, order.ended_at = SubscriptionStatus.FAILED, given_up_at
    return True


def _leaves(setting: Setting, chance: Chance, order: Order, turn: Round, boxes: int, skipped: int) -> bool:
    share = CHURN[min(max(boxes, 1), len(CHURN)) - 1]
    if turn.parcel:
        share *= AFTER_TROUBLE.get(turn.parcel.trouble, 1.0)
    if skipped >= 2:
        share *= AFTER_TWO_SKIPS
    if not chance.happens(share):
        return False
    left_at = turn.starts_at + (turn.ends_at - turn.starts_at) * chance.uniform(0.35, 0.98)
    if left_at > setting.now:
        return False
    order.status, order.ended_at = SubscriptionStatus.CANCELLED, left_at
    order.cancel_reason = chance.weighed(CANCEL_REASONS)
    trouble = turn.parcel.trouble if turn.parcel else ""
    if trouble in ("damaged", "late", "quality") and chance.happens(0.5):
        order.cancel_reason = trouble
    order.cancelled_by_agent = chance.happens(BY_AGENT)
    return True


def write_subscriptions(setting: Setting, writer: Writer, people: list[Person]) -> None:
    for person in people:
        for order in person.orders:
            writer.add(
                Subscription,
                id=order.pk,
                store_id=setting.store.pk,
                subscriber_id=person.pk,
                external_id=f"sub_{order.pk:07d}",
                product_id=setting.products[order.line.sku],
                status=order.status,
                price=order.line.price,
                currency=setting.store.currency,
                billing_interval=Interval.MONTH,
                billing_interval_count=order.line.months,
                delivery_interval=Interval.MONTH,
                delivery_interval_count=order.line.months,
                started_at=order.started_at,
                next_billing_at=order.next_billing_at,
                ended_at=order.ended_at,
                created_at=order.started_at,
            )
            for turn in order.rounds:
                _write_cycle(setting, writer, order, turn)
            _write_history(setting, writer, order)


def _write_cycle(setting: Setting, writer: Writer, order: Order, turn: Round) -> None:
    writer.add(
        Cycle,
        id=turn.pk,
        subscription_id=order.pk,
        index=turn.index,
        starts_at=turn.starts_at,
        ends_at=turn.ends_at,
        billing_expected_at=turn.starts_at,
        status=turn.status,
        billed_at=turn.billed_at,
        amount=order.line.price if turn.billed_at else None,
        skip_reason_id=setting.reasons[turn.skip_reason] if turn.skip_reason else None,
    )
    if turn.status == CycleStatus.FAILED:
        _write_charge(setting, writer, order, turn)
    if turn.parcel:
        write_parcel(setting, writer, turn, turn.parcel)


def _write_charge(setting: Setting, writer: Writer, order: Order, turn: Round) -> None:
    """A payment that was refused, as often as it was its turn by now: the store goes on trying."""
    attempts, again_at = 1, turn.starts_at + RETRIES[0]
    while again_at <= setting.now and attempts < len(RETRIES):
        again_at += RETRIES[attempts]
        attempts += 1
    writer.add(
        Charge,
        cycle_id=turn.pk,
        amount=order.line.price,
        currency=setting.store.currency,
        state=ChargeState.REFUSED,
        attempts=attempts,
        due_at=turn.starts_at,
        next_attempt_at=max(again_at, setting.now + SOONEST_RETRY),
        error=DECLINES[turn.pk % len(DECLINES)],
        created_at=turn.starts_at,
    )


def _write_history(setting: Setting, writer: Writer, order: Order) -> None:
    kinds = SubscriptionEventKind

    def tell(kind: SubscriptionEventKind, at: datetime, actor: Actor = Actor.PROVIDER, **fields: object) -> None:
        writer.add(
            SubscriptionEvent,
            subscription_id=order.pk,
            kind=kind,
            actor_kind=actor,
            occurred_at=at,
            recorded_at=at,
            **fields,
        )

    tell(kinds.STARTED, order.started_at, Actor.SUBSCRIBER)
    amount = {"amount": str(order.line.price)}
    for turn in order.rounds:
        if turn.skipped_at:
            reason = setting.reasons[turn.skip_reason] if turn.skip_reason else None
            tell(kinds.SKIPPED, turn.skipped_at, Actor.SUBSCRIBER, cycle_id=turn.pk, reason_id=reason)
        if turn.failed_at:
            error = {"error": DECLINES[turn.pk % len(DECLINES)]}
            tell(kinds.BILLING_FAILED, turn.failed_at, cycle_id=turn.pk, data=error)
        if turn.status == CycleStatus.LOST and order.ended_at:
            tell(kinds.BILLING_LOST, order.ended_at, cycle_id=turn.pk)
        if turn.billed_at:
            kind = kinds.BILLING_RECOVERED if turn.failed_at else kinds.BILLED
            tell(kind, turn.billed_at, cycle_id=turn.pk, data=amount)
    for paused_at, resumed_at in order.pauses:
        tell(kinds.PAUSED, paused_at, Actor.SUBSCRIBER)
        tell(kinds.RESUMED, resumed_at, Actor.SUBSCRIBER)
    if order.paused_at:
        tell(kinds.PAUSED, order.paused_at, Actor.SUBSCRIBER)
    if order.status == SubscriptionStatus.CANCELLED and order.ended_at:
        reason = setting.reasons[order.cancel_reason] if order.cancel_reason else None
        who = Actor.AGENT if order.cancelled_by_agent else Actor.SUBSCRIBER
        tell(kinds.CANCELLED, order.ended_at, who, reason_id=reason)
