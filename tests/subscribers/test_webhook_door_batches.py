"""The server's own door: many deliveries at once are one statement, and each gets its own answer."""

import asyncio

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import DatabaseError

from subscribers.enums import Provider
from subscribers.models import Connection, WebhookDelivery
from subscribers.webhooks import door, intake
from tests.factories.people import StoreFactory
from tests.loops import run
from tests.subscribers.test_webhooks_are_taken_in import SECRET, SHOP, signed


async def pages(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"a page"})


async def ask(app, body=b"{}", *, name="w1", path="/webhooks/shopify/", method="POST", signature=None) -> int:
    headers = {
        "x-shopify-hmac-sha256": signed(body) if signature is None else signature,
        "x-shopify-topic": "a/b",
        "x-shopify-shop-domain": SHOP,
        "x-shopify-webhook-id": name,
    }
    plain = [(key.encode(), value.encode()) for key, value in headers.items()]
    call = ApplicationCommunicator(app, {"type": "http", "method": method, "path": path, "headers": plain})
    half = len(body) // 2
    await call.send_input({"type": "http.request", "body": body[:half], "more_body": True})
    await call.send_input({"type": "http.request", "body": body[half:]})
    return (await call.receive_output(5))["status"]


@pytest.fixture
def shop(transactional_db) -> Connection:
    intake.forget()
    return Connection.objects.create(
        store=StoreFactory(), provider=Provider.SHOPIFY, domain=SHOP, webhook_secret=SECRET
    )


def test_each_of_many_gets_its_own_answer(shop, monkeypatch):
    monkeypatch.setattr(door, "MAX_BYTES", 1000)
    written = []
    monkeypatch.setattr(door, "store", lambda some: (written.append(len(some)), intake.store(some)))

    async def story() -> list[int]:
        app = door.Door(pages)
        calls = [ask(app, name=f"w{number % 20}") for number in range(40)]
        calls += [ask(app, signature="no"), ask(app, b" " * 1001), ask(app, method="GET"), ask(app, path="/tickets/")]
        return await asyncio.gather(*calls)

    assert run(story()) == [200] * 40 + [401, 413, 405, 418]
    assert WebhookDelivery.objects.count() == 20
    assert len(written) < 10


def test_one_that_cannot_be_stored_keeps_no_other_out(shop, monkeypatch, caplog):
    def store(some) -> None:
        if any(one.webhook_id == "bad" for one in some):
            raise DatabaseError("not this one")
        intake.store(some)

    monkeypatch.setattr(door, "store", store)

    async def story() -> list[int]:
        app = door.Door(pages)
        return await asyncio.gather(*(ask(app, name=name) for name in ("w1", "bad", "w2", "bad", "w3")))

    assert run(story()) == [200, 503, 200, 503, 200]
    assert sorted(WebhookDelivery.objects.values_list("webhook_id", flat=True)) == ["w1", "w2", "w3"]
