"""What an action would change, worked out before it is asked for: the same words for a preview, the check and the deed.

`plan` writes nothing. It refuses what cannot be, whoever keeps the subscription; what a provider cannot do besides is
the provider's to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db.models import Sum
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from subscribers.enums import (
    PAID_CYCLE,
    UNSETTLED_ACTION,
    ActionKind,
    BoxStatus,
    CycleStatus,
    Interval,
    SubscriptionStatus,
)
from subscribers.errors import Refused
from subscribers.facts import CENT
from subscribers.models import Box, Charge, Cycle, Product, ProviderAction, Subscription
from subscribers.wording import interval_words

LONGEST_PAUSE = timedelta(days=366)
FARTHEST_BILLING = timedelta(days=366)
MOST_COUNT = {Interval.DAY: 366, Interval.WEEK: 52, Interval.MONTH: 24, Interval.YEAR: 2}
MOST_BILLINGS = 24


def step(interval: str, count: int) -> relativedelta:
    """How long a billing or delivery interval is, by the calendar: a month from 31 January ends in February."""
    match Interval(interval):
        case Interval.DAY:
            return relativedelta(days=count)
        case Interval.WEEK:
            return relativedelta(weeks=count)
        case Interval.MONTH:
            return relativedelta(months=count)
        case Interval.YEAR:
            return relativedelta(years=count)


def following(known: Sequence[datetime], interval: str, count: int, zone: ZoneInfo) -> datetime:
    """When the next billing is after those known (in order, one at least), at the same hour of `zone`'s clocks.

    A month that is too short has its last day instead, and the one after it has the day again: of the 31st, 28
    February is followed by 31 March.
    """
    before, day = known[0].astimezone(zone), 0
    for at in known:
        local = at.astimezone(zone)
        if not day or _next(before, day, interval, count).date() != local.date():
            day = local.day
        before = local
    return _next(before, day, interval, count).astimezone(UTC)


def _next(local: datetime, day: int, interval: str, count: int) -> datetime:
    after = local + step(interval, count)
    return after + relativedelta(day=day) if interval in (Interval.MONTH, Interval.YEAR) else after


@dataclass(frozen=True)
class Preview:
    """What an action would change. `lines`: sentences with dates and amounts, for the person who decides.

    `before` and `after` hold the same for machines: status, next_billing_at (ISO 8601 or null), price (text, of the
    next billing), frequency (in words), product (its name).
    """

    lines: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """`params`: what the row keeps, checked and in their plainest form. `amount`: what it costs the store.

    `asked`: the row of what was asked before, and is looked at once more.
    """

    kind: ActionKind
    subscription: Subscription
    at: datetime
    params: dict[str, Any] = field(default_factory=dict)
    cycle: Cycle | None = None
    box: Box | None = None
    asked: ProviderAction | None = None
    product: Product | None = None
    amount: Decimal | None = None
    status: str = ""
    price: Decimal | None = None
    next_billing_at: datetime | None = None
    keeps_billing: bool = True
    frequency: tuple[str, int] | None = None
    lines: tuple[str, ...] = ()

    def preview(self) -> Preview:
        now = self.subscription
        before = {
            "status": now.status,
            "next_billing_at": _iso(now.next_billing_at),
            "price": str(now.price),
            "frequency": interval_words(now.billing_interval, now.billing_interval_count),
            "product": str(now.product) if now.product else None,
        }
        after = dict(before)
        if self.status:
            after["status"] = self.status
        if not self.keeps_billing:
            after["next_billing_at"] = _iso(self.next_billing_at)
        if self.price is not None:
            after["price"] = str(self.price)
        if self.frequency:
            after["frequency"] = interval_words(*self.frequency)
        if self.product is not None and self.kind == ActionKind.SWAP:
            after["product"] = str(self.product)
        return Preview(self.lines, before, after)


def plan(
    kind: ActionKind | str,
    params: Mapping[str, Any],
    subscription: Subscription | None,
    at: datetime,
    *,
    cycle: Cycle | None = None,
    box: Box | None = None,
    asked: ProviderAction | None = None,
) -> Plan:
    """What this would change at `at`. Raises Refused, in words, for what cannot be."""
    if subscription is None:
        raise Refused("Say which subscription.", "subscription")
    try:
        kind = ActionKind(kind)
    except ValueError as unknown:
        raise Refused(f"“{kind}” is nothing that can be done.", "kind") from unknown
    if cycle is not None and cycle.subscription_id != subscription.pk:
        raise Refused("That cycle belongs to another subscription.", "cycle")
    if box is not None and box.cycle.subscription_id != subscription.pk:
        raise Refused("That box belongs to another subscription.", "box")
    base = Plan(kind, subscription, at, cycle=cycle, box=box, asked=asked)
    return _PLANS[kind](base, params)


# -- Helpers -----------------------------------------------------------------------------------------


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def day(subscription: Subscription, at: datetime) -> str:
    """A day as the store's calendar has it."""
    return f"{at.astimezone(ZoneInfo(subscription.store.time_zone)):%-d %b %Y}"


