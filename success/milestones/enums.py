"""The fixed vocabularies of milestones."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Predicate(TextChoices):
    """What must be true of a subscription. `number` of the definition is what each counts; `subject` names a fact."""

    BOX_DELIVERED = "box_delivered", _("Box delivered (number: which one)")
    USE_CONFIRMED = "use_confirmed", _("First use confirmed")
    RENEWED = "renewed", _("Renewed (number: which successful renewal)")
    SUBSCRIBED_DAYS = "subscribed_days", _("Subscribed (number: for how many days)")
    ORDER_VALUE = "order_value", _("Paid altogether (number: how much, in the subscription’s currency)")
    SURVEY_ANSWERED = "survey_answered", _("Survey answered (subject: its name; empty: any)")
    FACT_TOLD = "fact_told", _("Something else was told (subject: its name)")


class Anchor(TextChoices):
    """From when the target days count."""

    STARTED = "started", _("Start of the subscription")
    FIRST_BILLING = "first_billing", _("First payment")
    FIRST_BOX = "first_box", _("First box delivered")


class MilestoneState(TextChoices):
    """`pending`: what it counts from has not happened. `withdrawn`: its definition does not ask for it any more."""

    PENDING = "pending", _("Not begun")
    ON_TRACK = "on_track", _("On track")
    BEHIND = "behind", _("Behind")
    STUCK = "stuck", _("Stuck")
    ACHIEVED = "achieved", _("Achieved")
    ABANDONED = "abandoned", _("Ended before")
    WITHDRAWN = "withdrawn", _("No longer asked for")


LATE = (MilestoneState.BEHIND, MilestoneState.STUCK)


class EngagementKind(TextChoices):
    """What a subscriber did with what they got."""

    USE_CONFIRMED = "use_confirmed", _("First use confirmed")
    SURVEY_ANSWERED = "survey_answered", _("Survey answered")
    RATED = "rated", _("Answer rated")
    TOLD = "told", _("Something else")


class EngagementSource(TextChoices):
    """Who said so."""

    LINK = "link", _("Link in a mail")
    ACCOUNT = "account", _("Their own account page")
    AGENT = "agent", _("Agent")
    PROVIDER = "provider", _("Provider")
    API = "api", _("API")
    TICKET = "ticket", _("Ticket")
