"""Where a rule would open too many alerts, the rest gathers on one; many facts at once cost little."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from success.enums import AlertOutcome, AlertPriority, AlertStatus, FactKind
from success.models import Alert, AlertRule, Evidence, Flow
from success.reconcile import reconcile_alerts
from success.services.alerts import close_alert
from success.services.facts import NewFact, record_fact, record_facts, retract_fact
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import SubscriptionFactory

pytestmark = pytest.mark.django_db

KIND = FactKind.HEALTH_FALLING


@pytest.fixture
def people(store):
    return [SubscriptionFactory(subscriber__store=store, price=10 + number).subscriber for number in range(6)]


@pytest.fixture
def rule(store):
    return AlertRule.objects.create(store=store, kind=KIND, weight=25, due_within=timedelta(hours=2), most_per_hour=2)


def facts(people, suffix=""):
    return [
        NewFact(one.store_id, one.pk, KIND, f"test:{one.pk}{suffix}", timezone.now(), data={"number": 30})
        for one in people
    ]


def test_beyond_its_limit_a_rule_opens_one_alert_for_all(people, rule):
    assert record_facts(facts(people)) == 6
    # Whoever has most at risk is seen to alone.
    alone = Alert.objects.exclude(subscriber=None)
    assert [alert.subscriber for alert in alone.order_by("pk")] == [people[5], people[4]]
    crowd = Alert.objects.get(subscriber=None)
    assert (crowd.name, crowd.score, crowd.priority) == ("4 subscribers: falling health", 100, AlertPriority.URGENT)
    assert crowd.value_at_risk == sum(12 * (10 + number) for number in range(4))
    assert record_facts(facts(people)) == 6
    assert Evidence.objects.count() == 6


def test_crowd_is_counted_again_and_closes_when_all_came_right(people, rule):
    record_facts(facts(people))
    crowd = Alert.objects.get(subscriber=None)
    late = SubscriptionFactory(subscriber__store=crowd.store).subscriber
    assert record_fact(subscriber=late, kind=KIND, source_key="test:late", observed_at=timezone.now()) == crowd
    retract_fact(kind=KIND, source_key=f"test:{people[0].pk}", actor=None, settled="Better")
    retract_fact(kind=KIND, source_key=f"test:{people[1].pk}", actor=None, settled="Better")
    reconcile_alerts()
    crowd.refresh_from_db()
    assert (crowd.people, crowd.score) == (3, 75)
    for source_key in crowd.evidence.filter(retracted_at=None).values_list("source_key", flat=True):
        retract_fact(kind=KIND, source_key=source_key, actor=None, settled="Better")
    reconcile_alerts()
    crowd.refresh_from_db()
    assert (crowd.status, crowd.outcome) == (AlertStatus.CLOSED, AlertOutcome.AUTO_RESOLVED)


def test_somebody_with_an_open_alert_keeps_it_in_a_flood(people, rule):
    mine = record_fact(subscriber=people[0], kind=FactKind.DAMAGED_BOX, source_key="box:1", observed_at=timezone.now())
    record_facts(facts(people))
    assert mine.evidence.count() == 2


def test_cool_down_holds_the_next_fact_and_lets_a_later_one_open(people, rule, manager):
    AlertRule.objects.filter(pk=rule.pk).update(cool_down=timedelta(days=3))
    alert = record_fact(subscriber=people[0], kind=KIND, source_key="one", observed_at=timezone.now())
    close_alert(alert, actor=manager, outcome=AlertOutcome.SAVED)
    assert record_fact(subscriber=people[0], kind=KIND, source_key="two", observed_at=timezone.now()) is None
    Alert.objects.filter(pk=alert.pk).update(closed_at=timezone.now() - timedelta(days=4))
    assert record_fact(subscriber=people[0], kind=KIND, source_key="three", observed_at=timezone.now()) is not None


@pytest.mark.parametrize(
    ("conditions", "weight"),
    [
        ({"value_at_least": 100}, 90),
        ({"value_at_least": "1000.00"}, 25),
        ({"cycle_at_most": 1}, 90),
        ({"countries": ["PT"]}, 25),
        ({"measure": 40}, 90),
        ({"measure": 20}, 25),
        ({"at_risk": True, "intervals": ["month", "week"]}, 90),
        ({"nonsense": 1}, 25),
    ],
)
def test_first_rule_whose_conditions_hold_decides(people, rule, store, conditions, weight):
    AlertRule.objects.create(
        store=store, kind=KIND, name="First", position=1, weight=90, due_within=timedelta(1), conditions=conditions
    )
    alert = record_fact(
        subscriber=people[0], kind=KIND, source_key="one", observed_at=timezone.now(), data={"number": 30}
    )
    assert alert.score == weight


def statements(action) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        action()
    return len(captured)


def test_a_fact_costs_few_statements(people, rule):
    Flow.objects.all().update(is_active=False)

    def tell(key):
        record_fact(subscriber=people[0], kind=KIND, source_key=key, observed_at=timezone.now(), data={"number": 30})

    counts = [statements(lambda key=key: tell(key)) for key in ("new", "more", "new")]
    assert counts == [8, 7, 4]


def test_many_facts_cost_as_many_statements_as_few(people, store, rule):
    Flow.objects.all().update(is_active=False)
    AlertRule.objects.filter(pk=rule.pk).update(most_per_hour=None)
    few = statements(lambda: record_facts(facts(people[:2])))
    more = [SubscriberFactory(store=store) for _ in range(40)]
    assert statements(lambda: record_facts(facts(more))) == few
    again = statements(lambda: record_facts(facts(people[:2], ":b")))
    assert statements(lambda: record_facts(facts(more, ":b"))) == again
    assert set(Alert.objects.values_list("score", flat=True)) == {50}
