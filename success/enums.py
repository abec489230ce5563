"""The fixed vocabularies of customer success."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class AlertStatus(TextChoices):
    OPEN = "open", _("Open")
    IN_PROGRESS = "in_progress", _("In progress")
    SNOOZED = "snoozed", _("Snoozed")
    CLOSED = "closed", _("Closed")


LIVE_ALERT = (AlertStatus.OPEN, AlertStatus.IN_PROGRESS, AlertStatus.SNOOZED)


class WakeWhen(TextChoices):
    """What brings a snoozed alert back before its time."""

    BOX_DELIVERED = "box_delivered", _("A box is delivered")
    TICKET_RESOLVED = "ticket_resolved", _("Their ticket is resolved")


class DeedKind(TextChoices):
    """What a person did on one or many alerts at once."""

    ASSIGN = "assign", _("Assigned")
    SNOOZE = "snooze", _("Snoozed")
    CLOSE = "close", _("Closed")
    NOTE = "note", _("Noted")


class AlertOutcome(TextChoices):
    SAVED = "saved", _("Saved")
    LOST = "lost", _("Lost")
    NO_ACTION = "no_action", _("No action needed")
    AUTO_RESOLVED = "auto_resolved", _("Resolved by itself")


class AlertPriority(IntegerChoices):
    """A number, so that the most urgent sorts first."""

    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class FactKind(TextChoices):
    """Facts that ask a success manager to act; each becomes evidence on an alert."""

    DAMAGED_BOX = "damaged_box", _("Damaged box")
    CYCLE_ONE_TICKET = "cycle_one_ticket", _("Cycle-1 ticket")
    SLA_BREACHED = "sla_breached", _("SLA breached")
    LOW_SATISFACTION = "low_satisfaction", _("Bad satisfaction score")
    SKIPPED_TWICE = "skipped_twice", _("Two skips in a row")
    PAYMENT_FAILED = "payment_failed", _("Failed payment")
    CARD_EXPIRING = "card_expiring", _("Card expiring")
    CANCELLATION_STARTED = "cancellation_started", _("Cancellation started")
    MILESTONE_BEHIND = "milestone_behind", _("Milestone behind")
    BOX_LATE = "box_late", _("Late box")
    HEALTH_FALLING = "health_falling", _("Falling health")
    RECURRING_CAUSE = "recurring_cause", _("Recurring cause")
    FLOW_HARMS = "flow_harms", _("Harmful flow")
    HANDED_OVER = "handed_over", _("Handed over by service")


class Trigger(TextChoices):
    """What begins a flow: every kind of fact, and moments that ask nobody to act."""

    DAMAGED_BOX = "damaged_box", _("Damaged box")
    CYCLE_ONE_TICKET = "cycle_one_ticket", _("Cycle-1 ticket")
    SLA_BREACHED = "sla_breached", _("SLA breached")
    LOW_SATISFACTION = "low_satisfaction", _("Bad satisfaction score")
    SKIPPED_TWICE = "skipped_twice", _("Two skips in a row")
    PAYMENT_FAILED = "payment_failed", _("Failed payment")
    CARD_EXPIRING = "card_expiring", _("Card expiring")
    CANCELLATION_STARTED = "cancellation_started", _("Cancellation started")
    MILESTONE_BEHIND = "milestone_behind", _("Milestone behind")
    BOX_LATE = "box_late", _("Late box")
    HEALTH_FALLING = "health_falling", _("Falling health")
    RECURRING_CAUSE = "recurring_cause", _("Recurring cause")
    FLOW_HARMS = "flow_harms", _("Harmful flow")
    HANDED_OVER = "handed_over", _("Handed over by service")
    SUBSCRIPTION_STARTED = "subscription_started", _("Subscription started")
    BOX_UPCOMING = "box_upcoming", _("Box planned")
    BOX_SHIPPED = "box_shipped", _("Box shipped")
    BOX_DELIVERED = "box_delivered", _("Box delivered")
    CYCLE_RENEWED = "cycle_renewed", _("Renewed")
    SUBSCRIPTION_CANCELLED = "subscription_cancelled", _("Subscription cancelled")
    MILESTONE_ACHIEVED = "milestone_achieved", _("Milestone achieved")
    SEGMENT = "segment", _("In a segment")
    BY_HAND = "by_hand", _("By hand")


class Exit(TextChoices):
    """What ends a run before its end: its purpose is served, or nobody wants it any more."""

    PAID = "paid", _("They paid")
    CANCELLED = "cancelled", _("They cancelled")
    REPLIED = "replied", _("They wrote")
    OPTED_OUT = "opted_out", _("They opted out")
    REFUNDED = "refunded", _("They got money back")
    RENEWED = "renewed", _("They renewed")
    BOX_DELIVERED = "box_delivered", _("The box was delivered")
    TICKET_RESOLVED = "ticket_resolved", _("The ticket is resolved")


class Anchor(TextChoices):
    """A date that a wait is counted from, and follows when it moves."""

    BOX_SHIPS = "box_ships", _("the box ships")
    BOX_EXPECTED = "box_expected", _("the box is expected")
    BOX_DELIVERED = "box_delivered", _("the box was delivered")
    NEXT_BILLING = "next_billing", _("the next billing")
    CANCELLED = "cancelled", _("the cancellation")


class AssignBy(TextChoices):
    """Whom a rule gives its alerts to, of the people who are on duty."""

    NOBODY = "nobody", _("Nobody: whoever takes it")
    PERSON = "person", _("A person")
    ROUND_ROBIN = "round_robin", _("In turns")
    LEAST_LOADED = "least_loaded", _("Whoever has the fewest")
    PORTFOLIO = "portfolio", _("Whoever looks after the subscriber")


class HeldBecause(TextChoices):
    """Why a fact opened nothing, although a rule asks for its kind."""

    CONDITIONS = "conditions", _("No rule's conditions held")
    COOL_DOWN = "cool_down", _("Too soon after the last alert")


class AlertEventKind(TextChoices):
    OPENED = "opened", _("Opened")
    EVIDENCE_ADDED = "evidence_added", _("Reason added")
    EVIDENCE_RETRACTED = "evidence_retracted", _("Reason taken back")
    EVIDENCE_SETTLED = "evidence_settled", _("Reason settled")
    ASSIGNED = "assigned", _("Assigned")
    STARTED = "started", _("Work started")
    SNOOZED = "snoozed", _("Snoozed")
    WOKEN = "woken", _("Back from snooze")
    NOTED = "noted", _("Note added")
    CLOSED = "closed", _("Closed")
    UNDONE = "undone", _("Taken back")
    HANDED_OVER = "handed_over", _("Handed over")


class FlowKind(TextChoices):
    RECOVERY = "recovery", _("Recovery")
    OUTREACH = "outreach", _("Outreach")


class VersionStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class StudyKind(TextChoices):
    """What a store's history was asked."""

    SERVICE = "service", _("Does service predict churn?")
    FLOW = "flow", _("Does the flow work?")


