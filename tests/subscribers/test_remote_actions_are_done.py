"""What is asked of a remote provider is done by the worker from its row: retried, refused in its words, never twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers import signals
from subscribers.enums import ActionKind, ActionState, Actor, Provider, SubscriptionStatus
from subscribers.errors import Refused
from subscribers.models import ProviderAction, Reason, Subscription
from subscribers.providers import base
from subscribers.providers.base import RefusedByProvider, Result, TryAgain
from subscribers.providers.pauses import BY_ITSELF, is_overtaken
from subscribers.services import actions
from subscribers.services.action_facts import record_done
from subscribers.services.actions import do_action, request_action, sweep_actions
from subscribers.services.subscriptions import record_cancellation, record_pause, record_resume, record_snapshot
from tests.factories.subscriptions import SubscriptionFactory


class Remote:
    """A provider that answers as it is told, and remembers what it was asked."""

    key, is_local = Provider.RECHARGE, False

    def __init__(self) -> None:
        self.answers, self.asked, self.cannot_words = [], [], ""

    def cannot(self, kind, subscription, store) -> str:
        return self.cannot_words

    def do(self, action) -> Result:
        self.asked.append(action.key)
        answer = self.answers.pop(0) if self.answers else Result(external_id="r1")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def settled(self, action, result) -> None:
        record_done(action, moves_billing=False)


@pytest.fixture
def remote(monkeypatch) -> Remote:
    provider = Remote()
    monkeypatch.setitem(base._PROVIDERS, Provider.RECHARGE, provider)
    return provider


@pytest.fixture
def subscription(db) -> Subscription:
    return SubscriptionFactory(provider=Provider.RECHARGE, next_billing_at=timezone.now() + timedelta(days=9))


def ask(subscription, kind=ActionKind.CANCEL, key="k", **params) -> ProviderAction:
    reason = Reason.objects.get_or_create(store=None, key="too_expensive", defaults={"label": "Too expensive"})[0]
    return request_action(
        subscriber=subscription.subscriber,
        subscription=subscription,
        kind=kind,
        params=params,
        key=key,
        actor_kind=Actor.SUBSCRIBER,
        reason=reason,
    )


def due_now() -> None:
    ProviderAction.objects.filter(state=ActionState.QUEUED).update(next_attempt_at=timezone.now())


def test_it_is_a_row_first_and_done_by_the_worker(subscription, remote):
    action = ask(subscription)
    assert (action.state, remote.asked) == (ActionState.QUEUED, [])
    assert sweep_actions() == 1
    action.refresh_from_db()
    subscription.refresh_from_db()
    assert (action.state, action.external_id, subscription.status) == ("done", "r1", SubscriptionStatus.CANCELLED)
    assert [do_action(action.pk), sweep_actions(), remote.asked] == [False, 0, ["k"]]
    ended = subscription.events.get(kind="cancelled")
    assert (ended.reason.key, ended.actor_kind) == ("too_expensive", Actor.SUBSCRIBER)


def test_an_outage_is_waited_out_and_a_fault_does_not_lose_it(subscription, remote, caplog):
    remote.answers = [TryAgain("429", after=timedelta(hours=1)), RuntimeError("a fault")]
    action = ask(subscription)
    for error in ("429", "RuntimeError: a fault"):
        due_now()
        sweep_actions()
        action.refresh_from_db()
        assert (action.state, action.error) == (ActionState.QUEUED, error)
        if error == "429":
            assert action.next_attempt_at > timezone.now() + timedelta(minutes=59)
    due_now()
    sweep_actions()
    action.refresh_from_db()
    assert (action.state, action.error, remote.asked) == (ActionState.DONE, "", ["k"] * 3)


def test_what_never_works_is_given_up_and_can_be_asked_again(subscription, remote):
    heard = []
    signals.action_settled.connect(lambda action, **_: heard.append(action.state), weak=False, dispatch_uid="test")
    remote.answers = [TryAgain("down")] * (len(actions.WAITS) + 1)
    action = ask(subscription)
    for _ in range(len(actions.WAITS) + 1):
        due_now()
        sweep_actions()
    action.refresh_from_db()
    assert (action.state, action.error) == (ActionState.FAILED, "Given up after 9 attempts. down")
    actions.retry(action, by=None)
    sweep_actions()
    signals.action_settled.disconnect(dispatch_uid="test")
    assert heard == ["failed", "done"]


def test_a_refusal_is_kept_in_the_providers_words(subscription, remote):
    remote.answers = [RefusedByProvider("Contract is locked by another app")]
    action = ask(subscription)
    sweep_actions()
    action.refresh_from_db()
    assert (action.state, action.error) == (ActionState.REFUSED, "Contract is locked by another app")
    subscription.refresh_from_db()
    assert subscription.status == SubscriptionStatus.ACTIVE


def test_a_dead_workers_action_is_taken_over_with_the_same_key(subscription, remote):
    action = ask(subscription)
    claimed = actions._claim(action.pk)
    assert sweep_actions() == 0
    ProviderAction.objects.update(claimed_until=timezone.now())
    assert sweep_actions() == 1
    assert actions.settle(claimed, Result()) is False  # the dead one was only slow
    assert remote.asked == ["k"]
    assert ProviderAction.objects.get().attempts == 2


def test_what_a_provider_cannot_do_is_refused_before_there_is_a_row(subscription, remote):
    remote.cannot_words = "Another app owns this contract."
    with pytest.raises(Refused, match="Another app owns this contract"):
        ask(subscription)
    remote.cannot_words = ""
    ask(subscription, ActionKind.PAUSE, days=30)
    with pytest.raises(Refused, match="That key was used for something else"):
        ask(subscription)
    assert ProviderAction.objects.count() == 1


def test_a_webhook_that_is_quicker_than_our_own_record_keeps_the_reason(subscription, remote):
    ask(subscription)
    at = timezone.now()
    record_cancellation(subscription, at=at, actor_kind=Actor.PROVIDER, source_key="webhook:1")
    sweep_actions()
    ended = subscription.events.get(kind="cancelled")
    assert (ended.reason.key, ended.actor_kind, ended.source_key) == ("too_expensive", "subscriber", "webhook:1")
    subscription.refresh_from_db()
    assert subscription.ended_at == at


def test_a_snapshot_that_tells_what_we_asked_for_knows_whose_will_it_was(subscription, remote):
    ask(subscription)
    record_snapshot(subscription, at=timezone.now(), told={"status": "cancelled"}, source_key="webhook")
    ended = subscription.events.get(kind="cancelled")
    assert (ended.reason.key, ended.actor_kind) == ("too_expensive", Actor.SUBSCRIBER)


def test_the_end_of_a_former_pause_ends_no_later_one(subscription, remote):
    past = timezone.now() - timedelta(days=1)
    record_pause(subscription, at=past - timedelta(days=1), resumes_at=past)
    subscription.refresh_from_db()
    resume = ask(subscription, ActionKind.RESUME, key=f"k{BY_ITSELF}")
    assert is_overtaken(resume) is False
    record_resume(subscription, at=past)
    record_pause(subscription, at=past + timedelta(hours=1))
    assert is_overtaken(resume) is True
