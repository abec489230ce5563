"""A store that may cancel: reasons, policies, offers, and one subscriber with a running subscription."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from subscribers.cancellation import links
from subscribers.cancellation.starter import install_cancellation
from subscribers.enums import ActionKind, CycleStatus, Provider
from subscribers.models import CancellationSettings, ProviderAction, Store, Subscription
from subscribers.providers import base
from subscribers.services.subscriptions import record_cancellation
from subscribers.starter_reasons import install_reasons
from tests.factories.people import StoreFactory, SubscriberFactory
from tests.factories.subscriptions import CycleFactory, ProductFactory, SubscriptionFactory
from tests.factories.tickets import MailboxFactory, QueueFactory
from tests.snapshots import Snapshot


def _store() -> int:
    store = StoreFactory(name="Tea Time", country="US", currency="USD")
    MailboxFactory(store=store, queue=QueueFactory(store=store, is_default=True), name="Tea Time")
    install_reasons()
    install_cancellation(store)
    CancellationSettings.objects.filter(store=store).update(holdout_percent=0)
    return store.pk


STORE = Snapshot(_store)


@pytest.fixture
def store(db: None) -> Store:
    return Store.objects.get(pk=STORE.lay())


def subscribe(store: Store, *, billed: int = 2, **fields: Any) -> Subscription:
    """Somebody with `billed` paid cycles and the next one planned ten days from now."""
    now = timezone.now()
    product = fields.pop("product", None) or ProductFactory(store=store, name="Tea Box")
    person = fields.pop("subscriber", None) or SubscriberFactory(
        store=store, country=fields.pop("country", "US"), language=fields.pop("language", "en"), name="Robin Hood"
    )
    started = now + timedelta(days=10) - timedelta(days=30 * billed)
    subscription = SubscriptionFactory(
        subscriber=person,
        product=product,
        currency="USD",
        price=Decimal("30.00"),
        started_at=started,
        next_billing_at=now + timedelta(days=10),
        **fields,
    )
    for index in range(1, billed + 2):
        is_last = index == billed + 1
        CycleFactory(
            subscription=subscription,
            index=index,
            status=CycleStatus.SCHEDULED if is_last else CycleStatus.BILLED,
            amount=None if is_last else Decimal("30.00"),
        )
    return subscription


@pytest.fixture
def subscription(store: Store) -> Subscription:
    return subscribe(store)


@pytest.fixture
def link(subscription: Subscription) -> str:
    return links.cancel_path(subscription)


class Remote:
    """A provider elsewhere, which does what the test says: each entry of `says` answers one attempt."""

    key = Provider.SHOPIFY
    is_local = False
    capabilities = frozenset(ActionKind)

    def __init__(self) -> None:
        self.says: list[Exception | None] = []
        self.asked: list[str] = []

    def cannot(self, kind: ActionKind, subscription: Subscription | None, store: Store) -> str:
        return ""

    def do(self, action: ProviderAction) -> base.Result:
        self.asked.append(action.key)
        if self.says and (answer := self.says.pop(0)):
            raise answer
        return base.Result(external_id="done")

    def settled(self, action: ProviderAction, result: base.Result) -> None:
        if action.kind == ActionKind.CANCEL and action.subscription is not None:
            record_cancellation(action.subscription, at=timezone.now(), source_key=f"action:{action.pk}")


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> Remote:
    provider = Remote()
    monkeypatch.setitem(base._PROVIDERS, Provider.SHOPIFY, provider)
    return provider
