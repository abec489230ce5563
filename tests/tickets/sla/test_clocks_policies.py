"""The first policy that matches promises; an edit counts from the next change on."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from subscribers.enums import Channel
from tests.factories.people import StoreFactory
from tests.factories.sla import HOUR, CalendarFactory, PolicyFactory, TicketFactory, at, version_of
from tests.factories.tickets import QueueFactory
from tickets.enums import Metric, Priority
from tickets.models import SlaPolicyVersion
from tickets.sla.business_time import Calendar
from tickets.sla.calendars import form_of, read_calendar
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.sla.conditions import check_conditions
from tickets.sla.policies import Target, policies_of
from tickets.sla.publishing import publish_calendar
from tickets.sla.starter import install_sla

pytestmark = pytest.mark.django_db
FIRST, RESOLUTION = Metric.FIRST_REPLY, Metric.RESOLUTION


def matched(ticket):
    version = policies_of(ticket.store_id).match(ticket)
    return SlaPolicyVersion.objects.get(pk=version.id).policy.name if version else None


def test_first_match_by_position_wins():
    ticket = TicketFactory()
    for position, name in ((20, "second"), (10, "first")):
        version_of(PolicyFactory(store=ticket.store, name=name, position=position), [(FIRST, None, 1)])
    assert matched(ticket) == "first"


def test_policy_of_another_queue_or_store_does_not_match():
    ticket = TicketFactory()
    version_of(PolicyFactory(), [(FIRST, None, 1)])
    version_of(PolicyFactory(store=ticket.store, queue=QueueFactory(store=ticket.store)), [(FIRST, None, 1)])
    assert matched(ticket) is None


def test_policy_that_is_off_or_without_a_version_does_not_match():
    ticket = TicketFactory()
    version_of(PolicyFactory(store=ticket.store, is_active=False), [(FIRST, None, 1)])
    PolicyFactory(store=ticket.store)
    assert matched(ticket) is None


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        ({"cycle": 1}, True),
        ({"cycle": 2}, False),
        ({"priority": [1, 2]}, True),
        ({"priority": [4]}, False),
        ({"channel": ["form"]}, False),
        ({"cycle": 1, "channel": ["mail"]}, True),
        ({"moon": "full"}, False),
    ],
)
def test_conditions_are_all_required(conditions, matches):
    ticket = TicketFactory(cycle_index=1, priority=Priority.HIGH, channel=Channel.MAIL)
    version_of(PolicyFactory(store=ticket.store, name="it", conditions=conditions), [(FIRST, None, 1)])
    assert matched(ticket) == ("it" if matches else None)


@pytest.mark.parametrize("conditions", [[], {"moon": "full"}, {"cycle": "one"}, {"priority": 1}])
def test_conditions_that_cannot_be_read_are_refused(conditions):
    with pytest.raises(ValueError, match=r"condition|Conditions|takes"):
        check_conditions(conditions)


def test_target_of_the_priority_is_stronger_than_that_of_all():
    ticket = TicketFactory()
    version_of(PolicyFactory(store=ticket.store), [(FIRST, None, 2), (FIRST, Priority.URGENT, 1, False)])
    version = policies_of(ticket.store_id).match(ticket)
    assert version.target_for(FIRST, Priority.URGENT) == Target(HOUR, in_business_time=False)
    assert version.target_for(FIRST, Priority.LOW) == Target(2 * HOUR, in_business_time=True)
    assert version.target_for(RESOLUTION, Priority.LOW) is None


def test_latest_version_counts_at_once():
    ticket = TicketFactory()
    policy = PolicyFactory(store=ticket.store)
    for hours in (1, 2):
        version_of(policy, [(FIRST, None, hours)])
        version = policies_of(ticket.store_id).match(ticket)
        assert version.target_for(FIRST, Priority.NORMAL).seconds == hours * HOUR


def test_unchanged_policies_are_read_once():
    store = StoreFactory()
    install_sla(store)
    assert policies_of(store.pk) is policies_of(store.pk)


def test_calendar_has_holidays_exceptions_and_nights():
    year = timezone.now().year
    store = StoreFactory()
    calendar = CalendarFactory(
        store=store,
        time_zone="Europe/Berlin",
        holidays_country="DE",
        hours=[(day, "09:00", "17:00") for day in range(6)] + [(6, "22:00", "06:00")],
    )
    calendar.exceptions.create(date=f"{year}-12-24", opens="09:00", closes="12:00")
    calendar.exceptions.create(date=f"{year}-12-23", label="Company day")
    read = read_calendar(calendar, year)
    assert read.between(datetime(year, 12, 23, tzinfo=UTC), datetime(year, 12, 25, 12, tzinfo=UTC)) == 3 * HOUR
    version_of(PolicyFactory(store=store), [(FIRST, None, 1)], calendar, calendar_form=form_of(calendar, year))
    assert policies_of(store.pk).calendars[calendar.pk] is read


def test_calendar_with_an_unknown_country_is_refused():
    with pytest.raises(ValueError, match="No public holidays are known for XX"):
        read_calendar(CalendarFactory(holidays_country="XX"), 2026)


def test_published_calendar_that_cannot_be_read_counts_every_hour(caplog):
    policy = PolicyFactory()
    version_of(policy, [(FIRST, None, 1)], calendar_form={"tz": "Moon/Crater", "hours": {"mon": [["09:00", "17:00"]]}})
    assert policies_of(policy.store_id).versions[0].calendar is Calendar.always()
    assert "There is no time zone 'Moon/Crater'" in caplog.text


def test_starter_promises_every_metric_to_every_priority():
    store = StoreFactory(time_zone="America/New_York")
    install_sla(store)
    version = policies_of(store.pk).match(TicketFactory(queue__store=store))
    assert set(version.targets) == {(metric, priority) for metric in Metric for priority in Priority}
    assert matched(TicketFactory(queue__store=store, cycle_index=1)) == "First box"
    assert matched(TicketFactory(queue__store=store, cycle_index=2)) == "Standard"


def test_starter_opens_in_the_stores_zone_and_changes_nothing_a_second_time():
    store = StoreFactory(time_zone="America/New_York")
    install_sla(store)
    calendar = store.calendars.get()
    calendar.hours.filter(weekday=0).update(opens="08:00")
    publish_calendar(calendar)
    install_sla(store)
    ticket = TicketFactory(queue__store=store)
    apply(ticket, TicketChange.OPENED, at=at("06:00"))
    # Eight in New York is one in the afternoon in UTC; normal priority has four hours.
    assert ticket.clocks.get(metric=FIRST).due_at == at("17:00")
    assert (store.calendars.count(), store.sla_policies.count()) == (1, 2)
