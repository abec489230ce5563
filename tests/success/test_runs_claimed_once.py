"""Several workers sweep at once: each due step is done once, whatever they meet."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, Event

import pytest
from django.db import connection, transaction

from subscribers.errors import Refused
from subscribers.models import Store
from success.enums import AlertOutcome, ExitReason, RunStatus, StepKind, StepState
from success.flows import engine
from success.flows.engine import do_step, stop_run, sweep_runs
from success.models import Run, RunStep, Task, Touch
from success.services.alerts import close_alert
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.factories.tickets import make_ticket
from tickets.enums import Author
from tickets.models import Message, OutboundMail, Ticket

pytestmark = pytest.mark.django_db(transaction=True)
RUNS, WORKERS = 12, 3


@pytest.fixture
def runs(store: Store) -> list[Run]:
    for _ in range(RUNS):
        subscriber = SubscriberFactory(store=store)
        BoxFactory(cycle=CycleFactory(subscription=SubscriptionFactory(subscriber=subscriber)))
        make_ticket("My box arrived crushed.", subscriber=subscriber)
    return list(Run.objects.all())


def at_once(work, times: int = WORKERS) -> list[object]:
    """Run `work` in as many threads, started together, each with a connection of its own."""
    barrier = Barrier(times)

    def one(_: int) -> object:
        barrier.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def in_turn(*work) -> list[object]:
    """What several different works give that run at once, each with a connection of its own."""

    def one(some):
        try:
            return some()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(one, work))


def test_workers_share_what_is_due(runs):
    at_once(sweep_runs)
    sweep_runs()  # what one of them left to another
    done = Counter(RunStep.objects.filter(state=StepState.DONE).values_list("run_id", flat=True))
    assert done == {run.pk: 2 for run in runs}
    mails = Message.objects.filter(author_kind=Author.SYSTEM, kind="public")
    assert (mails.count(), OutboundMail.objects.count(), Touch.objects.count(), Task.objects.count()) == (RUNS,) * 4


def test_one_step_is_done_by_one(runs):
    step = RunStep.objects.filter(run=runs[0]).get()
    assert sorted(map(str, at_once(lambda: do_step(step.pk)))) == ["None", "None", "True"]


def test_ticket_in_other_hands_leaves_its_step_for_later(runs):
    step = RunStep.objects.filter(run=runs[0]).get()
    with transaction.atomic():
        Ticket.objects.select_for_update().get(pk=runs[0].ticket_id)
        assert at_once(lambda: do_step(step.pk), times=1) == [None]
    assert do_step(step.pk) is True


def test_facts_of_one_subscriber_at_once_are_one_alert(store):
    subscriber = SubscriberFactory(store=store)
    BoxFactory(cycle=CycleFactory(subscription=SubscriptionFactory(subscriber=subscriber)))
    at_once(lambda: make_ticket("My box arrived crushed.", subscriber=subscriber))
    assert (subscriber.alerts.count(), subscriber.alerts.get().evidence.count()) == (1, 2 * WORKERS)
    assert subscriber.runs.count() == 1


def test_closing_an_alert_while_its_run_ends_is_no_deadlock(runs, manager, monkeypatch):
    run = runs[0]
    end = run.version.steps.filter(kind=StepKind.END, config__close_alert="saved").first()
    RunStep.objects.filter(run=run).update(step=end)
    step = RunStep.objects.get(run=run)
    inside, do_end = Event(), engine.STEPS[StepKind.END]

    def slowly(row, work):
        inside.set()
        time.sleep(0.5)
        return do_end(row, work)

    monkeypatch.setitem(engine.STEPS, StepKind.END, slowly)

    def close():
        inside.wait()
        with suppress(Refused):  # the run closed it first
            close_alert(run.alert, actor=manager, outcome=AlertOutcome.NO_ACTION)

    assert in_turn(close, lambda: do_step(step.pk)) == [None, True]


def test_stopping_a_run_during_its_step_is_no_deadlock(runs, manager, monkeypatch):
    run, inside, claim = runs[0], Event(), engine._claim

    def slowly(*asked):
        claimed = claim(*asked)
        inside.set()
        time.sleep(0.5)
        return claimed

    monkeypatch.setattr(engine, "_claim", slowly)

    def stop():
        inside.wait()
        stop_run(run, actor=manager)

    assert in_turn(stop, lambda: do_step(RunStep.objects.get(run=run).pk)) == [None, True]
    run.refresh_from_db()
    assert run.exit_reason == ExitReason.CANCELLED


def test_paused_runs_and_held_tickets_do_not_stop_the_rest(runs, monkeypatch):
    monkeypatch.setattr(engine, "BATCH", 2)
    Run.objects.filter(pk__in=[run.pk for run in runs[:3]]).update(status=RunStatus.PAUSED)
    with transaction.atomic():
        held = [run.ticket_id for run in runs[3:6]]
        list(Ticket.objects.select_for_update().filter(pk__in=held))
        at_once(sweep_runs, times=1)
    done = RunStep.objects.filter(state=StepState.DONE).values_list("run_id", flat=True)
    assert set(done) == {run.pk for run in runs[6:]}
