"""Facts of service become one alert per subscriber, with each fact as its evidence."""

from datetime import timedelta

import pytest

from subscribers.models import Reason
from success.enums import AlertOutcome, AlertPriority, AlertStatus, FactKind
from success.models import Alert, AlertRule, Evidence
from success.reconcile import Repairs, reconcile_alerts
from success.services.alerts import close_alert, snooze_alert
from success.services.facts import record_fact
from tests.factories.people import StoreFactory, SubscriberFactory
from tests.factories.subscriptions import CycleFactory
from tests.factories.tickets import make_ticket
from tickets import signals
from tickets.models import Ticket
from tickets.services.messages import NewMessage
from tickets.services.topics import add_topic, reject_topic

pytestmark = pytest.mark.django_db


def kinds(alert: Alert) -> list[str]:
    return sorted(alert.evidence.filter(retracted_at=None).values_list("kind", flat=True))


def test_damaged_first_box_is_one_alert_with_both_reasons(newcomer, box):
    ticket = make_ticket("My box arrived crushed.", subscriber=newcomer)
    alert = Alert.objects.get()
    assert kinds(alert) == [FactKind.CYCLE_ONE_TICKET, FactKind.DAMAGED_BOX]
    assert (alert.score, alert.priority, alert.value_at_risk) == (80, AlertPriority.URGENT, 360)
    damage = alert.evidence.get(kind=FactKind.DAMAGED_BOX)
    assert (damage.ticket, damage.box, damage.data["words"]) == (ticket, box, ["arrived crushed"])


def test_cycle_one_ticket_alone_opens_a_lesser_alert(newcomer):
    make_ticket("How do I change my address?", subscriber=newcomer)
    alert = Alert.objects.get()
    assert (kinds(alert), alert.score, alert.priority) == ([FactKind.CYCLE_ONE_TICKET], 30, AlertPriority.NORMAL)


def test_second_cycle_ticket_opens_none(regular):
    make_ticket("How do I change my address?", subscriber=regular)
    assert not Alert.objects.exists()


def test_stranger_without_subscription_opens_none(store):
    make_ticket("Do you ship to Iceland?", subscriber=SubscriberFactory(store=store))
    assert not Alert.objects.exists()


def test_out_of_office_opens_none(newcomer):
    message = NewMessage(text="I am away, nothing arrived broken.", automatic="auto_reply")
    make_ticket(message=message, subscriber=newcomer)
    assert not Alert.objects.exists()


def test_second_ticket_gathers_on_the_open_alert(newcomer):
    make_ticket("How do I pause?", subscriber=newcomer)
    make_ticket("My box arrived broken.", subscriber=newcomer)
    assert kinds(Alert.objects.get()) == [
        FactKind.CYCLE_ONE_TICKET,
        FactKind.CYCLE_ONE_TICKET,
        FactKind.DAMAGED_BOX,
    ]


def test_fact_told_twice_adds_nothing(newcomer):
    ticket = make_ticket("My box arrived broken.", subscriber=newcomer)
    topic = ticket.topics.get()
    before = (Alert.objects.count(), Evidence.objects.count())
    signals.ticket_opened.send_robust(sender=Ticket, ticket=ticket)
    signals.box_reported_damaged.send_robust(sender=Ticket, ticket=ticket, topic=topic, box=ticket.box)
    assert (Alert.objects.count(), Evidence.objects.count()) == before


def test_fact_told_again_after_closing_opens_nothing(newcomer, manager):
    ticket = make_ticket("My box arrived broken.", subscriber=newcomer)
    close_alert(Alert.objects.get(), actor=manager, outcome=AlertOutcome.SAVED)
    signals.ticket_opened.send_robust(sender=Ticket, ticket=ticket)
    reconcile_alerts()
    assert list(Alert.objects.values_list("status", flat=True)) == [AlertStatus.CLOSED]


def test_new_fact_after_closing_opens_a_new_alert(newcomer, manager):
    make_ticket("My box arrived broken.", subscriber=newcomer)
    close_alert(Alert.objects.get(), actor=manager, outcome=AlertOutcome.SAVED)
    make_ticket("Where is my refund?", subscriber=newcomer)
    assert Alert.objects.filter(status=AlertStatus.OPEN).count() == 1


def test_new_fact_wakes_a_snoozed_alert(newcomer, manager, agent):
    ticket = make_ticket("A question", subscriber=newcomer)
    alert = Alert.objects.get()
    snooze_alert(alert, actor=manager, until=alert.due_at.replace(year=2099), reason="Holidays")
    add_topic(ticket, reason=_damaged(), actor=agent)
    alert.refresh_from_db()
    assert (alert.status, alert.snoozed_until) == (AlertStatus.OPEN, None)


def test_switched_off_rule_opens_nothing(newcomer):
    AlertRule.objects.update(is_active=False)
    make_ticket("My box arrived broken.", subscriber=newcomer)
    reconcile_alerts()
    assert not Alert.objects.exists()


