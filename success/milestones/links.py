"""Addresses by which a subscriber says that they use what they got: `{{ first_use_link }}` in mails."""

from django.conf import settings
from django.urls import reverse

from subscribers import tokens
from subscribers.models import Subscription
from subscribers.tokens import Purpose


def first_use_path(subscription: Subscription) -> str:
    return reverse("confirm-use", args=[tokens.make(Purpose.FIRST_USE, subscription.pk)])


def first_use_url(subscription: Subscription) -> str:
    return settings.BASE_URL + first_use_path(subscription)
