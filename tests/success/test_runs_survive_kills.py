"""A worker that is killed at any statement leaves every run right: what follows is as if nothing had happened.

At the statements that write (what only reads leaves nothing, and to begin a savepoint is to come to its first
statement) the connection is lost, and all that the transaction had done with it. Then another worker sweeps. The end
is compared with that of a worker whom nobody disturbed. Each second of those statements is tried, and each one where
TESTS_THOROUGH says so.
"""

import logging
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from subscribers.models import Box, ProviderAction
from success.enums import FactKind, FlowKind, StepState
from success.flows.engine import sweep_runs
from success.flows.entry import enter
from success.flows.segments import enrol, sweep_enrolments
from success.models import Alert, Enrolment, Flow, FlowOffer, OutgoingWebhook, Run, RunStep, Task, Touch
from success.services.facts import record_fact
from tests.factories.flows import make_flow
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import CycleFactory, SubscriptionFactory
from tests.factories.tickets import make_ticket
from tests.thorough import TIMES
from tickets.models import Message, OutboundMail, TicketEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("receivers_may_fail")]

STRIDE = 2 if TIMES == 1 else 1
LATER = ("later", "wait", {"hours": 1000})
KINDS = {
    "mail in the thread": ("s", "mail", {"text": "Sorry, {{ first_name }}."}),
    "task": ("s", "task", {"title": "Call", "due_hours": 1, "wait_hours": 10}),
    "wait": ("s", "wait", {"hours": 1000}),
    "wait for a date": ("s", "wait", {"anchor": "next_billing", "offset_hours": -24}),
    "branch": ("s", "branch", {"when": "still_subscribed", "then": "later", "otherwise": "end"}),
    "note": ("s", "note", {"text": "Look."}),
    "action": ("s", "action", {"do": "discount", "percent": 10}),
    "action over the limit": ("s", "action", {"do": "discount", "percent": 100}),
    "offer": ("s", "action", {"do": "offer", "offer": {"kind": "skip"}, "valid_days": 7}),
    "webhook": ("s", "webhook", {"url": "https://hooks.example/in"}),
    "hand-over": ("s", "hand_over", {"to": "service", "note": "Yours."}),
    "end": ("s", "end", {"outcome": "saved", "close_alert": "saved"}),
}


class Killed(OperationalError):
    """The connection is gone."""


class Killer:
    """Loses the connection at the n-th statement that writes; whatever is tried on it then is refused."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.is_dead = False

    def __call__(self, execute, sql, params, many, context):
        if self.is_dead and sql.startswith(("ROLLBACK", "RELEASE")):
            return execute(sql, params, many, context)
        if not self.is_dead and self.left and not sql.startswith(("SELECT", "SAVEPOINT")):
            self.left -= 1
            self.is_dead = not self.left
        if self.is_dead:
            raise Killed("killed")
        return execute(sql, params, many, context)


class Undisturbed(Exception):
    """Takes back what a trial did."""


def undone(trial):
    """What a trial comes to; nothing of it stays."""
    found = []
    try:
        with transaction.atomic():
            found.append(trial())
            raise Undisturbed
    except Undisturbed:
        return found[0]


def left_by(work, kill_at: int | None):
    """What is there after a worker was killed, and others did what it left. With it, whether it was killed.

    What was committed before stays: every transaction of the worker's is a savepoint here.
    """
    killer = Killer(kill_at or 0)
    with suppress(Killed), connection.execute_wrapper(killer):
        work()
    work()
    return picture(), killer.is_dead


def picture():
    """All that a step may leave, without what differs by itself."""
    return {
        "runs": list(Run.objects.order_by("pk").values_list("status", "outcome", "exit_reason")),
        "steps": list(
            RunStep.objects.order_by("sequence").values_list("step__key", "sequence", "state", "attempts", "error")
        ),
        "due": [row.due_at is not None for row in RunStep.objects.order_by("sequence")],
        "touches": list(Touch.objects.values_list("decision", "key")),
        "mails": list(OutboundMail.objects.order_by("pk").values_list("key", "state", "text")),
        "messages": Message.objects.count(),
        "ticket events": TicketEvent.objects.count(),
        "tasks": list(Task.objects.values_list("title", "result")),
        "actions": list(ProviderAction.objects.values_list("kind", "state")),
        "offers": list(FlowOffer.objects.values_list("kind", "state")),
        "webhooks": list(OutgoingWebhook.objects.values_list("key", "state")),
        "alerts": list(Alert.objects.order_by("pk").values_list("status", "outcome")),
        "events": [event for run in Run.objects.all() for event in run.events.order_by("pk").values_list("kind")],
    }


@pytest.fixture(autouse=True)
def _without_a_word():
    """A traceback for each of hundreds of kills takes longer than all that is tried."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def person(store):
    subscriber = SubscriberFactory(store=store, name="Ana Souza")
    subscription = SubscriptionFactory(
        subscriber=subscriber, price=Decimal(60), next_billing_at=timezone.now() + timedelta(days=20)
    )
    CycleFactory(subscription=subscription, index=2, billed_at=timezone.now() - timedelta(days=1))
    return subscriber


