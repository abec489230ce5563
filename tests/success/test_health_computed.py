"""Health: poor service is at risk however well the rest goes; falling is told, recovery takes it back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from subscribers.enums import CycleStatus
from subscribers.services.cycles import know_cycle, record_skip
from success.enums import FactKind
from success.health import work
from success.health.enums import GOOD, OF_SERVICE, OF_SUCCESS, POOR, HealthWord, SignalKind
from success.health.score import Scale, Weight, counted, next_change, score, strength
from success.health.services import compute
from success.health.settings import STARTER_WEIGHTS, install_health
from success.health.signals import Signal
from success.models import AlertRule, Evidence, Health, HealthEvent, Stale
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.factories.tickets import make_ticket
from tests.thorough import examples
from tickets.enums import TicketStatus
from tickets.services.tickets import change_status

DAY = timedelta(days=1)
TODAY = date(2026, 3, 1)
SCALE = Scale(base=80, healthy_from=75, risk_until=50, critical_until=25, fall_points=25, fall_days=14)
SHIPPED = {str(kind): Weight(*given) for kind, given in STARTER_WEIGHTS.items()}


def signals_of(kinds) -> st.SearchStrategy[list[Signal]]:
    moments = st.integers(0, 180).map(lambda days: datetime(2025, 9, 2, tzinfo=UTC) + days * DAY)
    one = st.builds(Signal, st.sampled_from(sorted(kinds)), moments, st.just("ticket:1"))
    return st.lists(one, max_size=8)


WEIGHTS = st.fixed_dictionaries(
    {
        str(kind): st.builds(Weight, st.integers(0, 100), st.none() | st.integers(1, 400), st.integers(1, 5))
        for kind in SignalKind
    }
)


def judged(signals, weights=SHIPPED, on=TODAY):
    return score(counted(signals, weights, on), SCALE)


@settings(max_examples=examples(40), deadline=None)
@given(success=signals_of(OF_SUCCESS), service=signals_of(OF_SERVICE), weights=WEIGHTS)
def test_poor_service_is_at_risk_whatever_else_is_so(success, service, weights) -> None:
    found = judged([*success, *service], weights)
    served = judged(service, weights).service
    assert found.service == served  # nothing of success makes up for it
    assert found.number <= served
    if served <= SCALE.risk_until:
        assert found.word in POOR


@settings(max_examples=examples(40), deadline=None)
@given(signals=signals_of(SignalKind), more=signals_of(frozenset(SignalKind) - GOOD), weights=WEIGHTS)
def test_one_more_bad_signal_never_raises_the_number(signals, more, weights) -> None:
    assert judged([*signals, *more], weights).number <= judged(signals, weights).number


@settings(max_examples=examples(30), deadline=None)
@given(signals=signals_of(SignalKind), hour=st.integers(0, 23))
def test_nothing_changes_before_its_time(signals, hour: int) -> None:
    now = datetime(2026, 3, 1, hour, tzinfo=UTC)
    due = next_change(signals, SHIPPED, SCALE, now)
    assert now < due <= now + 7 * DAY
    last_day = (due - timedelta(seconds=1)).date()
    for days in range((last_day - TODAY).days + 1):
        assert judged(signals, on=TODAY + days * DAY) == judged(signals)


def test_signals_decay_and_complaints_grow() -> None:
    damaged = Signal(SignalKind.DAMAGED_BOX, datetime(2026, 1, 15, tzinfo=UTC), "ticket:1")
    assert strength(damaged, SHIPPED["damaged_box"], TODAY) == 15  # half of 30 after 45 days
    complaint = Signal(SignalKind.COMPLAINT_OPEN, datetime(2026, 2, 28, tzinfo=UTC), "ticket:1")
    assert [strength(complaint, SHIPPED["complaint_open"], TODAY + days * DAY) for days in (0, 3, 9)] == [10, 25, 25]


@pytest.fixture
def told(store):
    install_health()
    AlertRule.objects.update_or_create(
        store=None, kind=FactKind.HEALTH_FALLING, defaults={"weight": 20, "due_within": DAY, "is_active": True}
    )


def fan(store):
    """Two boxes on time, five renewals: as well as it can go."""
    subscription = SubscriptionFactory(subscriber=SubscriberFactory(store=store), started_at=timezone.now() - 160 * DAY)
    for index in range(1, 6):
        BoxFactory(cycle=CycleFactory(subscription=subscription, index=index))
    return subscription


def standing() -> list[dict]:
    rows = Evidence.objects.filter(kind=FactKind.HEALTH_FALLING, retracted_at=None)
    return [one.data for one in rows.order_by("pk")]


def test_a_bad_week_makes_a_fan_fall_and_its_end_takes_the_alert_back(store, told, agent) -> None:
    subscription = fan(store)
    person = subscription.subscriber
    work.find_unknown()
    assert work.sweep() == 1
    before = Health.objects.get(subscriber=person)
    assert (before.word, before.service, standing()) == (HealthWord.HEALTHY, 100, [])

    # Facts come by the services' own way; nobody names health.
    complaints = [make_ticket("It arrived broken.", subscriber=person) for _ in range(2)]
    assert set(Stale.objects.values_list("subscriber", flat=True)) == {person.pk}
    assert work.sweep() == 1
    fell = Health.objects.get(subscriber=person)
    assert (fell.word, fell.number, fell.success) == (HealthWord.AT_RISK, fell.service, before.success)
    [fact] = standing()
    assert (fact["number"], fact["from"], fact["word"]) == (fell.number, before.number, "At risk")
    assert {kind for kind, *_ in fact["reasons"]} == {"damaged_box", "complaint_open"}
    work.sweep()
    assert len(standing()) == 1

    for ticket in complaints:
        change_status(ticket, status=TicketStatus.RESOLVED, actor=agent)
    ticket.topics.update(rejected_at=timezone.now())
    work.sweep(timezone.now() + 40 * DAY)
    back = Health.objects.get(subscriber=person)
    assert (back.word in POOR, back.fell_at, standing()) == (False, None, [])
    events = HealthEvent.objects.filter(subscriber=person).order_by("pk")
    assert [one.word for one in events][:2] == [HealthWord.HEALTHY, HealthWord.AT_RISK]
    assert {one[0] for one in events[1].reasons if one[3] < 0} == {"damaged_box", "complaint_open"}


def test_skips_weigh_by_their_row_and_what_was_never_live_has_no_number(store, told) -> None:
    subscription = fan(store)
    now = timezone.now()
    for number in (6, 7):
        at = now + 30 * (number - 5) * DAY
        record_skip(know_cycle(subscription, index=number, expected_at=at, at=now), at=now)
    SubscriberFactory(store=store)
    gone = SubscriptionFactory(subscriber=SubscriberFactory(store=store), status="cancelled", ended_at=now)
    work.find_unknown()
    work.sweep()
    kinds = [kind for kind, *_ in Health.objects.get(subscriber=subscription.subscriber).signals]
    assert (kinds.count("skipped"), kinds.count("skipped_twice")) == (2, 1)
    assert Health.objects.get(subscriber=gone.subscriber).number is None
    assert CycleStatus.SKIPPED in subscription.cycles.values_list("status", flat=True)


def test_a_batch_costs_the_same_at_one_person_and_at_three(store, told) -> None:
    def cost(number: int) -> int:
        ids = []
        for _ in range(number):
            subscription = fan(store)
            make_ticket("It arrived broken.", subscriber=subscription.subscriber)
            ids.append(subscription.subscriber_id)
        with CaptureQueriesContext(connection) as queries:
            assert compute(ids) == number
        return len(queries)

    cost(1)
    assert cost(1) == cost(3) <= 30
