"""Outreach from outside to outside: moments begin it, dates are followed, exits end it, webhooks arrive signed."""

import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from subscribers.enums import BoxStatus, CycleStatus
from subscribers.errors import Refused
from subscribers.models import Box
from subscribers.privacy.enums import ErasureReason
from subscribers.privacy.erasure import do_erasure, erase
from success.enums import ExitReason, RunStatus, StepState, Trigger, WebhookState
from success.flows import hearing, segments, webhooks
from success.flows.engine import sweep_runs
from success.flows.entry import enter
from success.flows.moments import sweep_moments
from success.models import Flow, OutgoingWebhook, Run, RunStep, Touch, WebhookSecret
from tests.factories.flows import make_flow
from tests.factories.people import SubscriberFactory, UserFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tickets.models import Mailbox, OutboundMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(store):
    Flow.objects.update(is_active=False)
    person = SubscriberFactory(store=store, name="Ana Souza")
    subscription = SubscriptionFactory(subscriber=person)
    today = timezone.now().date()
    BoxFactory(
        cycle=CycleFactory(subscription=subscription),
        status=BoxStatus.PLANNED,
        shipped_at=None,
        delivered_at=None,
        ships_on=today + timedelta(days=9),
        expected_on=today + timedelta(days=12),
    )
    return person


def test_guidance_follows_its_box(store, person):
    make_flow(
        store,
        ("before", "wait", {"anchor": "box_ships", "offset_hours": -48}),
        ("mail", "mail", {"subject": "Soon", "text": "It ships on {{ ship_date }}, for {{ delivery_day }}."}),
        trigger=Trigger.BOX_UPCOMING,
        entry=[{"field": "box.cycle", "op": "is", "value": 1}],
    )
    assert (sweep_moments(), sweep_moments()) == (1, 0)
    sweep_runs()
    box, row = Box.objects.get(), RunStep.objects.get()
    assert row.due_at == datetime.combine(box.ships_on, datetime.min.time(), UTC) + timedelta(hours=9 - 48)
    Box.objects.update(ships_on=box.ships_on + timedelta(days=3))
    assert (hearing.follow_dates(), sweep_runs().done, hearing.follow_dates()) == (1, 1, 0)
    assert RunStep.objects.get().due_at == row.due_at + timedelta(days=3)
    Box.objects.update(ships_on=timezone.now().date() + timedelta(days=1), expected_on=None)
    hearing.follow_dates()
    sweep_runs()
    assert OutboundMail.objects.get().text.startswith("It ships on ")
    assert Touch.objects.get().decision == "sent"


def test_guidance_of_a_box_that_is_not_sent_ends(store, person):
    make_flow(store, ("before", "wait", {"anchor": "box_ships"}), trigger=Trigger.BOX_UPCOMING)
    sweep_moments()
    sweep_runs()
    cycle = Box.objects.get().cycle
    cycle.status, cycle.billed_at = CycleStatus.SKIPPED, None
    cycle.save()
    RunStep.objects.filter(state=StepState.WAITING).update(due_at=timezone.now())
    sweep_runs()
    run = Run.objects.get()
    assert (run.status, run.exit_reason) == (RunStatus.EXITED, ExitReason.INELIGIBLE)


def test_guidance_comes_back_with_a_box_that_is_sent_after_all(store, person):
    make_flow(store, ("before", "wait", {"anchor": "box_ships"}), trigger=Trigger.BOX_UPCOMING)
    sweep_moments()
    sweep_runs()
    cycle = Box.objects.get().cycle
    before = cycle.status, cycle.billed_at
    cycle.status, cycle.billed_at = CycleStatus.SKIPPED, None
    cycle.save()
    RunStep.objects.update(due_at=timezone.now())
    sweep_runs()
    assert sweep_moments() == 0
    cycle.status, cycle.billed_at = before
    cycle.save()
    assert (sweep_moments(), sweep_moments()) == (1, 0)
    assert [run.status for run in Run.objects.order_by("pk")] == [RunStatus.EXITED, RunStatus.ACTIVE]


def test_every_box_has_its_guidance_one_after_the_other(store, person):
    make_flow(
        store,
        ("before", "wait", {"anchor": "box_ships", "offset_hours": -48}),
        trigger=Trigger.BOX_UPCOMING,
        reenter_after=timedelta(0),
    )
    first = Box.objects.get()
    second = BoxFactory(
        cycle=CycleFactory(subscription=first.cycle.subscription, index=2),
        status=BoxStatus.PLANNED,
        shipped_at=None,
        delivered_at=None,
        ships_on=first.ships_on + timedelta(days=7),
        expected_on=None,
    )
    assert (sweep_moments(), sweep_moments()) == (1, 0)
    assert enter(Trigger.BOX_UPCOMING, person, key=f"box:{second.pk}", box=second) == []
    Box.objects.filter(pk=first.pk).update(ships_on=timezone.now().date())
    sweep_runs()
    assert (sweep_moments(), sweep_moments()) == (1, 0)
    assert [run.box for run in Run.objects.order_by("pk")] == [first, second]


class Hook(BaseHTTPRequestHandler):
    taken: list = []
    answers: list = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        type(self).taken.append((dict(self.headers), body))
        self.send_response(type(self).answers.pop(0))
        self.end_headers()

    def log_message(self, *_):
        pass


