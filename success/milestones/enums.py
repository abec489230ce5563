"""The fixed vocabularies of milestones."""

from django.db.models import TextChoices


class Predicate(TextChoices):
    """What must be true of a subscription. `number` of the definition is what each counts; `subject` names a fact."""

    BOX_DELIVERED = "box_delivered", "Box delivered (number: which one)"
    USE_CONFIRMED = "use_confirmed", "First use confirmed"
    RENEWED = "renewed", "Renewed (number: which successful renewal)"
    SUBSCRIBED_DAYS = "subscribed_days", "Subscribed (number: for how many days)"
    ORDER_VALUE = "order_value", "Paid altogether (number: how much, in the subscription’s currency)"
    SURVEY_ANSWERED = "survey_answered", "Survey answered (subject: its name; empty: any)"
    FACT_TOLD = "fact_told", "Something else was told (subject: its name)"


class Anchor(TextChoices):
    """From when the target days count."""

    STARTED = "started", "Start of the subscription"
    FIRST_BILLING = "first_billing", "First payment"
    FIRST_BOX = "first_box", "First box delivered"


class MilestoneState(TextChoices):
    """`pending`: what it counts from has not happened. `withdrawn`: its definition does not ask for it any more."""

    PENDING = "pending", "Not begun"
    ON_TRACK = "on_track", "On track"
    BEHIND = "behind", "Behind"
    STUCK = "stuck", "Stuck"
    ACHIEVED = "achieved", "Achieved"
    ABANDONED = "abandoned", "Ended before"
    WITHDRAWN = "withdrawn", "No longer asked for"


LATE = (MilestoneState.BEHIND, MilestoneState.STUCK)


class EngagementKind(TextChoices):
    """What a subscriber did with what they got."""

    USE_CONFIRMED = "use_confirmed", "First use confirmed"
    SURVEY_ANSWERED = "survey_answered", "Survey answered"
    RATED = "rated", "Answer rated"
    TOLD = "told", "Something else"


class EngagementSource(TextChoices):
    """Who said so."""

    LINK = "link", "Link in a mail"
    ACCOUNT = "account", "Their own account page"
    AGENT = "agent", "Agent"
    PROVIDER = "provider", "Provider"
    API = "api", "API"
    TICKET = "ticket", "Ticket"
