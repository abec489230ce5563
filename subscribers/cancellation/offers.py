"""What may be better than cancelling for this person now: chosen, previewed, limited, and granted once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from subscribers.cancellation import speech
from subscribers.cancellation.enums import OfferKind
from subscribers.changes import Preview
from subscribers.enums import ActionKind, Actor, Interval
from subscribers.errors import Refused
from subscribers.models import ProviderAction, Reason, Store, Subscriber, Subscription
from subscribers.models.cancellation import CancellationSession
from subscribers.models.cancellation_rules import Offer
from subscribers.services.actions import preview, request_action

MOST_SHOWN = 3
CENT = Decimal("0.01")
ACTIONS = {
    OfferKind.SKIP: ActionKind.SKIP,
    OfferKind.PAUSE: ActionKind.PAUSE,
    OfferKind.FREQUENCY: ActionKind.SET_FREQUENCY,
    OfferKind.SWAP: ActionKind.SWAP,
    OfferKind.DISCOUNT: ActionKind.DISCOUNT,
    OfferKind.GIFT: ActionKind.GIFT,
}


@dataclass(frozen=True)
class Candidate:
    """An offer for one subscription, with what it would change in dates and amounts."""

    offer: Offer
    title: str
    lines: tuple[str, ...]
    cost: Decimal


@dataclass(frozen=True)
class Taken:
    offer: Offer
    cost: Decimal
    action: ProviderAction | None


def candidates(session: CancellationSession) -> list[Candidate]:
    """The offers of one page, the best first: those for the reason given, then in the store's order."""
    subscription = session.subscription
    if subscription is None:
        return []
    now = timezone.now()
    offers = (
        Offer.objects.filter(store=session.store_id, is_active=True)
        .select_related("product", "store")
        .prefetch_related("reasons", "products")
        .order_by("position", "pk")
    )
    last_taken = last_offer_taken(session, now)
    ranked = []
    for offer in offers:
        fit = _fit(offer, session, subscription)
        if fit is not None and not _cools_down(offer, last_taken, now) and not spent(offer, subscription, now):
            ranked.append((not fit, offer.position, offer.pk, offer))
    found: list[Candidate] = []
    for *_, offer in sorted(ranked, key=lambda one: one[:3]):
        if offer.kind in {one.offer.kind for one in found}:
            continue
        if candidate := _previewed(offer, subscription):
            found.append(candidate)
        if len(found) == MOST_SHOWN:
            break
    return found


def last_offer_taken(session: CancellationSession, now: datetime) -> datetime | None:
    taken = CancellationSession.objects.filter(
        subscriber=session.subscriber_id, accepted_offer__isnull=False, ended_at__lte=now
    )
    return taken.order_by("-ended_at").values_list("ended_at", flat=True).first()


def _cools_down(offer: Offer, last_taken: datetime | None, now: datetime) -> bool:
    return last_taken is not None and last_taken > now - timedelta(days=offer.cooldown_days)


def _fit(offer: Offer, session: CancellationSession, subscription: Subscription) -> bool | None:
    """True: meant for the reason given; False: for any; None: not for this subscription."""
    cycle, price = session.cycle_index or 1, subscription.price
    if (offer.min_cycle or 0) > cycle or cycle > (offer.max_cycle or cycle):
        return None
    if (offer.min_price is not None and price < offer.min_price) or (
        offer.max_price is not None and price > offer.max_price
    ):
        return None
    products = [product.pk for product in offer.products.all()]
    if products and subscription.product_id not in products:
        return None
    wanted = {reason.pk for reason in offer.reasons.all()}
    if not wanted:
        return False
    given: Reason | None = session.reason
    return True if given is not None and wanted & {given.pk, given.parent_id} else None


def cost_of(offer: Offer, subscription: Subscription) -> Decimal:
    """What it costs the store at most, in the subscription's currency."""
    if offer.kind == OfferKind.DISCOUNT:
        return (subscription.price * (offer.percent or 0) / 100 * (offer.billings or 0)).quantize(CENT)
    return offer.unit_cost


