"""The fixed vocabularies of health."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Side(TextChoices):
    """Health has two sides, and the worse one counts."""

    SUCCESS = "success", _("Success")
    SERVICE = "service", _("Service")


class SignalKind(TextChoices):
    # What they get out of it.
    MILESTONE_ACHIEVED = "milestone_achieved", _("Milestone achieved")
    RENEWED = "renewed", _("Renewed")
    TENURE = "tenure", _("A quarter subscribed")
    ENGAGED = "engaged", _("Told us of using it")
    MILESTONE_BEHIND = "milestone_behind", _("Milestone behind")
    MILESTONE_STUCK = "milestone_stuck", _("Milestone stuck")
    SKIPPED = "skipped", _("Skipped a box")
    SKIPPED_TWICE = "skipped_twice", _("Two skips in a row")
    PAUSED = "paused", _("Paused")
    PAYMENT_FAILED = "payment_failed", _("Payment failed")
    # How they are served, and what they said to that.
    COMPLAINT_OPEN = "complaint_open", _("Complaint open")
    DAMAGED_BOX = "damaged_box", _("Damaged box")
    SLA_BREACHED = "sla_breached", _("SLA breached")
    REOPENED = "reopened", _("Ticket reopened")
    LOW_SATISFACTION = "low_satisfaction", _("Bad satisfaction score")
    CYCLE_ONE_TICKET = "cycle_one_ticket", _("Cycle-1 ticket")
    SLOW_RESOLUTION = "slow_resolution", _("Slow resolution")
    BOX_LATE = "box_late", _("Late box")
    CANCELLATION_STARTED = "cancellation_started", _("Cancellation started")


GOOD = frozenset((SignalKind.MILESTONE_ACHIEVED, SignalKind.RENEWED, SignalKind.TENURE, SignalKind.ENGAGED))
OF_SUCCESS = GOOD | {
    SignalKind.MILESTONE_BEHIND,
    SignalKind.MILESTONE_STUCK,
    SignalKind.SKIPPED,
    SignalKind.SKIPPED_TWICE,
    SignalKind.PAUSED,
    SignalKind.PAYMENT_FAILED,
}
OF_SERVICE = frozenset(SignalKind) - OF_SUCCESS


class HealthWord(TextChoices):
    """`none`: nothing runs that could be lost, so there is no number either."""

    HEALTHY = "healthy", _("Healthy")
    WATCH = "watch", _("Watch")
    AT_RISK = "at_risk", _("At risk")
    CRITICAL = "critical", _("Critical")
    NONE = "none", _("No live subscription")


# The worse, the higher; of people with a live subscription.
SEVERITY = {HealthWord.HEALTHY: 0, HealthWord.WATCH: 1, HealthWord.AT_RISK: 2, HealthWord.CRITICAL: 3}
POOR = (HealthWord.AT_RISK, HealthWord.CRITICAL)
