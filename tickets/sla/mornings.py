"""When a store's people begin their day, for what is put aside until then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from subscribers.models import Store
from tickets.models import BusinessCalendar
from tickets.sla.business_time import Calendar
from tickets.sla.calendars import read_calendar

MORNING = time(9)  # where no calendar says when the day begins
WAIT = timedelta(hours=3)
QUARTER = timedelta(minutes=15)
SHORTEST = timedelta(minutes=30)


@dataclass(frozen=True)
class Mornings:
    """Days are those of the store's zone; hours are those of its calendar, where it has one."""

    now: datetime
    zone: ZoneInfo
    calendar: Calendar | None = None

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def of(self, day: date) -> datetime:
        """The first working moment of a day, or of the next one on which anybody works."""
        begins, nine = datetime.combine(day, time(), self.zone), datetime.combine(day, MORNING, self.zone)
        if self.calendar is None:
            return nine
        opens = self.calendar.add(begins, 1) - timedelta(seconds=1)
        if opens > begins:
            return opens.astimezone(self.zone)
        # Open at midnight: round the clock, or a shift that ends in the night.
        return (self.calendar.add(nine, 1) - timedelta(seconds=1)).astimezone(self.zone)

    def later_today(self) -> datetime | None:
        """In about three hours, or when work begins again, or shortly before the day's last closing; None where the day
        is as good as over."""
        at = self.now + WAIT
        at += (datetime.min.replace(tzinfo=at.tzinfo) - at) % QUARTER
        ends = datetime.combine(self.today + timedelta(days=1), time(), self.zone)
        if self.calendar is not None and not self.calendar.is_open(at):
            spans = self.calendar.spans(self.now, ends)
            opens = next((opens for opens, _ in spans if opens >= at), None)
            at = opens or (spans[-1][1] - QUARTER if spans else ends)
        return at.astimezone(self.zone) if self.now + SHORTEST <= at < ends else None

    def tomorrow(self) -> datetime:
        return self.of(self.today + timedelta(days=1))

    def next_week(self) -> datetime:
        return self.of(self.today + timedelta(days=7 - self.today.weekday()))

    def choices(self) -> list[tuple[str, str, datetime]]:
        """What a menu offers: the word, what people call it, and when it is."""
        later = self.later_today()
        return [
            *([("later_today", _("Later today"), later)] if later else []),
            ("tomorrow", _("Tomorrow morning"), self.tomorrow()),
            ("next_week", _("Next week"), self.next_week()),
        ]


# By the word that a menu, a macro or a rule holds.
MOMENTS: dict[str, Callable[[Mornings], datetime]] = {
    "later_today": lambda mornings: mornings.later_today() or mornings.tomorrow(),
    "tomorrow": Mornings.tomorrow,
    "next_week": Mornings.next_week,
}


def mornings_of(store: Store, now: datetime) -> Mornings:
    """Of the store's first calendar; three queries. A calendar that is never open counts as none."""
    zone = ZoneInfo(store.time_zone)
    row = BusinessCalendar.objects.filter(store=store).order_by("pk").first()
    if row is None:
        return Mornings(now, zone)
    try:
        return Mornings(now, zone, read_calendar(row, now.astimezone(zone).year))
    except ValueError:
        return Mornings(now, zone)
