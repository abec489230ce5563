"""A shop whose contracts cannot be read: what comes before what it speaks of waits for it, and nothing is lost."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.utils import timezone

from subscribers.enums import DeliveryState, Provider
from subscribers.models import Connection, Cycle, Subscription, WebhookDelivery
from subscribers.webhooks import work
from tests.factories.people import StoreFactory

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
POLICY = {"interval": "month", "interval_count": 1}
ORDER = {
    "id": 7,
    "name": "#7",
    "total_price": "30.00",
    "currency": "EUR",
    "customer": {"id": 3, "email": "robin@mail.example"},
}
GIVEN_BACK = {"id": 9, "order_id": 7, "transactions": [{"kind": "refund", "status": "success", "amount": "5.00"}]}
STORY = [
    (
        "subscription_contracts/create",
        {"id": 1, "status": "active", "customer_id": 3, "billing_policy": POLICY, "delivery_policy": POLICY},
        BEGAN,
    ),
    (
        "subscription_billing_attempts/success",
        {"id": 2, "subscription_contract_id": 1, "order_id": 7},
        BEGAN + timedelta(days=32),
    ),
    ("orders/create", ORDER, BEGAN + timedelta(days=32)),
    ("refunds/create", GIVEN_BACK, BEGAN + timedelta(days=40)),
]


@pytest.mark.parametrize("order", [one for one in permutations(range(4)) if one.index(2) > one.index(0)])
def test_whatever_comes_first_all_of_it_is_known(db, order):
    shop = Connection.objects.create(store=StoreFactory(currency="EUR"), provider=Provider.SHOPIFY, domain="a.example")
    for place in order:
        topic, body, at = STORY[place]
        WebhookDelivery.objects.create(
            connection=shop, topic=topic, webhook_id=str(place), triggered_at=at, body=json.dumps(body).encode()
        )
        work.process_due()
    # Longer than what waits for a read shop: here nobody else will tell.
    for _ in range(3):
        WebhookDelivery.objects.filter(state=DeliveryState.STORED).update(next_attempt_at=timezone.now())
        work.process_due()
    paid = Cycle.objects.get(order_id="7")
    assert (paid.amount, paid.refunded, paid.order_number) == (Decimal("30.00"), Decimal("5.00"), "#7")
    assert not WebhookDelivery.objects.exclude(state=DeliveryState.PROCESSED).exists()


def test_a_payment_waits_longer_than_patience(db):
    shop = Connection.objects.create(store=StoreFactory(currency="EUR"), provider=Provider.SHOPIFY, domain="a.example")
    topic, body, at = STORY[1]
    row = WebhookDelivery.objects.create(
        connection=shop, topic=topic, webhook_id="1", triggered_at=at, body=json.dumps(body).encode(), attempts=6
    )
    work.process([row.pk])
    row.refresh_from_db()
    assert (row.state, Subscription.objects.count()) == (DeliveryState.STORED, 0)
