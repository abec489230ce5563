"""Flows, their settings and their steps in words, also where a draft is not finished."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from subscribers.lazy import lazily as _
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
    Trigger.DAMAGED_BOX: _("a box is reported damaged"),
    Trigger.CYCLE_ONE_TICKET: _("somebody writes in their first cycle"),
    Trigger.SLA_BREACHED: _("a promise to answer is broken"),
    Trigger.LOW_SATISFACTION: _("a ticket is rated badly"),
    Trigger.SKIPPED_TWICE: _("two boxes are skipped in a row"),
    Trigger.PAYMENT_FAILED: _("a payment fails"),
    Trigger.CARD_EXPIRING: _("a card is about to expire"),
    Trigger.CANCELLATION_STARTED: _("somebody starts to cancel"),
    Trigger.MILESTONE_BEHIND: _("a milestone falls behind"),
    Trigger.BOX_LATE: _("a box is late"),
    Trigger.HEALTH_FALLING: _("somebody's health falls"),
    Trigger.RECURRING_CAUSE: _("a complaint keeps coming back"),
    Trigger.FLOW_HARMS: _("a flow turns out to harm"),
    Trigger.SUBSCRIPTION_STARTED: _("a subscription starts"),
    Trigger.BOX_UPCOMING: _("a box is planned"),
    Trigger.BOX_SHIPPED: _("a box ships"),
    Trigger.BOX_DELIVERED: _("a box is delivered"),
    Trigger.CYCLE_RENEWED: _("a subscription renews"),
    Trigger.SUBSCRIPTION_CANCELLED: _("a subscription is cancelled"),
    Trigger.MILESTONE_ACHIEVED: _("a milestone is reached"),
    Trigger.SEGMENT: _("somebody is in the segment"),
    Trigger.BY_HAND: _("somebody starts it by hand"),
}
SETTING_WORDS = {
    "trigger": _("It starts when"),
    "entry": _("Only if"),
    "segment": _("The segment"),
    "segment_continues": _("New people of the segment"),
    "exits": _("It stops early when"),
    "reenter_after": _("It may start again for the same person"),
    "most_entries": _("At most for one person"),
    "rank": _("Rank"),
    "category": _("Its mails count as"),
    "holdout_share": _("Left alone to compare"),
    "holdout_steps": _("Left alone with"),
}
FIELD_WORDS = {
    "text": "text",
    "subject": "subject",
    "title": "task",
    "instructions": "instructions",
    "hours": "wait",
    "offset_hours": _("time from the date"),
    "anchor": "date",
    "until": _("fact that ends the wait"),
    "due_hours": _("time to do it"),
    "wait_hours": _("longest wait for it"),
    "when": "question",
    "outcome": "outcome",
    "close_alert": _("alert's outcome"),
    "do": "action",
    "offer": "offer",
    "valid_days": _("time to accept it"),
    "if_held": _("way with a mail that is held"),
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
        return gettext("%(get_kind_display)s, not finished") % {"get_kind_display": step.get_kind_display()}


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
        return ", ".join(map(str, (exit_words(one) for one in value))) or gettext("nothing does")
    if name in ("entry", "segment"):
        return gettext(", and ").join(condition_words(one) for one in value) or gettext("no condition")
    if name == "reenter_after":
        return (
            gettext("as its kind says")
            if value is None
            else gettext("after %(hours_words)s") % {"hours_words": hours_words(value)}
        )
    if name == "most_entries":
        return (
            gettext("no limit")
            if value is None
            else "once"
            if value == 1
            else gettext("%(value)s times") % {"value": value}
        )
    if name == "segment_continues":
        return gettext("come in every day") if value else gettext("stay out")
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
            return " ".join(str(part) for part in condition.values()).replace("_", " ") or gettext("nothing chosen")
        return str(condition).replace("_", " ") or gettext("nothing chosen")


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
        return gettext("%(value)s days") % {"value": value}
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', ' ')} {one}" for key, one in value.items())
    return f"“{value}”" if isinstance(value, str) else str(value)


def offset_words(hours: float) -> str:
    """ "2 days before", "4 h after", "then" """
    if not hours:
        return gettext("at that time")
    return f"{hours_words(abs(hours))} {'before' if hours < 0 else 'after'}"


def kind_words(flow: Flow) -> str:
    return str(FlowKind(flow.kind).label)
