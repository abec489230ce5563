"""Every kind of fact, told by what happens, is evidence on the one open alert; what comes right ends it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.cancellation import sessions
from subscribers.cancellation.declarations import cancel
from subscribers.cancellation.enums import SessionChannel
from subscribers.cancellation.starter import install_cancellation
from subscribers.enums import BoxStatus, CycleStatus
from subscribers.models import Box
from subscribers.services.boxes import record_box_status
from subscribers.services.cycles import record_billing, record_failed_billing, record_skip, record_unskip
from subscribers.services.subscriptions import record_cancellation
from success.enums import AlertOutcome, AlertStatus, FactKind
from success.models import Alert, AlertRule, Evidence, HeldFact
from success.reconcile import reconcile_alerts
from success.services.facts import record_cause
from tests.factories.sla import STANDARD, PolicyFactory, version_of
from tests.factories.subscriptions import BoxFactory, CycleFactory
from tests.factories.tickets import make_ticket
from tickets import signals
from tickets.enums import ClockState, Metric
from tickets.models import Clock, Ticket

pytestmark = pytest.mark.django_db


def standing() -> list[str]:
    return sorted(Evidence.objects.filter(retracted_at=None).values_list("kind", flat=True))


def ended(alert: Alert) -> tuple[str, str]:
    alert.refresh_from_db()
    return alert.status, alert.outcome


@pytest.fixture
def subscription(regular):
    return regular.subscriptions.get()


def scheduled(subscription, index: int):
    return CycleFactory(subscription=subscription, index=index, status=CycleStatus.SCHEDULED, amount=None)


def test_failed_payment_opens_and_its_payment_closes(subscription):
    cycle, now = scheduled(subscription, 3), timezone.now()
    record_failed_billing(cycle, at=now - timedelta(hours=1), error="Card declined")
    alert = Alert.objects.get()
    assert alert.evidence.get().data == {
        "cycle": 3, "subscription": subscription.pk, "amount": "30.00 EUR", "error": "Card declined"
    }  # fmt: skip
    record_billing(cycle, at=now, amount=None)
    assert ended(alert) == (AlertStatus.CLOSED, AlertOutcome.AUTO_RESOLVED)
    assert alert.evidence.get().settled == "It was paid"


def test_second_skip_in_a_row_opens_and_taking_one_back_closes(subscription):
    third, fourth, now = scheduled(subscription, 3), scheduled(subscription, 4), timezone.now()
    record_skip(third, at=now)
    assert standing() == []
    record_skip(fourth, at=now)
    assert standing() == [FactKind.SKIPPED_TWICE]
    alert = Alert.objects.get()
    record_unskip(third, at=now + timedelta(seconds=1))
    assert ended(alert) == (AlertStatus.CLOSED, AlertOutcome.AUTO_RESOLVED)


@pytest.fixture
def session(subscription):
    install_cancellation(subscription.store)
    return sessions.open_session(subscription, channel=SessionChannel.PORTAL)


def test_cancelling_ends_the_alert_as_lost_whatever_else_stands(session, regular):
    make_ticket("My box arrived broken.", subscriber=regular)
    alert = Alert.objects.get()
    assert standing() == [FactKind.CANCELLATION_STARTED, FactKind.DAMAGED_BOX]
    cancel(session)
    assert ended(alert) == (AlertStatus.CLOSED, AlertOutcome.LOST)


def test_cancellation_that_was_left_stays_and_one_that_was_none_goes(session, manager):
    alert = Alert.objects.get()
    sessions.keep(session)
    assert ended(alert) == (AlertStatus.OPEN, "")
    again = sessions.open_session(session.subscription, channel=SessionChannel.AGENT, actor=manager)
    sessions.dismiss(again, actor=manager)
    reconcile_alerts()
    assert (standing(), ended(alert)[0]) == ([FactKind.CANCELLATION_STARTED], AlertStatus.OPEN)


def test_late_box_is_found_by_the_sweep_and_closes_when_it_arrives(subscription):
    expected = timezone.now().date() - timedelta(days=4)
    cycle = subscription.cycles.get(index=1)
    box = BoxFactory(
        cycle=cycle, sequence=2, status=BoxStatus.IN_TRANSIT, delivered_at=None, expected_on=expected, carrier="DHL"
    )
    BoxFactory(cycle=cycle, sequence=3, delivered_at=timezone.now(), expected_on=expected)
    reconcile_alerts()
    evidence = Evidence.objects.get()
    assert (evidence.kind, evidence.box, evidence.data["days_late"], evidence.data["carrier"]) == (
        FactKind.BOX_LATE, box, 4, "DHL"
    )  # fmt: skip
    record_box_status(box, status=BoxStatus.DELIVERED, at=timezone.now())
    assert ended(evidence.alert) == (AlertStatus.CLOSED, AlertOutcome.AUTO_RESOLVED)


def test_box_is_not_late_before_the_tolerance_of_its_store(subscription, store):
    rule = {"kind": FactKind.BOX_LATE, "weight": 10, "due_within": timedelta(days=1), "conditions": {"measure": 5}}
    AlertRule.objects.create(store=store, **rule)
    expected = timezone.now().date() - timedelta(days=4)
    Box.objects.filter(cycle__subscription=subscription).update(
        status=BoxStatus.IN_TRANSIT, delivered_at=None, expected_on=expected
    )
    reconcile_alerts()
    assert (standing(), HeldFact.objects.count()) == ([], 0)


def test_breach_counts_for_whoever_is_at_risk_alone(newcomer, regular, breached):
    """A regular subscriber is at risk once another alert is open; until then the breach is held, once."""
    signals.sla_breached.send_robust(sender=Clock, **breached(regular))
    assert (standing(), HeldFact.objects.count()) == ([], 1)
    reconcile_alerts()
    assert standing() == []
    told = breached(newcomer)
    signals.sla_breached.send_robust(sender=Clock, **told)
    evidence = Evidence.objects.get(kind=FactKind.SLA_BREACHED)
    assert evidence.data["at_risk"] == ["in their first cycle", "an alert is open"]
    assert (evidence.ticket, evidence.data["metric"]) == (told["ticket"], "First reply")


@pytest.fixture
def breached(store):
    """Makes a ticket whose promise is broken, as the sweep of promises tells of it."""
    version = version_of(PolicyFactory(store=store, is_active=False), STANDARD)

    def make(subscriber):
        ticket = make_ticket(subscriber=subscriber)
        clock = Clock.objects.create(
            ticket=ticket,
            metric=Metric.FIRST_REPLY,
            version=version,
            target_seconds=60,
            started_at=ticket.opened_at,
            state=ClockState.PAUSED,
            cycle=9,
            breached_at=timezone.now(),
        )
        return {"clock": clock, "ticket": ticket}

    return make


def test_bad_score_opens_and_a_better_one_takes_it_back(regular):
    ticket = make_ticket(subscriber=regular)
    rated = {"sender": Ticket, "ticket": ticket}
    signals.satisfaction_rated.send_robust(**rated, score=3, comment="Fine")
    assert standing() == []
    signals.satisfaction_rated.send_robust(**rated, score=1, comment="Nobody answered.")
    alert = Alert.objects.get()
    assert alert.evidence.get().data == {"rating": 1, "words": ["Nobody answered."]}
    signals.satisfaction_rated.send_robust(**rated, score=5)
    assert ended(alert) == (AlertStatus.CLOSED, AlertOutcome.AUTO_RESOLVED)


def test_cause_has_one_open_alert_of_its_own(store):
    told = {"store": store, "about": "cause:12", "title": "Crushed corners, batch 7", "observed_at": timezone.now()}
    first = record_cause(**told, source_key="cause:12:spike", data={"contacts_per_100": 4.2})
    second = record_cause(**told, source_key="cause:12:rising")
    assert (first, first.name, first.subscriber) == (second, "Crushed corners, batch 7", None)


def test_sweep_finds_what_receivers_missed(subscription, monkeypatch, breached, newcomer, receivers_may_fail):
    """With success deaf, everything happens; then it hears again."""
    with monkeypatch.context() as patched:
        patched.setattr("success.receivers.record", lambda fact: 1 / 0)
        patched.setattr("success.receivers.record_all", lambda facts: 1 / 0)
        told = breached(newcomer)
        now = timezone.now()
        record_failed_billing(scheduled(subscription, 3), at=now)
        record_skip(scheduled(subscription, 4), at=now)
        record_skip(scheduled(subscription, 5), at=now)
        install_cancellation(subscription.store)
        sessions.open_session(subscription, channel=SessionChannel.PORTAL)
        assert told["ticket"].is_cycle_one
    assert standing() == []
    assert reconcile_alerts().failed == 0
    assert standing() == sorted(
        [
            FactKind.CANCELLATION_STARTED,
            FactKind.CYCLE_ONE_TICKET,
            FactKind.PAYMENT_FAILED,
            FactKind.SKIPPED_TWICE,
            FactKind.SLA_BREACHED,
        ]
    )
    before = list(Evidence.objects.values_list("pk", "retracted_at"))
    reconcile_alerts()
    assert list(Evidence.objects.values_list("pk", "retracted_at")) == before


def test_sweep_loses_whom_receivers_missed(regular, subscription, monkeypatch, receivers_may_fail):
    record_failed_billing(scheduled(subscription, 3), at=timezone.now())
    alert = Alert.objects.get()
    with monkeypatch.context() as patched:
        patched.setattr("success.receivers.lose", lambda *_: 1 / 0)
        record_cancellation(subscription, at=timezone.now())
    assert ended(alert)[0] == AlertStatus.OPEN
    assert reconcile_alerts().closed == 1
    assert ended(alert) == (AlertStatus.CLOSED, AlertOutcome.LOST)
    assert reconcile_alerts().closed == 0


def test_sweep_settles_what_receivers_missed(subscription, monkeypatch, receivers_may_fail):
    cycle, now = scheduled(subscription, 3), timezone.now()
    record_failed_billing(cycle, at=now - timedelta(hours=1))
    alert = Alert.objects.get()
    with monkeypatch.context() as patched:
        patched.setattr("success.receivers.retract_fact", lambda **_: 1 / 0)
        record_billing(cycle, at=now, amount=None)
    assert ended(alert)[0] == AlertStatus.OPEN
    reconcile_alerts()
    assert ended(alert) == (AlertStatus.CLOSED, AlertOutcome.AUTO_RESOLVED)