def test_webhook_is_signed_and_sent_until_it_is_taken(store, person):
    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Hook.taken, Hook.answers = [], [500, 204]
    WebhookSecret.objects.create(store=store, name="erp", secret="s3cret")
    flow = make_flow(
        store, ("tell", "webhook", {"url": f"http://127.0.0.1:{server.server_port}/in?x=1", "secret": "erp"})
    )
    enter(flow, person, key="test:1")
    sweep_runs()
    webhooks.send_due()
    hook = OutgoingWebhook.objects.get()
    assert (hook.state, hook.error) == (WebhookState.QUEUED, "127.0.0.1 is an internal address.")
    for state in (WebhookState.QUEUED, WebhookState.SENT):
        OutgoingWebhook.objects.update(next_attempt_at=timezone.now())
        assert webhooks.send_due(may_connect=lambda address: True) == 1
        hook.refresh_from_db()
        assert hook.state == state
    server.shutdown()
    server.server_close()
    (headers, body), again = Hook.taken
    assert (again[1], body, headers["X-Webhook-Id"]) == (body, hook.body, hook.key)
    sent = webhooks.signature("s3cret", int(headers["X-Webhook-Timestamp"]), body)
    assert headers["X-Webhook-Signature"] == sent


def test_webhook_that_cannot_be_sent_holds_up_no_other(store, person):
    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Hook.taken, Hook.answers = [], [204]
    for path in ("grüße", "in"):
        url = f"http://127.0.0.1:{server.server_port}/{path}"
        OutgoingWebhook.objects.create(store=store, subscriber=person, key=f"hook:{path}", url=url, body="{}")
    assert webhooks.send_due(may_connect=lambda address: True) == 2
    server.shutdown()
    server.server_close()
    states = [(one.state, one.error[:17]) for one in OutgoingWebhook.objects.order_by("pk")]
    assert states == [(WebhookState.FAILED, "It cannot be sent"), (WebhookState.SENT, "")]


def test_nothing_is_told_of_somebody_who_was_forgotten(store, person):
    OutgoingWebhook.objects.create(store=store, subscriber=person, key="hook:1", url="http://shop.example/", body="{}")
    do_erasure(erase(person, UserFactory(is_superuser=True), ErasureReason.ASKED).pk)
    hook = OutgoingWebhook.objects.get()
    assert (hook.state, hook.body, webhooks.send_due()) == (WebhookState.FAILED, "", 0)
    with pytest.raises(Refused):
        webhooks.retry(hook)


def test_enrolment_that_fails_stops_no_other(store, person, monkeypatch):
    flows = [make_flow(store, key=key, trigger=Trigger.SEGMENT, segment=["still_subscribed"]) for key in ("one", "two")]
    first, _ = [segments.enrol(flow).pk for flow in flows]
    chunk = segments._chunk

    def fail(pk: int) -> int | None:
        if pk == first:
            raise ValueError("no")
        return chunk(pk)

    monkeypatch.setattr(segments, "_chunk", fail)
    assert segments.sweep_enrolments() == 1
    assert Run.objects.get().flow == flows[1]


def test_mail_waits_for_a_mailbox(store, person):
    """A store that switched its mailbox off for a while loses no run by it."""
    flow = make_flow(store, ("mail", "mail", {"subject": "Soon", "text": "Hello."}), trigger=Trigger.BY_HAND)
    Mailbox.objects.update(is_active=False)
    (run,) = enter(flow, person, key="hand:1")
    sweep_runs()
    assert (run.steps.get().state, OutboundMail.objects.count()) == (StepState.WAITING, 0)
    Mailbox.objects.update(is_active=True)
    RunStep.objects.update(due_at=timezone.now())
    sweep_runs()
    assert OutboundMail.objects.get().subject == "Soon"
    assert list(Touch.objects.order_by("pk").values_list("decision", "reason")) == [
        ("suppressed", "The store has no active mailbox"),
        ("sent", ""),
    ]


def test_sweep_walks_planned_boxes_slice_by_slice(store, person, monkeypatch):
    """Each sweep looks at a slice; round after round every box is looked at, also one that is planned behind it."""
    monkeypatch.setattr("success.flows.moments.SLICE", 2)
    flow = make_flow(store, ("later", "wait", {"hours": 1000}), trigger=Trigger.BOX_UPCOMING)

    def plan(days: int) -> Box:
        subscription = SubscriptionFactory(subscriber=SubscriberFactory(store=store))
        planned = {"status": BoxStatus.PLANNED, "shipped_at": None, "delivered_at": None}
        day = timezone.now().date() + timedelta(days=days)
        return BoxFactory(cycle=CycleFactory(subscription=subscription), ships_on=day, **planned)

    for days in (9, 9, 12, 15):
        plan(days)
    assert [sweep_moments() for _ in range(3)] == [2, 2, 1]
    early = plan(1)  # before the place at which the walk is
    assert sum(sweep_moments() for _ in range(3)) == 1
    assert flow.runs.filter(trigger_key=f"box:{early.pk}").exists()
    assert sum(sweep_moments() for _ in range(4)) == 0
