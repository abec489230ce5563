"""Who subscribes, to what, and what became of it."""

from subscribers.models.boxes import Box, BoxEvent
from subscribers.models.people import Consent, ProviderIdentity, Subscriber
from subscribers.models.reasons import Reason
from subscribers.models.stores import Membership, Product, Store
from subscribers.models.subscriptions import Cycle, Subscription, SubscriptionEvent

__all__ = [
    "Box",
    "BoxEvent",
    "Consent",
    "Cycle",
    "Membership",
    "Product",
    "ProviderIdentity",
    "Reason",
    "Store",
    "Subscriber",
    "Subscription",
    "SubscriptionEvent",
]
