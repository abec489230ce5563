"""Whatever facts come, are taken back and are closed, in any order: what always holds of alerts."""

from datetime import timedelta

import pytest
from django.db.models import Count, Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from success.enums import LIVE_ALERT, AlertOutcome, AlertStatus, FactKind
from success.models import Alert, AlertRule, Evidence, Flow
from success.services.alerts import close_alert, snooze_alert
from success.services.crowds import weigh_crowds
from success.services.facts import NewFact, record, record_facts, retract_fact
from tests.factories.people import SubscriberFactory
from tests.thorough import examples

pytestmark = pytest.mark.django_db

KINDS = [FactKind.DAMAGED_BOX, FactKind.HEALTH_FALLING, FactKind.MILESTONE_BEHIND]
FACTS = st.tuples(st.integers(0, 3), st.sampled_from(KINDS), st.integers(0, 2))
MOVES = st.one_of(
    st.tuples(st.just("tell"), FACTS),
    st.tuples(st.just("tell many"), st.lists(FACTS, max_size=6)),
    st.tuples(st.just("take back"), FACTS),
    st.tuples(st.just("settle"), FACTS),
    st.tuples(st.just("close"), st.integers(0, 3)),
    st.tuples(st.just("snooze"), st.integers(0, 3)),
    st.tuples(st.just("count"), st.none()),
)


@pytest.fixture
def people(store):
    Flow.objects.all().delete()
    AlertRule.objects.filter(kind=FactKind.HEALTH_FALLING).update(most_per_hour=1)
    AlertRule.objects.filter(kind=FactKind.MILESTONE_BEHIND).update(cool_down=timedelta(days=1))
    return [SubscriberFactory(store=store) for _ in range(4)]


@settings(max_examples=examples(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(MOVES, min_size=4, max_size=14))
def test_one_live_alert_the_sum_of_what_stands_and_every_fact_once(people, manager, moves):
    now = timezone.now()
    Alert.objects.all().delete()

    def fact(person, kind, number):
        subscriber = people[person]
        return NewFact(subscriber.store_id, subscriber.pk, kind, f"{kind}:{subscriber.pk}:{number}", now)

    for move, what in moves:
        match move:
            case "tell":
                record(fact(*what))
            case "tell many":
                record_facts([fact(*one) for one in what])
            case "take back" | "settle":
                told = fact(*what)
                settled = "Right" if move == "settle" else ""
                retract_fact(kind=told.kind, source_key=told.source_key, actor=None, settled=settled)
            case "close" | "snooze":
                alert = Alert.objects.live().filter(subscriber=people[what]).first()
                if alert is not None and move == "close":
                    close_alert(alert, actor=manager, outcome=AlertOutcome.SAVED)
                elif alert is not None:
                    snooze_alert(alert, actor=manager, until=now + timedelta(days=1), reason="Later")
            case "count":
                weigh_crowds()
        check()
    weigh_crowds()
    for crowd in Alert.objects.live().filter(subscriber=None):
        standing = crowd.evidence.filter(retracted_at=None).aggregate(
            people=Count("subscriber", distinct=True), score=Sum("weight")
        )
        assert (crowd.people, crowd.score) == (standing["people"], standing["score"])


def check():
    live = Alert.objects.filter(status__in=LIVE_ALERT)
    theirs = list(live.exclude(subscriber=None))
    assert len({alert.subscriber_id for alert in theirs}) == len(theirs)
    for alert in theirs:
        standing = list(alert.evidence.filter(retracted_at=None))
        assert alert.score == sum(one.weight for one in standing)
        assert {one.subscriber_id for one in standing} == {alert.subscriber_id}
        assert alert.due_at == min(one.observed_at + _due(one.kind) for one in alert.evidence.all())
    told = Evidence.objects.filter(retracted_at=None).values_list("kind", "source_key")
    assert len(told) == len(set(told))
    assert not live.filter(status=AlertStatus.SNOOZED, snoozed_until=None)


def _due(kind):
    return AlertRule.objects.get(kind=kind).due_within
