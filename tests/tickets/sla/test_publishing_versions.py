"""A version keeps what was promised: its times, its calendar, its warning, its escalations."""

import pytest
from django.db import IntegrityError, transaction

from subscribers.errors import Refused
from tests.factories.people import MembershipFactory
from tests.factories.sla import HOUR, CalendarFactory, PolicyFactory, TicketFactory, at
from tickets.enums import EscalationAction, EscalationOccasion, Metric, Priority
from tickets.models import SlaPolicyVersion
from tickets.sla.calendars import form_of, frozen_calendar, says_the_same
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.sla.policies import Target, policies_of
from tickets.sla.publishing import (
    Escalation,
    escalations_of,
    latest_version,
    publish_calendar,
    publish_version,
    targets_of,
)
from tickets.sla.rules import Counting

pytestmark = pytest.mark.django_db
FIRST = Metric.FIRST_REPLY
TARGETS = {(FIRST, None): Target(2 * HOUR, in_business_time=True)}


@pytest.fixture
def calendar():
    return CalendarFactory()


@pytest.fixture
def policy(calendar):
    return PolicyFactory(store=calendar.store)


def publish(policy, calendar, **fields):
    warning = {} if "warn_before_seconds" in fields else {"warn_at_share": 0.75}
    return publish_version(policy, calendar=calendar, **{"targets": TARGETS, **warning, **fields})


def opened(calendar, moment):
    ticket = TicketFactory(queue__store=calendar.store)
    apply(ticket, TicketChange.OPENED, at=moment)
    return ticket


def due(ticket):
    return ticket.clocks.get(metric=FIRST).due_at


def test_same_promise_is_no_new_version(policy, calendar):
    first = publish(policy, calendar)
    assert publish(policy, calendar) == first
    assert publish(policy, calendar, warn_before_seconds=600).number == 2
    assert publish(policy, calendar, warn_before_seconds=600).number == 2


def test_edited_hours_count_once_they_are_published_and_for_later_clocks(policy, calendar):
    publish(policy, calendar)
    before = opened(calendar, at("16:00"))
    calendar.hours.filter(weekday=1).update(opens="11:00")
    assert due(opened(calendar, at("16:00"))) == at("10:00", day=1)
    (version,) = publish_calendar(calendar)
    assert (version.number, targets_of(version), version.warn_at_share) == (2, TARGETS, 0.75)
    assert (due(before), due(opened(calendar, at("16:00")))) == (at("10:00", day=1), at("12:00", day=1))


def test_clock_that_runs_counts_by_its_own_version_to_the_end(policy, calendar):
    publish(policy, calendar)
    ticket = opened(calendar, at("16:00"))
    calendar.exceptions.create(date=at("00:00", day=1).date(), label="Flood")
    publish_calendar(calendar)
    apply(ticket, TicketChange.AGENT_REPLIED, at=at("09:30", day=1))
    assert ticket.clocks.get(metric=FIRST).consumed_seconds == 1.5 * HOUR


def test_edited_holiday_publishes_every_policy_that_counts_by_the_calendar(policy, calendar):
    other = CalendarFactory(store=calendar.store)
    policies = [policy, PolicyFactory(store=calendar.store), PolicyFactory(store=calendar.store)]
    for each, its in zip(policies, (calendar, calendar, other), strict=True):
        publish(each, its)
    publish(policies[1], other)  # counted by it once
    calendar.exceptions.create(date=at("00:00", day=1).date())
    assert [version.policy for version in publish_calendar(calendar)] == [policy]
    assert publish_calendar(calendar) == []


def test_closed_calendar_is_refused_and_nothing_is_published(policy, calendar):
    publish(policy, calendar)
    calendar.hours.all().delete()
    with pytest.raises(Refused, match="closed on every day") as refused:
        publish_calendar(calendar)
    assert (refused.value.field, policy.versions.count()) == ("calendar", 1)


def test_calendar_of_another_store_is_refused(policy):
    with pytest.raises(Refused, match="another store") as refused:
        publish(policy, CalendarFactory())
    assert refused.value.field == "calendar"


