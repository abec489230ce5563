"""Recharge: what is asked is done once, what it tells is known in any order, and what was lost is healed."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.enums import ActionKind, ActionState, Actor, CycleStatus, Provider, ReconciliationState
from subscribers.errors import Refused
from subscribers.models import (
    Connection,
    Cycle,
    PaymentMethod,
    ProviderAction,
    Reconciliation,
    Subscriber,
    Subscription,
    WebhookDelivery,
)
from subscribers.providers import transport
from subscribers.providers.base import provider_of
from subscribers.services import actions
from subscribers.services.connecting import register_webhooks, try_it
from subscribers.services.reconciliation import reconcile, request_reconciliation
from subscribers.webhooks import intake
from tests.factories.people import StoreFactory
from tests.factories.subscriptions import ProductFactory
from tests.fakes.recharge import Store
from tests.subscribers.conftest import Connected
from tests.thorough import examples


@pytest.fixture
def recharge(db, client, monkeypatch) -> Iterator[Connected]:
    intake.forget()
    service = Store(timezone.now().replace(microsecond=0) - timedelta(days=20))
    monkeypatch.setattr(transport, "pause", service.sleep)
    connection = Connection.objects.create(
        store=StoreFactory(currency="EUR", time_zone="Europe/Berlin"),
        provider=Provider.RECHARGE,
        domain=service.domain,
        api_url=service.url,
        webhook_secret=service.secret,
        access_token=service.token,
    )
    yield Connected(service, connection, client)
    service.stop()


@pytest.fixture
def number(recharge) -> int:
    """A subscription that was paid once and is billed again in some days."""
    store = recharge.service
    made = store.add_subscription(store.add_customer("robin@mail.example"))
    store.now = timezone.now().replace(microsecond=0)
    recharge.tell()
    store.outbox.clear()
    store.bucket = 0
    return made


def ask(kind: ActionKind, params=None, *, key="k1", **more) -> ProviderAction:
    ours = Subscription.objects.get()
    asked = actions.request_action(
        subscriber=ours.subscriber,
        subscription=ours,
        kind=kind,
        params=params or {},
        key=key,
        actor_kind=Actor.SYSTEM,
        **more,
    )
    return attempt(asked)


def attempt(action: ProviderAction) -> ProviderAction:
    ProviderAction.objects.filter(pk=action.pk).update(next_attempt_at=timezone.now())
    actions.do_action(action.pk)
    return ProviderAction.objects.get(pk=action.pk)


def in_days(days: int) -> str:
    return (timezone.now().replace(microsecond=0) + timedelta(days=days)).isoformat()


def day(days: int) -> str:
    return (timezone.now() + timedelta(days=days)).date().isoformat()


DEEDS = {
    "cancel": (ActionKind.CANCEL, {"when": "period_end"}, lambda row, store: row["status"] == "cancelled"),
    "pause": (
        ActionKind.PAUSE,
        {"resumes_at": in_days(60)},
        lambda row, store: row["next_charge_scheduled_at"] in (day(60), day(61)),
    ),
    "move": (
        ActionKind.SET_NEXT_BILLING,
        {"at": in_days(40)},
        lambda row, store: row["next_charge_scheduled_at"] in (day(40), day(41)),
    ),
    "skip": (
        ActionKind.SKIP,
        {},
        lambda row, store: [one["status"] for one in store.charges.values()] == ["success", "skipped", "queued"],
    ),
    "frequency": (
        ActionKind.SET_FREQUENCY,
        {"interval": "week", "count": 6},
        lambda row, store: (row["order_interval_unit"], row["charge_interval_frequency"]) == ("week", 6),
    ),
    "discount": (
        ActionKind.DISCOUNT,
        {"percent": 20},
        lambda row, store: [len(one["discounts"]) for one in store.charges.values()] == [0, 1],
    ),
}


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_is_done_once_and_known_at_once(recharge, number, name):
    kind, params, is_done = DEEDS[name]
    recharge.service.faults.extend([None] * (3 if name == "discount" else 1) + ["lost"])
    action = ask(kind, params)
    if action.state == ActionState.QUEUED:
        action = attempt(action)
    assert (action.state, action.error) == (ActionState.DONE, "")
    row = recharge.service.subscriptions[number]
    assert is_done(row, recharge.service)
    ours = Subscription.objects.get()
    known = (ours.status, ours.billing_interval, ours.billing_interval_count)
    recharge.tell()
    ours.refresh_from_db()
    assert (ours.status, ours.billing_interval, ours.billing_interval_count) == known
    assert ours.status == row["status"]


def test_money_goes_back_once(recharge, number):
    cycle = Cycle.objects.get(status=CycleStatus.BILLED)
    recharge.service.faults.extend([None, "lost"])
    action = ask(ActionKind.REFUND, {"amount": "10.00"}, cycle=cycle)
    assert action.state == ActionState.QUEUED
    assert attempt(action).state == ActionState.DONE
    recharge.tell()
    cycle.refresh_from_db()
    paid = recharge.service.charges[int(cycle.external_id)]
    assert (paid["total_refunds"], cycle.refunded) == ("10.00", Decimal("10.00"))


def test_a_refund_that_its_webhook_told_first_is_counted_once(recharge, number):
    action = ask(ActionKind.REFUND, {"amount": "10.00"}, cycle=Cycle.objects.get(status=CycleStatus.BILLED))
    provider_of(Provider.RECHARGE).do(action)  # and the worker is killed
    recharge.tell()
    assert attempt(action).state == ActionState.DONE
    assert Cycle.objects.get(status=CycleStatus.BILLED).refunded == Decimal("10.00")


def test_a_swap_and_a_refusal_in_its_words(recharge, number):
    other = ProductFactory(store=recharge.connection.store, external_id="72", data={"price": "40.00"})
    assert ask(ActionKind.SWAP, {"product": other.pk}).state == ActionState.DONE
    row = recharge.service.subscriptions[number]
    assert (row["external_variant_id"], row["price"]) == ({"ecommerce": "72"}, "40.00")
    recharge.service.coming(number)["status"] = "error"
    action = ask(ActionKind.SKIP, key="k2")
    assert (action.state, action.error) == (ActionState.REFUSED, "A charge that is error cannot be skipped")
    with pytest.raises(Refused, match="no way to do that"):
        ask(ActionKind.GIFT, {"title": "A cup"}, key="k3")


def test_its_bucket_is_waited_for_and_a_wrong_token_told(recharge, number):
    recharge.service.bucket = 40
    assert ask(ActionKind.CANCEL).state == ActionState.DONE
    assert recharge.service.waited >= 2
    Connection.objects.update(access_token="other")
    action = ask(ActionKind.REACTIVATE, key="k2")
    words = "Recharge refused us (401): bad authentication Connect tea.example anew."
    assert (action.state, action.error) == (ActionState.QUEUED, words)


def live(store, story) -> None:
    for table in (store.subscriptions, store.charges, store.outbox):
        table.clear()
    store.now = timezone.now().replace(microsecond=0) - timedelta(days=60)
    number = store.add_subscription(store.add_customer("robin@mail.example"))
    row = store.subscriptions[number]
    for name, count in story:
        store.later(days=3)
        charge = store.coming(number)
        match name:
            case "pay" | "fail" if charge is not None and row["status"] == "active":
                store.pay(charge["id"], "declined" if name == "fail" else "")
            case "lost" if charge is not None and charge["status"] == "error" and row["status"] == "active":
                store.give_up(charge["id"])
            case "skip" if charge is not None and charge["status"] == "queued":
                store._pay(charge, "skip", {})
            case "refund":
                paid = next(one for one in store.charges.values() if one["processed_at"])
                if Decimal(paid["total_refunds"]) + count + 1 <= Decimal(paid["total_price"]):
                    store._pay(paid, "refund", {"amount": f"{count + 1}.00"})
            case "cancel" if row["status"] == "active":
                store._turn(row, "cancel", {"cancellation_reason": "Too much tea"})
            case "weekly" if row["status"] == "active":
                row |= {"order_interval_unit": "week", "order_interval_frequency": count + 1}
                row["charge_interval_frequency"] = count + 1
                store._changed(row, "updated")


def known(connection) -> dict[str, object]:
    for differences in (None, []):
        asked = request_reconciliation(connection)
        assert reconcile(asked.pk)
        asked.refresh_from_db()
        assert (asked.state, asked.error, asked.read) == (ReconciliationState.DONE, "", 1)
        if differences is not None:
            told = asked.differences.values_list("object_kind", "field", "ours", "theirs")
            assert list(told) == differences
    ours = Subscription.objects.get()
    left_out = ("id", "subscriber_id", "product_id", "created_at", "triggered_at", "reread_at", "currency")
    state = {name: value for name, value in vars(ours).items() if name[0] != "_" and name not in left_out}
    state["email"] = ours.subscriber.email
    # Charges that were planned and are gone again are no part of what happened.
    paid = ours.cycles.exclude(status=CycleStatus.SCHEDULED).order_by("billing_expected_at")
    state["cycles"] = [(one.external_id, one.billed_at, one.amount, one.order_id, one.refunded) for one in paid]
    state["open"] = [one.status for one in paid if one.billed_at is None]
    empty()
    return state


def empty() -> None:
    for model in (WebhookDelivery, Reconciliation, Subscription, Subscriber):
        model.objects.all().delete()


STORY = st.tuples(st.sampled_from(["pay", "fail", "lost", "skip", "refund", "cancel", "weekly"]), st.integers(0, 3))


@settings(max_examples=examples(3), deadline=None, suppress_health_check=list(HealthCheck))
@given(story=st.lists(STORY, min_size=1, max_size=7), seed=st.integers(0, 10_000))
def test_a_history_is_known_however_it_was_told(recharge, story, seed):
    store = recharge.service
    empty()
    live(store, story)
    random, places = Random(seed), list(range(len(store.outbox)))
    store.bucket = -1000
    recharge.tell()
    in_order = known(recharge.connection)
    told = [place for place in places if random.random() < 0.7]
    told += random.choices(told, k=3) if told else []
    random.shuffle(told)
    store.bucket = -1000
    recharge.tell(order=told)
    assert known(recharge.connection) == in_order


def test_it_is_tried_and_its_webhooks_registered_once(recharge):
    assert try_it(recharge.connection) == []
    base = "https://help.example"
    assert register_webhooks(recharge.connection, base) == (23, [])
    assert register_webhooks(recharge.connection, base) == (0, [])
    assert {one["address"] for one in recharge.service.registered} == {f"{base}/webhooks/recharge/"}
    recharge.connection.access_token = "other"
    assert try_it(recharge.connection)[0].startswith("Recharge refused us (401)")


def read_again(connection) -> list[tuple[str, str, str]]:
    """What differed and could be mended."""
    asked = request_reconciliation(connection)
    assert reconcile(asked.pk)
    asked.refresh_from_db()
    assert (asked.state, asked.differences_found) == (ReconciliationState.DONE, asked.repaired)
    return list(asked.differences.order_by("pk").values_list("object_kind", "external_id", "field"))


def test_cards_are_read_again(recharge, number):
    store = recharge.service
    read_again(recharge.connection)
    robin = store.subscriptions[number]["customer_id"]
    first = store.add_card(robin, "4242", 2099, 2)
    store.forbidden.add("payment_methods")
    assert read_again(recharge.connection) == []
    store.forbidden.clear()
    assert read_again(recharge.connection) == [("card", str(first), "")]
    del store.cards[first]
    second = store.add_card(robin, "1881", 2099, 3)
    assert read_again(recharge.connection) == [("card", str(second), ""), ("card", str(first), "revoked")]
    cards = PaymentMethod.objects.order_by("pk").values_list("last4", "expires_on", "revoked_at")
    assert [(last4, str(ends_on), revoked_at is None) for last4, ends_on, revoked_at in cards] == [
        ("4242", "2099-02-28", False),
        ("1881", "2099-03-31", True),
    ]
    assert read_again(recharge.connection) == []
