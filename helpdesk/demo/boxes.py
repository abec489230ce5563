"""Boxes of the demo store: packed twice a week, carried by three carriers, some late, some not as they should be."""

from datetime import datetime, timedelta

from helpdesk.demo.catalogue import CARRIERS
from helpdesk.demo.chance import Chance, at_hour
from helpdesk.demo.world import Order, Parcel, Person, Round, Setting
from helpdesk.demo.writer import Writer
from subscribers.enums import BoxKind, BoxStatus
from subscribers.models import Box, BoxEvent

PACKING_DAYS = (1, 4)  # Tuesday and Friday
LATE = 0.055
LOST = 0.004
TROUBLES = {"damaged": 0.026, "missing_item": 0.015, "wrong_item": 0.008, "quality": 0.017}
PLANNED_AHEAD = timedelta(days=10)


def make_parcel(setting: Setting, chance: Chance, pk: int, person: Person, order: Order, billed_at: datetime) -> Parcel:
    """The box of a billing: packed on the next packing day, delivered some days later or not at all."""
    day = billed_at + timedelta(days=1)
    while day.astimezone(setting.zone).weekday() not in PACKING_DAYS:
        day += timedelta(days=1)
    ships_at = at_hour(day, chance.uniform(13, 17.5), setting.zone)
    days = chance.choice((3, 4, 4, 5)) + (0 if person.country == "US" else 5)
    expected_at = at_hour(ships_at + timedelta(days=days), 18, person.zone)
    winter = 1.8 if ships_at.month in (12, 1) else 1.0
    trouble = ""
    if chance.happens(LOST):
        arrives_at, trouble = None, "late"
    elif chance.happens(LATE * winter):
        late_days = min(chance.about(3.5), 12) + 1
        arrives_at = at_hour(expected_at + timedelta(days=late_days), chance.uniform(9, 19), person.zone)
        trouble = "late"
    else:
        early = chance.choice((0, 0, 0, 1, 1, 2))
        arrives_at = at_hour(expected_at - timedelta(days=early), chance.uniform(9, 18), person.zone)
        for reason, share in TROUBLES.items():
            if chance.happens(share):
                trouble = reason
                break
    name, form, _ = chance.choices(CARRIERS, [carrier[2] for carrier in CARRIERS])[0]
    parcel = Parcel(
        pk=pk,
        order_number=f"LKS-{chance.randrange(10**6, 10**7)}",
        carrier=name,
        tracking_number=form.format(chance.randrange(10**9)),
        ships_at=ships_at,
        expected_at=expected_at,
        arrives_at=arrives_at,
        item=chance.one(order.line.items),
        number=len(order.parcels) + 1,
        trouble=trouble,
    )
    parcel.status = status_at(parcel, setting.now)
    return parcel


def reports(parcel: Parcel) -> list[tuple[BoxStatus, datetime]]:
    """What the carrier tells of the box, in order."""
    told = [
        (BoxStatus.LABEL_PURCHASED, parcel.ships_at - timedelta(hours=5)),
        (BoxStatus.IN_TRANSIT, parcel.ships_at),
    ]
    late = parcel.expected_at + timedelta(hours=3)
    if parcel.arrives_at is None:
        told += [(BoxStatus.DELAYED, late), (BoxStatus.FAILURE, parcel.expected_at + timedelta(days=10))]
        return told
    if parcel.arrives_at > late + timedelta(hours=12):
        told.append((BoxStatus.DELAYED, late))
    told.append((BoxStatus.OUT_FOR_DELIVERY, parcel.arrives_at - timedelta(hours=2, minutes=parcel.pk % 60)))
    told.append((BoxStatus.DELIVERED, parcel.arrives_at))
    return told


def status_at(parcel: Parcel, at: datetime) -> BoxStatus:
    return next((status for status, told_at in reversed(reports(parcel)) if told_at <= at), BoxStatus.PLANNED)


def write_parcel(setting: Setting, writer: Writer, turn: Round, parcel: Parcel, replaces: int | None = None) -> None:
    """The box and what was reported of it so far."""
    shipped = parcel.ships_at <= setting.now
    labelled = parcel.status != BoxStatus.PLANNED
    writer.add(
        Box,
        id=parcel.pk,
        cycle_id=turn.pk,
        kind=BoxKind.REPLACEMENT if replaces else BoxKind.REGULAR,
        replaces_id=replaces,
        status=parcel.status,
        order_number=parcel.order_number,
        carrier=parcel.carrier if labelled else "",
        tracking_number=parcel.tracking_number if labelled else "",
        tracking_url=f"https://track.example/{parcel.tracking_number}" if labelled else "",
        ships_on=parcel.ships_at.astimezone(setting.zone).date(),
        shipped_at=parcel.ships_at if shipped else None,
        expected_on=parcel.expected_at.date(),
        delivered_at=parcel.arrives_at if parcel.status == BoxStatus.DELIVERED else None,
    )
    for status, told_at in reports(parcel):
        if told_at > setting.now:
            break
        writer.add(
            BoxEvent,
            box_id=parcel.pk,
            status=status,
            expected_on=parcel.expected_at.date() if status == BoxStatus.IN_TRANSIT else None,
            occurred_at=told_at,
            recorded_at=told_at,
        )


def make_replacement(
    setting: Setting, chance: Chance, pk: int, person: Person, of: Parcel, agreed_at: datetime
) -> Parcel:
    """A new box for one that came broken or wrong, packed on the next packing day; it is neither late nor broken."""
    day = agreed_at + timedelta(hours=12)
    while day.astimezone(setting.zone).weekday() not in PACKING_DAYS:
        day += timedelta(days=1)
    ships_at = at_hour(day, chance.uniform(13, 17.5), setting.zone)
    days = chance.choice((2, 3, 3, 4)) + (0 if person.country == "US" else 4)
    expected_at = at_hour(ships_at + timedelta(days=days), 18, person.zone)
    parcel = Parcel(
        pk=pk,
        order_number=f"{of.order_number}-R",
        carrier=of.carrier,
        tracking_number=f"{of.tracking_number[:2]}{chance.randrange(10**9, 10**10)}",
        ships_at=ships_at,
        expected_at=expected_at,
        arrives_at=at_hour(expected_at, chance.uniform(9, 17.5), person.zone),
        item=of.item,
        number=of.number,
    )
    parcel.status = status_at(parcel, setting.now)
    return parcel
