"""The fixed vocabularies of cancelling."""

from django.db.models import TextChoices


class SessionState(TextChoices):
    """`requested`: asked for by mail, and open until somebody did it. `bounced`: left before choosing anything."""

    REQUESTED = "requested", "Requested"
    STARTED = "started", "Started"
    REASON = "reason", "Reason given"
    OFFER = "offer", "Offers shown"
    ACCEPTED = "accepted", "Offer accepted"
    ABANDONED = "abandoned", "Left"
    CANCELLED = "cancelled", "Cancelled"
    BOUNCED = "bounced", "Only looked"


OPEN_SESSION = (SessionState.REQUESTED, SessionState.STARTED, SessionState.REASON, SessionState.OFFER)


class SessionChannel(TextChoices):
    PORTAL = "portal", "Own page"
    AGENT = "agent", "Agent"
    MAIL = "mail", "Mail"
    API = "api", "API"


class SessionKind(TextChoices):
    """What was declared. `extraordinary`: for cause, at once. `withdrawal`: as if it had never been bought."""

    ORDINARY = "ordinary", "Cancellation"
    EXTRAORDINARY = "extraordinary", "Cancellation for cause"
    WITHDRAWAL = "withdrawal", "Withdrawal"


class Arm(TextChoices):
    """The share that is shown no offers shows what offers really save."""

    OFFERS = "offers", "Offers"
    NO_OFFERS = "no_offers", "No offers"


class Outcome(TextChoices):
    SAVED = "saved", "Saved"
    LOST = "lost", "Lost"


class OfferKind(TextChoices):
    SKIP = "skip", "Skip the next box"
    PAUSE = "pause", "Pause"
    FREQUENCY = "frequency", "Change how often"
    SWAP = "swap", "Swap the product"
    DISCOUNT = "discount", "Discount"
    GIFT = "gift", "Gift with the next box"
    CONTACT = "contact", "Talk to us"


class PageForm(TextChoices):
    STEPS = "steps", "Steps: reason, offers, done"
    STATUTORY = "statutory", "One page with the statutory fields and the final button"


class ReasonAsked(TextChoices):
    BEFORE = "before", "Before, optional"
    AFTER = "after", "After, optional"
    NEVER = "never", "Never"


class Effect(TextChoices):
    NOW = "now", "At once"
    PERIOD_END = "period_end", "At the end of the paid period"


class SessionEventKind(TextChoices):
    REQUESTED = "requested", "Asked for by mail"
    STARTED = "started", "Started"
    REASON_GIVEN = "reason_given", "Reason given"
    OFFERS_SHOWN = "offers_shown", "Offers shown"
    NO_OFFERS = "no_offers", "No offers shown"
    OFFER_CHOSEN = "offer_chosen", "Offer chosen"
    DECLARED = "declared", "Cancelled"
    ABANDONED = "abandoned", "Left"
    BOUNCED = "bounced", "Only looked"
    DISMISSED = "dismissed", "Not a cancellation"
    MATCHED = "matched", "Matched to a subscription"
    ACTION_REQUESTED = "action_requested", "Sent to the provider"
    CONFIRMED = "confirmed", "Confirmed by the provider"
    REFUSED = "refused", "Refused by the provider"
    RETRIED = "retried", "Sent to the provider again"
    OVERDUE = "overdue", "Not worked off in time"
    WATCH_DECIDED = "watch_decided", "Watch decided"
    REDUCED = "reduced", "Words removed after the retention period"


class NoticeKind(TextChoices):
    """A mail that must leave because of a cancellation."""

    LINK = "link", "Link to cancel"
    RECEIPT = "receipt", "Receipt"
    CONFIRMATION = "confirmation", "Confirmation by the provider"
    OFFER = "offer", "What was agreed instead"
    REMINDER = "reminder", "Reminder before a renewal"
