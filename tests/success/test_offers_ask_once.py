"""An offer's page shows what would change, changes it once when it is told to, and tells what came of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from subscribers.cancellation.enums import OfferKind
from subscribers.enums import ActionState, CycleStatus, Interval, Provider, SubscriptionStatus
from subscribers.models import ProviderAction, Subscription
from subscribers.providers import base
from subscribers.providers.base import RefusedByProvider, Result, TryAgain
from subscribers.services.action_facts import record_done
from subscribers.services.actions import retry, sweep_actions
from success.enums import ExitReason, FlowKind, OfferState, RunStatus, StepKind, TouchDecision
from success.flows.conditions import holds
from success.flows.engine import sweep_runs
from success.flows.entry import enter
from success.flows.runs import open_step
from success.models import Flow, FlowOffer, FlowStep, FlowVersion, Run, RunStep, Task, Touch
from success.offers import kinds, selectors, services
from tests.factories.flows import make_flow
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import CycleFactory, ProductFactory, SubscriptionFactory
from tickets.mail.sending import sweep

pytestmark = pytest.mark.django_db

SLOWER = {"kind": "frequency", "slower": 2}


@pytest.fixture
def subscription(store) -> Subscription:
    """Billed twice, monthly, the next time in ten days."""
    now = timezone.now()
    person = SubscriberFactory(store=store, name="Robin Hood", language="en")
    started = now - timedelta(days=50)
    subscription = SubscriptionFactory(subscriber=person, started_at=started, next_billing_at=now + timedelta(days=10))
    for index in (1, 2):
        CycleFactory(subscription=subscription, index=index)
    CycleFactory(subscription=subscription, index=3, status=CycleStatus.SCHEDULED, amount=None)
    return subscription


def step_of_a_run(subscription: Subscription, offer: dict) -> RunStep:
    flow = Flow.objects.create(store=subscription.store, key="try", name="Try", kind=FlowKind.OUTREACH)
    version = FlowVersion.objects.create(flow=flow, number=1)
    config = {"do": "offer", "offer": offer, "valid_days": 7}
    step = FlowStep.objects.create(version=version, position=1, key="offer", kind=StepKind.ACTION, config=config)
    run = Run.objects.create(
        store=subscription.store,
        flow=flow,
        version=version,
        subscriber=subscription.subscriber,
        subscription=subscription,
        is_recovery=False,
        trigger_key="by-hand",
    )
    return open_step(run, step, due_at=timezone.now(), is_first=True)


def offered(subscription: Subscription, offer: dict = SLOWER) -> FlowOffer:
    row = step_of_a_run(subscription, offer)
    made = services.make_offer(run_step=row, config=row.step.config, now=timezone.now())
    assert services.make_offer(run_step=row, config=row.step.config, now=timezone.now()) == made
    return made


def answers(offer: FlowOffer) -> tuple[bool, bool]:
    """What waits of its run see: accepted, declined."""
    began = offer.run.started_at
    return holds("offer_accepted", offer.run, since=began), holds("offer_declined", offer.run, since=began)


def page(client, offer: FlowOffer, do: str = "") -> str:
    address = selectors.offer_path(offer)
    response = client.post(address, {"do": do}, follow=True) if do else client.get(address)
    return " ".join(response.content.decode().split())


def test_looking_changes_nothing_and_one_click_changes_it_once(client, subscription):
    offer = offered(subscription)
    assert client.head(selectors.offer_path(offer)).status_code == 200
    assert FlowOffer.objects.get().state == OfferState.MADE
    shown = page(client, offer)
    assert "<h1>Get a box every 2 months?</h1>" in shown
    assert "<li>A box: every 2 months instead of every month</li>" in shown
    assert (FlowOffer.objects.get().state, ProviderAction.objects.count()) == (OfferState.OPENED, 0)

    for _ in range(2):
        assert "<h1>Done: Get a box every 2 months</h1>" in page(client, offer, "accept")
    subscription.refresh_from_db()
    often = (subscription.billing_interval, subscription.billing_interval_count)
    assert often == (Interval.MONTH, 2)
    assert ProviderAction.objects.get().actor_kind == "subscriber"
    done = FlowOffer.objects.get()
    assert (done.state, done.action, done.language) == (OfferState.DONE, ProviderAction.objects.get(), "en")
    assert list(done.events.values_list("to_state", flat=True).order_by("pk")) == ["made", "opened", "accepted", "done"]
    assert answers(done) == (True, False)
    sweep()
    (letter,) = mail.outbox
    assert letter.subject == "Done: Get a box every 2 months"
    assert "- A box: every 2 months instead of every month" in letter.body
    assert Touch.objects.get().decision == TouchDecision.SENT


def test_a_no_changes_nothing_and_may_be_thought_over(client, subscription):
    offer = offered(subscription)
    assert "We will not ask again" in page(client, offer, "decline")
    assert (answers(offer), ProviderAction.objects.count()) == ((False, True), 0)
    assert "<h1>Done" in page(client, offer, "accept")
    assert answers(offer) == (True, False)


@pytest.mark.parametrize(
    ("language", "heading", "button"),
    [
        ("de", "Eine Box alle 2 Monate?", "Ja, bitte ändern"),
        ("es", "¿Recibir una caja cada 2 meses?", "Sí, cambiarlo"),
    ],
)
def test_the_page_speaks_the_subscribers_language(client, subscription, language, heading, button):
    subscription.subscriber.language = language
    subscription.subscriber.save()
    shown = page(client, offered(subscription))
    assert f'lang="{language}"' in shown
    assert f"<h1>{heading}</h1>" in shown
    assert f">{button}</button>" in shown


def test_a_link_that_came_too_late_is_explained_and_sent_anew_once(client, subscription):
    offer = offered(subscription)
    FlowOffer.objects.update(made_at=timezone.now() - timedelta(days=8), valid_until=timezone.now() - timedelta(days=1))
    assert client.get(selectors.offer_path(offer)).status_code == 410
    assert "This offer has ended" in page(client, offer, "accept")
    assert services.sweep_offers() == 1
    for _ in range(2):
        assert "We have sent you a mail with a new link" in page(client, offer, "renew")
    newer = offer.replaced_by
    sweep()
    (letter,) = mail.outbox
    assert letter.subject == "Your new link: Get a box every 2 months"
    assert "http" in letter.body
    assert "<h1>Done" in page(client, newer, "accept")


def test_what_costs_the_store_is_not_renewed(client, subscription):
    offer = offered(subscription, {"kind": "discount", "percent": 20, "billings": 2})
    assert "<li>Price: €24.00 instead of €30.00</li>" in page(client, offer)
    FlowOffer.objects.update(made_at=timezone.now() - timedelta(days=8), valid_until=timezone.now() - timedelta(days=1))
    page(client, offer, "renew")
    assert FlowOffer.objects.count() == 1


def test_what_costs_more_than_flows_may_give_is_asked_of_a_person(subscription):
    offer = {"kind": "discount", "percent": 90, "billings": 3}
    flow = make_flow(subscription.store, ("offer", "action", {"do": "offer", "offer": offer, "valid_days": 7}))
    enter(flow, subscription.subscriber, key="test:1")
    sweep_runs()
    task = Task.objects.get()
    assert task.title == "Offer for Robin Hood: kind discount, percent 90, billings 3, valid_days 7"
    assert task.instructions == "It costs 81.00 EUR, more than flows may give by themselves."
    assert not FlowOffer.objects.exists()


def test_a_run_that_begins_again_goes_on_with_its_offer(subscription):
    offer = offered(subscription)
    Run.objects.update(status=RunStatus.EXITED, exit_reason=ExitReason.SUPERSEDED, ended_at=timezone.now())
    RunStep.objects.update(state="skipped", due_at=None, finished_at=timezone.now())
    first = offer.run
    again = Run.objects.create(
        store=first.store,
        flow=first.flow,
        version=first.version,
        subscriber=first.subscriber,
        subscription=subscription,
        is_recovery=False,
        trigger_key=first.trigger_key,
    )
    row = open_step(again, FlowStep.objects.get(version=first.version), due_at=timezone.now(), is_first=True)
    assert services.make_offer(run_step=row, config=row.step.config, now=timezone.now()) == offer
    assert selectors.latest_offer(again) == offer
    services.accept(offer)
    assert holds("offer_accepted", again, since=again.started_at)


def test_what_changed_meanwhile_is_said_and_not_done(client, subscription):
    offer = offered(subscription)
    Subscription.objects.update(status=SubscriptionStatus.CANCELLED, ended_at=timezone.now(), next_billing_at=None)
    assert "This is not possible any more" in page(client, offer, "accept")
    assert (FlowOffer.objects.get().state, ProviderAction.objects.count()) == (OfferState.MADE, 0)


def test_a_forged_link_and_a_forgotten_persons_do_nothing(client, subscription):
    offer = offered(subscription)
    assert client.get(selectors.offer_path(offer).rstrip("/") + "x/").status_code == 404
    subscription.subscriber.redacted_at = timezone.now()
    subscription.subscriber.save()
    assert client.get(selectors.offer_path(offer)).status_code == 404


class Remote:
    key, is_local = Provider.RECHARGE, False

    def __init__(self) -> None:
        self.answers: list[Exception] = []

    def cannot(self, kind, subscription, store) -> str:
        return ""

    def do(self, action) -> Result:
        if self.answers:
            raise self.answers.pop(0)
        return Result(external_id="r1")

    def settled(self, action, result) -> None:
        record_done(action, moves_billing=False)


def test_a_provider_that_is_slow_and_then_refuses_is_told_of_and_mended(client, subscription, monkeypatch, manager):
    remote = Remote()
    monkeypatch.setitem(base._PROVIDERS, Provider.RECHARGE, remote)
    Subscription.objects.update(provider=Provider.RECHARGE)
    offer = offered(subscription)
    remote.answers = [TryAgain("busy"), RefusedByProvider("The plan is fixed.")]
    assert "On its way" in page(client, offer, "accept")
    for _ in range(2):
        ProviderAction.objects.filter(state=ActionState.QUEUED).update(next_attempt_at=timezone.now())
        sweep_actions()
    assert "This has not worked yet" in page(client, offer)
    task = Task.objects.get()
    assert task.title == "Robin Hood accepted “Get a box every 2 months”, and it failed"
    assert "The plan is fixed." in task.instructions
    retry(ProviderAction.objects.get(), by=manager)
    sweep_actions()
    task.refresh_from_db()
    assert (FlowOffer.objects.get().state, task.result) == (OfferState.DONE, "done")
    sweep()
    assert [one.subject.partition(":")[0] for one in mail.outbox] == ["Not changed yet", "Done"]


@pytest.mark.parametrize(
    ("offer", "title", "line"),
    [
        ({"kind": "skip"}, "Skip the next box", "Nothing is billed or sent on"),
        ({"kind": "pause", "days": 30}, "Pause for 30 days", "Nothing is billed or sent until then"),
        ({"kind": "gift"}, "Tea Tin with your next box, on us", "It costs you nothing"),
        ({"kind": "swap"}, "Swap to Tea Tin", "Product: Tea Tin instead of Coffee Box"),
    ],
)
def test_each_kind_says_what_would_change(client, subscription, offer, title, line):
    if offer["kind"] in ("gift", "swap"):
        offer = offer | {"product": ProductFactory(store=subscription.store, name="Tea Tin").pk}
    kinds.check(offer)
    shown = page(client, offered(subscription, offer))
    assert f"<h1>{title}?</h1>" in shown
    assert f"<li>{line}" in shown


@pytest.mark.parametrize(
    "offer",
    [
        {},
        {"kind": OfferKind.CONTACT},
        {"kind": "pause", "days": 0},
        {"kind": "discount", "percent": 120, "billings": 1},
        {"kind": "frequency", "interval": "moon", "count": 1},
        {"kind": "frequency", "slower": 1},
        {"kind": "gift"},
    ],
)
def test_an_offer_that_cannot_be_made_is_refused_in_words(offer):
    with pytest.raises(ValueError, match="“"):
        kinds.check(offer)