def test_escalations_are_kept_until_they_are_said_anew(policy, calendar):
    alice = MembershipFactory(store=calendar.store).user
    escalations = (
        Escalation(EscalationOccasion.WARNING, EscalationAction.NOTIFY),
        Escalation(EscalationOccasion.BREACH, EscalationAction.ASSIGN, FIRST, assignee_id=alice.pk),
        Escalation(EscalationOccasion.BREACH, EscalationAction.RAISE_PRIORITY, priority=Priority.HIGH),
    )
    assert escalations_of(publish(policy, calendar, escalations=escalations)) == escalations
    assert publish(policy, calendar).number == 1
    calendar.exceptions.create(date=at("00:00", day=1).date())
    publish_calendar(calendar)
    assert escalations_of(latest_version(policy)) == escalations
    assert escalations_of(publish(policy, calendar, escalations=())) == ()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"warn_at_share": None}, "warning"),
        ({"warn_at_share": 0.5, "warn_before_seconds": 60}, "warning"),
        ({"warn_at_share": 1.0}, "warning"),
        ({"warn_before_seconds": 2 * HOUR}, "warning"),
        ({"warn_before_seconds": 0}, "warning"),
        ({"escalations": [Escalation(EscalationOccasion.BREACH, EscalationAction.ASSIGN)]}, "escalations"),
        (
            {"escalations": [Escalation(EscalationOccasion.BREACH, EscalationAction.NOTIFY, assignee_id=1)]},
            "escalations",
        ),
        ({"escalations": [Escalation(EscalationOccasion.BREACH, EscalationAction.RAISE_PRIORITY)]}, "escalations"),
        (
            {
                "escalations": [
                    Escalation(EscalationOccasion.BREACH, EscalationAction.RAISE_PRIORITY, priority=Priority.HIGH),
                    Escalation(EscalationOccasion.BREACH, EscalationAction.RAISE_PRIORITY, priority=Priority.URGENT),
                ]
            },
            "escalations",
        ),
    ],
)
def test_what_cannot_be_promised_is_refused(policy, calendar, fields, field):
    with pytest.raises(Refused) as refused:
        publish(policy, calendar, **fields)
    assert (refused.value.field, policy.versions.count()) == (field, 0)


def test_interval_before_the_end_is_counted_as_the_clock_counts(policy, calendar):
    publish(policy, calendar, warn_before_seconds=HOUR // 2)
    assert opened(calendar, at("15:30")).clocks.get(metric=FIRST).warn_at == at("09:00", day=1) - (
        at("09:00", day=1) - at("17:00")
    )
    assert opened(calendar, at("16:00")).clocks.get(metric=FIRST).warn_at == at("09:30", day=1)


def test_interval_longer_than_the_target_warns_at_once():
    assert Counting(frozen_calendar({}), None, 600).unwarned(300) == 0


def test_database_holds_one_way_to_warn_and_a_version_as_it_was(policy, calendar):
    version = publish(policy, calendar)
    with pytest.raises(IntegrityError), transaction.atomic():
        SlaPolicyVersion.objects.create(
            policy=policy, number=9, calendar=calendar, warn_at_share=0.5, warn_before_seconds=60
        )
    for rows, field in ((policy.versions, "number"), (version.targets, "seconds")):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(**{field: 7})


def test_years_that_pass_change_nothing_until_the_holidays_run_out():
    calendar = CalendarFactory(holidays_country="DE", holidays_region="BY")
    published = form_of(calendar, 2026)
    assert [says_the_same(published, form_of(calendar, year)) for year in (2026, 2027, 2029, 2030)] == [
        True,
        True,
        True,
        False,
    ]
    calendar.holidays_region = "BE"
    assert not says_the_same(published, form_of(calendar, 2026))
    calendar.holidays_country = calendar.holidays_region = ""
    assert not says_the_same(published, form_of(calendar, 2026))


def test_policies_carry_the_frozen_calendar(policy, calendar):
    version = publish(policy, calendar)
    assert policies_of(calendar.store_id).versions[0].calendar is frozen_calendar(version.calendar_form)
