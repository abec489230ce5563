"""Several workers sweep at once: each due step is done once, whatever they meet."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from subscribers.models import Store
from success.enums import StepState
from success.flows.engine import do_step, sweep_runs
from success.models import Run, RunStep, Task, Touch
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
