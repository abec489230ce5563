"""Shopify's webhooks in any order, twice, some lost, then a reconciliation: the state of the history in order."""

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.enums import ReconciliationState
from subscribers.models import Box, Cycle, Reconciliation, Subscriber, Subscription, WebhookDelivery
from subscribers.providers.shopify.reading import AHEAD
from subscribers.services.reconciliation import reconcile, request_reconciliation
from tests.factories.people import SubscriberFactory
from tests.thorough import examples

DEEDS = ["bill", "fail", "skip", "unskip", "pause", "resume", "cancel", "weekly", "move", "ship", "carry", "refund"]
STATES = ["in_transit", "out_for_delivery", "delayed", "delivered"]
history = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 3)), min_size=1, max_size=9)


def live(shop, story) -> None:
    """A contract's life in the shop. What cannot be at its time does not happen."""
    for table in (shop.contracts, shop.orders, shop.outbox):
        table.clear()
    shop.now = timezone.now().replace(microsecond=0) - timedelta(days=60)
    contract = shop.add_contract(shop.add_customer("robin@mail.example"))
    row = shop.contracts[contract]
    for name, number in story:
        shop.later(days=2)
        orders = sorted(shop.orders)
        order = orders[number % len(orders)]
        parcels = shop.orders[order]["fulfillments"]
        is_over = row["status"] == "CANCELLED"
        open_cycles = [one for one in row["cycles"] if one["order"] is None]
        match name:
            case "bill" | "fail" if row["status"] == "ACTIVE" and any(not one["skipped"] for one in open_cycles):
                shop.bill(contract, error="insufficient_funds" if name == "fail" else "")
            case "skip" if not is_over:
                shop.skip(contract, row["cycles"][-1]["index"])
            case "unskip" if not is_over:
                shop.skip(contract, open_cycles[0]["index"], skipped=False)
            case "pause":
                shop.turn(contract, "PAUSED")
            case "resume" if row["status"] == "PAUSED":
                shop.turn(contract, "ACTIVE")
            case "cancel":
                shop.turn(contract, "CANCELLED")
            case "weekly" if not is_over:
                shop.set_frequency(contract, "week", number + 1)
            case "move" if not is_over:
                shop.set_next(contract, row["next"] + timedelta(days=number + 1))
            case "ship" if not parcels:
                shop.ship(order)
            case "carry" if parcels:
                shop.carry(order, parcels[0]["id"], STATES[number], shop.now)
            case "refund" if not shop.orders[order]["refunds"]:
                shop.refund(order, 5)


def known(connection) -> dict[str, object]:
    """After a reconciliation: everything that ours says of the contract, and that nothing differs any more."""
    for expected in (None, 0):
        asked = request_reconciliation(connection)
        assert reconcile(asked.pk)
        asked.refresh_from_db()
        assert (asked.state, asked.error, asked.read) == (ReconciliationState.DONE, "", 1)
        assert expected is None or list(asked.differences.values_list("object_kind", "field", "ours", "theirs")) == []
    subscription = Subscription.objects.get()
    # When a pause began that no webhook told, nobody knows; the guards against older news are no part of the state.
    guards = ("revision", "triggered_at", "reread_at")
    left_out = ("id", "subscriber_id", "product_id", "created_at", "paused_at", *guards)
    state = {name: value for name, value in vars(subscription).items() if name[0] != "_" and name not in left_out}
    state["email"] = subscription.subscriber.email
    fields = ("index", "status", "billing_expected_at", "billed_at", "amount", "currency", "order_id", "refunded")
    # What is merely planned, beyond the next billing, is known or not: it makes no difference.
    near = max(subscription.next_billing_at or timezone.now(), timezone.now()) + AHEAD
    distant = Cycle.objects.filter(status="scheduled", billing_expected_at__gt=near)
    state["cycles"] = list(Cycle.objects.exclude(pk__in=distant).order_by("index").values(*fields))
    fields = ("fulfillment_id", "status", "shipped_at", "delivered_at", "expected_on", "tracking_number")
    state["boxes"] = list(Box.objects.order_by("fulfillment_id").values(*fields))
    empty()
    return state


def empty() -> None:
    for model in (WebhookDelivery, Reconciliation, Subscription, Subscriber):
        model.objects.all().delete()


@settings(max_examples=examples(3), deadline=None, suppress_health_check=list(HealthCheck))
@given(story=history, seed=st.integers(0, 10_000))
def test_a_history_is_known_however_it_was_told(shopify, story, seed):
    empty()
    live(shopify.service, story)
    random, places = Random(seed), list(range(len(shopify.service.outbox)))
    shopify.tell()
    in_order = known(shopify.connection)
    told = [place for place in places if random.random() < 0.7]
    told += random.choices(told, k=3) if told else []
    random.shuffle(told)
    shopify.tell(order=told)
    assert known(shopify.connection) == in_order


def test_webhooks_tell_most_without_the_api(shopify):
    """Where nothing can be read, the calendar says which cycle is meant."""
    shop = shopify.service
    type(shopify.connection).objects.update(access_token="")
    contract = shop.add_contract(shop.add_customer("robin@mail.example"))
    shop.later(days=31)
    shop.bill(contract, error="card_expired")
    shop.later(days=1)
    order = shop.bill(contract)
    shop.later(days=1)
    parcel = shop.ship(order)
    shop.carry(order, parcel, "delivered")
    shop.skip(contract, 3)
    shop.turn(contract, "CANCELLED")
    shopify.tell()
    ours = Subscription.objects.get()
    assert (ours.status, ours.ended_at, ours.subscriber.email) == ("cancelled", shop.now, "robin@mail.example")
    told = list(ours.cycles.order_by("index").values_list("index", "status", "order_id"))
    origin = shop.contracts[contract]["origin"]
    assert told == [(1, "billed", str(origin)), (2, "recovered", str(order)), (3, "skipped", "")]
    assert Box.objects.get().delivered_at == shop.now


@pytest.mark.parametrize("is_known_here", [False, True])
def test_person_whom_webhooks_named_by_a_number_gets_their_address(shopify, is_known_here):
    shop = shopify.service
    if is_known_here:
        SubscriberFactory(store=shopify.connection.store, email="robin@mail.example")
    contract = shop.add_contract(shop.add_customer("robin@mail.example"))
    shop.later(days=3)
    shop.turn(contract, "CANCELLED")
    connections = type(shopify.connection).objects
    connections.update(access_token="")  # while it may not be asked, the webhook alone speaks
    shopify.tell(order=[len(shop.outbox) - 1])
    connections.update(access_token=shopify.connection.access_token)
    nobody = Subscription.objects.get().subscriber
    assert nobody.email.endswith("@unknown.invalid")
    asked = request_reconciliation(shopify.connection)
    assert reconcile(asked.pk)
    differences = list(asked.differences.filter(field="subscriber").values_list("ours", "theirs", "error"))
    assert differences == [("unknown", "known", "")]
    person = Subscription.objects.get().subscriber
    assert (person.email, person.undeliverable_at) == ("robin@mail.example", None)
    assert (person != nobody) == is_known_here
