"""What is put aside comes back: at its time, with its box, or when somebody needs it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from subscribers.enums import BoxStatus
from subscribers.errors import Refused
from subscribers.models import Box
from tests.factories.subscriptions import BoxFactory
from tests.tickets.conftest import Desk
from tickets import tasks
from tickets.enums import TicketEventKind, TicketStatus, WokenBy
from tickets.models import Ticket
from tickets.services import snoozing
from tickets.services import tickets as service
from tickets.services.conversation import receive_message
from tickets.services.messages import NewMessage
from tickets.sla.business_time import Calendar
from tickets.sla.mornings import Mornings

SOON = timedelta(hours=2)


def woken_by(ticket: Ticket) -> list[str]:
    ticket.refresh_from_db()
    assert ticket.snoozed_until is None
    return list(ticket.events.filter(kind=TicketEventKind.WOKEN).values_list("to_value", flat=True))


def asleep(desk: Desk) -> Ticket:
    return snoozing.snooze(desk.ticket(assignee=desk.alice), actor=desk.alice, until=timezone.now() + SOON)


def test_its_time_wakes_it_once(desk: Desk) -> None:
    ticket, other = asleep(desk), asleep(desk)
    assert snoozing.wake_due() == 0
    Ticket.objects.filter(pk=ticket.pk).update(snoozed_until=timezone.now())
    assert (snoozing.wake_due(), snoozing.wake_due()) == (1, 0)
    assert woken_by(ticket) == [WokenBy.TIME]
    other.refresh_from_db()
    assert other.is_snoozed


def test_the_customer_and_a_hand_over_wake_it_and_a_machine_does_not(desk: Desk) -> None:
    written, handed, kept = asleep(desk), asleep(desk), asleep(desk)
    receive_message(written, subscriber=written.subscriber, message=NewMessage("And now?"))
    service.assign(handed, actor=desk.alice, assignee=desk.bob)
    service.assign(kept, actor=None, assignee=desk.bob)
    assert woken_by(written) == [WokenBy.CUSTOMER]
    assert woken_by(handed) == [WokenBy.HANDED_OVER]
    kept.refresh_from_db()
    assert kept.is_snoozed


def test_what_is_resolved_sleeps_no_longer_and_cannot_be_put_aside(desk: Desk) -> None:
    ticket = service.change_status(asleep(desk), actor=desk.alice, status=TicketStatus.RESOLVED)
    assert woken_by(ticket) == []
    with pytest.raises(Refused):
        snoozing.snooze(ticket, actor=desk.alice, until=timezone.now() + SOON)
    with pytest.raises(Refused):
        snoozing.snooze(desk.ticket(), actor=desk.alice, until=timezone.now() - SOON)


@pytest.mark.parametrize("status", [BoxStatus.DELIVERED, BoxStatus.CANCELLED])
def test_its_box_wakes_it(desk: Desk, status: BoxStatus) -> None:
    ticket = desk.ticket()
    with pytest.raises(Refused, match="No box is on its way"):
        snoozing.snooze_until_delivery(ticket, actor=desk.alice)
    to_come = {"status": BoxStatus.PLANNED, "shipped_at": None, "delivered_at": None}
    box = BoxFactory(cycle__subscription__subscriber=ticket.subscriber, expected_on=date(2026, 3, 3), **to_come)
    later = BoxFactory(cycle=box.cycle, sequence=2, **to_come)
    asleep = snoozing.snooze_until_delivery(ticket, actor=desk.alice)
    assert asleep.snoozed_box == box
    assert asleep.snoozed_until > timezone.now()
    Box.objects.filter(pk=later.pk).update(status=BoxStatus.CANCELLED)
    tasks.wake_snoozed()
    ticket.refresh_from_db()
    assert ticket.is_snoozed
    delivered_at = timezone.now() if status == BoxStatus.DELIVERED else None
    Box.objects.filter(pk=box.pk).update(status=status, delivered_at=delivered_at, shipped_at=None)
    tasks.wake_snoozed()
    assert woken_by(ticket) == [WokenBy.DELIVERY]


def test_snoozing_stops_no_promise(desk: Desk) -> None:
    ticket = desk.ticket()
    before = list(ticket.clocks.order_by("pk").values())
    snoozing.snooze(ticket, actor=desk.alice, until=timezone.now() + SOON)
    assert list(ticket.clocks.order_by("pk").values()) == before


OFFICE = Calendar.from_dict(
    {"tz": "Europe/Berlin", "hours": {day: [["08:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}}
)
MOMENTS = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001  the strategy adds the zone
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@settings(max_examples=60, deadline=None)
@given(now=MOMENTS, calendar=st.sampled_from([None, OFFICE, Calendar.always()]))
def test_moments_lie_ahead_on_their_days_in_working_hours(now: datetime, calendar: Calendar | None) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    mornings = Mornings(now, berlin, calendar)
    today = now.astimezone(berlin).date()
    later, tomorrow, week = mornings.later_today(), mornings.tomorrow(), mornings.next_week()
    if later is not None:
        assert now < later
        assert later.date() == today
    assert now < tomorrow
    assert tomorrow.date() > today
    assert week.date() - today <= timedelta(days=7)
    assert week.weekday() == 0
    first = (8, 30) if calendar is OFFICE else (9, 0)
    assert {(at.hour, at.minute) for at in (tomorrow, week)} == {first}
    if calendar is not None:
        assert all(calendar.is_open(at) for at in (later, tomorrow, week) if at)
