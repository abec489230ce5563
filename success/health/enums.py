"""The fixed vocabularies of health."""

from django.db.models import TextChoices


class Side(TextChoices):
    """Health has two sides, and the worse one counts."""

    SUCCESS = "success", "Success"
    SERVICE = "service", "Service"


class SignalKind(TextChoices):
    # What they get out of it.
    MILESTONE_ACHIEVED = "milestone_achieved", "Milestone achieved"
    RENEWED = "renewed", "Renewed"
    TENURE = "tenure", "A quarter subscribed"
    ENGAGED = "engaged", "Told us of using it"
    MILESTONE_BEHIND = "milestone_behind", "Milestone behind"
    MILESTONE_STUCK = "milestone_stuck", "Milestone stuck"
    SKIPPED = "skipped", "Skipped a box"
    SKIPPED_TWICE = "skipped_twice", "Two skips in a row"
    PAUSED = "paused", "Paused"
    PAYMENT_FAILED = "payment_failed", "Payment failed"
    # How they are served, and what they said to that.
    COMPLAINT_OPEN = "complaint_open", "Complaint open"
    DAMAGED_BOX = "damaged_box", "Damaged box"
    SLA_BREACHED = "sla_breached", "SLA breached"
    REOPENED = "reopened", "Ticket reopened"
    LOW_SATISFACTION = "low_satisfaction", "Bad satisfaction score"
    CYCLE_ONE_TICKET = "cycle_one_ticket", "Cycle-1 ticket"
    SLOW_RESOLUTION = "slow_resolution", "Slow resolution"
    BOX_LATE = "box_late", "Late box"
    CANCELLATION_STARTED = "cancellation_started", "Cancellation started"


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

    HEALTHY = "healthy", "Healthy"
    WATCH = "watch", "Watch"
    AT_RISK = "at_risk", "At risk"
    CRITICAL = "critical", "Critical"
    NONE = "none", "No live subscription"


# The worse, the higher; of people with a live subscription.
SEVERITY = {HealthWord.HEALTHY: 0, HealthWord.WATCH: 1, HealthWord.AT_RISK: 2, HealthWord.CRITICAL: 3}
POOR = (HealthWord.AT_RISK, HealthWord.CRITICAL)
