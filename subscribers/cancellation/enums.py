"""The fixed vocabularies of cancelling."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SessionState(TextChoices):
    """`requested`: asked for by mail, and open until somebody did it. `bounced`: left before choosing anything."""

    REQUESTED = "requested", _("Requested")
    STARTED = "started", _("Started")
    REASON = "reason", _("Reason given")
    OFFER = "offer", _("Offers shown")
    ACCEPTED = "accepted", _("Offer accepted")
    ABANDONED = "abandoned", _("Left")
    CANCELLED = "cancelled", _("Cancelled")
    BOUNCED = "bounced", _("Only looked")


OPEN_SESSION = (SessionState.REQUESTED, SessionState.STARTED, SessionState.REASON, SessionState.OFFER)


class SessionChannel(TextChoices):
    PORTAL = "portal", _("Own page")
    AGENT = "agent", _("Agent")
    MAIL = "mail", _("Mail")
    API = "api", _("API")


class SessionKind(TextChoices):
    """What was declared. `extraordinary`: for cause, at once. `withdrawal`: as if it had never been bought."""

    ORDINARY = "ordinary", _("Cancellation")
    EXTRAORDINARY = "extraordinary", _("Cancellation for cause")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class Arm(TextChoices):
    """The share that is shown no offers shows what offers really save."""

    OFFERS = "offers", _("Offers")
    NO_OFFERS = "no_offers", _("No offers")


class Outcome(TextChoices):
    SAVED = "saved", _("Saved")
    LOST = "lost", _("Lost")


class OfferKind(TextChoices):
    SKIP = "skip", _("Skip the next box")
    PAUSE = "pause", _("Pause")
    FREQUENCY = "frequency", _("Change how often")
    SWAP = "swap", _("Swap the product")
    DISCOUNT = "discount", _("Discount")
    GIFT = "gift", _("Gift with the next box")
    CONTACT = "contact", _("Talk to us")


class PageForm(TextChoices):
    STEPS = "steps", _("Steps: reason, offers, done")
    STATUTORY = "statutory", _("One page with the statutory fields and the final button")


class ReasonAsked(TextChoices):
    BEFORE = "before", _("Before, optional")
    AFTER = "after", _("After, optional")
    NEVER = "never", _("Never")


class Effect(TextChoices):
    NOW = "now", _("At once")
    PERIOD_END = "period_end", _("At the end of the paid period")


class SessionEventKind(TextChoices):
    REQUESTED = "requested", _("Asked for by mail")
    STARTED = "started", _("Started")
    REASON_GIVEN = "reason_given", _("Reason given")
    OFFERS_SHOWN = "offers_shown", _("Offers shown")
    NO_OFFERS = "no_offers", _("No offers shown")
    OFFER_CHOSEN = "offer_chosen", _("Offer chosen")
    DECLARED = "declared", _("Cancelled")
    ABANDONED = "abandoned", _("Left")
    BOUNCED = "bounced", _("Only looked")
    DISMISSED = "dismissed", _("Not a cancellation")
    MATCHED = "matched", _("Matched to a subscription")
    ACTION_REQUESTED = "action_requested", _("Sent to the provider")
    CONFIRMED = "confirmed", _("Confirmed by the provider")
    REFUSED = "refused", _("Refused by the provider")
    RETRIED = "retried", _("Sent to the provider again")
    OVERDUE = "overdue", _("Not worked off in time")
    WATCH_DECIDED = "watch_decided", _("Watch decided")
    REDUCED = "reduced", _("Words removed after the retention period")


class NoticeKind(TextChoices):
    """A mail that must leave because of a cancellation."""

    LINK = "link", _("Link to cancel")
    RECEIPT = "receipt", _("Receipt")
    CONFIRMATION = "confirmation", _("Confirmation by the provider")
    OFFER = "offer", _("What was agreed instead")
    REMINDER = "reminder", _("Reminder before a renewal")
