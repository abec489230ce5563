"""What a policy asks of a ticket, and what it costs to ask."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers.enums import BoxStatus, SubscriptionStatus
from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory
from tests.factories.sla import PolicyFactory, at, ticket_under_standard, version_of
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.factories.tickets import DetectionRuleFactory, ReasonFactory, make_ticket
from tickets.enums import ClockState, Metric
from tickets.models import Queue
from tickets.services.conversation import receive_message
from tickets.services.messages import NewMessage
from tickets.services.topics import add_topic, reject_topic
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.sla.conditions import Facts, check_conditions, hold
from tickets.sla.policies import policies_of

pytestmark = pytest.mark.django_db
FIRST = Metric.FIRST_REPLY


@pytest.fixture
def subscriber():
    return SubscriberFactory(store=StoreFactory(time_zone="America/New_York"))


def promise(store, conditions, hours=1, position=10):
    version_of(PolicyFactory(store=store, conditions=conditions, position=position), [(FIRST, None, hours, False)])


def target_hours(ticket):
    return ticket.clocks.get(metric=FIRST, state=ClockState.RUNNING).target_seconds / 3600


def test_topic_found_in_the_first_message_decides_the_promise(subscriber):
    DetectionRuleFactory(reason=ReasonFactory(key="damaged"))
    promise(subscriber.store, {"topic": ["damaged", "missing_item"]})
    promise(subscriber.store, {}, hours=9, position=20)
    damaged = make_ticket("My box arrived crushed.", subscriber=subscriber)
    other = make_ticket("Where is my box?", subscriber=subscriber)
    assert (target_hours(damaged), target_hours(other)) == (1, 9)
    assert list(damaged.clocks.get().events.values_list("kind", flat=True)) == ["start"]


def test_topic_stated_at_opening_decides_the_promise(subscriber):
    promise(subscriber.store, {"topic": ["late"]})
    ticket = make_ticket(subscriber=subscriber, topics=[ReasonFactory(key="late")])
    assert target_hours(ticket) == 1


def test_kind_of_a_topic_is_that_topic(subscriber):
    promise(subscriber.store, {"topic": ["delivery"]})
    late = ReasonFactory(key="late", parent=ReasonFactory(key="delivery"))
    assert target_hours(make_ticket(subscriber=subscriber, topics=[late])) == 1


def test_topic_added_and_rejected_later_retargets(subscriber):
    promise(subscriber.store, {"topic": ["late"]})
    promise(subscriber.store, {}, hours=9, position=20)
    alice, late = MembershipFactory(store=subscriber.store).user, ReasonFactory(key="late")
    ticket = make_ticket(subscriber=subscriber)
    add_topic(ticket, reason=late, actor=alice)
    assert target_hours(ticket) == 1
    reject_topic(ticket, reason=late, actor=alice)
    assert target_hours(ticket) == 9
    causes = ticket.clocks.get().events.order_by("id").values_list("kind", "data__cause")
    assert list(causes) == [("start", "Opened"), ("retarget", "About Late"), ("retarget", "Not about Late")]


def test_topic_found_in_a_later_message_retargets(subscriber):
    DetectionRuleFactory(reason=ReasonFactory(key="damaged"))
    promise(subscriber.store, {"topic": ["damaged"]})
    promise(subscriber.store, {}, hours=9, position=20)
    ticket = make_ticket(subscriber=subscriber)
    receive_message(ticket, subscriber=subscriber, message=NewMessage(text="It arrived broken."))
    assert target_hours(ticket) == 1


def holds(subscriber, conditions, moment):
    """At `moment` of the Monday of every story."""
    ticket = make_ticket(subscriber=subscriber)
    return hold(conditions, Facts(ticket, moment))


@pytest.mark.parametrize(("hours", "expected"), [(47.9, False), (48, True), (100, True)])
def test_billing_within_hours(subscriber, hours, expected):
    SubscriptionFactory(subscriber=subscriber, next_billing_at=at("10:00", day=2))
    assert holds(subscriber, {"billing_within_hours": hours}, at("10:00")) is expected


def test_billing_of_no_active_subscription_or_in_the_past_does_not_count(subscriber):
    SubscriptionFactory(subscriber=subscriber, status=SubscriptionStatus.PAUSED, next_billing_at=at("11:00"))
    SubscriptionFactory(subscriber=subscriber, next_billing_at=at("09:59"))
    SubscriptionFactory(next_billing_at=at("11:00"))
    assert not holds(subscriber, {"billing_within_hours": 8000}, at("10:00"))


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        (at("05:00"), 24, True),  # midnight in New York to midnight there
        (at("04:59"), 24, False),
        (at("20:00", day=1), 1, True),  # it is that day: the box may go out any moment
        (at("05:00", day=2), 1000, False),  # the day after
    ],
)
def test_box_within_hours_counts_to_the_shipping_day_in_the_stores_zone(subscriber, moment, hours, expected):
    cycle = CycleFactory(subscription=SubscriptionFactory(subscriber=subscriber))
    BoxFactory(cycle=cycle, status=BoxStatus.PLANNED, ships_on=date(2026, 3, 3), shipped_at=None, delivered_at=None)
    assert holds(subscriber, {"box_within_hours": hours}, moment) is expected


def test_box_that_is_on_its_way_does_not_count(subscriber):
    cycle = CycleFactory(subscription=SubscriptionFactory(subscriber=subscriber))
    BoxFactory(cycle=cycle, status=BoxStatus.IN_TRANSIT, ships_on=date(2026, 3, 3), delivered_at=None)
    assert not holds(subscriber, {"box_within_hours": 1000}, at("10:00"))


def test_subscriber_who_is_billed_soon_is_answered_sooner(subscriber):
    promise(subscriber.store, {"billing_within_hours": 48})
    promise(subscriber.store, {}, hours=9, position=20)
    SubscriptionFactory(subscriber=subscriber, next_billing_at=timezone.now() + timedelta(hours=47))
    assert target_hours(make_ticket(subscriber=subscriber)) == 1
    assert target_hours(make_ticket(subscriber=SubscriberFactory(store=subscriber.store))) == 9


@pytest.mark.parametrize(
    ("conditions", "asked"),
    [
        ({}, 0),
        ({"cycle": 1, "channel": ["mail"], "priority": [3]}, 0),
        ({"topic": ["damaged"]}, 1),
        ({"topic": ["damaged"], "priority": [1]}, 0),  # ruled out by what costs nothing
        ({"billing_within_hours": 48}, 1),
        ({"box_within_hours": 48}, 1),
    ],
)
def test_only_a_condition_that_decides_is_asked_for(conditions, asked):
    ticket = ticket_under_standard(cycle_index=1)
    version_of(PolicyFactory(store=ticket.store, conditions=conditions, position=1), [(FIRST, None, 1)])
    policies_of(ticket.store_id)
    with CaptureQueriesContext(connection) as captured:
        apply(ticket, TicketChange.OPENED, at=at("10:00"))
    assert len(captured) == 4 + asked


def test_several_policies_ask_for_a_fact_once():
    ticket = ticket_under_standard()
    for position in range(3):
        conditions = {"topic": [f"topic-{position}"], "billing_within_hours": 1 + position}
        version_of(PolicyFactory(store=ticket.store, conditions=conditions, position=position), [(FIRST, None, 1)])
    with CaptureQueriesContext(connection) as captured:
        apply(ticket, TicketChange.OPENED, at=at("10:00"))
    assert len(captured) == 5


def test_opening_a_ticket_adds_three_statements_and_the_policies(subscriber):
    make_ticket(subscriber=subscriber)
    with CaptureQueriesContext(connection) as without:
        make_ticket(subscriber=subscriber)
    queue = Queue.objects.get(store=subscriber.store)
    targets = [(metric, None, 5) for metric in Metric]
    version_of(PolicyFactory(store=subscriber.store, queue=queue), targets)
    with CaptureQueriesContext(connection) as captured:
        make_ticket(subscriber=subscriber)
    assert len(captured) - len(without) == 3


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ([], 'Conditions are an object, such as {"cycle": 1}.'),
        (
            {"moon": 1},
            "'moon' is not a condition; these are cycle, priority, channel, topic, billing_within_hours, "
            "box_within_hours.",
        ),
        ({"cycle": 0}, "'cycle' takes a cycle's number, 1 for the first."),
        ({"cycle": True}, "'cycle' takes a cycle's number, 1 for the first."),
        ({"priority": [9]}, "'priority' takes a list of priorities, from 1 (urgent) to 4 (low)."),
        ({"channel": []}, "'channel' takes a list of channels (mail, web, api, agent)."),
        ({"channel": [["mail"]]}, "'channel' takes a list of channels (mail, web, api, agent)."),
        ({"topic": "damaged"}, "'topic' takes a list of topics' keys, of which one is enough."),
        ({"billing_within_hours": -1}, "'billing_within_hours' takes a number of hours, at most 8784."),
        ({"box_within_hours": "48"}, "'box_within_hours' takes a number of hours, at most 8784."),
    ],
)
def test_conditions_are_refused_in_words(conditions, words):
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        check_conditions(conditions)
    assert str(refused.value) == words


def test_conditions_that_cannot_be_read_match_no_ticket_and_stop_none(subscriber, caplog):
    promise(subscriber.store, {"priority": 3})
    promise(subscriber.store, {}, hours=9, position=20)
    assert target_hours(make_ticket(subscriber=subscriber)) == 9
    assert "'priority' takes a list" in caplog.text