def money(subscription: Subscription, amount: Decimal) -> str:
    return f"{amount} {subscription.currency}"


def _must_be(subscription: Subscription, *statuses: SubscriptionStatus) -> None:
    if subscription.status not in statuses:
        wanted = " or ".join(status.label.lower() for status in statuses)
        raise Refused(f"The subscription is {subscription.get_status_display().lower()}, not {wanted}.", "subscription")


def _number(params: Mapping[str, Any], name: str, *, least: int, most: int, default: int | None = None) -> int:
    value = params.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | str | float | Decimal) or str(value) == "":
        raise Refused(f"“{name}” needs a whole number.", name)
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise Refused(f"“{name}” needs a whole number, not “{value}”.", name) from error
    if not number.is_finite() or number != number.to_integral_value() or not least <= number <= most:
        raise Refused(f"“{name}” has to be a whole number from {least} to {most}.", name)
    return int(number)


def _amount(params: Mapping[str, Any], name: str) -> Decimal:
    value = params.get(name)
    try:
        if isinstance(value, bool | None):
            raise InvalidOperation
        amount = Decimal(str(value))
        if not amount.is_finite() or amount != amount.quantize(CENT) or not 0 < amount < 10**9:
            raise InvalidOperation
    except InvalidOperation as error:
        raise Refused(f"“{name}” has to be an amount above 0, such as 12.50.", name) from error
    return amount.quantize(CENT)


def _moment(params: Mapping[str, Any], name: str, at: datetime, farthest: timedelta) -> datetime:
    value = params.get(name)
    try:
        moment = value if isinstance(value, datetime) else parse_datetime(str(value))
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise Refused(f"“{name}” has to be a time with its offset, such as 2026-03-02T09:00:00+00:00.", name)
    if moment <= at:
        raise Refused("That day has passed.", name)
    if moment > at + farthest:
        raise Refused(f"That is farther away than {farthest.days} days.", name)
    return moment


def _product(base: Plan, params: Mapping[str, Any], *, needed: bool) -> Product | None:
    wanted = params.get("product")
    if wanted in (None, "") and not needed:
        return None
    known = Product.objects.filter(store=base.subscription.store_id)
    text = str(wanted)
    product = known.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 18 else None
    if product is None:
        raise Refused("The store does not have that product.", "product")
    return product


def price_of(product: Product) -> Decimal | None:
    """What a product costs per billing, where the store says so (`price` of its data)."""
    try:
        return Decimal(str(product.data["price"])).quantize(CENT)
    except (KeyError, TypeError, InvalidOperation):
        return None


def _coming(base: Plan) -> Cycle | None:
    """The next cycle that is to be billed, where it is known already; one that was invoiced is none."""
    return base.subscription.cycles.filter(status=CycleStatus.SCHEDULED, charge=None).order_by("index").first()


