"""The fixed vocabularies of subscriptions. What a store may choose for itself is a row instead."""

from django.db.models import TextChoices


class Provider(TextChoices):
    BUILTIN = "builtin", "Built in"
    SHOPIFY = "shopify", "Shopify"
    RECHARGE = "recharge", "Recharge"


class Role(TextChoices):
    """What a person does for a store."""

    AGENT = "agent", "Support agent"
    SUCCESS = "success", "Success manager"
    LEAD = "lead", "CX lead"
    ADMIN = "admin", "Administrator"


class TeamMode(TextChoices):
    """One CX team works tickets and alerts together, or two teams have queues of their own."""

    ONE = "one", "One team"
    TWO = "two", "Service and success apart"


class Actor(TextChoices):
    """Who did what an event row tells."""

    AGENT = "agent", "Agent"
    SUBSCRIBER = "subscriber", "Subscriber"
    RULE = "rule", "Rule"
    FLOW = "flow", "Flow"
    PROVIDER = "provider", "Provider"
    SYSTEM = "system", "System"


class SubscriptionStatus(TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"
    FAILED = "failed", "Failed"
    STALE = "stale", "Stale"


ENDED_SUBSCRIPTION = (
    SubscriptionStatus.CANCELLED,
    SubscriptionStatus.EXPIRED,
    SubscriptionStatus.FAILED,
    SubscriptionStatus.STALE,
)


class Interval(TextChoices):
    DAY = "day", "Day"
    WEEK = "week", "Week"
    MONTH = "month", "Month"
    YEAR = "year", "Year"


class SubscriptionEventKind(TextChoices):
    STARTED = "started", "Started"
    BILLED = "billed", "Billed"
    BILLING_FAILED = "billing_failed", "Billing failed"
    BILLING_RECOVERED = "billing_recovered", "Billing recovered"
    BILLING_LOST = "billing_lost", "Billing given up"
    SKIPPED = "skipped", "Skipped"
    UNSKIPPED = "unskipped", "Skip taken back"
    PAUSED = "paused", "Paused"
    RESUMED = "resumed", "Resumed"
    FREQUENCY_CHANGED = "frequency_changed", "Frequency changed"
    PRICE_CHANGED = "price_changed", "Price changed"
    PRODUCT_CHANGED = "product_changed", "Product changed"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"
    REACTIVATED = "reactivated", "Reactivated"


class CycleStatus(TextChoices):
    SCHEDULED = "scheduled", "Scheduled"
    BILLED = "billed", "Billed"
    SKIPPED = "skipped", "Skipped"
    FAILED = "failed", "Payment failed"
    RECOVERED = "recovered", "Payment recovered"
    LOST = "lost", "Payment lost"


PAID_CYCLE = (CycleStatus.BILLED, CycleStatus.RECOVERED)


class BoxKind(TextChoices):
    REGULAR = "regular", "Regular"
    REPLACEMENT = "replacement", "Replacement"


class BoxStatus(TextChoices):
    """Where a box is: `planned`, then the states that carriers report, in the order they usually come."""

    PLANNED = "planned", "Planned"
    LABEL_PURCHASED = "label_purchased", "Label purchased"
    CONFIRMED = "confirmed", "Confirmed"
    IN_TRANSIT = "in_transit", "In transit"
    OUT_FOR_DELIVERY = "out_for_delivery", "Out for delivery"
    ATTEMPTED = "attempted", "Delivery attempted"
    DELAYED = "delayed", "Delayed"
    DELIVERED = "delivered", "Delivered"
    FAILURE = "failure", "Delivery failed"
    CANCELLED = "cancelled", "Cancelled"


class ConsentCategory(TextChoices):
    """Why a subscriber is written to. Transactional mail needs no consent and has no row."""

    SUCCESS = "success", "Help with the subscription"
    MARKETING = "marketing", "Marketing"


class Channel(TextChoices):
    """How something reached us, or a subscriber."""

    MAIL = "mail", "Mail"
    WEB = "web", "Web form"
    API = "api", "API"
    AGENT = "agent", "Agent"
