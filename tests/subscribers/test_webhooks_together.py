"""Many webhooks in one transaction: the same state as one by one, in few statements, and one that fails fails alone."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from subscribers.enums import DeliveryState, Provider
from subscribers.models import Connection, Cycle, Subscriber, Subscription, SubscriptionEvent, WebhookDelivery
from subscribers.services.ledger import Ledger
from subscribers.signals import cycle_billed
from subscribers.webhooks import work
from tests.factories.people import StoreFactory

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
POLICY = {"interval": "month", "interval_count": 1}


def story(contract: int) -> list[tuple[str, dict[str, object], datetime]]:
    """Of one contract: begun, paid, shipped, delivered, cancelled."""
    order = {"id": 1000 + contract, "name": f"#{contract}", "total_price": "30.00", "currency": "EUR"}
    parcel = {"id": 5000 + contract, "order_id": order["id"], "status": "success", "tracking_number": f"T{contract}"}
    report = {"id": 7000 + contract, "order_id": order["id"], "fulfillment_id": parcel["id"], "status": "delivered"}
    about = {"id": contract, "customer_id": contract, "billing_policy": POLICY, "delivery_policy": POLICY}
    paid = {"id": contract, "subscription_contract_id": contract, "order_id": order["id"]}
    customer = {"id": contract, "email": f"robin{contract}@mail.example", "first_name": "Robin"}
    return [
        ("subscription_contracts/create", {**about, "status": "active", "revision_id": "1"}, BEGAN),
        ("customers/update", customer, BEGAN + timedelta(hours=1)),
        ("subscription_billing_attempts/success", paid, BEGAN + timedelta(days=32)),
        ("orders/create", {**order, "customer": customer}, BEGAN + timedelta(days=32)),
        ("fulfillments/create", parcel, BEGAN + timedelta(days=33)),
        ("fulfillment_events/create", report, BEGAN + timedelta(days=36)),
        ("subscription_contracts/cancel", {**about, "status": "cancelled", "revision_id": "2"}, BEGAN + timedelta(40)),
    ]


@pytest.fixture
def shop(db) -> Connection:
    return Connection.objects.create(store=StoreFactory(currency="EUR"), provider=Provider.SHOPIFY, domain="a.example")


def arrive(shop: Connection, told) -> list[int]:
    rows = [
        WebhookDelivery(
            connection=shop,
            topic=topic,
            webhook_id=f"{topic}:{body.get('id')}:{number}",
            triggered_at=at,
            body=json.dumps(body).encode(),
        )
        for number, (topic, body, at) in enumerate(told)
    ]
    return [row.pk for row in WebhookDelivery.objects.bulk_create(rows)]


def known() -> dict[str, list[tuple[object, ...]]]:
    ours = {}
    for model, fields in (
        (Subscriber, ("email", "name", "undeliverable_at")),
        (Subscription, ("external_id", "subscriber__email", "status", "ended_at", "revision", "triggered_at")),
        (Cycle, ("subscription__external_id", "index", "status", "amount", "order_number", "ends_at")),
        (Cycle, ("boxes__tracking_number", "boxes__status", "boxes__delivered_at")),
        (SubscriptionEvent, ("subscription__external_id", "kind", "occurred_at", "source_key")),
    ):
        ours[f"{model.__name__} {fields[0]}"] = sorted(model.objects.values_list(*fields), key=str)
    return ours


def test_together_is_as_one_by_one_in_as_many_statements_for_more(shop, monkeypatch):
    told = [one for contract in (1, 2) for one in story(contract)]
    pks = arrive(shop, told)
    for pk in pks:
        work.process([pk])
    alone = known()
    WebhookDelivery.objects.all().delete()
    Subscription.objects.all().delete()
    Subscriber.objects.all().delete()
    monkeypatch.setattr(Ledger, "speak", lambda ledger: None)  # what others do about it is theirs
    counts = []
    work.process(arrive(shop, told))
    assert known() == alone
    for contracts in (range(10, 12), range(20, 40)):
        pks = arrive(shop, [one for contract in contracts for one in story(contract)])
        with CaptureQueriesContext(
            connection,
        ) as asked:
            work.process(pks)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {DeliveryState.PROCESSED}


def test_what_waits_or_is_malformed_keeps_nobody_up(shop):
    early = ("subscription_billing_attempts/success", {"id": 9, "subscription_contract_id": 99}, BEGAN)
    malformed = ("subscription_contracts/update", {"id": 98, "status": "unheard of"}, BEGAN)
    work.process(arrive(shop, [early, malformed, *story(1)]))
    states = list(WebhookDelivery.objects.order_by("pk").values_list("state", "error"))
    assert states[:2] == [
        ("stored", "Contract 99 is not known yet."),
        ("quarantined", "A contract cannot be “unheard of”"),
    ]
    assert {state for state, _ in states[2:]} == {"processed"}


@pytest.mark.parametrize("poisons", [1, 3])
def test_what_fails_is_undone_alone(shop, poisons, caplog):
    """A cycle that would end when no calendar has a year any more is found when its contract is made already."""
    worse = {"interval": "year", "interval_count": 32767}
    told = story(1)
    for number in range(poisons):
        body = {"id": 50 + number, "status": "active", "customer_id": 3, "billing_policy": worse}
        told.insert(2 * number, ("subscription_contracts/create", body, datetime(2199, 1, 1, tzinfo=UTC)))
    work.process(arrive(shop, told))
    refused = WebhookDelivery.objects.exclude(state=DeliveryState.PROCESSED)
    assert refused.count() == poisons
    assert Subscription.objects.get().status == "cancelled"


def test_receivers_hear_each_fact_when_it_is_written(shop):
    heard = []

    def receiver(*, cycle, **_):
        heard.append((cycle.subscription.external_id, Cycle.objects.get(pk=cycle.pk).status))

    cycle_billed.connect(receiver)
    try:
        work.process(arrive(shop, [*story(2)[:3], *story(1)[:3]]))
    finally:
        cycle_billed.disconnect(receiver)
    assert sorted(heard) == [("1", "billed"), ("2", "billed")]
