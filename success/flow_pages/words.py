"""Flows, their settings and their steps in words, also where a draft is not finished."""

from collections.abc import Mapping
from typing import Any

from success.enums import (
    AlertOutcome,
    Anchor,
    Exit,
    FlowEventKind,
    FlowKind,
    StepKind,
    TouchCategory,
    Trigger,
)
from success.flows import conditions
from success.models import Flow, FlowStep
from success.wording import STEP_ICONS, hours_words, step_title, step_words

TRIGGER_WORDS: dict[str, str] = {
    Trigger.DAMAGED_BOX: "a box is reported damaged",
    Trigger.CYCLE_ONE_TICKET: "somebody writes in their first cycle",
    Trigger.SLA_BREACHED: "a promise to answer is broken",
    Trigger.LOW_SATISFACTION: "a ticket is rated badly",
    Trigger.SKIPPED_TWICE: "two boxes are skipped in a row",
    Trigger.PAYMENT_FAILED: "a payment fails",
    Trigger.CARD_EXPIRING: "a card is about to expire",
    Trigger.CANCELLATION_STARTED: "somebody starts to cancel",
    Trigger.MILESTONE_BEHIND: "a milestone falls behind",
    Trigger.BOX_LATE: "a box is late",
    Trigger.HEALTH_FALLING: "somebody's health falls",
    Trigger.RECURRING_CAUSE: "a complaint keeps coming back",
    Trigger.SUBSCRIPTION_STARTED: "a subscription starts",
    Trigger.BOX_UPCOMING: "a box is planned",
    Trigger.BOX_SHIPPED: "a box ships",
    Trigger.BOX_DELIVERED: "a box is delivered",
    Trigger.CYCLE_RENEWED: "a subscription renews",
    Trigger.SUBSCRIPTION_CANCELLED: "a subscription is cancelled",
    Trigger.MILESTONE_ACHIEVED: "a milestone is reached",
    Trigger.SEGMENT: "somebody is in the segment",
    Trigger.BY_HAND: "somebody starts it by hand",
}
SETTING_WORDS = {
    "trigger": "It starts when",
    "entry": "Only if",
    "segment": "The segment",
    "segment_continues": "New people of the segment",
    "exits": "It stops early when",
    "reenter_after": "It may start again for the same person",
    "most_entries": "At most for one person",
    "rank": "Rank",
    "category": "Its mails count as",
    "holdout_share": "Left alone to compare",
    "holdout_steps": "Left alone with",
}
FIELD_WORDS = {
    "text": "text",
    "subject": "subject",
    "title": "task",
    "instructions": "instructions",
    "hours": "wait",
    "offset_hours": "time from the date",
    "anchor": "date",
    "until": "fact that ends the wait",
    "due_hours": "time to do it",
    "wait_hours": "longest wait for it",
    "when": "question",
    "outcome": "outcome",
    "close_alert": "alert's outcome",
    "do": "action",
    "offer": "offer",
    "valid_days": "time to accept it",
    "if_held": "way with a mail that is held",
    "url": "address",
    "secret": "secret",
    "to": "team",
    "note": "note",
}
EVENT_LOOKS = {
    FlowEventKind.CREATED: ("plus", "link"),
    FlowEventKind.DRAFTED: ("square-pen", "plain"),
    FlowEventKind.DISCARDED: ("trash-2", "plain"),
    FlowEventKind.PUBLISHED: ("upload", "good"),
    FlowEventKind.SWITCHED_ON: ("circle-play", "good"),
    FlowEventKind.SWITCHED_OFF: ("circle-pause", "warn"),
    FlowEventKind.RENAMED: ("pencil", "plain"),
}


def trigger_words(flow: Flow) -> str:
    """When a flow starts, as the end of a sentence that begins with “Starts when”."""
    return TRIGGER_WORDS.get(flow.trigger, flow.trigger.replace("_", " "))


def step_name(step: FlowStep) -> str:
    return step_title(step)


def step_icon(step: FlowStep) -> str:
    return STEP_ICONS.get(step.kind, "circle")  # type: ignore[call-overload]


def say(step: FlowStep) -> str:
    """What a step does; of one that is not finished its kind."""
    try:
        return step_words(step)
    except (KeyError, TypeError, ValueError, AttributeError):
        return f"{step.get_kind_display()}, not finished"


def setting_words(name: str, value: Any) -> str:
    """A setting's value within a sentence."""
    if name == "trigger":
        return TRIGGER_WORDS.get(value, str(value))
    if name == "category":
        return TouchCategory(value).label.lower() + " mail" if value in TouchCategory.values else str(value)
    if name == "holdout_share":
        return f"{value * 100:g} %" if value else "nobody"
    if name == "holdout_steps":
        return ", ".join(StepKind(one).label.lower() for one in value if one in StepKind.values) or "nothing"
    if name == "exits":
        return ", ".join(exit_words(one) for one in value) or "nothing does"
    if name in ("entry", "segment"):
        return ", and ".join(condition_words(one) for one in value) or "no condition"
    if name == "reenter_after":
        return "as its kind says" if value is None else f"after {hours_words(value)}"
    if name == "most_entries":
        return "no limit" if value is None else "once" if value == 1 else f"{value} times"
    if name == "segment_continues":
        return "come in every day" if value else "stay out"
    return str(value)


def exit_words(value: str) -> str:
    """ "they paid" """
    label = str(Exit(value).label) if value in Exit.values else value.replace("_", " ")
    return label[:1].lower() + label[1:]


def condition_words(condition: Any) -> str:
    """A condition within a sentence, also one that is not known (any more)."""
    try:
        return conditions.label(condition)
    except (KeyError, TypeError, ValueError, AttributeError):
        if isinstance(condition, Mapping):
            return " ".join(str(part) for part in condition.values()).replace("_", " ") or "nothing chosen"
        return str(condition).replace("_", " ") or "nothing chosen"


def value_words(name: str, value: Any) -> str:
    """A step's value within a sentence."""
    if name in ("hours", "due_hours", "wait_hours") and isinstance(value, int | float):
        return hours_words(value)
    if name == "offset_hours" and isinstance(value, int | float):
        return offset_words(value)
    if name in ("when", "until"):
        return f"“{condition_words(value)}”"
    if name == "anchor" and value in Anchor.values:
        return str(Anchor(value).label)
    if name == "close_alert" and value in AlertOutcome.values:
        return str(AlertOutcome(value).label).lower()
    if name == "valid_days":
        return f"{value} days"
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', ' ')} {one}" for key, one in value.items())
    return f"“{value}”" if isinstance(value, str) else str(value)


def offset_words(hours: float) -> str:
    """ "2 days before", "4 h after", "then" """
    if not hours:
        return "at that time"
    return f"{hours_words(abs(hours))} {'before' if hours < 0 else 'after'}"


def kind_words(flow: Flow) -> str:
    return str(FlowKind(flow.kind).label)