class StepKind(TextChoices):
    MAIL = "mail", _("Mail")
    TASK = "task", _("Task")
    WAIT = "wait", _("Wait")
    BRANCH = "branch", _("Branch")
    NOTE = "note", _("Note on the ticket")
    ACTION = "action", _("Provider action")
    WEBHOOK = "webhook", _("Webhook")
    HAND_OVER = "hand_over", _("Hand-over")
    END = "end", _("End")


class RunStatus(TextChoices):
    """`active`: the machine's turn, or a person's; `waiting`: for a fact or a time; then how it ended."""

    ACTIVE = "active", _("Active")
    WAITING = "waiting", _("Waiting")
    PAUSED = "paused", _("Paused")
    COMPLETED = "completed", _("Completed")
    EXITED = "exited", _("Exited")
    FAILED = "failed", _("Failed")


LIVE_RUN = (RunStatus.ACTIVE, RunStatus.WAITING, RunStatus.PAUSED)


class ExitReason(TextChoices):
    GOAL = "goal", _("Goal reached")
    SUPERSEDED = "superseded", _("A more urgent flow took over")
    RETRACTED = "retracted", _("Its reason was taken back")
    INELIGIBLE = "ineligible", _("No longer eligible")
    OPTED_OUT = "opted_out", _("Opted out")
    CANCELLED = "cancelled", _("Stopped by a person")
    PAID = "paid", _("They paid")
    LEFT = "left", _("They cancelled")
    REPLIED = "replied", _("They wrote")
    REFUNDED = "refunded", _("They got money back")
    RENEWED = "renewed", _("They renewed")
    BOX_DELIVERED = "box_delivered", _("The box was delivered")
    TICKET_RESOLVED = "ticket_resolved", _("The ticket is resolved")


# What began such a run may begin one again: its reason was none, or came back, such as a box that is sent after all.
TAKEN_BACK = (ExitReason.RETRACTED, ExitReason.SUPERSEDED, ExitReason.INELIGIBLE)


class Arm(TextChoices):
    TREATED = "treated", _("Treated")
    HOLDOUT = "holdout", _("Held out")


class StepState(TextChoices):
    """`due`: the machine's, at `due_at`; `waiting`: a person's task or a fact, looked at at `due_at`."""

    DUE = "due", _("Due")
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Skipped")
    FAILED = "failed", _("Failed")


OPEN_STEP = (StepState.DUE, StepState.WAITING)


class TouchCategory(TextChoices):
    TRANSACTIONAL = "transactional", _("Transactional")
    SUCCESS = "success", _("Success")
    MARKETING = "marketing", _("Marketing")


class TouchDecision(TextChoices):
    SENT = "sent", _("Sent")
    HELD_QUIET = "held_quiet", _("Held: quiet hours")
    CAPPED = "capped", _("Held: too many contacts")
    SUPPRESSED = "suppressed", _("Held: suppressed")
    OPTED_OUT = "opted_out", _("Held: opted out")
    HELD_COMPLAINT = "held_complaint", _("Held: a complaint is open")
    HELD_RECOVERY = "held_recovery", _("Held: a recovery flow is under way")
    HELD_OUT = "held_out", _("Left alone, to compare")


class OfferState(TextChoices):
    """`accepted`: asked of the provider, who has not answered; `done`: it was done; `failed`: it could not be."""

    MADE = "made", _("Made")
    OPENED = "opened", _("Opened")
    ACCEPTED = "accepted", _("Accepted")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


OPEN_OFFER = (OfferState.MADE, OfferState.OPENED)
TAKEN_OFFER = (OfferState.ACCEPTED, OfferState.DONE, OfferState.FAILED)
DECIDED_OFFER = (*TAKEN_OFFER, OfferState.DECLINED)


class HoldWhile(TextChoices):
    """Which open tickets of a person hold outreach back."""

    COMPLAINT = "complaint", _("A ticket with a complaint is open")
    ANY_TICKET = "any_ticket", _("Any ticket is open")
    NEVER = "never", _("Never")


class WebhookState(TextChoices):
    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Given up")


class EnrolmentState(TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


class FlowEventKind(TextChoices):
    CREATED = "created", _("Made")
    DRAFTED = "drafted", _("Draft begun")
    DISCARDED = "discarded", _("Draft discarded")
    PUBLISHED = "published", _("Published")
    SWITCHED_ON = "switched_on", _("Switched on")
    SWITCHED_OFF = "switched_off", _("Switched off")
    RENAMED = "renamed", _("Renamed")


class DryRunState(TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
