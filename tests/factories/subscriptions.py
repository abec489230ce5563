"""Subscriptions with cycles and boxes, at times that tests choose."""

from datetime import timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from subscribers.enums import BoxStatus, CycleStatus
from subscribers.models import Box, Cycle, Product, Subscription
from tests.factories.people import StoreFactory, SubscriberFactory


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    store = factory.SubFactory(StoreFactory)
    name = "Coffee Box"


class SubscriptionFactory(DjangoModelFactory):
    class Meta:
        model = Subscription

    subscriber = factory.SubFactory(SubscriberFactory)
    store = factory.SelfAttribute("subscriber.store")
    product = factory.SubFactory(ProductFactory, store=factory.SelfAttribute("..store"))
    external_id = factory.Sequence(lambda n: f"sub-{n}")
    price = Decimal("30.00")
    currency = "EUR"
    started_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=10))


class CycleFactory(DjangoModelFactory):
    """A paid cycle: the first began with its subscription, each later one a month after the one before."""

    class Meta:
        model = Cycle

    subscription = factory.SubFactory(SubscriptionFactory)
    index = 1
    starts_at = factory.LazyAttribute(lambda c: c.subscription.started_at + timedelta(days=30 * (c.index - 1)))
    ends_at = factory.LazyAttribute(lambda c: c.starts_at + timedelta(days=30))
    billing_expected_at = factory.SelfAttribute("starts_at")
    status = CycleStatus.BILLED
    billed_at = factory.LazyAttribute(lambda c: c.starts_at if c.status in ("billed", "recovered") else None)
    amount = Decimal("30.00")


class BoxFactory(DjangoModelFactory):
    """A box that arrived three days after its cycle began."""

    class Meta:
        model = Box

    cycle = factory.SubFactory(CycleFactory)
    order_number = factory.Sequence(lambda n: f"#{5000 + n}")
    status = BoxStatus.DELIVERED
    shipped_at = factory.LazyAttribute(lambda box: box.cycle.starts_at + timedelta(days=1))
    delivered_at = factory.LazyAttribute(lambda box: box.cycle.starts_at + timedelta(days=3))
