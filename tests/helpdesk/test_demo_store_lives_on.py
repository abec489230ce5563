"""The demo store's payments and boxes go on in real time, alike whenever they are asked."""

from datetime import timedelta

from django.utils import timezone

from helpdesk.demo.life import DemoCollector, move_boxes
from subscribers.enums import BoxStatus, ChargeState, CycleStatus
from subscribers.models import Charge
from tests.factories.people import StoreFactory, SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory


def test_boxes_leave_and_arrive_on_their_days(db):
    subscription = SubscriptionFactory(subscriber=SubscriberFactory(store=StoreFactory(key="demo")))
    cycle = CycleFactory(subscription=subscription)
    today = timezone.now().date()
    parcel = {"shipped_at": None, "delivered_at": None, "status": BoxStatus.PLANNED}
    first = BoxFactory(cycle=cycle, ships_on=today - timedelta(20), expected_on=today - timedelta(12), **parcel)
    later = BoxFactory(cycle=cycle, sequence=2, ships_on=today + timedelta(3), **parcel)
    assert [move_boxes() for _ in range(3)] == [2, 0, 0]
    for box in (first, later):
        box.refresh_from_db()
    assert (first.status, later.status) == (BoxStatus.DELIVERED, BoxStatus.PLANNED)
    assert (first.delivered_at - first.shipped_at).days in (7, 8, 9, 10, 11, 12, 13)
    assert first.tracking_number in first.tracking_url


def test_most_payments_come_and_the_same_ones_are_refused_again(db):
    cycles = [CycleFactory(status=CycleStatus.SCHEDULED) for _ in range(40)]
    charges = [Charge(cycle=cycle, attempts=1) for cycle in cycles]
    once, again = ([DemoCollector().collect(charge).state for charge in charges] for _ in range(2))
    assert once == again
    assert once.count(ChargeState.PAID) > 30
