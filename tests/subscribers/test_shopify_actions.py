"""What is asked of Shopify is done there once, whatever happens on the way, and known here at once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from subscribers.enums import ActionKind, ActionState, Actor, BoxKind, CycleStatus, SubscriptionStatus
from subscribers.errors import Refused
from subscribers.models import Box, Connection, ProviderAction, Subscription
from subscribers.services import actions
from subscribers.services.connecting import register_webhooks, try_it
from tests.factories.subscriptions import ProductFactory


@pytest.fixture
def contract(shopify) -> int:
    """One that is billed again in some days."""
    shop = shopify.service
    shop.now = timezone.now().replace(microsecond=0) - timedelta(days=20)
    number = shop.add_contract(shop.add_customer("robin@mail.example"))
    shop.now = timezone.now().replace(microsecond=0)
    shopify.tell()
    shop.outbox.clear()
    shop.calls.clear()
    return number


def ask(kind: ActionKind, params=None, *, key="k1", **more) -> ProviderAction:
    subscription = Subscription.objects.get()
    asked = actions.request_action(
        subscriber=subscription.subscriber,
        subscription=subscription,
        kind=kind,
        params=params or {},
        key=key,
        actor_kind=Actor.SYSTEM,
        **more,
    )
    attempt(asked)
    return ProviderAction.objects.get(pk=asked.pk)


def attempt(action: ProviderAction) -> ProviderAction:
    ProviderAction.objects.filter(pk=action.pk).update(next_attempt_at=timezone.now())
    actions.do_action(action.pk)
    action.refresh_from_db()
    return action


def in_days(days: int) -> str:
    return (timezone.now().replace(microsecond=0) + timedelta(days=days)).isoformat()


def product(shopify, variant="72"):
    return ProductFactory(store=shopify.connection.store, external_id=variant, data={"price": "40.00"})


DEEDS = {
    "pause": (ActionKind.PAUSE, {"days": 30}, lambda row: row["status"] == "PAUSED"),
    "cancel": (ActionKind.CANCEL, {"when": "period_end"}, lambda row: row["status"] == "CANCELLED"),
    "skip": (ActionKind.SKIP, {}, lambda row: [one["skipped"] for one in row["cycles"]] == [False, True, False]),
    "next": (ActionKind.SET_NEXT_BILLING, {"at": in_days(40)}, lambda row: row["cycles"][1]["start"] == row["next"]),
    "frequency": (
        ActionKind.SET_FREQUENCY,
        {"interval": "week", "count": 6},
        lambda row: row["billing"] == {"interval": "WEEK", "intervalCount": 6},
    ),
    "discount": (
        ActionKind.DISCOUNT,
        {"percent": 20, "billings": 2},
        lambda row: (
            [(one["recurringCycleLimit"], one["value"]) for one in row["discounts"]] == [(2, {"percentage": 20})]
        ),
    ),
}


@pytest.mark.parametrize(
    ("name", "fault"), [*((name, "lost") for name in DEEDS), ("cancel", "silent"), ("frequency", 503), ("skip", None)]
)
def test_a_deed_is_done_once_and_known_at_once(shopify, contract, name, fault):
    kind, params, is_done = DEEDS[name]
    # The last request of those that the deed needs meets the fault: what is lost there was done.
    if fault:
        before = {"next": 1, "frequency": 2, "discount": 2}.get(name, 1)
        shopify.service.faults.extend([*[None] * before, fault])
    action = ask(kind, params)
    if action.state == ActionState.QUEUED:
        action = attempt(action)
    assert (action.state, action.error) == (ActionState.DONE, "")
    row = shopify.service.contracts[contract]
    assert is_done(row)
    # What is known at once is what the shop then tells.
    ours = Subscription.objects.get()
    known = (ours.status, ours.next_billing_at, ours.billing_interval)
    shopify.tell()
    shopify.tell()
    ours.refresh_from_db()
    assert (ours.status, ours.next_billing_at, ours.billing_interval) == known
    assert ours.status == row["status"].lower()


def test_a_pause_ends_by_itself(shopify, contract):
    ask(ActionKind.PAUSE, {"days": 30})
    coming = ProviderAction.objects.exclude(key="k1").get()
    assert (coming.kind, coming.state) == (ActionKind.RESUME, ActionState.QUEUED)
    assert coming.next_attempt_at.date() == (timezone.now() + timedelta(days=30)).date()
    Subscription.objects.update(resumes_at=timezone.now())
    assert attempt(coming).state == ActionState.DONE
    assert shopify.service.contracts[contract]["status"] == "ACTIVE"
    assert Subscription.objects.get().status == SubscriptionStatus.ACTIVE


def test_a_pause_that_was_ended_before_is_not_ended_again(shopify, contract):
    ask(ActionKind.PAUSE, {"days": 30})
    coming = ProviderAction.objects.exclude(key="k1").get()
    ask(ActionKind.RESUME, key="k2")
    ask(ActionKind.PAUSE, {"days": 60}, key="k3")
    assert attempt(coming).state == ActionState.DONE
    assert shopify.service.contracts[contract]["status"] == "PAUSED"


def test_a_swap_changes_the_line(shopify, contract):
    assert ask(ActionKind.SWAP, {"product": product(shopify).pk}).state == ActionState.DONE
    line = shopify.service.contracts[contract]["lines"][0]
    assert (line["variant"], line["price"]) == (72, Decimal("40.00"))
    ours = Subscription.objects.get()
    assert (ours.product.external_id, ours.price) == ("72", Decimal("40.00"))


def test_a_discount_keeps_those_that_are_there_and_works_out_a_stale_one_anew(shopify, contract, monkeypatch):
    shopify.service.pending_polls = 2
    ask(ActionKind.DISCOUNT, {"amount": "5.00"}, key="first")
    shopify.service.contracts[contract]["revision"] += 1
    ask(ActionKind.DISCOUNT, {"percent": 10}, key="second")
    values = [one["value"] for one in shopify.service.contracts[contract]["discounts"]]
    assert [one.get("percentage") for one in values] == [None, 10]
    assert shopify.service.waited > 0


def test_money_goes_back_once(shopify, contract):
    cycle = Subscription.objects.get().cycles.get(index=1)
    shopify.service.faults.extend([None, "lost"])
    action = ask(ActionKind.REFUND, {"amount": "12.50"}, cycle=cycle)
    assert action.state == ActionState.DONE
    order = shopify.service.orders[shopify.service.contracts[contract]["origin"]]
    assert [one["amount"] for one in order["refunds"]] == [Decimal("12.50")]
    shopify.tell()
    cycle.refresh_from_db()
    assert (cycle.refunded, action.external_id) == (Decimal("12.50"), str(order["refunds"][0]["id"]))


def test_a_replacement_is_one_free_order_whose_parcel_is_its_box(shopify, contract):
    shop = shopify.service
    shop.ship(shop.contracts[contract]["origin"])
    shopify.tell()
    shop.outbox.clear()
    box = Box.objects.get()
    # Read, drafted, discounted, and the answer to its completion is lost.
    shop.faults.extend([None, None, None, "lost"])
    action = ask(ActionKind.REPLACEMENT, box=box)
    assert action.state == ActionState.QUEUED
    assert attempt(action).state == ActionState.DONE
    free = [one for one in shop.orders.values() if one["total"] == 0]
    assert [str(one["id"]) for one in free] == [action.external_id]
    shop.ship(free[0]["id"])
    shopify.tell()
    sent = Box.objects.get(kind=BoxKind.REPLACEMENT)
    assert (sent.replaces, sent.order_number, sent.carrier) == (box, free[0]["name"], "DHL")
    assert Box.objects.count() == 2


def test_a_refusal_comes_with_its_words(shopify, contract):
    shopify.service.contracts[contract]["cycles"][1]["order"] = shopify.service.contracts[contract]["origin"]
    action = ask(ActionKind.SKIP)
    assert (action.state, action.error) == (ActionState.REFUSED, "The billing cycle was billed already")
    assert Subscription.objects.get().cycles.get(index=2).status == CycleStatus.SCHEDULED


def test_contracts_of_other_apps_are_hidden(shopify, contract):
    shopify.service.hidden.add(contract)
    assert ask(ActionKind.CANCEL).state == ActionState.REFUSED
    Connection.objects.update(owns_contracts=False)
    with pytest.raises(Refused, match="only the app that made"):
        ask(ActionKind.CANCEL, key="k2")
    Connection.objects.update(access_token="")
    with pytest.raises(Refused, match="No shop is connected"):
        ask(ActionKind.CANCEL, key="k3")


def test_what_ended_is_ordered_anew(shopify, contract):
    ask(ActionKind.CANCEL)
    with pytest.raises(Refused, match="ordered anew"):
        ask(ActionKind.REACTIVATE, key="k2")


def test_a_shop_that_is_down_is_asked_again_later(shopify, contract):
    shopify.service.faults.extend(["silent"] * 4)
    action = ask(ActionKind.CANCEL)
    assert (action.state, action.attempts) == (ActionState.QUEUED, 1)
    assert action.error == "127.0.0.1 did not answer (ConnectionError)"
    assert attempt(action).state == ActionState.DONE


def test_a_wrong_token_is_told_and_nothing_is_given_up(shopify, contract):
    Connection.objects.update(access_token="other")
    action = ask(ActionKind.CANCEL)
    assert (action.state, action.error.partition(".")[0]) == (ActionState.QUEUED, "tea")
    assert Subscription.objects.get().status == SubscriptionStatus.ACTIVE


def test_points_are_waited_for(shopify, contract):
    shop = shopify.service
    shop.points, shop.rate = 5.0, 20.0
    assert ask(ActionKind.SET_FREQUENCY, {"interval": "week", "count": 2}).state == ActionState.DONE
    assert shop.waited > 0
    shop.points, shop.rate = 0.0, 0.1
    action = ask(ActionKind.CANCEL, key="k2")
    assert (action.state, action.error) == (ActionState.QUEUED, "tea.myshopify.com allows no more calls now.")
    assert action.next_attempt_at > timezone.now() + timedelta(seconds=30)


def test_it_is_tried_and_its_webhooks_registered_once(shopify):
    lacking = "write_orders, write_draft_orders, read_fulfillments, read_customer_payment_methods"
    assert try_it(shopify.connection) == [f"The app lacks the scopes {lacking}."]
    Connection.objects.update(domain="other.myshopify.com")
    shopify.connection.refresh_from_db()
    assert (try_it(shopify.connection)[0], Connection.objects.get().last_error.count("token")) == (
        "The token is that of tea.myshopify.com.",
        1,
    )
    base = "https://help.example"
    made, refused = register_webhooks(shopify.connection, base)
    assert (made, refused) == (len(shopify.service.registered), [])
    assert set(shopify.service.registered.values()) == {f"{base}/webhooks/shopify/"}
    assert register_webhooks(shopify.connection, base) == (0, [])
    with pytest.raises(Refused, match="https addresses only"):
        register_webhooks(shopify.connection, "http://help.example")
