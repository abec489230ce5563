"""A dry run tells who would have entered, who not and why, and writes nothing but its own row."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.enums import SubscriptionStatus
from success.enums import DryRunState, FlowKind, Trigger
from success.flows import dry_run
from success.flows.drafts import draft_of, save_settings
from success.flows.making import create_flow
from success.models import DryRun, Flow, FlowStep, Run
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(store, manager):
    """An outreach flow on delivered boxes, that parts by whether people are still subscribed."""
    steps = (
        ("ask", "branch", {"when": "still_subscribed", "then": "glad", "otherwise": "end"}),
        ("glad", "mail", {"text": "Hi"}),
        ("wrote", "branch", {"when": "customer_replied", "then": "thanks", "otherwise": "end"}),
        ("thanks", "mail", {"text": "Thanks"}),
        ("end", "end", {"outcome": "done"}),
    )
    flow = create_flow(
        store, name="After a box", kind=FlowKind.OUTREACH, trigger=Trigger.BOX_DELIVERED, actor=manager, steps=steps
    )
    return draft_of(flow)


def delivered(store, *days_ago: int, status=SubscriptionStatus.ACTIVE, **person):
    now = timezone.now()
    ended = None if status == SubscriptionStatus.ACTIVE else now
    subscription = SubscriptionFactory(
        subscriber=SubscriberFactory(store=store, **person), store=store, status=status, ended_at=ended
    )
    for number, days in enumerate(days_ago, 1):
        arrived = now - timedelta(days=days)
        cycle = CycleFactory(subscription=subscription, index=number)
        BoxFactory(cycle=cycle, status="delivered", shipped_at=arrived - timedelta(days=2), delivered_at=arrived)
    return subscription.subscriber


def test_who_enters_and_who_not(store, version):
    once, twice = delivered(store, 3), delivered(store, 20, 5)
    delivered(store, 60)
    gone = delivered(store, 2, redacted_at=timezone.now())
    runs = Run.objects.count()
    found = dry_run.dry_run(version, days=30)
    assert (found["facts"], found["entered"], found["people"]) == (4, 2, 2)
    assert found["excluded"] == {dry_run.IN_IT_BEFORE: 1, dry_run.GONE: 1}
    assert sorted(found["examples"][""]) == sorted([once.pk, twice.pk])
    assert found["examples"][dry_run.GONE] == [gone.pk]
    assert Run.objects.count() == runs


def test_entry_and_caps_are_asked(store, version):
    delivered(store, 25, 15, 5)
    delivered(store, 4, language="de")
    save_settings(
        version, {"reenter_after": 15 * 24, "entry": [{"field": "subscriber.language", "op": "is_not", "value": "de"}]}
    )
    version.refresh_from_db()
    found = dry_run.dry_run(version, days=30)
    assert (found["entered"], found["excluded"]) == (2, {dry_run.TOO_SOON: 1, dry_run.CONDITIONS_FAILED: 1})


def test_paths_are_estimated_where_they_can_be_known(store, version):
    delivered(store, 3)
    delivered(
        store,
        4,
        status=SubscriptionStatus.CANCELLED,
    )
    found = dry_run.dry_run(version, days=30)
    assert found["branches"]["ask"] == {"share": 0.5, "asked": 2, "from": "today"}
    assert found["branches"]["wrote"]["share"] is None
    # What nobody knows parts again where both answers meet: everybody comes to the end.
    assert found["steps"] == {"ask": 2.0, "glad": 1.0, "wrote": 1.0, "thanks": None, "end": 2.0}


def test_job_leaves_its_result_and_is_done_once(store, version, manager, client):
    delivered(store, 3)
    client.force_login(manager)
    answer = client.post(f"/flows/{version.flow_id}/trial/", {"version": "1", "days": "90"})
    row = DryRun.objects.get()
    assert (answer.headers["Location"], row.days) == (f"/flows/{version.flow_id}/trial/{row.pk}/", 90)
    assert client.get(answer.headers["Location"]).status_code == 200
    dry_run.sweep()
    row.refresh_from_db()
    assert (row.state, row.total, row.done, row.result["entered"]) == (DryRunState.DONE, 1, 1, 1)
    finished = row.finished_at
    dry_run.work(row.pk)
    row.refresh_from_db()
    assert row.finished_at == finished
    page = client.get(answer.headers["Location"])
    assert [box.figures[0].text for box in page.context["picture"].boxes][:2] == ["1", "1"]


def test_segment_is_everybody_in_it_today(store, version):
    people = [SubscriberFactory(store=store, language="es") for _ in range(3)]
    segment = [{"field": "subscriber.language", "op": "is", "value": "es"}]
    save_settings(version, {"trigger": Trigger.SEGMENT, "segment": segment})
    version.refresh_from_db()
    found = dry_run.dry_run(version, days=30)
    assert (found["entered"], found["people"]) == (len(people), len(people))


def test_every_trigger_can_be_tried(store, version):
    for trigger in Trigger.values:
        Flow.objects.filter(pk=version.flow_id).update(trigger=trigger)
        save_settings(version, {"trigger": trigger})
        version.refresh_from_db()
        assert dry_run.dry_run(version, days=90)["is_known"] is (trigger != Trigger.BY_HAND)


def test_fault_is_kept_on_the_row(store, version):
    row = DryRun.objects.create(version=version, days=30)
    FlowStep.objects.filter(version=version, key="ask").update(config={"when": "still_subscribed"})
    save_settings(version, {"entry": [{"field": "moon.phase", "op": "is", "value": "full"}]})
    delivered(store, 1)
    dry_run.work(row.pk)
    row.refresh_from_db()
    assert (row.state, "moon.phase" in row.error) == (DryRunState.FAILED, True)
