"""The fixed vocabularies of customer success."""

from django.db.models import IntegerChoices, TextChoices


class AlertStatus(TextChoices):
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    SNOOZED = "snoozed", "Snoozed"
    CLOSED = "closed", "Closed"


LIVE_ALERT = (AlertStatus.OPEN, AlertStatus.IN_PROGRESS, AlertStatus.SNOOZED)


class WakeWhen(TextChoices):
    """What brings a snoozed alert back before its time."""

    BOX_DELIVERED = "box_delivered", "A box is delivered"
    TICKET_RESOLVED = "ticket_resolved", "Their ticket is resolved"


class DeedKind(TextChoices):
    """What a person did on one or many alerts at once."""

    ASSIGN = "assign", "Assigned"
    SNOOZE = "snooze", "Snoozed"
    CLOSE = "close", "Closed"
    NOTE = "note", "Noted"


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
    HANDED_OVER = "handed_over", "Handed over by service"


class Trigger(TextChoices):
    """What begins a flow: every kind of fact, and moments that ask nobody to act."""

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
    HANDED_OVER = "handed_over", "Handed over by service"
    SUBSCRIPTION_STARTED = "subscription_started", "Subscription started"
    BOX_UPCOMING = "box_upcoming", "Box planned"
    BOX_SHIPPED = "box_shipped", "Box shipped"
    BOX_DELIVERED = "box_delivered", "Box delivered"
    CYCLE_RENEWED = "cycle_renewed", "Renewed"
    SUBSCRIPTION_CANCELLED = "subscription_cancelled", "Subscription cancelled"
    MILESTONE_ACHIEVED = "milestone_achieved", "Milestone achieved"
    SEGMENT = "segment", "In a segment"
    BY_HAND = "by_hand", "By hand"


class Exit(TextChoices):
    """What ends a run before its end: its purpose is served, or nobody wants it any more."""

    PAID = "paid", "They paid"
    CANCELLED = "cancelled", "They cancelled"
    REPLIED = "replied", "They wrote"
    OPTED_OUT = "opted_out", "They opted out"
    REFUNDED = "refunded", "They got money back"
    RENEWED = "renewed", "They renewed"
    BOX_DELIVERED = "box_delivered", "The box was delivered"
    TICKET_RESOLVED = "ticket_resolved", "The ticket is resolved"


class Anchor(TextChoices):
    """A date that a wait is counted from, and follows when it moves."""

    BOX_SHIPS = "box_ships", "the box ships"
    BOX_EXPECTED = "box_expected", "the box is expected"
    BOX_DELIVERED = "box_delivered", "the box was delivered"
    NEXT_BILLING = "next_billing", "the next billing"
    CANCELLED = "cancelled", "the cancellation"


class AssignBy(TextChoices):
    """Whom a rule gives its alerts to, of the people who are on duty."""

    NOBODY = "nobody", "Nobody: whoever takes it"
    PERSON = "person", "A person"
    ROUND_ROBIN = "round_robin", "In turns"
    LEAST_LOADED = "least_loaded", "Whoever has the fewest"
    PORTFOLIO = "portfolio", "Whoever looks after the subscriber"


class HeldBecause(TextChoices):
    """Why a fact opened nothing, although a rule asks for its kind."""

    CONDITIONS = "conditions", "No rule's conditions held"
    COOL_DOWN = "cool_down", "Too soon after the last alert"


class AlertEventKind(TextChoices):
    OPENED = "opened", "Opened"
    EVIDENCE_ADDED = "evidence_added", "Reason added"
    EVIDENCE_RETRACTED = "evidence_retracted", "Reason taken back"
    EVIDENCE_SETTLED = "evidence_settled", "Reason settled"
    ASSIGNED = "assigned", "Assigned"
    STARTED = "started", "Work started"
    SNOOZED = "snoozed", "Snoozed"
    WOKEN = "woken", "Back from snooze"
    NOTED = "noted", "Note added"
    CLOSED = "closed", "Closed"
    UNDONE = "undone", "Taken back"
    HANDED_OVER = "handed_over", "Handed over"


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
    PAID = "paid", "They paid"
    LEFT = "left", "They cancelled"
    REPLIED = "replied", "They wrote"
    REFUNDED = "refunded", "They got money back"
    RENEWED = "renewed", "They renewed"
    BOX_DELIVERED = "box_delivered", "The box was delivered"
    TICKET_RESOLVED = "ticket_resolved", "The ticket is resolved"


# What began such a run may begin one again: its reason was none, or came back, such as a box that is sent after all.
TAKEN_BACK = (ExitReason.RETRACTED, ExitReason.SUPERSEDED, ExitReason.INELIGIBLE)


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
    HELD_COMPLAINT = "held_complaint", "Held: a complaint is open"
    HELD_RECOVERY = "held_recovery", "Held: a recovery flow is under way"
    HELD_OUT = "held_out", "Left alone, to compare"


class OfferState(TextChoices):
    """`accepted`: asked of the provider, who has not answered; `done`: it was done; `failed`: it could not be."""

    MADE = "made", "Made"
    OPENED = "opened", "Opened"
    ACCEPTED = "accepted", "Accepted"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "Expired"


OPEN_OFFER = (OfferState.MADE, OfferState.OPENED)
TAKEN_OFFER = (OfferState.ACCEPTED, OfferState.DONE, OfferState.FAILED)
DECIDED_OFFER = (*TAKEN_OFFER, OfferState.DECLINED)


class HoldWhile(TextChoices):
    """Which open tickets of a person hold outreach back."""

    COMPLAINT = "complaint", "A ticket with a complaint is open"
    ANY_TICKET = "any_ticket", "Any ticket is open"
    NEVER = "never", "Never"


class WebhookState(TextChoices):
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Given up"


class EnrolmentState(TextChoices):
    RUNNING = "running", "Running"
    DONE = "done", "Done"


class FlowEventKind(TextChoices):
    CREATED = "created", "Made"
    DRAFTED = "drafted", "Draft begun"
    DISCARDED = "discarded", "Draft discarded"
    PUBLISHED = "published", "Published"
    SWITCHED_ON = "switched_on", "Switched on"
    SWITCHED_OFF = "switched_off", "Switched off"
    RENAMED = "renamed", "Renamed"


class DryRunState(TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