def test_store_rule_outweighs_the_shared_one(newcomer, store):
    AlertRule.objects.create(store=store, kind=FactKind.CYCLE_ONE_TICKET, weight=70, due_within=timedelta(hours=1))
    make_ticket("A question", subscriber=newcomer)
    assert Alert.objects.get().score == 70


def test_agent_correction_closes_what_rested_on_it_alone(regular, agent):
    ticket = make_ticket("My box arrived broken.", subscriber=regular)
    reject_topic(ticket, reason=_damaged(), actor=agent)
    alert = Alert.objects.get()
    assert (alert.status, alert.outcome, kinds(alert)) == (AlertStatus.CLOSED, AlertOutcome.AUTO_RESOLVED, [])


def test_agent_correction_leaves_the_other_reason(newcomer, agent):
    ticket = make_ticket("My box arrived broken.", subscriber=newcomer)
    reject_topic(ticket, reason=_damaged(), actor=agent)
    alert = Alert.objects.get()
    assert (alert.status, kinds(alert), alert.score) == (AlertStatus.OPEN, [FactKind.CYCLE_ONE_TICKET], 30)


def test_agent_adds_damage_that_no_rule_found(regular, agent):
    ticket = make_ticket("It looks like an elephant sat on it.", subscriber=regular)
    assert not Alert.objects.exists()
    add_topic(ticket, reason=_damaged(), actor=agent)
    assert kinds(Alert.objects.get()) == [FactKind.DAMAGED_BOX]


def test_rejected_then_added_again_stands_again(regular, agent):
    ticket = make_ticket("My box arrived broken.", subscriber=regular)
    reject_topic(ticket, reason=_damaged(), actor=agent)
    add_topic(ticket, reason=_damaged(), actor=agent)
    live = Alert.objects.live().get()
    assert kinds(live) == [FactKind.DAMAGED_BOX]


def test_receiver_that_raises_leaves_the_ticket_and_the_sweep_opens_its_alert(
    newcomer, receivers_may_fail, monkeypatch
):
    def explode(_):
        raise RuntimeError("success is down")

    with monkeypatch.context() as patched:
        patched.setattr("success.receivers.record_all", explode)
        ticket = make_ticket("My box arrived broken.", subscriber=newcomer)
    assert ticket.messages.get().text == "My box arrived broken."
    assert not Alert.objects.exists()
    assert len(receivers_may_fail) == 2
    reconcile_alerts()
    assert kinds(Alert.objects.get()) == [FactKind.CYCLE_ONE_TICKET, FactKind.DAMAGED_BOX]
    assert Alert.objects.get().runs.live().count() == 1


def test_missed_retraction_is_swept(regular, agent, receivers_may_fail, monkeypatch):
    ticket = make_ticket("My box arrived broken.", subscriber=regular)

    def explode(**_):
        raise RuntimeError("success is down")

    with monkeypatch.context() as patched:
        patched.setattr("success.receivers.retract_fact", explode)
        reject_topic(ticket, reason=_damaged(), actor=agent)
    assert Alert.objects.live().count() == 1
    reconcile_alerts()
    assert Alert.objects.live().count() == 0


def test_sweep_with_nothing_to_mend_changes_nothing(newcomer):
    make_ticket("My box arrived broken.", subscriber=newcomer)
    before = list(Evidence.objects.values_list("pk", "retracted_at"))
    reconcile_alerts()
    reconcile_alerts()
    assert list(Evidence.objects.values_list("pk", "retracted_at")) == before


def test_two_facts_at_once_meet_on_one_alert(newcomer):
    """The second insert meets the unique constraint; what a race would do, done in one process."""
    first = record_fact(
        subscriber=newcomer, kind=FactKind.DAMAGED_BOX, source_key="test:1", observed_at=newcomer.created_at
    )
    second = record_fact(
        subscriber=newcomer, kind=FactKind.CYCLE_ONE_TICKET, source_key="test:2", observed_at=newcomer.created_at
    )
    assert first == second


def _damaged() -> Reason:
    return Reason.objects.get(key="damaged")


def test_stores_without_a_rule_do_not_hide_what_others_miss(store, newcomer, monkeypatch):
    """However many tickets a store has that asks for no alerts, another's missing one is found."""
    monkeypatch.setattr("success.reconcile.BATCH", 2)
    quiet = StoreFactory()
    AlertRule.objects.create(
        store=quiet, kind=FactKind.CYCLE_ONE_TICKET, weight=1, due_within=timedelta(1), is_active=False
    )
    for _ in range(3):
        make_ticket(subscriber=CycleFactory(subscription__subscriber__store=quiet).subscription.subscriber)
    make_ticket(subscriber=newcomer)
    Alert.objects.all().delete()
    assert reconcile_alerts() == Repairs(opened=1)
    assert reconcile_alerts() == Repairs()
