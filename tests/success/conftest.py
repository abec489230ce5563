"""A store with rules and flows, and a subscriber of it in the first cycle."""

import pytest

from subscribers.enums import Role
from subscribers.models import Box, Store, Subscriber
from success.flows.starter import install_flows
from success.models import ContactPolicy
from success.starter import install_alert_rules
from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.factories.tickets import DetectionRuleFactory, ReasonFactory
from tests.snapshots import Snapshot
from tests.success.playbook import follow_own_playbook
from tickets.models import Mailbox, Queue


def ship() -> int:
    store = StoreFactory(name="Tea Time")
    queue = Queue.objects.create(store=store, key="support", name="Support", is_default=True)
    Mailbox.objects.create(store=store, queue=queue, address="help@shop.example", name="Help")
    ContactPolicy.objects.create(store=store, quiet_from="00:00", quiet_until="00:00")  # tests run by night too
    ReasonFactory(key="damaged")
    DetectionRuleFactory()
    install_alert_rules()
    install_flows(store)
    return store.pk


def ship_own_playbook() -> int:
    pk = ship()
    follow_own_playbook(Store.objects.get(pk=pk))
    return pk


SHIPPED, OWN_PLAYBOOK = Snapshot(ship), Snapshot(ship_own_playbook)


@pytest.fixture
def shipped(db) -> Store:
    """A store with the flows that ship."""
    return Store.objects.get(pk=SHIPPED.lay())


@pytest.fixture
def store(db) -> Store:
    """The same, with a damaged-box flow that stays as it is whatever ships."""
    return Store.objects.get(pk=OWN_PLAYBOOK.lay())


@pytest.fixture
def newcomer(store: Store) -> Subscriber:
    """Billed once, first box delivered: in cycle 1."""
    subscriber = SubscriberFactory(store=store, name="Ana Souza")
    BoxFactory(cycle=CycleFactory(subscription=SubscriptionFactory(subscriber=subscriber)))
    return subscriber


@pytest.fixture
def regular(store: Store) -> Subscriber:
    """Billed twice: no longer in cycle 1."""
    subscriber = SubscriberFactory(store=store, name="Bea Lang")
    subscription = SubscriptionFactory(subscriber=subscriber)
    BoxFactory(cycle=CycleFactory(subscription=subscription))
    CycleFactory(subscription=subscription, index=2, billed_at=subscription.started_at)
    return subscriber


@pytest.fixture
def box(newcomer: Subscriber) -> Box:
    return Box.objects.get(cycle__subscription__subscriber=newcomer)


@pytest.fixture
def manager(store: Store):
    return MembershipFactory(store=store, role=Role.SUCCESS).user


@pytest.fixture
def agent(store: Store):
    return MembershipFactory(store=store, role=Role.AGENT).user
