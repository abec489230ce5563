"""What a state looks like: a word, a tone and an icon (a shape), so that colour never carries it alone.

`LOOKS[kind][value]`. A value that is not listed is shown with its own word and a neutral circle.
"""

from typing import NamedTuple


class Look(NamedTuple):
    label: str
    tone: str  # plain, strong, link, good, warn, bad
    icon: str  # a name of helpdesk/icons/lucide.json


LOOKS: dict[str, dict[str, Look]] = {
    "ticket": {
        "new": Look("New", "link", "circle-dot"),
        "open": Look("Open", "good", "circle"),
        "pending": Look("Pending", "warn", "hourglass"),
        "on_hold": Look("On hold", "plain", "circle-pause"),
        "resolved": Look("Resolved", "plain", "circle-check"),
    },
    "priority": {
        "low": Look("Low", "plain", "signal-low"),
        "normal": Look("Normal", "plain", "signal-medium"),
        "high": Look("High", "warn", "signal-high"),
        "urgent": Look("Urgent", "bad", "octagon-alert"),
    },
    "score": {
        "1": Look("Very bad", "bad", "angry"),
        "2": Look("Bad", "bad", "frown"),
        "3": Look("Okay", "plain", "meh"),
        "4": Look("Good", "good", "smile"),
        "5": Look("Very good", "good", "laugh"),
    },
    "alert": {
        "open": Look("Open", "bad", "bell-ring"),
        "in_progress": Look("In progress", "link", "circle-play"),
        "snoozed": Look("Snoozed", "plain", "alarm-clock"),
        "closed": Look("Closed", "plain", "circle-check"),
    },
    "flow": {
        "on": Look("On", "good", "circle-play"),
        "off": Look("Off", "plain", "circle-pause"),
        "draft": Look("Not published", "warn", "square-pen"),
    },
    "run": {
        "active": Look("Active", "link", "circle-play"),
        "waiting": Look("Waiting", "warn", "hourglass"),
        "completed": Look("Completed", "good", "circle-check"),
        "exited": Look("Exited", "plain", "log-out"),
        "paused": Look("Paused", "plain", "circle-pause"),
        "holdout": Look("Held out", "plain", "flask-conical"),
        "failed": Look("Failed", "bad", "circle-x"),
    },
    "subscription": {
        "active": Look("Active", "good", "repeat"),
        "paused": Look("Paused", "warn", "circle-pause"),
        "past_due": Look("Past due", "bad", "credit-card"),
        "cancelled": Look("Cancelled", "plain", "ban"),
        "expired": Look("Expired", "plain", "calendar-x"),
        "failed": Look("Failed", "bad", "circle-x"),
        "stale": Look("Stale", "plain", "cloud-off"),
    },
    "cycle": {
        "scheduled": Look("Scheduled", "plain", "calendar"),
        "billed": Look("Billed", "good", "circle-check"),
        "skipped": Look("Skipped", "warn", "skip-forward"),
        "failed": Look("Payment failed", "bad", "credit-card"),
        "recovered": Look("Payment recovered", "good", "undo-2"),
        "lost": Look("Payment lost", "bad", "circle-x"),
    },
    "box": {
        "planned": Look("Planned", "plain", "calendar"),
        "label_purchased": Look("Label purchased", "plain", "tag"),
        "confirmed": Look("Confirmed", "plain", "package"),
        "in_transit": Look("In transit", "link", "truck"),
        "out_for_delivery": Look("Out for delivery", "link", "map-pin"),
        "attempted": Look("Delivery attempted", "warn", "door-open"),
        "delayed": Look("Delayed", "warn", "clock-alert"),
        "delivered": Look("Delivered", "good", "package-check"),
        "failure": Look("Delivery failed", "bad", "package-x"),
        "damaged": Look("Damaged", "bad", "package-x"),
        "cancelled": Look("Cancelled", "plain", "ban"),
    },
    "inbound": {
        "ticket": Look("New ticket", "good", "ticket"),
        "message": Look("On a ticket", "good", "message-square"),
        "duplicate": Look("Second copy", "plain", "copy"),
        "no_ticket": Look("No ticket", "plain", "bot"),
        "quarantined": Look("Quarantine", "bad", "shield-alert"),
        "waiting": Look("Not read yet", "warn", "hourglass"),
        "stored": Look("Not read yet", "warn", "hourglass"),
        "processed": Look("Read", "good", "check"),
    },
    "delivery": {
        "planned": Look("Planned", "link", "calendar-clock"),
        "queued": Look("Queued", "plain", "clock"),
        "sending": Look("Sending", "link", "send"),
        "sent": Look("Sent", "good", "check"),
        "leaving": Look("Leaving", "link", "timer"),
        "scheduled": Look("Scheduled", "link", "calendar-clock"),
        "held": Look("Waits for you", "warn", "hand"),
        "cancelled": Look("Held back", "plain", "ban"),
        "failed": Look("Not sent", "bad", "circle-x"),
        "delivered": Look("Delivered", "good", "check-check"),
        "deferred": Look("Delayed", "warn", "clock-alert"),
        "bounced": Look("Returned", "bad", "mail-x"),
        "complained": Look("Marked as spam", "bad", "flag"),
    },
    "cancellation": {
        "requested": Look("Asked by mail", "bad", "mail-warning"),
        "started": Look("Started", "link", "door-open"),
        "reason": Look("Reason given", "link", "door-open"),
        "offer": Look("Sees offers", "link", "door-open"),
        "accepted": Look("Offer taken", "good", "gift"),
        "abandoned": Look("Left", "plain", "log-out"),
        "bounced": Look("Only looked", "plain", "eye"),
        "cancelled": Look("Cancelled", "plain", "ban"),
    },
    "outcome": {
        "saved": Look("Saved", "good", "heart"),
        "lost": Look("Lost", "bad", "heart-crack"),
        "no_action": Look("No action needed", "plain", "circle-minus"),
        "auto_resolved": Look("Resolved by itself", "plain", "circle-check"),
    },
    "fact": {
        "damaged_box": Look("Damaged box", "bad", "package-x"),
        "cycle_one_ticket": Look("Cycle-1 ticket", "warn", "ticket"),
        "sla_breached": Look("SLA breached", "bad", "timer-off"),
        "low_satisfaction": Look("Bad satisfaction score", "bad", "frown"),
        "skipped_twice": Look("Two skips in a row", "warn", "skip-forward"),
        "payment_failed": Look("Failed payment", "bad", "credit-card"),
        "card_expiring": Look("Card expiring", "warn", "credit-card"),
        "cancellation_started": Look("Cancellation started", "bad", "door-open"),
        "milestone_behind": Look("Milestone behind", "warn", "milestone"),
        "box_late": Look("Late box", "warn", "clock-alert"),
        "health_falling": Look("Falling health", "warn", "heart-pulse"),
        "recurring_cause": Look("Recurring cause", "warn", "repeat-2"),
        "handed_over": Look("Handed over", "link", "forward"),
    },
    "health": {
        "healthy": Look("Healthy", "good", "heart-pulse"),
        "watch": Look("Watch", "link", "eye"),
        "at_risk": Look("At risk", "warn", "triangle-alert"),
        "critical": Look("Critical", "bad", "octagon-alert"),
        "none": Look("No live subscription", "plain", "circle-minus"),
    },
    "milestone": {
        "pending": Look("Not begun", "plain", "circle-dashed"),
        "on_track": Look("On track", "link", "circle-dot"),
        "behind": Look("Behind", "warn", "clock-alert"),
        "stuck": Look("Stuck", "bad", "octagon-alert"),
        "achieved": Look("Achieved", "good", "circle-check"),
        "abandoned": Look("Ended before", "plain", "ban"),
        "withdrawn": Look("No longer asked for", "plain", "circle-minus"),
    },
    "signal": {
        "milestone_achieved": Look("Milestone achieved", "good", "milestone"),
        "renewed": Look("Renewed", "good", "repeat"),
        "tenure": Look("A quarter subscribed", "good", "calendar-check"),
        "engaged": Look("Told us of using it", "good", "hand-heart"),
        "milestone_behind": Look("Milestone behind", "warn", "milestone"),
        "milestone_stuck": Look("Milestone stuck", "bad", "milestone"),
        "skipped": Look("Skipped a box", "warn", "skip-forward"),
        "skipped_twice": Look("Two skips in a row", "warn", "skip-forward"),
        "paused": Look("Paused", "warn", "circle-pause"),
        "payment_failed": Look("Payment failed", "bad", "credit-card"),
        "complaint_open": Look("Complaint open", "warn", "message-circle"),
        "damaged_box": Look("Damaged box", "bad", "package-x"),
        "sla_breached": Look("SLA breached", "bad", "timer-off"),
        "reopened": Look("Ticket reopened", "warn", "rotate-ccw"),
        "low_satisfaction": Look("Bad satisfaction score", "bad", "frown"),
        "cycle_one_ticket": Look("Cycle-1 ticket", "warn", "ticket"),
        "slow_resolution": Look("Slow resolution", "warn", "hourglass"),
        "box_late": Look("Late box", "warn", "clock-alert"),
        "cancellation_started": Look("Cancellation started", "bad", "door-open"),
    },
    "touch": {
        "sent": Look("Sent", "good", "send"),
        "held_quiet": Look("Held: quiet hours", "plain", "moon"),
        "capped": Look("Held: too many contacts", "warn", "gauge"),
        "suppressed": Look("Held: suppressed", "bad", "mail-x"),
        "opted_out": Look("Held: opted out", "bad", "ban"),
        "held_complaint": Look("Held: a complaint is open", "warn", "frown"),
        "held_recovery": Look("Held: a recovery is under way", "warn", "route"),
        "held_out": Look("Left alone, to compare", "plain", "flask-conical"),
    },
    "step": {
        "due": Look("Due", "link", "clock"),
        "waiting": Look("Waiting", "warn", "hourglass"),
        "done": Look("Done", "good", "check"),
        "skipped": Look("Skipped", "plain", "skip-forward"),
        "failed": Look("Failed", "bad", "circle-x"),
    },
    "risk": {
        "low": Look("Low risk", "good", "signal-low"),
        "medium": Look("Medium risk", "warn", "signal-medium"),
        "high": Look("High risk", "bad", "signal-high"),
    },
}

# Priorities are numbers in the database, so that the most urgent sorts first.
LOOKS["priority"] |= dict(
    zip("1234", (LOOKS["priority"][name] for name in ("urgent", "high", "normal", "low")), strict=True)
)


def look_of(kind: str, value: str) -> Look:
    """The look of `value`; of an unknown kind or value its own word, humanised."""
    known = LOOKS.get(kind, {}).get(value)
    return known or Look(value.replace("_", " ").capitalize(), "plain", "circle")
