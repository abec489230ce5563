"""Plans of what is delivered and what it costs: swaps, discounts, gifts, replacements, refunds."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext

from subscribers.changes.planning import Plan, amount_in, money, must_be, number_in
from subscribers.enums import PAID_CYCLE, UNSETTLED_ACTION, ActionKind, BoxStatus, SubscriptionStatus
from subscribers.errors import Refused
from subscribers.facts import CENT
from subscribers.models import Cycle, Product

MOST_BILLINGS = 24


def product_in(base: Plan, params: Mapping[str, Any], *, needed: bool) -> Product | None:
    wanted = params.get("product")
    if wanted in (None, "") and not needed:
        return None
    known = Product.objects.filter(store=base.subscription.store_id)
    text = str(wanted)
    product = known.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 18 else None
    if product is None:
        raise Refused(gettext("The store does not have that product."), "product")
    return product


def price_of(product: Product) -> Decimal | None:
    """What a product costs per billing, where the store says so (`price` of its data)."""
    try:
        return Decimal(str(product.data["price"])).quantize(CENT)
    except (KeyError, TypeError, InvalidOperation):
        return None


def swap(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    product = product_in(base, params, needed=True)
    if product is None or product.pk == subscription.product_id:
        raise Refused(gettext("It delivers that already."), "product")
    price = amount_in(params, "price") if params.get("price") not in (None, "") else price_of(product)
    lines: tuple[str, ...] = (
        gettext("It delivers %(product)s instead of %(product2)s from the next box on.")
        % {"product": product, "product2": subscription.product or "what it did"},
    )
    if price is not None and price != subscription.price:
        old, new = money(subscription, subscription.price), money(subscription, price)
        lines += (gettext("A billing costs %(new)s instead of %(old)s.") % {"new": new, "old": old},)
    return replace(
        base,
        params={"product": product.pk, "price": None if price is None else str(price)},
        product=product,
        price=price,
        lines=lines,
    )


def discount(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    must_be(subscription, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED)
    billings = number_in(params, "billings", least=1, most=MOST_BILLINGS, default=1)
    if params.get("amount") not in (None, ""):
        off = amount_in(params, "amount")
        if off > subscription.price:
            raise Refused(gettext("That is more than a billing costs."), "amount")
        kept = {"amount": str(off)}
    else:
        percent = number_in(params, "percent", least=1, most=100)
        off = (subscription.price * percent / 100).quantize(CENT)
        kept = {"percent": str(percent)}
    price = subscription.price - off
    once = (
        gettext("The next billing costs")
        if billings == 1
        else gettext("The next %(billings)s billings cost") % {"billings": billings}
    )
    old, new = money(subscription, subscription.price), money(subscription, price)
    return replace(
        base,
        params={**kept, "billings": billings},
        amount=off * billings,
        price=price,
        lines=(gettext("%(once)s %(new)s instead of %(old)s.") % {"once": once, "new": new, "old": old},),
    )


def gift(base: Plan, params: Mapping[str, Any]) -> Plan:
    must_be(base.subscription, SubscriptionStatus.ACTIVE)
    product = product_in(base, params, needed=False)
    title = str(params.get("title") or product or "").strip()[:200]
    if not title:
        raise Refused(gettext("Say what is given."), "product")
    said = amount_in(params, "amount") if params.get("amount") not in (None, "") else None
    # What the store sells it for, whatever who gives it says: limits are held against it.
    cost = (price_of(product) if product else None) or said
    return replace(
        base,
        params={"title": title, "product": product.pk if product else None},
        product=product,
        amount=cost,
        lines=(gettext("%(title)s comes with the next box, for nothing.") % {"title": title},),
    )


def replacement(base: Plan, params: Mapping[str, Any]) -> Plan:
    box = base.box
    if box is None:
        raise Refused(gettext("Say which box is to be replaced."), "box")
    if box.status in (BoxStatus.PLANNED, BoxStatus.CANCELLED):
        raise Refused(gettext("That box was never sent."), "box")
    if box.replacements.exclude(status=BoxStatus.CANCELLED).exists():
        raise Refused(gettext("A replacement of that box is there already."), "box")
    # What is sent once more was worth a billing: limits are held against it.
    worth = base.subscription.price
    return replace(
        base, cycle=box.cycle, amount=worth, lines=(gettext("%(box)s is sent once more, for nothing.") % {"box": box},)
    )


def refund(base: Plan, params: Mapping[str, Any]) -> Plan:
    subscription = base.subscription
    cycle = base.cycle or subscription.cycles.filter(status__in=PAID_CYCLE).order_by("-index").first()
    if cycle is None or cycle.status not in PAID_CYCLE:
        raise Refused(gettext("Only what was paid can be refunded."), "cycle")
    amount = amount_in(params, "amount")
    paid = subscription.price if cycle.amount is None else cycle.amount
    left = paid - cycle.refunded - _asked_back(base, cycle)
    if amount > left:
        raise Refused(
            gettext("Of that cycle %(money)s can be refunded.") % {"money": money(subscription, max(left, Decimal(0)))},
            "amount",
        )
    return replace(
        base,
        cycle=cycle,
        params={"amount": str(amount)},
        amount=amount,
        lines=(
            gettext("%(money)s of cycle %(index)s go back.")
            % {"money": money(subscription, amount), "index": cycle.index},
        ),
    )


def _asked_back(base: Plan, cycle: Cycle) -> Decimal:
    """What is asked for already, and did not go back yet."""
    asked = cycle.actions.filter(kind=ActionKind.REFUND, state__in=UNSETTLED_ACTION)
    others = asked.exclude(pk=base.asked.pk) if base.asked else asked
    total: Decimal = others.aggregate(total=Sum("amount", default=Decimal(0)))["total"]
    return total