def spent(offer: Offer, subscription: Subscription, now: datetime) -> bool:
    """Whether one more would pass the offer's limits of this month (in the store's zone)."""
    if offer.monthly_count is None and offer.monthly_amount is None:
        return False
    zone = speech.zone_of(None, offer.store)
    month = now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    given = CancellationSession.objects.filter(accepted_offer=offer, ended_at__gte=month).aggregate(
        count=Count("pk"), amount=Sum("offer_cost", default=Decimal(0))
    )
    if offer.monthly_count is not None and given["count"] >= offer.monthly_count:
        return True
    return offer.monthly_amount is not None and given["amount"] + cost_of(offer, subscription) > offer.monthly_amount


def _previewed(offer: Offer, subscription: Subscription) -> Candidate | None:
    """None where it would change nothing, or cannot be."""
    kind = OfferKind(offer.kind)
    lines: tuple[str, ...] = ()
    if kind in ACTIONS:
        if kind == OfferKind.FREQUENCY and (offer.interval, offer.interval_count) == (
            subscription.delivery_interval,
            subscription.delivery_interval_count,
        ):
            return None
        if kind == OfferKind.SWAP and offer.product_id == subscription.product_id:
            return None
        try:
            shown = preview(kind=ACTIONS[kind], params=params_of(offer, subscription), subscription=subscription)
        except Refused:
            return None
        lines = lines_of(shown, subscription)
    return Candidate(offer, title_of(offer), _told(offer, lines), cost_of(offer, subscription))


def params_of(offer: Offer, subscription: Subscription) -> dict[str, Any]:
    """What the action of an offer needs, as subscribers.services.actions takes it."""
    match OfferKind(offer.kind):
        case OfferKind.PAUSE:
            return {"days": offer.pause_days}
        case OfferKind.FREQUENCY:
            return {"interval": offer.interval, "count": offer.interval_count}
        case OfferKind.SWAP:
            return {"product": offer.product_id}
        case OfferKind.DISCOUNT:
            return {"percent": offer.percent, "billings": offer.billings}
        case OfferKind.GIFT:
            return {"product": offer.product_id}
    return {}


def take(session: CancellationSession, offer_pk: int) -> Taken:
    """Grant an offer to a locked session, within its limits. Refused where it is not to be had any more.

    The offer's row is locked: of two who want the month's last one, one gets it; and the person's: of two
    subscriptions of theirs, one gets an offer.
    """
    subscription, now = session.subscription, timezone.now()
    if subscription is None:
        raise Refused(gettext("This subscription is not known any more."), "offer")
    Subscriber.objects.select_for_update(no_key=True).get(pk=subscription.subscriber_id)
    offer = Offer.objects.select_for_update(of=("self",)).select_related("store", "product").get(pk=offer_pk)
    is_over = spent(offer, subscription, now) or _cools_down(offer, last_offer_taken(session, now), now)
    if not offer.is_active or is_over:
        raise Refused(gettext("This offer is not available any more."), "offer")
    action = None
    if offer.kind in ACTIONS:
        action = request_action(
            subscriber=subscription.subscriber,
            subscription=subscription,
            kind=ACTIONS[OfferKind(offer.kind)],
            params=params_of(offer, subscription),
            key=f"cancellation:{session.pk}:offer",
            actor_kind=Actor.SUBSCRIBER,
            reason=session.reason,
        )
    return Taken(offer, cost_of(offer, subscription), action)


