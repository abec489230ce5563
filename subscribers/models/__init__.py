"""Who subscribes, to what, and what became of it."""

from subscribers.models.billing import Charge, Discount
from subscribers.models.boxes import Box, BoxEvent
from subscribers.models.cancellation import (
    CancellationEvent,
    CancellationNotice,
    CancellationSession,
    LinkRequest,
    OfferShown,
)
from subscribers.models.cancellation_rules import (
    CancellationPolicy,
    CancellationPolicyVersion,
    CancellationSettings,
    Offer,
    ReasonLabel,
)
from subscribers.models.cards import CardExpiry, PaymentMethod
from subscribers.models.imports import Import, ImportRow
from subscribers.models.people import Consent, ProviderIdentity, Subscriber
from subscribers.models.privacy import ConsentEvent, Erasure, ErasureCount, PersonExport
from subscribers.models.providers import (
    ApprovalLimit,
    Connection,
    Difference,
    PrivacyRequest,
    ProviderAction,
    ProviderActionEvent,
    Reconciliation,
    WebhookDelivery,
)
from subscribers.models.reasons import Reason
from subscribers.models.stores import Membership, Product, Store
from subscribers.models.subscriptions import Cycle, Subscription, SubscriptionEvent

__all__ = [
    "ApprovalLimit",
    "Box",
    "BoxEvent",
    "CancellationEvent",
    "CancellationNotice",
    "CancellationPolicy",
    "CancellationPolicyVersion",
    "CancellationSession",
    "CancellationSettings",
    "CardExpiry",
    "Charge",
    "Connection",
    "Consent",
    "ConsentEvent",
    "Cycle",
    "Difference",
    "Discount",
    "Erasure",
    "ErasureCount",
    "Import",
    "ImportRow",
    "LinkRequest",
    "Membership",
    "Offer",
    "OfferShown",
    "PaymentMethod",
    "PersonExport",
    "PrivacyRequest",
    "Product",
    "ProviderAction",
    "ProviderActionEvent",
    "ProviderIdentity",
    "Reason",
    "ReasonLabel",
    "Reconciliation",
    "Store",
    "Subscriber",
    "Subscription",
    "SubscriptionEvent",
    "WebhookDelivery",
]
