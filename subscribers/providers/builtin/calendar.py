"""The calendar of the built-in store: the cycle that comes, and the boxes that it and the paid ones deliver."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils import timezone

from subscribers.changes import following, step
from subscribers.enums import PAID_CYCLE, BoxKind, BoxStatus, CycleStatus, SubscriptionStatus
from subscribers.models import Box, Cycle, Subscription
from subscribers.services.boxes import plan_box, record_box_status, reschedule_box
from subscribers.services.cycles import know_cycle

PACKED_AFTER = timedelta(days=2)  # from the billing to the day on which the box leaves
ON_ITS_WAY = timedelta(days=4)
PLANNED_AHEAD = timedelta(days=10)
MOST_BOXES = 60  # of one cycle: a year's, weekly
REMEMBERED = 12  # cycles by which the day of the month is known


def coming_cycle(subscription: Subscription) -> Cycle | None:
    """The next cycle for which nothing was asked yet."""
    return subscription.cycles.filter(status=CycleStatus.SCHEDULED, charge=None).order_by("index").first()


def plan_ahead(subscription: Subscription) -> Cycle | None:
    """Make the calendar agree with the subscription: its coming cycle, dated by its next billing, and its boxes.

    Does the same again without harm. The caller holds the subscription's lock.
    """
    subscription.refresh_from_db()
    now = timezone.now()
    coming = coming_cycle(subscription)
    if subscription.status == SubscriptionStatus.ACTIVE and subscription.next_billing_at is not None:
        starts_at = subscription.next_billing_at
        last = subscription.cycles.order_by("-index").first()
        coming = know_cycle(
            subscription,
            index=coming.index if coming else (last.index if last else 0) + 1,
            expected_at=starts_at,
            ends_at=_next_after(subscription, starts_at),
            at=now,
        )
    for cycle in subscription.cycles.filter(boxes__status=BoxStatus.PLANNED).distinct():
        if cycle.status not in PAID_CYCLE and not _is_to_come(subscription, cycle):
            _call_off(cycle, now)
    if coming is not None and _is_to_come(subscription, coming) and _is_near(coming, now):
        plan_boxes(subscription, coming)
    return coming


def _is_near(cycle: Cycle, now: datetime) -> bool:
    """Near enough to plan its boxes; those that are planned move along, also to a day that is far."""
    return cycle.starts_at <= now + PLANNED_AHEAD or cycle.boxes.filter(status=BoxStatus.PLANNED).exists()


def _next_after(subscription: Subscription, starts_at: datetime) -> datetime:
    before = subscription.cycles.filter(starts_at__lt=starts_at).order_by("-starts_at")
    known = [*before.values_list("starts_at", flat=True)[:REMEMBERED]][::-1]
    often = (subscription.billing_interval, subscription.billing_interval_count)
    return following([*known, starts_at], *often, ZoneInfo(subscription.store.time_zone))


def _is_to_come(subscription: Subscription, cycle: Cycle) -> bool:
    if subscription.status != SubscriptionStatus.ACTIVE or cycle.status in (CycleStatus.SKIPPED, CycleStatus.LOST):
        return False
    return subscription.cancels_at is None or cycle.billing_expected_at < subscription.cancels_at


def _call_off(cycle: Cycle, at: datetime) -> None:
    for box in cycle.boxes.filter(status=BoxStatus.PLANNED):
        record_box_status(box, status=BoxStatus.CANCELLED, at=at)


def plan_boxes(subscription: Subscription, cycle: Cycle) -> None:
    """The boxes that a cycle delivers, each with the day on which it leaves; those that are planned move with it."""
    planned = list(cycle.boxes.filter(kind=BoxKind.REGULAR).exclude(status=BoxStatus.CANCELLED).order_by("sequence"))
    for number, ships_on in enumerate(shipping_days(subscription, cycle)):
        if number >= len(planned):
            plan_box(
                cycle,
                ships_on=ships_on,
                expected_on=ships_on + ON_ITS_WAY,
                order_number=f"{subscription.pk}-{cycle.index}" + (f".{number + 1}" if number else ""),
            )
        elif planned[number].status == BoxStatus.PLANNED and planned[number].ships_on != ships_on:
            reschedule_box(planned[number], ships_on=ships_on, expected_on=ships_on + ON_ITS_WAY)


def shipping_days(subscription: Subscription, cycle: Cycle) -> list[date]:
    """One for each delivery that the cycle pays for, in the store's calendar."""
    zone = ZoneInfo(subscription.store.time_zone)
    every = step(subscription.delivery_interval, subscription.delivery_interval_count)
    begun = cycle.starts_at.astimezone(zone)
    days, at, number = [], begun, 0
    while at < cycle.ends_at and number < MOST_BOXES:
        days.append((at + PACKED_AFTER).date())
        number += 1
        at = begun + every * number
    return days


def current_cycle(subscription: Subscription) -> Cycle | None:
    """The cycle that a box beside the regular ones goes with: the coming one, else the last."""
    return coming_cycle(subscription) or subscription.cycles.order_by(F("index").desc()).first()


def next_packing_day(subscription: Subscription) -> date:
    return (timezone.now() + timedelta(days=1)).astimezone(ZoneInfo(subscription.store.time_zone)).date()


def replacement_of(subscription: Subscription, box: Box) -> Box:
    ships_on = next_packing_day(subscription)
    return plan_box(
        box.cycle,
        kind=BoxKind.REPLACEMENT,
        replaces=box,
        ships_on=ships_on,
        expected_on=ships_on + ON_ITS_WAY,
        order_number=f"{box.order_number}-R" if box.order_number else "",
    )
