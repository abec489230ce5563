"""The demo store goes on living: payments come in or are refused, boxes leave and arrive, on their own days.

The same outcome for the same payment and box, whenever it is asked.
"""

import hashlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from helpdesk.demo.catalogue import CARRIERS, STORE_KEY
from subscribers.enums import BoxStatus, ChargeState, Provider
from subscribers.models import Box, Charge
from subscribers.providers.builtin.billing import Outcome
from subscribers.services.boxes import know_box, record_box_status

REFUSED, REFUSED_AGAIN = 0.035, 0.35
DECLINES = ("insufficient_funds", "card_declined", "expired_card", "processing_error")
PACKED_AT, OUT_AT, DELIVERED_AT = timedelta(hours=14), timedelta(hours=8), timedelta(hours=11)
AT_ONCE = 200


def draw(name: str) -> float:
    """From 0 to 1, the same for the same name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=6).digest(), "big") / 2**48


class DemoCollector:
    """Cards of people who do not exist."""

    def collect(self, charge: Charge) -> Outcome:
        share = REFUSED if charge.attempts <= 1 else REFUSED_AGAIN
        chance = draw(f"charge {charge.cycle_id} {charge.attempts}")
        if chance >= share:
            return Outcome(ChargeState.PAID)
        return Outcome(ChargeState.REFUSED, DECLINES[charge.cycle_id % len(DECLINES)])


def move_boxes() -> int:
    """Have the carriers of the demo report what is due by now; how many boxes moved."""
    now = timezone.now()
    boxes = Box.objects.filter(
        cycle__subscription__store__key=STORE_KEY, cycle__subscription__provider=Provider.BUILTIN
    ).select_related("cycle__subscription__store")
    today = now.date()
    leaving = boxes.filter(status=BoxStatus.PLANNED, ships_on__lte=today)
    # What the seed told of as still under way, and what left since.
    under_way = boxes.filter(
        status__in=(BoxStatus.LABEL_PURCHASED, BoxStatus.IN_TRANSIT, BoxStatus.OUT_FOR_DELIVERY, BoxStatus.DELAYED),
        expected_on__lte=today,
    )
    moved = sum(_leave(box, now) for box in leaving.order_by("ships_on", "pk")[:AT_ONCE])
    return moved + sum(_arrive(box, now) for box in under_way.order_by("expected_on", "pk")[:AT_ONCE])


def _leave(box: Box, now: datetime) -> bool:
    at = _hour(box, box.ships_on, PACKED_AT + timedelta(hours=3) * draw(f"packed {box.pk}"))
    if at is None or at > now:
        return False
    name, form, _ = CARRIERS[box.pk % len(CARRIERS)]
    number = form.format(box.pk * 7919 % 10**9)
    box = know_box(
        box.cycle,
        at=at,
        box=box,
        carrier=name,
        tracking_number=number,
        tracking_url=f"https://track.example/{number}",
        order_number=box.order_number or f"LKS-{box.pk}",
    )
    record_box_status(box, status=BoxStatus.IN_TRANSIT, at=at, expected_on=box.expected_on)
    return True


def _arrive(box: Box, now: datetime) -> bool:
    late = timedelta(days=2 + box.pk % 4) if draw(f"late {box.pk}") < 0.055 else timedelta(0)
    out_at = _hour(box, box.expected_on, late + OUT_AT)
    at = _hour(box, box.expected_on, late + DELIVERED_AT + timedelta(hours=7) * draw(f"delivered {box.pk}"))
    if out_at is None or at is None or (box.shipped_at and at <= box.shipped_at):
        return False
    if at <= now:
        record_box_status(box, status=BoxStatus.DELIVERED, at=at)
    elif out_at <= now and box.status != BoxStatus.OUT_FOR_DELIVERY:
        record_box_status(box, status=BoxStatus.OUT_FOR_DELIVERY, at=out_at)
    elif late and box.status == BoxStatus.IN_TRANSIT:
        record_box_status(box, status=BoxStatus.DELAYED, at=now, expected_on=box.expected_on)
    else:
        return False
    return True


def _hour(box: Box, day: date | None, after_midnight: timedelta) -> datetime | None:
    if day is None:
        return None
    zone = ZoneInfo(box.cycle.subscription.store.time_zone)
    return datetime(day.year, day.month, day.day, tzinfo=zone) + after_midnight
