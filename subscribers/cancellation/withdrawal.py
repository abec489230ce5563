"""Withdrawing from a purchase within its first days, where the law of the place gives that right."""

from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from subscribers.cancellation.policies import Rules
from subscribers.enums import ENDED_SUBSCRIPTION
from subscribers.models import Box, Subscription


def may_withdraw(subscription: Subscription, rules: Rules) -> bool:
    """From the order until so many days after the first box came; the day of arrival is not counted."""
    if not rules.withdrawal_days or subscription.status in ENDED_SUBSCRIPTION:
        return False
    return timezone.now() < ends_at(subscription, rules.withdrawal_days)


def ends_at(subscription: Subscription, days: int) -> datetime:
    first = Box.objects.filter(cycle__subscription=subscription).aggregate(at=Min("delivered_at"))["at"]
    began = first or subscription.started_at
    return began + timedelta(days=days + 1)