@pytest.mark.parametrize("kind", KINDS)
def test_step_is_done_once_wherever_its_worker_dies(store, person, kind):
    step = KINDS[kind]
    Flow.objects.update(is_active=False)
    flow = make_flow(
        store,
        step,
        *(() if step[1] == "end" else (LATER,)),
        kind=FlowKind.RECOVERY,
        trigger=FactKind.DAMAGED_BOX,
    )
    ticket = make_ticket("Hm.", subscriber=person)
    record_fact(
        subscriber=person,
        kind=FactKind.DAMAGED_BOX,
        source_key="score:1",
        observed_at=timezone.now(),
        ticket=ticket,
    )
    assert Run.objects.get().flow == flow
    expected, _ = undone(lambda: left_by(sweep_runs, None))
    assert [key for key, *_ in expected["steps"]][:1] == ["s"]
    killed, at = True, 1 - STRIDE
    while killed:
        at += STRIDE
        found, killed = undone(lambda at=at: left_by(sweep_runs, at))
        assert found == expected, f"killed at statement {at}"
    assert at > 5


def test_entry_is_done_once_wherever_its_worker_dies(store, person):
    flow = make_flow(store, LATER, holdout_share=0.5)

    def work():
        enter(flow, person, key="test:1")

    expected, _ = undone(lambda: left_by(work, None))
    assert len(expected["runs"]) == 1
    killed, at = True, 1 - STRIDE
    while killed:
        at += STRIDE
        found, killed = undone(lambda at=at: left_by(work, at))
        assert found == expected, f"killed at statement {at}"


def test_enrolment_goes_on_where_its_worker_died(store, monkeypatch):
    monkeypatch.setattr("success.flows.segments.CHUNK", 2)
    for _ in range(3):
        SubscriberFactory(store=store, country="DE")
    SubscriberFactory(store=store, country="AT")
    flow = make_flow(
        store, LATER, trigger="segment", segment=[{"field": "subscriber.country", "op": "is", "value": "DE"}]
    )
    enrol(flow)

    def entered():
        found, killed = left_by(sweep_enrolments, at)
        rows = list(Run.objects.order_by("subscriber").values_list("subscriber__country", flat=True))
        steps = RunStep.objects.filter(state=StepState.DUE).count()
        return killed, rows, steps, Enrolment.objects.get().entered, len(found["events"])

    killed, at = True, 1 - STRIDE
    while killed:
        at += STRIDE
        killed, *rest = undone(entered)
        assert rest == [["DE"] * 3, 3, 3, 3], f"killed at statement {at}"
    assert at > 10
    assert not Box.objects.exists()
