"""An alert rule's page says what it would have done, and stores its conditions as rules read them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from subscribers.enums import CycleStatus, SubscriptionStatus
from subscribers.services.cycles import record_failed_billing
from success.admin.alerts import AlertRuleForm
from success.enums import FactKind
from success.models import Alert, AlertRule
from success.rules.conditions import Rule
from success.rules.trials import try_rule
from tests.factories.people import StoreFactory, UserFactory
from tests.factories.subscriptions import CycleFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

FIELDS = {
    "kind": "payment_failed",
    "position": "10",
    "weight": "40",
    "due_within": "1 day",
    "cool_down": "3 days",
    "most_per_hour": "2",
    "assign": "nobody",
    "is_active": "on",
    "only_value": "300",
}


@pytest.fixture
def store(db):
    return StoreFactory()


@pytest.fixture
def past(store):
    """Four payments that failed an hour ago or three weeks ago; one of the two of low value; one subscriber left."""
    now = timezone.now()
    for price, hours, leaves in ((30, 1, False), (30, 1, False), (30, 500, True), (2, 500, False)):
        subscription = SubscriptionFactory(subscriber__store=store, price=price, started_at=now - timedelta(days=60))
        cycle = CycleFactory(subscription=subscription, status=CycleStatus.SCHEDULED, amount=None)
        record_failed_billing(cycle, at=now - timedelta(hours=hours))
        again = CycleFactory(subscription=subscription, index=2, status=CycleStatus.SCHEDULED, amount=None)
        record_failed_billing(again, at=now - timedelta(hours=hours - 1))
        if leaves:
            type(subscription).objects.filter(pk=subscription.pk).update(
                status=SubscriptionStatus.CANCELLED, ended_at=now - timedelta(days=2), price=30
            )
    assert not Alert.objects.exists()


@pytest.fixture
def admin(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


def test_page_tells_what_it_would_have_opened_and_stores_nothing(past, admin, store):
    answer = admin.post(reverse("admin:success_alertrule_try"), {**FIELDS, "store": store.pk, "only_value": ""})
    text = " ".join(answer.content.decode().split())
    assert "it would have opened 4 alerts</strong> for 4 subscribers, 1 of whom later left" in text
    assert "There were 8 facts of the kind: 8 met the conditions, 4 would have joined an alert that was open" in text
    assert not AlertRule.objects.exists()


@pytest.mark.parametrize(
    ("conditions", "limit", "told"), [({}, 2, (8, 8, 4, 2, False)), ({"value_at_least": 300}, 1, (8, 4, 2, 2, True))]
)
def test_trial_counts_as_the_rule_would(past, store, conditions, limit, told):
    rule = Rule(0, FactKind.PAYMENT_FAILED, "", conditions, 40, timedelta(days=1), timedelta(days=3), limit, "nobody")
    trial = try_rule(rule, type(store).objects.filter(pk=store.pk))
    assert (trial.facts, trial.met, trial.opened, trial.busiest, trial.is_flooded) == told


def test_faults_of_the_page_are_told(admin, store):
    wrong = {**FIELDS, "store": store.pk, "only_countries": "Germany", "assign": "person"}
    text = admin.post(reverse("admin:success_alertrule_try"), wrong).content.decode()
    assert "is no country of two letters" in text


def test_saved_rule_reads_as_it_was_written(admin, store):
    answer = admin.post(
        reverse("admin:success_alertrule_add"),
        {**FIELDS, "store": store.pk, "only_countries": "de, at", "only_at_risk": "on", "only_cycle": "1"},
    )
    assert answer.status_code == 302
    rule = AlertRule.objects.get()
    assert rule.conditions == {
        "cycle_at_most": 1, "value_at_least": 300, "countries": ["DE", "AT"], "at_risk": True
    }  # fmt: skip
    assert (rule.cool_down, rule.most_per_hour) == (timedelta(days=3), 2)
    form = AlertRuleForm(instance=rule)
    assert (form.initial["only_countries"], form.initial["cool_down"]) == ("DE, AT", "3 days")
    page = admin.get(reverse("admin:success_alertrule_changelist")).content.decode()
    assert "in their first cycle, worth 300.0 a year at least" in page
