"""The fixed vocabularies of subscriptions. What a store may choose for itself is a row instead."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Provider(TextChoices):
    BUILTIN = "builtin", _("Built in")
    SHOPIFY = "shopify", _("Shopify")
    RECHARGE = "recharge", _("Recharge")


class Role(TextChoices):
    """What a person does for a store."""

    AGENT = "agent", _("Support agent")
    SUCCESS = "success", _("Success manager")
    LEAD = "lead", _("CX lead")
    ADMIN = "admin", _("Administrator")


class TeamMode(TextChoices):
    """One CX team works tickets and alerts together, or two teams have queues of their own."""

    ONE = "one", _("One team")
    TWO = "two", _("Service and success apart")


class Actor(TextChoices):
    """Who did what an event row tells."""

    AGENT = "agent", _("Agent")
    SUBSCRIBER = "subscriber", _("Subscriber")
    RULE = "rule", _("Rule")
    FLOW = "flow", _("Flow")
    PROVIDER = "provider", _("Provider")
    SYSTEM = "system", _("System")


class SubscriptionStatus(TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    FAILED = "failed", _("Failed")
    STALE = "stale", _("Stale")


ENDED_SUBSCRIPTION = (
    SubscriptionStatus.CANCELLED,
    SubscriptionStatus.EXPIRED,
    SubscriptionStatus.FAILED,
    SubscriptionStatus.STALE,
)


class Interval(TextChoices):
    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    YEAR = "year", _("Year")


class SubscriptionEventKind(TextChoices):
    STARTED = "started", _("Started")
    BILLED = "billed", _("Billed")
    BILLING_FAILED = "billing_failed", _("Billing failed")
    BILLING_RECOVERED = "billing_recovered", _("Billing recovered")
    BILLING_LOST = "billing_lost", _("Billing given up")
    SKIPPED = "skipped", _("Skipped")
    UNSKIPPED = "unskipped", _("Skip taken back")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Resumed")
    FREQUENCY_CHANGED = "frequency_changed", _("Frequency changed")
    PRICE_CHANGED = "price_changed", _("Price changed")
    PRODUCT_CHANGED = "product_changed", _("Product changed")
    QUANTITY_CHANGED = "quantity_changed", _("Quantity changed")
    RESCHEDULED = "rescheduled", _("Next billing moved")
    DISCOUNTED = "discounted", _("Discount given")
    GIFT_GIVEN = "gift_given", _("Gift given")
    REFUNDED = "refunded", _("Refunded")
    CANCELLATION_SCHEDULED = "cancellation_scheduled", _("Cancels at the end of the period")
    CANCELLATION_WITHDRAWN = "cancellation_withdrawn", _("Stays after all")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    FAILED = "failed", _("Ended: payment failed")
    STALE = "stale", _("Ended: stale")
    REACTIVATED = "reactivated", _("Reactivated")
    # What a provider said of a subscription as a whole, also where it changed nothing. Not told to people.
    OBSERVED = "observed", _("Read at the provider")


class CycleStatus(TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    BILLED = "billed", _("Billed")
    SKIPPED = "skipped", _("Skipped")
    FAILED = "failed", _("Payment failed")
    RECOVERED = "recovered", _("Payment recovered")
    LOST = "lost", _("Payment lost")


PAID_CYCLE = (CycleStatus.BILLED, CycleStatus.RECOVERED)


class BoxKind(TextChoices):
    REGULAR = "regular", _("Regular")
    REPLACEMENT = "replacement", _("Replacement")
    GIFT = "gift", _("Gift")


class BoxStatus(TextChoices):
    """Where a box is: `planned`, then the states that carriers report, in the order they usually come."""

    PLANNED = "planned", _("Planned")
    LABEL_PURCHASED = "label_purchased", _("Label purchased")
    CONFIRMED = "confirmed", _("Confirmed")
    IN_TRANSIT = "in_transit", _("In transit")
    OUT_FOR_DELIVERY = "out_for_delivery", _("Out for delivery")
    ATTEMPTED = "attempted", _("Delivery attempted")
    DELAYED = "delayed", _("Delayed")
    DELIVERED = "delivered", _("Delivered")
    FAILURE = "failure", _("Delivery failed")
    CANCELLED = "cancelled", _("Cancelled")


class ConsentCategory(TextChoices):
    """Why a subscriber is written to. Transactional mail needs no consent and has no row."""

    SUCCESS = "success", _("Help with the subscription")
    MARKETING = "marketing", _("Marketing")


class Channel(TextChoices):
    """How something reached us, or a subscriber."""

    MAIL = "mail", _("Mail")
    WEB = "web", _("Web form")
    API = "api", _("API")
    AGENT = "agent", _("Agent")


class DeliveryState(TextChoices):
    """What became of a webhook that was taken in."""

    STORED = "stored", _("To be processed")
    PROCESSED = "processed", _("Processed")
    IGNORED = "ignored", _("Ignored")
    QUARANTINED = "quarantined", _("Quarantined")


class ActionKind(TextChoices):
    """What a provider can be asked to do."""

    SKIP = "skip", _("Skip")
    UNSKIP = "unskip", _("Take a skip back")
    PAUSE = "pause", _("Pause")
    RESUME = "resume", _("Resume")
    SET_FREQUENCY = "set_frequency", _("Change the frequency")
    SET_NEXT_BILLING = "set_next_billing", _("Move the next billing")
    SWAP = "swap", _("Swap the product")
    DISCOUNT = "discount", _("Give a discount")
    GIFT = "gift", _("Send a gift")
    REPLACEMENT = "replacement", _("Send a replacement")
    REFUND = "refund", _("Refund")
    CANCEL = "cancel", _("Cancel")
    REACTIVATE = "reactivate", _("Reactivate")


class ActionState(TextChoices):
    AWAITING_APPROVAL = "awaiting_approval", _("Awaits approval")
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused by the provider")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Withdrawn")


# Nothing more becomes of these by itself.
SETTLED_ACTION = (ActionState.DONE, ActionState.REFUSED, ActionState.FAILED, ActionState.CANCELLED)
UNSETTLED_ACTION = (ActionState.AWAITING_APPROVAL, ActionState.QUEUED, ActionState.RUNNING)


class ReconciliationState(TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class DifferenceState(TextChoices):
    FOUND = "found", _("Found")
    REPAIRED = "repaired", _("Repaired")
    FAILED = "failed", _("Could not be repaired")


class PrivacyRequestKind(TextChoices):
    EXPORT = "export", _("Everything about a person")
    ERASE = "erase", _("Erase a person")
    ERASE_STORE = "erase_store", _("Erase a store")


class PrivacyRequestState(TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")


class ChargeState(TextChoices):
    """A payment that the built-in provider asked for."""

    OPEN = "open", _("Open")
    PAID = "paid", _("Paid")
    REFUSED = "refused", _("Refused, tried again")
    LOST = "lost", _("Given up")
    VOID = "void", _("Void")
