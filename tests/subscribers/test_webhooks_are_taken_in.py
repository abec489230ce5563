"""Webhooks: a right signature over the raw body opens the door; each is stored once, as it came."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from subscribers.enums import DeliveryState, PrivacyRequestKind, Provider
from subscribers.models import Connection, PrivacyRequest, WebhookDelivery
from subscribers.providers import base
from subscribers.providers.base import Malformed, NotYet
from subscribers.webhooks import intake, work
from tests.factories.people import StoreFactory

SECRET = "hush"
SHOP = "tea.myshopify.com"


@pytest.fixture
def shop(db) -> Connection:
    intake.forget()
    return Connection.objects.create(
        store=StoreFactory(), provider=Provider.SHOPIFY, domain=SHOP, webhook_secret=SECRET
    )


def signed(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def send(client, body=b"{}", *, signature=None, webhook_id="w1", topic="products/update", shop=SHOP, **more) -> int:
    headers = {
        "X-Shopify-Hmac-Sha256": signed(body) if signature is None else signature,
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": shop,
        "X-Shopify-Webhook-Id": webhook_id,
        "X-Shopify-Triggered-At": "2026-03-02T10:00:00.123456789Z",
        **more,
    }
    return client.post("/webhooks/shopify/", body, "application/json", headers=headers).status_code


def test_a_signed_delivery_is_stored_once_as_it_came(client, shop):
    body = '{"id": 1,  "name": "Zoë"}'.encode()
    assert [send(client, body), send(client, body)] == [200, 200]
    kept = WebhookDelivery.objects.get()
    assert (bytes(kept.body), kept.topic, kept.webhook_id, kept.connection) == (body, "products/update", "w1", shop)
    assert kept.headers["x-shopify-shop-domain"] == SHOP


@pytest.mark.parametrize(
    ("body", "given"),
    [
        (b"{}", {"signature": signed(b"{} ")}),
        (b"{}", {"signature": signed(b"{}", "other")}),
        (b"{}", {"signature": ""}),
        (b"{}", {"signature": "é" * 44}),
        (b"{}", {"shop": "another.myshopify.com"}),
        (b"{}", {"shop": ""}),
    ],
)
def test_what_is_not_signed_by_one_whom_we_know_is_401(client, shop, body, given):
    assert send(client, body, **given) == 401
    assert not WebhookDelivery.objects.exists()


def test_two_secrets_are_good_while_they_are_changed(client, shop):
    shop.webhook_secret, shop.former_webhook_secret = "new", SECRET
    shop.former_secret_until = timezone.now() + timedelta(hours=1)
    shop.save()
    intake.forget()
    assert [send(client, webhook_id="1"), send(client, signature=signed(b"{}", "new"), webhook_id="2")] == [200, 200]
    Connection.objects.update(former_secret_until=timezone.now())
    intake.forget()
    assert send(client, webhook_id="3") == 401


def test_a_former_secret_without_an_end_is_no_good(client, shop):
    Connection.objects.update(webhook_secret="new", former_webhook_secret=SECRET, former_secret_until=None)
    assert send(client) == 401


def test_a_secret_that_is_gone_opens_nothing(client, shop):
    Connection.objects.update(webhook_secret="")
    assert send(client, signature=signed(b"{}", "")) == 401


def test_a_body_is_bounded_and_only_post_is_taken(client, shop, monkeypatch):
    monkeypatch.setattr("subscribers.webhooks.views.MAX_BYTES", 10)
    assert [send(client, b"[" + b" " * 9), send(client, b"[" + b" " * 10)] == [200, 413]
    assert client.get("/webhooks/shopify/").status_code == 405


def test_recharge_signs_in_two_ways(client, db):
    intake.forget()
    other = StoreFactory()
    Connection.objects.create(store=other, provider=Provider.RECHARGE, domain="soap.example", webhook_secret="soap")
    ours = Connection.objects.create(store=other, provider=Provider.RECHARGE, domain="tea.example", webhook_secret="t")
    body = b'{"subscription": {"id": 1}}'

    def ask(path="/webhooks/recharge/", **headers):
        return client.post(path, body, "application/json", headers={"X-Recharge-Topic": "a/b", **headers}).status_code

    plain = hashlib.sha256(b"t" + body).hexdigest()
    assert ask(**{"X-Recharge-Hmac-Sha256": plain}) == 200
    assert ask("/webhooks/recharge/tea.example/", **{"X-Recharge-Hmac-Sha256": plain}) == 200
    assert ask("/webhooks/recharge/soap.example/", **{"X-Recharge-Hmac-Sha256": plain}) == 401
    assert ask(**{"X-Recharge-Hmac-Sha256": hmac.new(b"t", body, hashlib.sha256).hexdigest()}) == 401
    assert WebhookDelivery.objects.get().connection == ours
    for age, status in ((0, 200), (49 * 3600, 401)):
        at = str(int(time.time()) - age)
        timed = hmac.new(b"t", f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        assert ask(**{"X-Recharge-Webhook-Signature": f"t={at},v1={timed}"}) == status
    assert ask(**{"X-Recharge-Webhook-Signature": "t=²,v1="}) == 401


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b"[" * 100_000])
def test_what_is_signed_but_no_object_is_kept_and_quarantined(client, shop, body):
    assert send(client, body) == 200
    assert work.process_due() == 1
    kept = WebhookDelivery.objects.get()
    assert (kept.state, bytes(kept.body)) == (DeliveryState.QUARANTINED, body)
    assert kept.error.startswith("The body is ")


class Recorder:
    """A provider that does as it is told."""

    key = Provider.SHOPIFY

    def __init__(self) -> None:
        self.seen, self.raises = [], []

    def take(self, delivery):
        self.seen.append(delivery.webhook_id)
        if self.raises:
            raise self.raises.pop(0)
        return ("one fact",) if delivery.topic == "known/topic" else None


@pytest.fixture
def provider(monkeypatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setitem(base._PROVIDERS, Provider.SHOPIFY, recorder)
    return recorder


def due_now() -> None:
    WebhookDelivery.objects.filter(state=DeliveryState.STORED).update(next_attempt_at=timezone.now())


def test_known_topics_are_processed_in_order_and_others_ignored(client, shop, provider):
    for number in range(3):
        send(client, webhook_id=f"w{number}", topic="known/topic" if number else "unknown/topic")
    assert work.process_due() == 3
    assert provider.seen == ["w0", "w1", "w2"]
    states = list(WebhookDelivery.objects.order_by("pk").values_list("state", "outcome"))
    assert states == [("ignored", ""), ("processed", "one fact"), ("processed", "one fact")]
    assert work.process_due() == 0


def test_what_fails_is_tried_again_and_quarantined_in_the_end(client, shop, provider, caplog):
    provider.raises = [NotYet("no such contract yet"), RuntimeError("a fault"), Malformed("no id")]
    send(client, topic="known/topic")
    seen = []
    for _ in range(4):
        due_now()
        work.process_due()
        seen.append(WebhookDelivery.objects.values_list("state", "attempts", "error").get())
    assert seen == [
        ("stored", 1, "no such contract yet"),
        ("stored", 2, "RuntimeError: a fault"),
        ("quarantined", 3, "no id"),
        ("quarantined", 3, "no id"),
    ]
    assert work.replay([WebhookDelivery.objects.get().pk]) == 1
    assert work.process_due() == 1
    assert WebhookDelivery.objects.get().state == DeliveryState.PROCESSED


def test_one_that_never_works_is_given_up(client, shop, provider):
    provider.raises = [NotYet("never")] * 20
    send(client, topic="known/topic")
    for _ in range(20):
        due_now()
        work.process_due()
    kept = WebhookDelivery.objects.get()
    assert (kept.state, kept.attempts) == (DeliveryState.QUARANTINED, len(work.WAITS) + 1)


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("customers/redact", PrivacyRequestKind.ERASE),
        ("customers/data_request", PrivacyRequestKind.EXPORT),
        ("shop/redact", PrivacyRequestKind.ERASE_STORE),
    ],
)
def test_rights_of_people_become_requests_of_the_shop_that_signed(client, shop, topic, kind):
    ours, theirs = (json.dumps({"shop_domain": name}).encode() for name in (SHOP, "other.myshopify.com"))
    send(client, ours, topic=topic, webhook_id="1", **{"X-Shopify-Event-Id": "e"})
    send(client, ours, topic=topic, webhook_id="2", **{"X-Shopify-Event-Id": "e"})
    send(client, theirs, topic=topic, webhook_id="3")
    work.process_due()
    request = PrivacyRequest.objects.get()
    assert (request.kind, request.store, request.connection) == (kind, shop.store, shop)
    assert WebhookDelivery.objects.get(webhook_id="3").state == DeliveryState.QUARANTINED


def test_an_uninstalled_shop_is_asked_nothing_more_and_still_heard(client, shop):
    Connection.objects.update(access_token="t")
    send(client, json.dumps({"myshopify_domain": SHOP}).encode(), topic="app/uninstalled")
    work.process_due()
    shop.refresh_from_db()
    assert (shop.is_active, shop.access_token) == (False, "")
    assert shop.uninstalled_at == datetime(2026, 3, 2, 10, 0, 0, 123456, tzinfo=UTC)
    assert send(client, webhook_id="w2") == 200


def test_what_was_worked_off_long_ago_is_forgotten(client, shop):
    for number, body in enumerate([b"{}", b"{", b"{}"]):
        send(client, body, webhook_id=str(number), topic="app/other")
    work.process_due()
    WebhookDelivery.objects.exclude(webhook_id="2").update(received_at=timezone.now() - timedelta(days=31))
    assert work.purge() == 1
    assert list(WebhookDelivery.objects.order_by("pk").values_list("webhook_id", flat=True)) == ["1", "2"]


def test_taking_in_asks_the_database_twice(client, shop, django_assert_num_queries):
    with django_assert_num_queries(2):  # whose secret, and the row
        send(client)
    with django_assert_num_queries(1):
        send(client, webhook_id="w2")
