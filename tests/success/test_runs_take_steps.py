"""A run goes from step to step, waits, branches, and ends with an outcome."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.errors import Refused
from subscribers.models import Reason, Subscriber
from subscribers.services.subscriptions import record_cancellation
from success.enums import AlertOutcome, AlertStatus, ExitReason, RunStatus, StepKind, StepState, TouchDecision
from success.flows.definitions import publish
from success.flows.engine import complete_task, stop_run, sweep_runs
from success.flows.steps import STEPS
from success.models import Alert, FlowStep, FlowVersion, Run, RunStep, Task, Touch
from success.services.alerts import close_alert
from tests.factories.tickets import make_ticket
from tickets.enums import Author, MessageKind, Metric
from tickets.models import Message, OutboundMail
from tickets.services.conversation import receive_message
from tickets.services.messages import NewMessage
from tickets.services.topics import add_topic, reject_topic
from tickets.sla.starter import install_sla

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(newcomer, box):
    return make_ticket("My box arrived crushed.", subscriber=newcomer)


@pytest.fixture
def run(ticket) -> Run:
    return Run.objects.get()


def keys(run: Run) -> list[tuple[str, str]]:
    return list(run.steps.order_by("sequence").values_list("step__key", "state"))


def later(run: Run, hours: float) -> None:
    """Let time pass for what the run waits for."""
    back = timedelta(hours=hours)
    for row in RunStep.objects.filter(run=run, state=StepState.WAITING):
        RunStep.objects.filter(pk=row.pk).update(created_at=row.created_at - back, due_at=row.due_at - back)
    sweep_runs()
    run.refresh_from_db()


def done(run: Run, actor) -> None:
    complete_task(Task.objects.get(run_step__run=run, done_at=None), actor=actor)
    sweep_runs()
    run.refresh_from_db()


def test_damaged_flow_outranks_the_first_cycle_flow(run):
    assert (run.flow.key, run.status) == ("damaged-box", RunStatus.ACTIVE)
    assert list(run.events.values_list("kind", flat=True).order_by("pk")) == ["started", "fact_noted"]


def test_flow_writes_in_the_thread_and_asks_a_person(run, ticket):
    sweep_runs()
    run.refresh_from_db()
    assert keys(run) == [
        ("tell-the-agent", StepState.DONE),
        ("apology", StepState.DONE),
        ("replacement", StepState.WAITING),
    ]
    assert run.status == RunStatus.ACTIVE
    mail = Message.objects.get(ticket=ticket, author_kind=Author.SYSTEM, kind=MessageKind.PUBLIC)
    assert mail.text.startswith("Hi Ana,\n\nI am sorry")
    assert run.box.order_number in mail.text
    outbound = OutboundMail.objects.get(message=mail)
    assert (outbound.recipient, outbound.headers["Auto-Submitted"]) == (ticket.subscriber.email, "auto-generated")
    assert Touch.objects.get().decision == TouchDecision.SENT
    assert Task.objects.get().title == "Arrange a replacement for Ana Souza"


def test_flow_mail_answers_no_promise(run, ticket):
    install_sla(ticket.store)
    other = make_ticket("Second thing", subscriber=ticket.subscriber)
    sweep_runs()
    assert other.clocks.get(metric=Metric.FIRST_REPLY).met_at is None


def test_sweeping_again_does_nothing_twice(run):
    sweep_runs()
    before = (Message.objects.count(), OutboundMail.objects.count(), Task.objects.count(), Touch.objects.count())
    sweep_runs()
    sweep_runs()
    after = (Message.objects.count(), OutboundMail.objects.count(), Task.objects.count(), Touch.objects.count())
    assert after == before


def test_silent_customer_is_asked_and_the_alert_ends_as_saved(run, manager):
    sweep_runs()
    done(run, manager)
    assert (keys(run)[-1], run.status) == (("time-to-arrive", StepState.WAITING), RunStatus.WAITING)
    later(run, 121)
    assert keys(run)[-2:] == [("check-in", StepState.DONE), ("time-to-answer", StepState.WAITING)]
    later(run, 97)
    alert = Alert.objects.get()
    assert (run.status, run.outcome) == (RunStatus.COMPLETED, "recovered")
    assert (alert.status, alert.outcome) == (AlertStatus.CLOSED, AlertOutcome.SAVED)


def test_customer_who_wrote_is_looked_at_by_a_person(run, ticket, manager):
    sweep_runs()
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="Here is a photo."))
    done(run, manager)
    later(run, 121)
    assert keys(run)[-2:] == [("did-they-write", StepState.DONE), ("look", StepState.WAITING)]


def test_reply_ends_a_wait_at_once(run, ticket, manager):
    sweep_runs()
    done(run, manager)
    later(run, 121)
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="All well, thanks."))
    sweep_runs()
    run.refresh_from_db()
    assert run.status == RunStatus.COMPLETED


def test_cancelled_subscriber_is_lost(run, ticket, manager):
    sweep_runs()
    done(run, manager)
    record_cancellation(ticket.subscriber.subscriptions.get(), at=timezone.now())
    run.refresh_from_db()
    assert (run.status, Alert.objects.get().outcome) == (RunStatus.EXITED, AlertOutcome.LOST)


def test_task_that_nobody_does_is_left_after_a_while(run):
    sweep_runs()
    later(run, 49)
    assert keys(run)[-1] == ("time-to-arrive", StepState.WAITING)
    assert run.steps.get(step__key="replacement").result == {"result": "not done in time"}


def test_task_is_done_once(run, manager):
    sweep_runs()
    task = Task.objects.get()
    complete_task(task, actor=manager)
    with pytest.raises(Refused):
        complete_task(task, actor=manager)


def test_failing_step_is_kept_tried_again_and_then_fails_the_run(run, monkeypatch):
    def explode(row, work):
        raise RuntimeError("no paper")

    monkeypatch.setitem(STEPS, StepKind.NOTE, explode)
    for attempt in range(1, 7):
        sweep_runs()
        step = run.steps.get()
        assert (step.attempts, step.error) == (attempt, "RuntimeError: no paper")
        RunStep.objects.filter(pk=step.pk, due_at__isnull=False).update(due_at=timezone.now())
    run.refresh_from_db()
    assert (run.status, step.state) == (RunStatus.FAILED, StepState.FAILED)
    assert run.events.filter(kind="failed").count() == 1


def test_retracted_damage_ends_the_run_and_the_noted_flow_begins(run, ticket, agent):
    sweep_runs()
    reject_topic(ticket, reason=Reason.objects.get(key="damaged"), actor=agent)
    run.refresh_from_db()
    assert (run.status, run.exit_reason) == (RunStatus.EXITED, ExitReason.RETRACTED)
    assert Run.objects.live().get().flow.key == "cycle-one"
    assert Task.objects.get(run_step__run=run).result == "skipped"


def test_more_urgent_flow_takes_over(newcomer, agent, box):
    ticket = make_ticket("It looks odd.", subscriber=newcomer)
    first = Run.objects.get()
    assert first.flow.key == "cycle-one"
    add_topic(ticket, reason=Reason.objects.get(key="damaged"), actor=agent)
    first.refresh_from_db()
    second = Run.objects.live().get()
    assert (first.exit_reason, first.superseded_by, second.flow.key) == (
        ExitReason.SUPERSEDED,
        second,
        "damaged-box",
    )


def test_one_box_gets_one_apology(run, newcomer, manager):
    sweep_runs()
    stop_run(run, actor=manager)
    make_ticket("I wrote before: my box arrived crushed!", subscriber=newcomer)
    assert Run.objects.filter(flow__key="damaged-box").count() == 1


def test_closing_the_alert_ends_its_run(run, manager):
    sweep_runs()
    close_alert(Alert.objects.get(), actor=manager, outcome=AlertOutcome.SAVED)
    run.refresh_from_db()
    assert (run.status, run.exit_reason) == (RunStatus.EXITED, ExitReason.GOAL)


def test_mail_is_held_for_an_address_that_bounces(run, newcomer):
    newcomer.undeliverable_at = timezone.now()
    newcomer.save()
    sweep_runs()
    touch = Touch.objects.get()
    assert (touch.decision, touch.outbound_mail) == (TouchDecision.SUPPRESSED, None)
    assert not OutboundMail.objects.exists()


def test_somebody_without_an_address_is_not_written_to_and_the_run_goes_on(run, newcomer):
    Subscriber.objects.filter(pk=newcomer.pk).update(email="")
    assert sweep_runs().failed == 0
    assert (Touch.objects.get().decision, Touch.objects.get().reason) == (
        TouchDecision.SUPPRESSED,
        "There is no address to write to",
    )


def test_run_stays_on_its_version_when_another_is_published(run, manager):
    version = run.version
    newer = FlowVersion.objects.create(flow=run.flow, number=2)
    FlowStep.objects.create(version=newer, position=1, key="end", kind=StepKind.END, config={"outcome": "none"})
    publish(newer)
    sweep_runs()
    run.refresh_from_db()
    assert (run.version, run.status) == (version, RunStatus.ACTIVE)


def test_run_is_stopped_once(run, manager):
    stop_run(run, actor=manager)
    with pytest.raises(Refused):
        stop_run(run, actor=manager)


def test_flow_that_gave_way_begins_again_when_the_more_urgent_one_was_an_error(newcomer, agent, box):
    ticket = make_ticket("It looks odd.", subscriber=newcomer)
    damaged = Reason.objects.get(key="damaged")
    add_topic(ticket, reason=damaged, actor=agent)
    reject_topic(ticket, reason=damaged, actor=agent)
    assert list(Run.objects.order_by("pk").values_list("flow__key", "exit_reason")) == [
        ("cycle-one", ExitReason.SUPERSEDED),
        ("damaged-box", ExitReason.RETRACTED),
        ("cycle-one", ""),
    ]


def test_one_box_gets_one_apology_also_when_its_flow_begins_again(newcomer, agent, box):
    first = make_ticket("My box arrived crushed.", subscriber=newcomer)
    sweep_runs()
    make_ticket("Again: my box arrived crushed.", subscriber=newcomer)
    reject_topic(first, reason=Reason.objects.get(key="damaged"), actor=agent)
    sweep_runs()
    assert Run.objects.filter(flow__key="damaged-box").count() == 2
    assert OutboundMail.objects.count() == 1
    second = Run.objects.live().get()
    assert second.steps.get(step__key="apology").result["reason"] == "An earlier run sent it"
