"""A shop of Shopify on this machine, connected to a store."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from subscribers.enums import DeliveryState, Provider
from subscribers.models import Connection, Subscription, WebhookDelivery
from subscribers.providers import transport
from subscribers.providers.shopify import client as shopify_client
from subscribers.services import rereading
from subscribers.webhooks import intake, work
from tests.factories.people import StoreFactory
from tests.fakes.shopify import Shop


@dataclass
class Connected:
    """A provider's server, and our connection to it."""

    service: Any
    connection: Connection
    client: object

    def tell(self, *, order=None) -> None:
        """Its webhooks arrive (in that order, where given) and are worked off; what is to be read is read."""
        for place in range(len(self.service.outbox)) if order is None else order:
            assert self.service.deliver(self.client, self.service.outbox[place]) == 200
        self.work_off()

    def work_off(self) -> None:
        """Until nothing waits any more."""
        for _ in range(5):
            for pk in WebhookDelivery.objects.filter(state=DeliveryState.STORED).order_by("pk").values_list("pk"):
                WebhookDelivery.objects.filter(pk=pk[0]).update(attempts=5)
                work.process([pk[0]])
            self.read()

    def read(self) -> None:
        Subscription.objects.exclude(reread_at=None).update(reread_at=timezone.now())
        rereading.sweep_rereads()


@pytest.fixture
def shopify(db, client, monkeypatch) -> Iterator[Connected]:
    intake.forget()
    shopify_client.forget()
    # Whole seconds, some months ago: what happens in the shop has happened.
    service = Shop(timezone.now().replace(microsecond=0) - timedelta(days=100))
    monkeypatch.setattr(transport, "pause", service.sleep)
    connection = Connection.objects.create(
        store=StoreFactory(currency="EUR"),
        provider=Provider.SHOPIFY,
        domain=service.domain,
        api_url=service.url,
        webhook_secret=service.secret,
        access_token=service.token,
        owns_contracts=True,
    )
    yield Connected(service, connection, client)
    service.stop()
