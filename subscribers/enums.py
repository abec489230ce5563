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
    QUANTITY_CHANGED = "quantity_changed", "Quantity changed"
    RESCHEDULED = "rescheduled", "Next billing moved"
    DISCOUNTED = "discounted", "Discount given"
    GIFT_GIVEN = "gift_given", "Gift given"
    REFUNDED = "refunded", "Refunded"
    CANCELLATION_SCHEDULED = "cancellation_scheduled", "Cancels at the end of the period"
    CANCELLATION_WITHDRAWN = "cancellation_withdrawn", "Stays after all"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"
    FAILED = "failed", "Ended: payment failed"
    STALE = "stale", "Ended: stale"
    REACTIVATED = "reactivated", "Reactivated"
    # What a provider said of a subscription as a whole, also where it changed nothing. Not told to people.
    OBSERVED = "observed", "Read at the provider"


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
    GIFT = "gift", "Gift"


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


class DeliveryState(TextChoices):
    """What became of a webhook that was taken in."""

    STORED = "stored", "To be processed"
    PROCESSED = "processed", "Processed"
    IGNORED = "ignored", "Ignored"
    QUARANTINED = "quarantined", "Quarantined"


class ActionKind(TextChoices):
    """What a provider can be asked to do."""

    SKIP = "skip", "Skip"
    UNSKIP = "unskip", "Take a skip back"
    PAUSE = "pause", "Pause"
    RESUME = "resume", "Resume"
    SET_FREQUENCY = "set_frequency", "Change the frequency"
    SET_NEXT_BILLING = "set_next_billing", "Move the next billing"
    SWAP = "swap", "Swap the product"
    DISCOUNT = "discount", "Give a discount"
    GIFT = "gift", "Send a gift"
    REPLACEMENT = "replacement", "Send a replacement"
    REFUND = "refund", "Refund"
    CANCEL = "cancel", "Cancel"
    REACTIVATE = "reactivate", "Reactivate"


class ActionState(TextChoices):
    AWAITING_APPROVAL = "awaiting_approval", "Awaits approval"
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused by the provider"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Withdrawn"


# Nothing more becomes of these by itself.
SETTLED_ACTION = (ActionState.DONE, ActionState.REFUSED, ActionState.FAILED, ActionState.CANCELLED)
UNSETTLED_ACTION = (ActionState.AWAITING_APPROVAL, ActionState.QUEUED, ActionState.RUNNING)


class ReconciliationState(TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class DifferenceState(TextChoices):
    FOUND = "found", "Found"
    REPAIRED = "repaired", "Repaired"
    FAILED = "failed", "Could not be repaired"


class PrivacyRequestKind(TextChoices):
    EXPORT = "export", "Everything about a person"
    ERASE = "erase", "Erase a person"
    ERASE_STORE = "erase_store", "Erase a store"


class PrivacyRequestState(TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    FAILED = "failed", "Failed"


class ChargeState(TextChoices):
    """A payment that the built-in provider asked for."""

    OPEN = "open", "Open"
    PAID = "paid", "Paid"
    REFUSED = "refused", "Refused, tried again"
    LOST = "lost", "Given up"
    VOID = "void", "Void"
