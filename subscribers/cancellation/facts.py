"""What a subscriber is told of a subscription, in the current language."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.cancellation import speech
from subscribers.enums import ENDED_SUBSCRIPTION, BoxStatus, CycleStatus, SubscriptionStatus
from subscribers.models import Box, Cycle, Subscription


@dataclass(frozen=True)
class SubscriptionFacts:
    name: str
    number: str
    price: str
    often: str
    status: str
    next_billing: str
    next_box: str
    ended: str
    is_ended: bool
    is_paused: bool


def subscription_facts(subscription: Subscription) -> SubscriptionFacts:
    zone = speech.zone_of(subscription.subscriber, subscription.store)
    is_active = subscription.status == SubscriptionStatus.ACTIVE
    box = _next_box(subscription) if is_active else None
    day = box.expected_on or box.ships_on if box else None
    return SubscriptionFacts(
        name=str(subscription.product or gettext("Subscription")),
        number=subscription.external_id,
        price=speech.money(subscription.price, subscription.currency),
        often=speech.frequency(subscription.billing_interval, subscription.billing_interval_count),
        status=subscription.status,
        next_billing=speech.day(subscription.next_billing_at, zone)
        if is_active and subscription.next_billing_at
        else "",
        next_box=speech.date_words(day) if day else "",
        ended=speech.day(subscription.ended_at, zone) if subscription.ended_at else "",
        is_ended=subscription.status in ENDED_SUBSCRIPTION,
        is_paused=subscription.status == SubscriptionStatus.PAUSED,
    )


def next_cycle(subscription: Subscription) -> Cycle | None:
    """The next one that is to be billed, or that would be, were it not skipped."""
    to_come = Q(status=CycleStatus.SCHEDULED) | Q(status=CycleStatus.SKIPPED, billing_expected_at__gt=timezone.now())
    return subscription.cycles.filter(to_come).order_by("index").first()


def _next_box(subscription: Subscription) -> Box | None:
    arrived = (BoxStatus.DELIVERED, BoxStatus.CANCELLED, BoxStatus.FAILURE)
    coming = Box.objects.filter(cycle__subscription=subscription).exclude(status__in=arrived)
    return coming.order_by("cycle__index", "sequence", "pk").first()
