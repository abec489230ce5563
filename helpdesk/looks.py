"""What a state looks like: a word, a tone and an icon (a shape), so that colour never carries it alone.

`LOOKS[kind][value]`. A value that is not listed is shown with its own word and a neutral circle.
"""

from typing import NamedTuple

from django.utils.translation import gettext_noop


class Look(NamedTuple):
    label: str  # English; shown in the reader's language
    tone: str  # plain, strong, link, good, warn, bad
    icon: str  # a name of helpdesk/icons/lucide.json


LOOKS: dict[str, dict[str, Look]] = {
    "ticket": {
        "new": Look(gettext_noop("New"), "link", "circle-dot"),
        "open": Look(gettext_noop("Open"), "good", "circle"),
        "pending": Look(gettext_noop("Pending"), "warn", "hourglass"),
        "on_hold": Look(gettext_noop("On hold"), "plain", "circle-pause"),
        "resolved": Look(gettext_noop("Resolved"), "plain", "circle-check"),
    },
    "priority": {
        "low": Look(gettext_noop("Low"), "plain", "signal-low"),
        "normal": Look(gettext_noop("Normal"), "plain", "signal-medium"),
        "high": Look(gettext_noop("High"), "warn", "signal-high"),
        "urgent": Look(gettext_noop("Urgent"), "bad", "octagon-alert"),
    },
    "score": {
        "1": Look(gettext_noop("Very bad"), "bad", "angry"),
        "2": Look(gettext_noop("Bad"), "bad", "frown"),
        "3": Look(gettext_noop("Okay"), "plain", "meh"),
        "4": Look(gettext_noop("Good"), "good", "smile"),
        "5": Look(gettext_noop("Very good"), "good", "laugh"),
    },
    "alert": {
        "open": Look(gettext_noop("Open"), "bad", "bell-ring"),
        "in_progress": Look(gettext_noop("In progress"), "link", "circle-play"),
        "snoozed": Look(gettext_noop("Snoozed"), "plain", "alarm-clock"),
        "closed": Look(gettext_noop("Closed"), "plain", "circle-check"),
    },
    "flow": {
        "on": Look(gettext_noop("On"), "good", "circle-play"),
        "off": Look(gettext_noop("Off"), "plain", "circle-pause"),
        "draft": Look(gettext_noop("Not published"), "warn", "square-pen"),
    },
    "run": {
        "active": Look(gettext_noop("Active"), "link", "circle-play"),
        "waiting": Look(gettext_noop("Waiting"), "warn", "hourglass"),
        "completed": Look(gettext_noop("Completed"), "good", "circle-check"),
        "exited": Look(gettext_noop("Exited"), "plain", "log-out"),
        "paused": Look(gettext_noop("Paused"), "plain", "circle-pause"),
        "holdout": Look(gettext_noop("Held out"), "plain", "flask-conical"),
        "failed": Look(gettext_noop("Failed"), "bad", "circle-x"),
    },
    "subscription": {
        "active": Look(gettext_noop("Active"), "good", "repeat"),
        "paused": Look(gettext_noop("Paused"), "warn", "circle-pause"),
        "past_due": Look(gettext_noop("Past due"), "bad", "credit-card"),
        "cancelled": Look(gettext_noop("Cancelled"), "plain", "ban"),
        "expired": Look(gettext_noop("Expired"), "plain", "calendar-x"),
        "failed": Look(gettext_noop("Failed"), "bad", "circle-x"),
        "stale": Look(gettext_noop("Stale"), "plain", "cloud-off"),
    },
    "cycle": {
        "scheduled": Look(gettext_noop("Scheduled"), "plain", "calendar"),
        "billed": Look(gettext_noop("Billed"), "good", "circle-check"),
        "skipped": Look(gettext_noop("Skipped"), "warn", "skip-forward"),
        "failed": Look(gettext_noop("Payment failed"), "bad", "credit-card"),
        "recovered": Look(gettext_noop("Payment recovered"), "good", "undo-2"),
        "lost": Look(gettext_noop("Payment lost"), "bad", "circle-x"),
    },
    "box": {
        "planned": Look(gettext_noop("Planned"), "plain", "calendar"),
        "label_purchased": Look(gettext_noop("Label purchased"), "plain", "tag"),
        "confirmed": Look(gettext_noop("Confirmed"), "plain", "package"),
        "in_transit": Look(gettext_noop("In transit"), "link", "truck"),
        "out_for_delivery": Look(gettext_noop("Out for delivery"), "link", "map-pin"),
        "attempted": Look(gettext_noop("Delivery attempted"), "warn", "door-open"),
        "delayed": Look(gettext_noop("Delayed"), "warn", "clock-alert"),
        "delivered": Look(gettext_noop("Delivered"), "good", "package-check"),
        "failure": Look(gettext_noop("Delivery failed"), "bad", "package-x"),
        "damaged": Look(gettext_noop("Damaged"), "bad", "package-x"),
        "cancelled": Look(gettext_noop("Cancelled"), "plain", "ban"),
    },
    "inbound": {
        "ticket": Look(gettext_noop("New ticket"), "good", "ticket"),
        "message": Look(gettext_noop("On a ticket"), "good", "message-square"),
        "duplicate": Look(gettext_noop("Second copy"), "plain", "copy"),
        "no_ticket": Look(gettext_noop("No ticket"), "plain", "bot"),
        "quarantined": Look(gettext_noop("Quarantine"), "bad", "shield-alert"),
        "waiting": Look(gettext_noop("Not read yet"), "warn", "hourglass"),
        "stored": Look(gettext_noop("Not read yet"), "warn", "hourglass"),
        "processed": Look(gettext_noop("Read"), "good", "check"),
    },
    "delivery": {
        "planned": Look(gettext_noop("Planned"), "link", "calendar-clock"),
        "queued": Look(gettext_noop("Queued"), "plain", "clock"),
        "sending": Look(gettext_noop("Sending"), "link", "send"),
        "sent": Look(gettext_noop("Sent"), "good", "check"),
        "leaving": Look(gettext_noop("Leaving"), "link", "timer"),
        "scheduled": Look(gettext_noop("Scheduled"), "link", "calendar-clock"),
        "held": Look(gettext_noop("Waits for you"), "warn", "hand"),
        "cancelled": Look(gettext_noop("Held back"), "plain", "ban"),
        "failed": Look(gettext_noop("Not sent"), "bad", "circle-x"),
        "delivered": Look(gettext_noop("Delivered"), "good", "check-check"),
        "deferred": Look(gettext_noop("Delayed"), "warn", "clock-alert"),
        "bounced": Look(gettext_noop("Returned"), "bad", "mail-x"),
        "complained": Look(gettext_noop("Marked as spam"), "bad", "flag"),
    },
    "cancellation": {
        "requested": Look(gettext_noop("Asked by mail"), "bad", "mail-warning"),
        "started": Look(gettext_noop("Started"), "link", "door-open"),
        "reason": Look(gettext_noop("Reason given"), "link", "door-open"),
        "offer": Look(gettext_noop("Sees offers"), "link", "door-open"),
        "accepted": Look(gettext_noop("Offer taken"), "good", "gift"),
        "abandoned": Look(gettext_noop("Left"), "plain", "log-out"),
        "bounced": Look(gettext_noop("Only looked"), "plain", "eye"),
        "cancelled": Look(gettext_noop("Cancelled"), "plain", "ban"),
    },
    "outcome": {
        "saved": Look(gettext_noop("Saved"), "good", "heart"),
        "lost": Look(gettext_noop("Lost"), "bad", "heart-crack"),
        "no_action": Look(gettext_noop("No action needed"), "plain", "circle-minus"),
        "auto_resolved": Look(gettext_noop("Resolved by itself"), "plain", "circle-check"),
    },
    "cause": {
        "found": Look(gettext_noop("Found"), "bad", "circle-alert"),
        "investigating": Look(gettext_noop("Being looked into"), "warn", "search"),
        "known": Look(gettext_noop("Cause known"), "link", "lightbulb"),
        "fixed": Look(gettext_noop("Fixed"), "good", "wrench"),
        "closed": Look(gettext_noop("Closed"), "plain", "circle-check"),
        "dismissed": Look(gettext_noop("Dismissed"), "plain", "circle-slash"),
    },
    "cause_answer": {
        "waiting": Look(gettext_noop("About to leave"), "warn", "hourglass"),
        "sending": Look(gettext_noop("Being sent"), "link", "send"),
        "done": Look(gettext_noop("Sent"), "good", "check"),
        "taken_back": Look(gettext_noop("Taken back"), "plain", "undo-2"),
    },
    "fact": {
        "damaged_box": Look(gettext_noop("Damaged box"), "bad", "package-x"),
        "cycle_one_ticket": Look(gettext_noop("Cycle-1 ticket"), "warn", "ticket"),
        "sla_breached": Look(gettext_noop("SLA breached"), "bad", "timer-off"),
        "low_satisfaction": Look(gettext_noop("Bad satisfaction score"), "bad", "frown"),
        "skipped_twice": Look(gettext_noop("Two skips in a row"), "warn", "skip-forward"),
        "payment_failed": Look(gettext_noop("Failed payment"), "bad", "credit-card"),
        "card_expiring": Look(gettext_noop("Card expiring"), "warn", "credit-card"),
        "cancellation_started": Look(gettext_noop("Cancellation started"), "bad", "door-open"),
        "milestone_behind": Look(gettext_noop("Milestone behind"), "warn", "milestone"),
        "box_late": Look(gettext_noop("Late box"), "warn", "clock-alert"),
        "health_falling": Look(gettext_noop("Falling health"), "warn", "heart-pulse"),
        "recurring_cause": Look(gettext_noop("Recurring cause"), "warn", "repeat-2"),
        "handed_over": Look(gettext_noop("Handed over"), "link", "forward"),
    },
    "health": {
        "healthy": Look(gettext_noop("Healthy"), "good", "heart-pulse"),
        "watch": Look(gettext_noop("Watch"), "link", "eye"),
        "at_risk": Look(gettext_noop("At risk"), "warn", "triangle-alert"),
        "critical": Look(gettext_noop("Critical"), "bad", "octagon-alert"),
        "none": Look(gettext_noop("No live subscription"), "plain", "circle-minus"),
    },
    "milestone": {
        "pending": Look(gettext_noop("Not begun"), "plain", "circle-dashed"),
        "on_track": Look(gettext_noop("On track"), "link", "circle-dot"),
        "behind": Look(gettext_noop("Behind"), "warn", "clock-alert"),
        "stuck": Look(gettext_noop("Stuck"), "bad", "octagon-alert"),
        "achieved": Look(gettext_noop("Achieved"), "good", "circle-check"),
        "abandoned": Look(gettext_noop("Ended before"), "plain", "ban"),
        "withdrawn": Look(gettext_noop("No longer asked for"), "plain", "circle-minus"),
    },
    "signal": {
        "milestone_achieved": Look(gettext_noop("Milestone achieved"), "good", "milestone"),
        "renewed": Look(gettext_noop("Renewed"), "good", "repeat"),
        "tenure": Look(gettext_noop("A quarter subscribed"), "good", "calendar-check"),
        "engaged": Look(gettext_noop("Told us of using it"), "good", "hand-heart"),
        "milestone_behind": Look(gettext_noop("Milestone behind"), "warn", "milestone"),
        "milestone_stuck": Look(gettext_noop("Milestone stuck"), "bad", "milestone"),
        "skipped": Look(gettext_noop("Skipped a box"), "warn", "skip-forward"),
        "skipped_twice": Look(gettext_noop("Two skips in a row"), "warn", "skip-forward"),
        "paused": Look(gettext_noop("Paused"), "warn", "circle-pause"),
        "payment_failed": Look(gettext_noop("Payment failed"), "bad", "credit-card"),
        "complaint_open": Look(gettext_noop("Complaint open"), "warn", "message-circle"),
        "damaged_box": Look(gettext_noop("Damaged box"), "bad", "package-x"),
        "sla_breached": Look(gettext_noop("SLA breached"), "bad", "timer-off"),
        "reopened": Look(gettext_noop("Ticket reopened"), "warn", "rotate-ccw"),
        "low_satisfaction": Look(gettext_noop("Bad satisfaction score"), "bad", "frown"),
        "cycle_one_ticket": Look(gettext_noop("Cycle-1 ticket"), "warn", "ticket"),
        "slow_resolution": Look(gettext_noop("Slow resolution"), "warn", "hourglass"),
        "box_late": Look(gettext_noop("Late box"), "warn", "clock-alert"),
        "cancellation_started": Look(gettext_noop("Cancellation started"), "bad", "door-open"),
    },
    "touch": {
        "sent": Look(gettext_noop("Sent"), "good", "send"),
        "held_quiet": Look(gettext_noop("Held: quiet hours"), "plain", "moon"),
        "capped": Look(gettext_noop("Held: too many contacts"), "warn", "gauge"),
        "suppressed": Look(gettext_noop("Held: suppressed"), "bad", "mail-x"),
        "opted_out": Look(gettext_noop("Held: opted out"), "bad", "ban"),
        "held_complaint": Look(gettext_noop("Held: a complaint is open"), "warn", "frown"),
        "held_recovery": Look(gettext_noop("Held: a recovery is under way"), "warn", "route"),
        "held_out": Look(gettext_noop("Left alone, to compare"), "plain", "flask-conical"),
    },
    "step": {
        "due": Look(gettext_noop("Due"), "link", "clock"),
        "waiting": Look(gettext_noop("Waiting"), "warn", "hourglass"),
        "done": Look(gettext_noop("Done"), "good", "check"),
        "skipped": Look(gettext_noop("Skipped"), "plain", "skip-forward"),
        "failed": Look(gettext_noop("Failed"), "bad", "circle-x"),
    },
    "action": {
        "awaiting_approval": Look("Waits for a lead", "warn", "shield-check"),
        "queued": Look("Asked", "link", "clock"),
        "running": Look("Being done", "link", "loader"),
        "done": Look("Done", "good", "circle-check"),
        "refused": Look("Refused", "bad", "circle-x"),
        "failed": Look("Given up", "bad", "circle-x"),
        "cancelled": Look("Taken back", "plain", "ban"),
    },
    "risk": {
        "low": Look(gettext_noop("Low risk"), "good", "signal-low"),
        "medium": Look(gettext_noop("Medium risk"), "warn", "signal-medium"),
        "high": Look(gettext_noop("High risk"), "bad", "signal-high"),
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
