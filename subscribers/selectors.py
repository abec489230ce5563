"""Reads across subscribers, their subscriptions, cycles and boxes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Max, Prefetch, Q, QuerySet

from subscribers.asking import menu
from subscribers.enums import PAID_CYCLE, ActionKind, BoxStatus, CycleStatus, Interval, SubscriptionStatus
from subscribers.models import Box, Cycle, Subscriber, Subscription
from subscribers.wording import frequency_words

BILLINGS_A_YEAR = {Interval.DAY: 365, Interval.WEEK: 52, Interval.MONTH: 12, Interval.YEAR: 1}


def cycle_index(subscriber: Subscriber, at: datetime) -> int | None:
    """Which cycle the subscriber is in at `at`: their successful billings so far, at least 1.

    None where they had not subscribed by then. A ticket opened while this is 1 is a cycle-1 ticket: it came before
    the second successful billing.
    """
    counted = Subscription.objects.filter(subscriber=subscriber, started_at__lte=at).aggregate(
        subscriptions=Count("pk", distinct=True),
        billings=Count("cycles", filter=Q(cycles__status__in=PAID_CYCLE, cycles__billed_at__lte=at)),
    )
    return max(1, counted["billings"]) if counted["subscriptions"] else None


def latest_box(subscriber: Subscriber, at: datetime) -> Box | None:
    """The box that a report of `at` is most likely about: the one delivered last, else the one shipped last."""
    boxes = Box.objects.filter(cycle__subscription__subscriber=subscriber)
    delivered = boxes.filter(delivered_at__lte=at).order_by("-delivered_at").first()
    return delivered or boxes.filter(shipped_at__lte=at).order_by("-shipped_at").first()


def main_subscription(subscriber: Subscriber) -> Subscription | None:
    """The subscription that a ticket is most likely about: an active one before an ended one, the newest first."""
    subscriptions = Subscription.objects.filter(subscriber=subscriber).order_by(
        F("ended_at").desc(nulls_first=True), "-started_at"
    )
    return subscriptions.first()


def value_at_risk(subscriber: Subscriber) -> Decimal:
    """What the subscriber's active subscriptions bill in a year, in the store's currency."""
    total = Decimal(0)
    for subscription in Subscription.objects.active().filter(subscriber=subscriber):
        billings = Decimal(BILLINGS_A_YEAR[Interval(subscription.billing_interval)])
        total += subscription.price * billings / subscription.billing_interval_count
    return total.quantize(Decimal("0.01"))


def skips_in_a_row(subscription: Subscription, cycle: Cycle | None = None) -> int:
    """How many cycles next to each other are skipped, the given one among them (else the last that is).

    A skip that was taken back, or a cycle that was billed or is to be billed, ends a row.
    """
    skipped = set(subscription.cycles.filter(status=CycleStatus.SKIPPED).values_list("index", flat=True))
    if cycle is None:
        paid = subscription.cycles.filter(status__in=PAID_CYCLE).aggregate(last=Max("index"))["last"] or 0
        first = max((index for index in skipped if index > paid), default=0)
    else:
        first = cycle.index
    return row_of_skips(skipped, first)


def row_of_skips(skipped: Collection[int], index: int) -> int:
    """How many of these cycles (by number) are next to each other around this one; 0 where it is not among them."""
    if index not in skipped:
        return 0
    first = last = index
    while first - 1 in skipped:
        first -= 1
    while last + 1 in skipped:
        last += 1
    return last - first + 1


@dataclass(frozen=True)
class SubscriptionCard:
    """One subscription as panels show it: the cycle it is in and its boxes, newest first."""

    subscription: Subscription
    cycles: Sequence[Cycle]
    boxes: Sequence[Box]

    @property
    def billed_cycles(self) -> int:
        return sum(cycle.status in PAID_CYCLE for cycle in self.cycles)

    @property
    def current(self) -> Cycle | None:
        paid = [cycle for cycle in self.cycles if cycle.status in PAID_CYCLE]
        return paid[0] if paid else None

    @property
    def next_box(self) -> Box | None:
        planned = [box for box in self.boxes if box.status == BoxStatus.PLANNED]
        return planned[-1] if planned else None

    @property
    def is_active(self) -> bool:
        return self.subscription.status == SubscriptionStatus.ACTIVE

    @property
    def frequency(self) -> str:
        return frequency_words(self.subscription)

    @property
    def entries(self) -> Sequence[menu.Entry]:
        """What may be asked of its provider."""
        return menu.entries(self)

    @property
    def missing(self) -> Sequence[str]:
        """What its provider has no way to do, in words."""
        return menu.missing(self)

    @property
    def can_replace(self) -> bool:
        return any(entry.kind == ActionKind.REPLACEMENT for entry in self.entries)


def subscription_cards(subscriber: Subscriber) -> list[SubscriptionCard]:
    """The subscriber's subscriptions with cycles and boxes, active and newest first. Three queries."""
    subscriptions: QuerySet[Subscription] = (
        Subscription.objects.filter(subscriber=subscriber)
        .select_related("product", "store")
        .prefetch_related(
            Prefetch("cycles", Cycle.objects.order_by("-index").select_related("skip_reason")),
            Prefetch("cycles__boxes", Box.objects.order_by("-sequence", "-pk")),
        )
        .order_by(F("ended_at").desc(nulls_first=True), "-started_at")
    )
    cards = []
    for subscription in subscriptions:
        cycles = list(subscription.cycles.all())
        boxes = []
        for cycle in cycles:
            for box in cycle.boxes.all():
                box.cycle = cycle
                boxes.append(box)
        cards.append(SubscriptionCard(subscription, cycles, boxes))
    return cards
