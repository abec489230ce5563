"""What a flow may offer: checked before a version is published, fitted to a subscription, told in the reader's words.

`{"kind": "frequency", "slower": 2}` multiplies the time between boxes; `interval` and `count` name it. The others:
`skip`; `pause` {days}; `discount` {percent, billings}; `gift` {product: its number, or title}; `swap` {product}.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext

from subscribers.cancellation import speech
from subscribers.cancellation.enums import OfferKind
from subscribers.cancellation.offers import ACTIONS
from subscribers.changes import MOST_BILLINGS, MOST_COUNT, Preview
from subscribers.enums import ActionKind, Interval
from subscribers.errors import Refused
from subscribers.models import Product, Subscription
from subscribers.services.actions import preview

LONGEST_PAUSE = 366  # days
# Whoever let one pass may have another: these cost the store nothing.
FREE = (OfferKind.SKIP, OfferKind.PAUSE, OfferKind.FREQUENCY)
KINDS = tuple(kind for kind in OfferKind if kind in ACTIONS)


def check(offer: Mapping[str, Any]) -> None:
    """Raises ValueError, in words for an editor, for an offer that could not be made."""
    kind = offer.get("kind")
    if kind not in KINDS:
        raise ValueError(f"“kind” of an offer is one of: {', '.join(KINDS)}.")
    match kind:
        case OfferKind.PAUSE:
            _whole(offer, "days", LONGEST_PAUSE)
        case OfferKind.DISCOUNT:
            _whole(offer, "percent", 100)
            _whole(offer, "billings", MOST_BILLINGS)
        case OfferKind.GIFT if not offer.get("product"):
            if not str(offer.get("title") or "").strip():
                raise ValueError("“title” says what is given, or “product” which of the store's.")
        case OfferKind.GIFT | OfferKind.SWAP:
            _whole(offer, "product", 10**18)
        case OfferKind.FREQUENCY if "slower" in offer:
            _whole(offer, "slower", 12, least=2)
        case OfferKind.FREQUENCY:
            if offer.get("interval") not in Interval.values:
                raise ValueError(f"“interval” is one of: {', '.join(Interval.values)}.")
            _whole(offer, "count", MOST_COUNT[Interval(offer["interval"])])


def _whole(offer: Mapping[str, Any], name: str, most: int, *, least: int = 1) -> None:
    value = offer.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"“{name}” of this offer is a whole number from {least} to {most}.")


def params_of(offer: Mapping[str, Any], subscription: Subscription) -> dict[str, Any]:
    """What the action needs for this subscription, as subscribers.services.actions takes it."""
    match OfferKind(offer["kind"]):
        case OfferKind.PAUSE:
            return {"days": offer["days"]}
        case OfferKind.DISCOUNT:
            return {"percent": offer["percent"], "billings": offer["billings"]}
        case OfferKind.GIFT:
            return {name: offer[name] for name in ("product", "title", "amount") if offer.get(name)}
        case OfferKind.SWAP:
            return {"product": offer["product"]}
        case OfferKind.FREQUENCY if "slower" in offer:
            interval = Interval(subscription.billing_interval)
            count = min(subscription.billing_interval_count * offer["slower"], MOST_COUNT[interval])
            return {"interval": str(interval), "count": count}
        case OfferKind.FREQUENCY:
            return {"interval": offer["interval"], "count": offer["count"]}
    return {}


def preview_of(kind: str, params: Mapping[str, Any], subscription: Subscription) -> Preview:
    """What it would change now. Raises Refused for what cannot be."""
    return preview(kind=action_of(kind), params=params, subscription=subscription)


def action_of(kind: str) -> ActionKind:
    return ACTIONS[OfferKind(kind)]


def title_of(kind: str, params: Mapping[str, Any], subscription: Subscription) -> str:
    """In the current language: what it is, as a heading."""
    match OfferKind(kind):
        case OfferKind.SKIP:
            return gettext("Skip the next box")
        case OfferKind.PAUSE:
            return ngettext("Pause for %(days)s day", "Pause for %(days)s days", params["days"]) % params
        case OfferKind.FREQUENCY:
            return gettext("Get a box %(often)s") % {"often": speech.frequency(params["interval"], params["count"])}
        case OfferKind.DISCOUNT:
            words = ngettext(
                "%(percent)s%% off your next box", "%(percent)s%% off your next %(count)s boxes", params["billings"]
            )
            return words % {"percent": params["percent"], "count": params["billings"]}
        case OfferKind.GIFT:
            name = _product(params, subscription)
            return gettext("%(product)s with your next box, on us") % {"product": name}
        case OfferKind.SWAP:
            return gettext("Swap to %(product)s") % {"product": _product(params, subscription)}
    raise ValueError(f"{kind} is no offer of a flow")


def lines_of(kind: str, params: Mapping[str, Any], subscription: Subscription) -> tuple[str, ...]:
    """Each fact that would change, before and after, in the current language. Raises Refused for what cannot be."""
    shown = preview_of(kind, params, subscription)
    before, after = shown.before, shown.after
    zone = speech.zone_of(subscription.subscriber, subscription.store)
    lines: list[str] = []

    def change(name: str, old: str, new: str) -> None:
        if old != new:
            words = gettext("%(name)s: %(after)s instead of %(before)s")
            lines.append(words % {"name": name, "after": new, "before": old})

    def day(facts: Mapping[str, Any]) -> str:
        at = facts.get("next_billing_at")
        return speech.day(datetime.fromisoformat(at), zone) if at else gettext("none")

    if kind == OfferKind.FREQUENCY:
        now = speech.frequency(subscription.billing_interval, subscription.billing_interval_count)
        change(gettext("A box"), now, speech.frequency(params["interval"], params["count"]))
    if kind == OfferKind.SKIP and before.get("next_billing_at"):
        lines.append(gettext("Nothing is billed or sent on %(day)s.") % {"day": day(before)})
    if kind == OfferKind.PAUSE:
        lines.append(gettext("Nothing is billed or sent until then; it goes on by itself."))
    if kind == OfferKind.FREQUENCY and day(before) == day(after):
        lines.append(f"{gettext('Next billing')}: {day(after)}")
    change(gettext("Next billing"), day(before), day(after))
    change(
        gettext("Price"),
        speech.money(Decimal(str(before["price"])), subscription.currency),
        speech.money(Decimal(str(after["price"])), subscription.currency),
    )
    change(gettext("Product"), str(before.get("product") or "–"), str(after.get("product") or "–"))
    if kind == OfferKind.DISCOUNT:
        words = ngettext(
            "For %(count)s box, then the price is as before.",
            "For %(count)s boxes, then the price is as before.",
            params["billings"],
        )
        lines.append(words % {"count": params["billings"]})
    if kind == OfferKind.GIFT:
        lines.append(gettext("It costs you nothing, and nothing else changes."))
    return tuple(lines)


def can_be(kind: str, params: Mapping[str, Any], subscription: Subscription) -> bool:
    try:
        preview_of(kind, params, subscription)
    except Refused:
        return False
    return True


def _product(params: Mapping[str, Any], subscription: Subscription) -> str:
    product = Product.objects.filter(store=subscription.store_id, pk=params.get("product") or 0).first()
    return str(params.get("title") or product or gettext("Product"))