def title_of(offer: Offer) -> str:
    """In the current language: the store's words, else ours."""
    texts: Mapping[str, str] = offer.text or {}
    if own := texts.get(speech.known_language(get_language() or "en")):
        return own
    match OfferKind(offer.kind):
        case OfferKind.SKIP:
            return gettext("Skip the next box")
        case OfferKind.PAUSE:
            days = offer.pause_days or 0
            return ngettext("Pause for %(days)s day", "Pause for %(days)s days", days) % {"days": days}
        case OfferKind.FREQUENCY:
            often = speech.frequency(offer.interval, offer.interval_count or 1)
            return gettext("Get a box %(often)s") % {"often": often}
        case OfferKind.SWAP:
            return gettext("Swap to %(product)s") % {"product": offer.product}
        case OfferKind.DISCOUNT:
            words = ngettext(
                "%(percent)s%% off your next box", "%(percent)s%% off your next %(count)s boxes", offer.billings or 1
            )
            return words % {"percent": offer.percent, "count": offer.billings}
        case OfferKind.GIFT:
            return gettext("%(product)s with your next box, on us") % {"product": offer.product}
    return gettext("Talk to us")


def _told(offer: Offer, lines: tuple[str, ...]) -> tuple[str, ...]:
    if offer.kind == OfferKind.CONTACT:
        return (gettext("We read what you wrote and answer you by mail. Your subscription stays until then."),)
    return lines


def lines_of(shown: Preview, subscription: Subscription) -> tuple[str, ...]:
    """A preview in the current language: each fact that would change, before and after."""
    zone = speech.zone_of(subscription.subscriber, subscription.store)
    before, after = shown.before, shown.after
    lines = []
    if before.get("next_billing_at") != after.get("next_billing_at"):
        lines.append(_change(gettext("Next billing"), _day(before, zone), _day(after, zone)))
    if before.get("price") != after.get("price"):
        lines.append(_change(gettext("Price"), _money(before, subscription), _money(after, subscription)))
    if before.get("product") != after.get("product"):
        lines.append(_change(gettext("Product"), str(before.get("product")), str(after.get("product"))))
    return tuple(lines) or tuple(shown.lines)


def _change(name: str, before: str, after: str) -> str:
    return gettext("%(name)s: %(after)s instead of %(before)s") % {"name": name, "before": before, "after": after}


def _day(facts: Mapping[str, Any], zone: Any) -> str:
    value = facts.get("next_billing_at")
    return speech.day(datetime.fromisoformat(value), zone) if value else gettext("none")


def _money(facts: Mapping[str, Any], subscription: Subscription) -> str:
    return speech.money(Decimal(str(facts.get("price"))), subscription.currency)


STARTER_OFFERS: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    (
        {"name": "Skip the next box", "kind": OfferKind.SKIP, "position": 10, "cooldown_days": 30},
        ("too_much_product", "arrives_too_early", "moving", "no_longer_need"),
    ),
    (
        {
            "name": "A box every two months",
            "kind": OfferKind.FREQUENCY,
            "interval": Interval.MONTH,
            "interval_count": 2,
            "position": 20,
        },
        ("too_much_product", "arrives_too_early", "too_expensive"),
    ),
    (
        {"name": "Pause for two months", "kind": OfferKind.PAUSE, "pause_days": 60, "position": 30},
        ("moving", "no_longer_need", "too_much_product", "too_expensive"),
    ),
    (
        {
            "name": "20 % off two boxes",
            "kind": OfferKind.DISCOUNT,
            "percent": 20,
            "billings": 2,
            "min_cycle": 2,
            "monthly_count": 100,
            "position": 40,
        },
        ("too_expensive", "alternative"),
    ),
    (
        {"name": "Talk to us", "kind": OfferKind.CONTACT, "cooldown_days": 0, "position": 50},
        ("customer_service", "damaged", "late", "quality", "billing"),
    ),
)


def install_offers(store: Store) -> None:
    """The offers that a new store starts with; where it has any, nothing."""
    if Offer.objects.filter(store=store).exists():
        return
    reasons = dict(Reason.objects.filter(store=None).values_list("key", "pk"))
    for fields, keys in STARTER_OFFERS:
        offer = Offer.objects.create(store=store, **fields)
        offer.reasons.set([reasons[key] for key in keys if key in reasons])
