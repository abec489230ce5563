"""Subscriptions in words."""

from django.utils.translation import gettext

from subscribers.enums import Interval
from subscribers.models import Subscription

EVERY = {
    Interval.DAY: ("daily", "days"),
    Interval.WEEK: ("weekly", "weeks"),
    Interval.MONTH: ("monthly", "months"),
    Interval.YEAR: ("yearly", "years"),
}


def interval_words(interval: str, count: int) -> str:
    """How often: "monthly", "every 2 months"."""
    once, units = EVERY[Interval(interval)]
    return once if count == 1 else gettext("every %(count)s %(units)s") % {"count": count, "units": units}


def frequency_words(subscription: Subscription) -> str:
    """How often it is billed, and delivered where that differs: "billed yearly, delivered monthly"."""
    billed = interval_words(subscription.billing_interval, subscription.billing_interval_count)
    delivered = interval_words(subscription.delivery_interval, subscription.delivery_interval_count)
    return (
        billed
        if billed == delivered
        else gettext("billed %(billed)s, delivered %(delivered)s") % {"billed": billed, "delivered": delivered}
    )