# -- A plan a kind -----------------------------------------------------------------------------------


def _skip(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    _must_be(subscription, SubscriptionStatus.ACTIVE)
    cycle = base.cycle or _coming(base)
    starts_at = cycle.billing_expected_at if cycle else subscription.next_billing_at
    if starts_at is None:
        raise Refused("No box is planned that could be skipped.", "cycle")
    if cycle is not None and cycle.status != CycleStatus.SCHEDULED:
        raise Refused(f"Cycle {cycle.index} is {cycle.get_status_display().lower()} already.", "cycle")
    if base.cycle is not None and Charge.objects.filter(cycle=base.cycle).exists():
        raise Refused(f"Cycle {base.cycle.index} is invoiced already.", "cycle")
    ends_at = cycle.ends_at if cycle else starts_at + _every(subscription)
    is_next = subscription.next_billing_at is None or starts_at <= subscription.next_billing_at
    after = max(ends_at, base.at) if is_next else subscription.next_billing_at
    assert after is not None  # noqa: S101  for the type checker: `is_next` where there is none
    lines = (
        f"The box of {day(subscription, starts_at)} is left out; nothing is billed for it.",
        f"The next billing is on {day(subscription, after)}.",
    )
    return replace(
        base,
        cycle=cycle,
        params={"starts_at": _iso(starts_at), "next_billing_at": _iso(after)},
        next_billing_at=after,
        keeps_billing=not is_next,
        lines=lines,
    )


def _unskip(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    _must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    skipped = subscription.cycles.filter(status=CycleStatus.SKIPPED, billing_expected_at__gt=base.at)
    cycle = base.cycle or skipped.order_by("index").first()
    if cycle is None or cycle.status != CycleStatus.SKIPPED:
        raise Refused("That box is not skipped.", "cycle")
    if cycle.billing_expected_at <= base.at:
        raise Refused("The day of that box has passed.", "cycle")
    known = subscription.next_billing_at
    after = min(cycle.billing_expected_at, known) if known else cycle.billing_expected_at
    return replace(
        base,
        cycle=cycle,
        params={"next_billing_at": _iso(after)},
        next_billing_at=after,
        keeps_billing=False,
        lines=(f"The box of {day(subscription, cycle.billing_expected_at)} is billed and sent after all.",),
    )


def _pause(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    _must_be(subscription, SubscriptionStatus.ACTIVE)
    resumes_at: datetime | None = None
    if params.get("days") not in (None, ""):
        resumes_at = base.at + timedelta(days=_number(params, "days", least=1, most=LONGEST_PAUSE.days))
    elif params.get("resumes_at"):
        resumes_at = _moment(params, "resumes_at", base.at, LONGEST_PAUSE)
    after = max(resumes_at, subscription.next_billing_at or resumes_at) if resumes_at else None
    lines: tuple[str, ...] = ("Nothing is billed or sent from now on.",)
    if resumes_at and after:
        lines += (
            f"It goes on by itself on {day(subscription, resumes_at)}; "
            f"the next billing is on {day(subscription, after)}.",
        )
    else:
        lines += ("It stays so until somebody resumes it.",)
    return replace(
        base,
        params={"resumes_at": _iso(resumes_at), "next_billing_at": _iso(after)},
        status=SubscriptionStatus.PAUSED,
        next_billing_at=after,
        keeps_billing=False,
        lines=lines,
    )


def _resume(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    _must_be(subscription, SubscriptionStatus.PAUSED)
    return _go_on(base, params, after=max(base.at, subscription.next_billing_at or base.at), said="It goes on now")


def _go_on(base: Plan, params: Mapping[str, Any], *, after: datetime, said: str) -> Plan:
    """Active again, billed next on the day that is asked for, else at `after`."""
    if params.get("next_billing_at"):
        after = _moment(params, "next_billing_at", base.at, FARTHEST_BILLING)
    return replace(
        base,
        params={"next_billing_at": _iso(after)},
        status=SubscriptionStatus.ACTIVE,
        next_billing_at=after,
        keeps_billing=False,
        lines=(f"{said}; the next billing is on {day(base.subscription, after)}.",),
    )


def _every(subscription: Subscription) -> relativedelta:
    return step(subscription.billing_interval, subscription.billing_interval_count)


def _set_frequency(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    _must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    interval = str(params.get("interval", ""))
    if interval not in Interval.values:
        raise Refused(f"“interval” is one of {', '.join(Interval.values)}.", "interval")
    count = _number(params, "count", least=1, most=MOST_COUNT[Interval(interval)])
    now = (subscription.billing_interval, subscription.billing_interval_count)
    delivered = (subscription.delivery_interval, subscription.delivery_interval_count)
    if (interval, count) == now == delivered:
        raise Refused(f"It comes {interval_words(interval, count)} already.", "interval")
    after = subscription.next_billing_at
    last = subscription.cycles.filter(status__in=PAID_CYCLE).order_by("-starts_at").first()
    if after is not None and last is not None:
        anew = last.starts_at + step(interval, count)
        after = anew if anew > base.at else after
    lines: tuple[str, ...] = (f"It comes {interval_words(interval, count)} instead of {interval_words(*now)}.",)
    if after is not None:
        lines += (f"The next billing is on {day(subscription, after)}, {money(subscription, subscription.price)}.",)
    return replace(
        base,
        params={"interval": interval, "count": count, "next_billing_at": _iso(after)},
        frequency=(interval, count),
        next_billing_at=after,
        keeps_billing=after == subscription.next_billing_at,
        lines=lines,
    )


def _set_next_billing(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    _must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    after = _moment(params, "at", base.at, FARTHEST_BILLING)
    if subscription.resumes_at and after < subscription.resumes_at:
        raise Refused("It is paused until later than that.", "at")
    return replace(
        base,
        params={"at": _iso(after)},
        next_billing_at=after,
        keeps_billing=False,
        lines=(f"The next billing is on {day(subscription, after)}.",),
    )


def _swap(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    _must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    product = _product(base, params, needed=True)
    if product is None or product.pk == subscription.product_id:
        raise Refused("It delivers that already.", "product")
    price = _amount(params, "price") if params.get("price") not in (None, "") else price_of(product)
    lines: tuple[str, ...] = (
        f"It delivers {product} instead of {subscription.product or 'what it did'} from the next box on.",
    )
    if price is not None and price != subscription.price:
        old, new = money(subscription, subscription.price), money(subscription, price)
        lines += (f"A billing costs {new} instead of {old}.",)
    return replace(
        base,
        params={"product": product.pk, "price": None if price is None else str(price)},
        product=product,
        price=price,
        lines=lines,
    )


def _discount(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    _must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    billings = _number(params, "billings", least=1, most=MOST_BILLINGS, default=1)
    if params.get("amount") not in (None, ""):
        off = _amount(params, "amount")
        if off > subscription.price:
            raise Refused("That is more than a billing costs.", "amount")
        kept = {"amount": str(off)}
    else:
        percent = _number(params, "percent", least=1, most=100)
        off = (subscription.price * percent / 100).quantize(CENT)
        kept = {"percent": str(percent)}
    price = subscription.price - off
    once = "The next billing costs" if billings == 1 else f"The next {billings} billings cost"
    old, new = money(subscription, subscription.price), money(subscription, price)
    return replace(
        base,
        params={**kept, "billings": billings},
        amount=off * billings,
        price=price,
        lines=(f"{once} {new} instead of {old}.",),
    )


def _gift(base: Plan, params: Mapping[str, Any]) -> Plan:
    _must_be(base.subscription, SubscriptionStatus.ACTIVE)
    product = _product(base, params, needed=False)
    title = str(params.get("title") or product or "").strip()[:200]
    if not title:
        raise Refused("Say what is given.", "product")
    said = _amount(params, "amount") if params.get("amount") not in (None, "") else None
    # What the store sells it for, whatever who gives it says: limits are held against it.
    cost = (price_of(product) if product else None) or said
    return replace(
        base,
        params={"title": title, "product": product.pk if product else None},
        product=product,
        amount=cost,
        lines=(f"{title} comes with the next box, for nothing.",),
    )


def _replacement(base: Plan, params: Mapping[str, Any]) -> Plan:
    box = base.box
    if box is None:
        raise Refused("Say which box is to be replaced.", "box")
    if box.status in (BoxStatus.PLANNED, BoxStatus.CANCELLED):
        raise Refused("That box was never sent.", "box")
    if box.replacements.exclude(status=BoxStatus.CANCELLED).exists():
        raise Refused("A replacement of that box is there already.", "box")
    return replace(base, cycle=box.cycle, lines=(f"{box} is sent once more, for nothing.",))


def _refund(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    cycle = base.cycle or subscription.cycles.filter(status__in=PAID_CYCLE).order_by("-index").first()
    if cycle is None or cycle.status not in PAID_CYCLE:
        raise Refused("Only what was paid can be refunded.", "cycle")
    amount = _amount(params, "amount")
    paid = subscription.price if cycle.amount is None else cycle.amount
    left = paid - cycle.refunded - _asked_back(base, cycle)
    if amount > left:
        raise Refused(f"Of that cycle {money(subscription, max(left, Decimal(0)))} can be refunded.", "amount")
    return replace(
        base,
        cycle=cycle,
        params={"amount": str(amount)},
        amount=amount,
        lines=(f"{money(subscription, amount)} of cycle {cycle.index} go back.",),
    )


def _asked_back(base: Plan, cycle: Cycle) -> Decimal:
    """What is asked for already, and did not go back yet."""
    asked = cycle.actions.filter(kind=ActionKind.REFUND, state__in=UNSETTLED_ACTION)
    others = asked.exclude(pk=base.asked.pk) if base.asked else asked
    total: Decimal = others.aggregate(total=Sum("amount", default=Decimal(0)))["total"]
    return total


def _cancel(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    _must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    when = params.get("when") or "now"
    if when not in ("now", "period_end"):
        raise Refused("“when” is now or period_end.", "when")
    kept: dict[str, Any] = {"when": when, "comment": str(params.get("comment") or "")[:2000]}
    ends_at = subscription.next_billing_at if when == "period_end" else None
    if ends_at and ends_at > base.at:
        kept["cancels_at"] = ends_at.isoformat()
        lines = (f"It ends on {day(subscription, ends_at)}; nothing is billed any more.",)
        return replace(base, params=kept, keeps_billing=False, lines=lines)
    kept["when"] = "now"
    return replace(
        base,
        params=kept,
        status=SubscriptionStatus.CANCELLED,
        keeps_billing=False,
        lines=("It ends now; nothing is billed any more. What is paid is still sent.",),
    )


def _reactivate(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    if subscription.cancels_at is None:
        _must_be(subscription, SubscriptionStatus.CANCELLED, SubscriptionStatus.EXPIRED, SubscriptionStatus.FAILED)
    return _go_on(base, params, after=subscription.next_billing_at or base.at, said="It goes on")


_PLANS = {
    ActionKind.SKIP: _skip,
    ActionKind.UNSKIP: _unskip,
    ActionKind.PAUSE: _pause,
    ActionKind.RESUME: _resume,
    ActionKind.SET_FREQUENCY: _set_frequency,
    ActionKind.SET_NEXT_BILLING: _set_next_billing,
    ActionKind.SWAP: _swap,
    ActionKind.DISCOUNT: _discount,
    ActionKind.GIFT: _gift,
    ActionKind.REPLACEMENT: _replacement,
    ActionKind.REFUND: _refund,
    ActionKind.CANCEL: _cancel,
    ActionKind.REACTIVATE: _reactivate,
}
