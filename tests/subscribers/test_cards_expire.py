"""Cards that will have expired when they are to pay: told once, taken back when they are replaced."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from subscribers.enums import Provider
from subscribers.models import CardExpiry, Connection, PaymentMethod, Subscription, WebhookDelivery
from subscribers.providers.base import PersonTruth
from subscribers.services.cards import last_day, sweep_cards
from subscribers.services.people import know_customer
from subscribers.signals import card_expiring, card_replaced
from subscribers.webhooks import work
from tests.factories.people import StoreFactory

NOW = timezone.now()
PAST = NOW - timedelta(days=40)


@pytest.fixture
def shop(db) -> Connection:
    return Connection.objects.create(store=StoreFactory(currency="EUR"), provider=Provider.SHOPIFY, domain="a.example")


@pytest.fixture
def heard():
    said: list[tuple[str, str]] = []

    def expiring(*, expiry, **_):
        said.append(("expiring", expiry.method.last4))

    def replaced(*, expiry, **_):
        said.append(("replaced", expiry.method.last4))

    card_expiring.connect(expiring)
    card_replaced.connect(replaced)
    yield said
    card_expiring.disconnect(expiring)
    card_replaced.disconnect(replaced)


def shopify_card(shop, token: str, last: str, year: int, month: int, *, at: datetime = NOW, kind: str = "create"):
    instrument = {"last_digits": last, "month": month, "year": year, "name": "Robin Reed", "brand": "Visa"}
    body = {
        "admin_graphql_api_id": f"gid://shopify/CustomerPaymentMethod/{token}",
        "token": token,
        "customer_id": 7,
        "instrument_type": "CustomerCreditCard",
        "payment_instrument": instrument if kind != "revoke" else {},
    }
    row = WebhookDelivery.objects.create(
        connection=shop,
        topic=f"customer_payment_methods/{kind}",
        webhook_id=f"{token}:{kind}:{at}",
        triggered_at=at,
        body=json.dumps(body).encode(),
    )
    work.process_due()
    row.refresh_from_db()
    assert (row.state, row.error) == ("processed", "")


def subscribe(shop, billed_at: datetime) -> Subscription:
    return Subscription.objects.create(
        store=shop.store,
        subscriber=know_customer(shop, PersonTruth("7", "robin@mail.example")),
        provider=shop.provider,
        external_id="1",
        price=30,
        currency="EUR",
        started_at=PAST,
        next_billing_at=billed_at,
    )


def test_an_expiring_card_is_told_once_and_taken_back(shop, heard):
    shopify_card(shop, "a1", "4242", PAST.year, PAST.month, at=PAST)
    subscribe(shop, NOW + timedelta(days=9))
    assert [sweep_cards(), sweep_cards()] == [1, 0]
    kept = PaymentMethod.objects.get()
    assert (kept.brand, kept.last4, kept.expires_on) == ("Visa", "4242", last_day(PAST.year, PAST.month))
    assert kept.subscriber.email == "robin@mail.example"
    shopify_card(shop, "b2", "1881", NOW.year + 3, 1)
    assert CardExpiry.objects.get().settled_at is not None
    assert [sweep_cards(), heard] == [0, [("expiring", "4242"), ("replaced", "4242")]]


@pytest.mark.parametrize(
    ("year", "days", "told"), [(-1, 9, 1), (-1, 30, 0), (2, 9, 0)], ids=["soon", "not yet", "good for long"]
)
def test_only_what_will_fail_soon_is_told(shop, heard, year, days, told):
    shopify_card(shop, "a1", "4242", NOW.year + year, 6)
    subscribe(shop, NOW + timedelta(days=days))
    assert sweep_cards() == told


def test_an_older_word_changes_nothing_and_a_revoked_card_counts_no_more(shop):
    shopify_card(shop, "a1", "4242", NOW.year + 2, 6, at=NOW)
    shopify_card(shop, "a1", "1111", NOW.year - 1, 6, at=PAST, kind="update")
    assert PaymentMethod.objects.get().last4 == "4242"
    shopify_card(shop, "a1", "", 0, 0, at=NOW + timedelta(seconds=1), kind="revoke")
    gone = PaymentMethod.objects.get()
    assert (gone.last4, gone.revoked_at) == ("4242", NOW + timedelta(seconds=1))


def test_recharge_tells_cards_too(db):
    store = Connection.objects.create(store=StoreFactory(), provider=Provider.RECHARGE, domain="a.example")
    card = {"brand": "mastercard", "last4": "0005", "exp_month": 2, "exp_year": 2028}
    told = {"id": 5, "customer_id": 7, "updated_at": "2026-01-05T10:00:00", "payment_details": card}
    WebhookDelivery.objects.create(
        connection=store,
        topic="payment_method/updated",
        webhook_id="1",
        body=json.dumps({"payment_method": told}).encode(),
    )
    work.process_due()
    kept = PaymentMethod.objects.get()
    assert (kept.brand, kept.last4, str(kept.expires_on)) == ("mastercard", "0005", "2028-02-29")
    assert kept.told_at == datetime(2026, 1, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(("year", "month", "day"), [(2027, 2, "2027-02-28"), (28, 12, "2028-12-31")])
def test_a_card_is_good_to_the_end_of_its_month(year, month, day):
    assert str(last_day(year, month)) == day


@pytest.mark.parametrize(("year", "month"), [(None, 1), (2027, 13), (2027, None), (9999, 1)])
def test_what_is_no_month_ends_never(year, month):
    assert last_day(year, month) is None
