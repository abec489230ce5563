"""Calendars, policies and bare tickets for tests of promises. Monday 2 March 2026 is the first day of every story."""

from datetime import UTC, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from subscribers.enums import Channel
from tests.factories.people import StoreFactory, SubscriberFactory
from tests.factories.tickets import QueueFactory
from tickets.enums import Metric, Priority
from tickets.models import (
    BusinessCalendar,
    OpeningHours,
    SlaPolicy,
    SlaPolicyVersion,
    SlaTarget,
    Ticket,
)
from tickets.sla.calendars import form_of

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = 3600


def at(clock_time: str, day: int = 0) -> datetime:
    """A time of day, `day` days after that Monday."""
    hours, minutes = clock_time.split(":")
    return MONDAY + timedelta(days=day, hours=int(hours), minutes=int(minutes))


class TicketFactory(DjangoModelFactory):
    """A row alone: no clock starts by it."""

    class Meta:
        model = Ticket

    queue = factory.SubFactory(QueueFactory)
    store = factory.SelfAttribute("queue.store")
    subscriber = factory.SubFactory(SubscriberFactory, store=factory.SelfAttribute("..store"))
    subject = "Where is my box?"
    channel = Channel.MAIL
    opened_at = at("10:00")
    waiting_since = at("10:00")


class CalendarFactory(DjangoModelFactory):
    """Monday to Friday, 09:00 to 17:00 UTC."""

    class Meta:
        model = BusinessCalendar
        skip_postgeneration_save = True

    store = factory.SubFactory(StoreFactory)
    name = factory.Sequence(lambda n: f"Office {n}")

    @factory.post_generation
    def hours(self, create, hours, **kwargs):
        for weekday, opens, closes in hours or [(day, "09:00", "17:00") for day in range(5)]:
            OpeningHours.objects.create(calendar=self, weekday=weekday, opens=opens, closes=closes)


class PolicyFactory(DjangoModelFactory):
    class Meta:
        model = SlaPolicy

    store = factory.SubFactory(StoreFactory)
    name = factory.Sequence(lambda n: f"Policy {n}")


def version_of(policy: SlaPolicy, targets, calendar: BusinessCalendar | None = None, warn_at_share=0.75, **fields):
    """The next version of a policy. `targets`: (metric, priority or None, hours[, in_business_time])."""
    calendar = calendar or policy.store.calendars.first() or CalendarFactory(store=policy.store)
    version = SlaPolicyVersion.objects.create(
        policy=policy,
        number=policy.versions.count() + 1,
        calendar=calendar,
        calendar_form=fields.pop("calendar_form", None) or form_of(calendar, MONDAY.year),
        warn_at_share=warn_at_share,
        **fields,
    )
    for metric, priority, hours, *rest in targets:
        SlaTarget.objects.create(
            version=version,
            metric=metric,
            priority=priority,
            seconds=round(hours * HOUR),
            in_business_time=rest[0] if rest else True,
        )
    return version


# Two hours, four hours, two working days; half of that for what is urgent.
STANDARD = [
    (Metric.FIRST_REPLY, None, 2),
    (Metric.NEXT_REPLY, None, 4),
    (Metric.RESOLUTION, None, 16),
    (Metric.FIRST_REPLY, Priority.URGENT, 1),
    (Metric.NEXT_REPLY, Priority.URGENT, 2),
    (Metric.RESOLUTION, Priority.URGENT, 8),
]


def ticket_under_standard(**fields) -> Ticket:
    """A ticket whose store promises STANDARD for every queue."""
    ticket = TicketFactory(**fields)
    version_of(PolicyFactory(store=ticket.store), STANDARD)
    return ticket
