"""The promises that a new store starts with, to be changed in the admin."""

from django.db import transaction

from subscribers.models import Store
from tickets.enums import Metric, Priority
from tickets.models import BusinessCalendar, OpeningHours, SlaPolicy
from tickets.sla.policies import Target
from tickets.sla.publishing import publish_version

CALENDAR, OPENS, CLOSES = "Office hours", "09:00", "18:00"
OFFICE_DAYS = range(5)  # Monday to Friday
POLICY, CYCLE_ONE_POLICY = "Standard", "First box"

HOUR = 3600
WARN_AT_SHARE = 0.75
# Business hours promised: first reply, next reply, resolution.
STANDARD: dict[Priority, tuple[float, float, float]] = {
    Priority.URGENT: (1, 1, 4),
    Priority.HIGH: (2, 4, 9),
    Priority.NORMAL: (4, 8, 18),
    Priority.LOW: (9, 18, 45),
}
# A subscriber whose first box is in question decides in these days whether there is a second.
CYCLE_ONE: dict[Priority, tuple[float, float, float]] = {
    Priority.URGENT: (0.5, 1, 4),
    Priority.HIGH: (1, 2, 6),
    Priority.NORMAL: (2, 4, 9),
    Priority.LOW: (4, 9, 18),
}


@transaction.atomic
def install_sla(store: Store) -> None:
    """Office hours in the store's zone and two policies; what is there already by name stays as it is."""
    calendar, is_new = BusinessCalendar.objects.get_or_create(
        store=store, name=CALENDAR, defaults={"time_zone": store.time_zone}
    )
    if is_new:
        OpeningHours.objects.bulk_create(
            OpeningHours(calendar=calendar, weekday=day, opens=OPENS, closes=CLOSES) for day in OFFICE_DAYS
        )
    _install(store, calendar, CYCLE_ONE_POLICY, 50, {"cycle": 1}, CYCLE_ONE)
    _install(store, calendar, POLICY, 100, {}, STANDARD)


def _install(
    store: Store,
    calendar: BusinessCalendar,
    name: str,
    position: int,
    conditions: dict[str, int],
    hours: dict[Priority, tuple[float, float, float]],
) -> None:
    policy, is_new = SlaPolicy.objects.get_or_create(
        store=store, name=name, defaults={"position": position, "conditions": conditions}
    )
    if not is_new:
        return
    publish_version(
        policy,
        calendar=calendar,
        warn_at_share=WARN_AT_SHARE,
        targets={
            (metric, priority): Target(round(promised * HOUR), in_business_time=True)
            for priority, row in hours.items()
            for metric, promised in zip((Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.RESOLUTION), row, strict=True)
        },
    )
