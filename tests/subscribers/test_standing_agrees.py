"""Where many subscribers stand, asked together, is where each of them stands alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.models import Subscription
from subscribers.selectors import cycle_index, main_subscription
from subscribers.standing import standings
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import CycleFactory, SubscriptionFactory


@pytest.mark.django_db
def test_asked_together_as_asked_alone():
    now = timezone.now()
    stranger, ended, paying = SubscriberFactory(), SubscriberFactory(), SubscriberFactory()
    SubscriptionFactory(subscriber=ended, started_at=now - timedelta(days=90))
    Subscription.objects.filter(subscriber=ended).update(ended_at=now, status="cancelled")
    for days in (80, 20):
        subscription = SubscriptionFactory(subscriber=paying, started_at=now - timedelta(days=days))
        for index in (1, 2, 3):
            CycleFactory(subscription=subscription, index=index, status="billed" if index < 3 else "skipped")
    found = standings({stranger.pk, ended.pk, paying.pk})
    for person in (stranger, ended, paying):
        main = main_subscription(person)
        assert found[person.pk].main_subscription_id == (main.pk if main else None)
        for days in (100, 85, 70, 45, 10, 0):
            at = now - timedelta(days=days)
            assert found[person.pk].cycle_index(at) == cycle_index(person, at)
