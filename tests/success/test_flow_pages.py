"""Pages of flows: whom they are for, what they show, and at what cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.enums import Role
from success.enums import ExitReason, FlowKind, RunStatus, StepState, Trigger, VersionStatus
from success.flows.drafts import draft_of, new_draft, publish_draft, published_of, save_step
from success.flows.making import create_flow
from success.models import Flow, Run, RunStep
from tests.factories.people import MembershipFactory, SubscriberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def flow(store) -> Flow:
    return Flow.objects.get(key="damaged-box")


def run_in(flow: Flow, place: int = 0, state: str = StepState.WAITING, **fields) -> Run:
    """A run that stands at a step, or is over there."""
    version, now = published_of(flow), timezone.now()
    subscriber = fields.pop("subscriber", None) or SubscriberFactory(store=flow.store)
    run = Run.objects.create(
        store=flow.store,
        flow=flow,
        version=version,
        subscriber=subscriber,
        is_recovery=flow.kind == FlowKind.RECOVERY,
        trigger_kind=flow.trigger,
        trigger_key=f"subscriber:{subscriber.pk}",
        **fields,
    )
    is_open = state in (StepState.WAITING, StepState.DUE)
    for number, step in enumerate(version.steps.order_by("position")[: place + 1]):
        is_last = number == place
        RunStep.objects.create(
            run=run,
            step=step,
            sequence=number + 1,
            state=state if is_last else StepState.DONE,
            due_at=now + timedelta(hours=1) if is_last and is_open else None,
            finished_at=None if is_last and is_open else now,
        )
    return run


@pytest.fixture
def visit(client, manager):
    client.force_login(manager)
    return client.get


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_at_any_length(visit, store, flow, django_assert_num_queries, rows):
    Flow.objects.exclude(pk__in=Flow.objects.order_by("pk").values("pk")[:rows]).delete()
    run_in(Flow.objects.order_by("pk").first())
    # Session, user; flows, versions; runs, touches, failing steps; stores to edit; counts of the rail.
    with django_assert_num_queries(9):
        assert len(visit("/flows/").context["rows"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_picture_and_runs_cost_the_same_at_any_number(visit, flow, django_assert_num_queries, rows):
    for _ in range(rows):
        run_in(flow, 2)
    # Session, user; flow, versions, may edit; steps; counts of version (4), flow (3); runs, steps; rail.
    with django_assert_num_queries(16):
        assert len(visit(f"/flows/{flow.pk}/?standing=").context["runs"].rows) == rows


def test_picture_counts_what_runs_do(visit, flow):
    run_in(flow, 1)
    run_in(flow, 1, StepState.FAILED, status=RunStatus.FAILED, ended_at=timezone.now())
    run_in(
        flow,
        1,
        StepState.SKIPPED,
        status=RunStatus.EXITED,
        exit_reason=ExitReason.RETRACTED,
        ended_at=timezone.now(),
    )
    answer = visit(f"/flows/{flow.pk}/")
    first, second = answer.context["picture"].boxes[:2]
    assert (first.counts.passed, first.counts.here) == (3, 0)
    assert (second.counts.here, second.counts.failed, second.counts.left) == (1, 1, 1)
    told = {one.words: one.count for one in answer.context["picture"].exits}
    assert told["its reason was taken back"] == 1
    row = visit("/flows/").context["rows"][0]
    assert (row.flow, row.counts.live, row.counts.failing) == (flow, 1, [second.step.key])


def test_runs_of_a_step_are_listed_by_what_became_of_it(visit, flow):
    waiting, failed = (
        run_in(flow, 1),
        run_in(flow, 1, StepState.FAILED, status=RunStatus.FAILED, ended_at=timezone.now()),
    )
    key = published_of(flow).steps.order_by("position")[1].key

    def shown(query: str) -> list[int]:
        return [row.run.pk for row in visit(f"/flows/{flow.pk}/?{query}").context["runs"].rows]

    assert shown(f"step={key}") == [waiting.pk]
    assert shown(f"step={key}&at=failed") == [failed.pk]
    assert shown("standing=live") == [waiting.pk]
    assert shown("version=9") == []
    assert shown("before=nonsense_1&version=x&at=?&standing=%00") == [failed.pk, waiting.pk]


def test_pages_of_runs_neither_repeat_nor_leave_out(visit, flow):
    now = timezone.now()
    runs = [run_in(flow, started_at=now) for _ in range(27)]
    first = visit(f"/flows/{flow.pk}/?standing=").context["runs"]
    second = visit(f"/flows/{flow.pk}/", {"before": first.next_before}).context["runs"]
    assert sorted(row.run.pk for row in (*first.rows, *second.rows)) == [run.pk for run in runs]
    assert (len(first.rows), second.next_before) == (25, "")


def test_agent_reads_and_does_not_edit(client, store, flow, agent):
    client.force_login(agent)
    draft = new_draft(flow, like=published_of(flow))
    step = draft.steps.first()
    assert client.get("/flows/").context["may_edit"] is False
    assert client.get(f"/flows/{flow.pk}/").status_code == 200
    assert client.get(f"/flows/{flow.pk}/history/").status_code == 200
    posts = (
        "switch/",
        "duplicate/",
        "edit/",
        "edit/steps/",
        f"edit/steps/{step.pk}/remove/",
        "edit/publish/",
        "trial/",
    )
    assert {client.post(f"/flows/{flow.pk}/{one}").status_code for one in posts} == {403}
    assert client.get(f"/flows/{flow.pk}/edit/").status_code == 403


def test_outsider_finds_nothing(client, flow):
    client.force_login(MembershipFactory(role=Role.ADMIN).user)
    assert client.get("/flows/").context["rows"] == []
    assert client.get(f"/flows/{flow.pk}/").status_code == 404
    assert client.post(f"/flows/{flow.pk}/switch/", {"on": "0"}).status_code == 404


def test_switching_is_kept_and_can_be_taken_back(client, manager, flow):
    client.force_login(manager)
    answer = client.post(f"/flows/{flow.pk}/switch/", {"on": "0"}, headers={"HX-Request": "true"})
    assert (answer.status_code, f"/flows/{flow.pk}/switch/?on=1" in answer.headers["HX-Trigger"]) == (204, True)
    client.post(f"/flows/{flow.pk}/switch/?on=1")
    assert Flow.objects.get(pk=flow.pk).is_active is True
    assert list(flow.events.order_by("pk").values_list("kind", "actor")) == [
        ("switched_off", manager.pk),
        ("switched_on", manager.pk),
    ]


def test_flow_without_a_published_version_stays_off(client, manager, store):
    client.force_login(manager)
    flow = create_flow(store, name="New", kind=FlowKind.OUTREACH, trigger=Trigger.BOX_SHIPPED, actor=manager)
    assert client.post(f"/flows/{flow.pk}/switch/", {"on": "1"}, headers={"HX-Request": "true"}).status_code == 422
    assert Flow.objects.get(pk=flow.pk).is_active is False


def test_publishing_tells_what_changed_and_runs_stay_on_their_version(visit, flow, manager):
    run = run_in(flow)
    draft = new_draft(flow, like=published_of(flow), actor=manager)
    wait = draft.steps.filter(kind="wait").first()
    save_step(wait, config={**wait.config, "hours": 240}, name=wait.key)
    (said,) = publish_draft(draft, actor=manager)
    assert "the wait became 10 days (was " in said
    run.refresh_from_db()
    assert (run.version.number, run.version.status) == (1, VersionStatus.RETIRED)
    history = visit(f"/flows/{flow.pk}/history/").content.decode()
    assert "the wait became 10 days" in history
    assert (published_of(flow).number, published_of(flow).published_by, draft_of(flow)) == (2, manager, None)
