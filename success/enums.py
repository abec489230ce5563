"""The fixed vocabularies of customer success."""

from django.db.models import IntegerChoices, TextChoices


class AlertStatus(TextChoices):
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    SNOOZED = "snoozed", "Snoozed"
    CLOSED = "closed", "Closed"


LIVE_ALERT = (AlertStatus.OPEN, AlertStatus.IN_PROGRESS, AlertStatus.SNOOZED)


class AlertOutcome(TextChoices):
    SAVED = "saved", "Saved"
    LOST = "lost", "Lost"
    NO_ACTION = "no_action", "No action needed"
    AUTO_RESOLVED = "auto_resolved", "Resolved by itself"


class AlertPriority(IntegerChoices):
    """A number, so that the most urgent sorts first."""

    URGENT = 1, "Urgent"
    HIGH = 2, "High"
    NORMAL = 3, "Normal"
    LOW = 4, "Low"


class FactKind(TextChoices):
    """Facts that ask a success manager to act; each becomes evidence on an alert."""

    DAMAGED_BOX = "damaged_box", "Damaged box"
    CYCLE_ONE_TICKET = "cycle_one_ticket", "Cycle-1 ticket"
    SLA_BREACHED = "sla_breached", "SLA breached"
    LOW_SATISFACTION = "low_satisfaction", "Bad satisfaction score"
    SKIPPED_TWICE = "skipped_twice", "Two skips in a row"
    PAYMENT_FAILED = "payment_failed", "Failed payment"
    CARD_EXPIRING = "card_expiring", "Card expiring"
    CANCELLATION_STARTED = "cancellation_started", "Cancellation started"
    MILESTONE_BEHIND = "milestone_behind", "Milestone behind"
    BOX_LATE = "box_late", "Late box"
    HEALTH_FALLING = "health_falling", "Falling health"
    RECURRING_CAUSE = "recurring_cause", "Recurring cause"


class AlertEventKind(TextChoices):
    OPENED = "opened", "Opened"
    EVIDENCE_ADDED = "evidence_added", "Reason added"
    EVIDENCE_RETRACTED = "evidence_retracted", "Reason taken back"
    ASSIGNED = "assigned", "Assigned"
    STARTED = "started", "Work started"
    SNOOZED = "snoozed", "Snoozed"
    WOKEN = "woken", "Back from snooze"
    NOTED = "noted", "Note added"
    CLOSED = "closed", "Closed"


class FlowKind(TextChoices):
    RECOVERY = "recovery", "Recovery"
    OUTREACH = "outreach", "Outreach"


class VersionStatus(TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


class StepKind(TextChoices):
    MAIL = "mail", "Mail"
    TASK = "task", "Task"
    WAIT = "wait", "Wait"
    BRANCH = "branch", "Branch"
    NOTE = "note", "Note on the ticket"
    ACTION = "action", "Provider action"
    WEBHOOK = "webhook", "Webhook"
    HAND_OVER = "hand_over", "Hand-over"
    END = "end", "End"


class RunStatus(TextChoices):
    """`active`: the machine's turn, or a person's; `waiting`: for a fact or a time; then how it ended."""

    ACTIVE = "active", "Active"
    WAITING = "waiting", "Waiting"
    PAUSED = "paused", "Paused"
    COMPLETED = "completed", "Completed"
    EXITED = "exited", "Exited"
    FAILED = "failed", "Failed"


LIVE_RUN = (RunStatus.ACTIVE, RunStatus.WAITING, RunStatus.PAUSED)


class ExitReason(TextChoices):
    GOAL = "goal", "Goal reached"
    SUPERSEDED = "superseded", "A more urgent flow took over"
    RETRACTED = "retracted", "Its reason was taken back"
    INELIGIBLE = "ineligible", "No longer eligible"
    OPTED_OUT = "opted_out", "Opted out"
    CANCELLED = "cancelled", "Stopped by a person"


class Arm(TextChoices):
    TREATED = "treated", "Treated"
    HOLDOUT = "holdout", "Held out"


class StepState(TextChoices):
    """`due`: the machine's, at `due_at`; `waiting`: a person's task or a fact, looked at at `due_at`."""

    DUE = "due", "Due"
    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    SKIPPED = "skipped", "Skipped"
    FAILED = "failed", "Failed"


OPEN_STEP = (StepState.DUE, StepState.WAITING)


class TouchCategory(TextChoices):
    TRANSACTIONAL = "transactional", "Transactional"
    SUCCESS = "success", "Success"
    MARKETING = "marketing", "Marketing"


class TouchDecision(TextChoices):
    SENT = "sent", "Sent"
    HELD_QUIET = "held_quiet", "Held: quiet hours"
    CAPPED = "capped", "Held: too many contacts"
    SUPPRESSED = "suppressed", "Held: suppressed"
    OPTED_OUT = "opted_out", "Held: opted out"
