"""A refused payment: help with a link, reminders that stop when it is paid, and a person before the last attempt."""

import pytest

from subscribers.enums import SubscriptionStatus
from subscribers.models import Charge
from success.models import Run, Task
from tests.journeys.world import NO, link_in

pytestmark = pytest.mark.django_db

FIRST = "Your payment to Tea Time did not go through"
SECOND = "Your payment to Tea Time is still open"


@pytest.fixture
def cara(world):
    """Her second payment is refused."""
    cara = world.subscribe(name="Cara Diaz")
    world.store.payment_url = "https://shop.example/card"
    world.store.save()
    world.cards.answers = [NO] * 2
    return cara


def test_help_comes_at_once_and_stops_when_it_is_paid(world, cara):
    world.pass_time(days=31)
    assert world.subjects(cara.subscriber).count(FIRST) == 1
    assert link_in(world.inbox(cara.subscriber)[-1], "/card") == "https://shop.example/card"
    world.pass_time(days=2)  # the store's own second attempt is refused as well
    world.pass_time(days=2)
    assert world.subjects(cara.subscriber).count(SECOND) == 1
    world.pass_time(days=2)  # the third one works
    assert Charge.objects.filter(state="paid").count() == 2
    world.pass_time(days=10)
    assert [world.subjects(cara.subscriber).count(one) for one in (FIRST, SECOND)] == [1, 1]
    assert not Run.objects.live().filter(flow__key="failed-payment").exists()
    assert not Task.objects.exists()


def test_a_person_is_asked_before_the_last_attempt(world, cara):
    world.cards.answers = [NO] * 4
    world.pass_time(days=31)
    for days in (2, 2, 3, 1):
        world.pass_time(days=days)
    task = Task.objects.get()
    assert task.title == "Cara Diaz's payment fails for a week: write or call before the last attempt"
    cara.refresh_from_db()
    assert cara.status == SubscriptionStatus.ACTIVE
    for days in (3, 8):
        world.pass_time(days=days)
    cara.refresh_from_db()
    assert cara.status == SubscriptionStatus.FAILED
    assert not Run.objects.live().exists()
