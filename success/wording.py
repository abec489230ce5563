"""Alerts, steps and their results in words."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext

from success.enums import (
    AlertEventKind,
    AlertOutcome,
    AlertPriority,
    Anchor,
    FactKind,
    StepKind,
    StepState,
    TouchDecision,
)
from success.flows import conditions
from success.models import Alert, AlertEvent, Evidence, FlowStep, RunStep
from success.ranking import SOONER, value_sooner

STEP_ICONS = {
    StepKind.MAIL: "mail",
    StepKind.TASK: "clipboard-check",
    StepKind.WAIT: "hourglass",
    StepKind.BRANCH: "split",
    StepKind.NOTE: "sticky-note",
    StepKind.ACTION: "zap",
    StepKind.WEBHOOK: "webhook",
    StepKind.HAND_OVER: "forward",
    StepKind.END: "flag",
}
EVENT_LOOKS = {
    AlertEventKind.OPENED: ("bell-ring", "bad"),
    AlertEventKind.EVIDENCE_ADDED: ("circle-plus", "warn"),
    AlertEventKind.EVIDENCE_RETRACTED: ("circle-minus", "plain"),
    AlertEventKind.ASSIGNED: ("user", "plain"),
    AlertEventKind.STARTED: ("circle-play", "link"),
    AlertEventKind.SNOOZED: ("alarm-clock", "plain"),
    AlertEventKind.WOKEN: ("bell-ring", "warn"),
    AlertEventKind.NOTED: ("sticky-note", "plain"),
    AlertEventKind.CLOSED: ("circle-check", "good"),
    AlertEventKind.UNDONE: ("undo-2", "plain"),
    AlertEventKind.HANDED_OVER: ("forward", "link"),
}
RUN_EVENT_LOOKS = {
    "started": ("play", "link"),
    "fact_noted": ("circle-plus", "warn"),
    "task_done": ("clipboard-check", "good"),
    "completed": ("flag", "good"),
    "exited": ("log-out", "plain"),
    "failed": ("circle-x", "bad"),
    "paused": ("circle-pause", "plain"),
}


def hours_words(hours: float) -> str:
    """A planned length of time: "30 min", "4 h", "5 days"."""
    if hours < 1:
        return gettext("%(round)s min") % {"round": round(hours * 60)}
    if hours < 48:
        return f"{hours:g} h"
    return gettext("%(hours)s days") % {"hours": f"{hours / 24:.3g}"}


def step_title(step: FlowStep) -> str:
    """The name that its editor gave it: "did-they-write" → "Did they write"."""
    return step.key.replace("-", " ").replace("_", " ").capitalize()


def step_words(step: FlowStep) -> str:
    """What a step does, said before it is done."""
    config = step.config
    match step.kind:
        case StepKind.MAIL:
            return gettext("Mail to the subscriber")
        case StepKind.TASK:
            return gettext("Task, due within %(hours_words)s") % {"hours_words": hours_words(config["due_hours"])}
        case StepKind.WAIT if config.get("until"):
            return gettext("Wait until %(asked)s, at most %(hours_words)s") % {
                "asked": _asked(config["until"]),
                "hours_words": hours_words(config["hours"]),
            }
        case StepKind.WAIT if config.get("anchor"):
            return gettext("Wait until %(from_date)s") % {"from_date": _from_date(config)}
        case StepKind.WAIT:
            return gettext("Wait for %(hours_words)s") % {"hours_words": hours_words(config["hours"])}
        case StepKind.BRANCH:
            return gettext("Ask whether %(asked)s") % {"asked": _asked(config["when"])}
        case StepKind.END:
            outcome = str(config.get("outcome", "")).replace("_", " ")
            closes = config.get("close_alert", "")
            said = gettext("End: %(outcome)s") % {"outcome": outcome} if outcome else gettext("End")
            return (
                gettext("%(said)s, and close the alert as %(label)s")
                % {"said": said, "label": AlertOutcome(closes).label.lower()}
                if closes
                else said
            )
        case StepKind.ACTION if config.get("do") == "offer":
            return gettext("Offer: %(get)s") % {"get": config.get("offer", {}).get("kind", "")}
        case StepKind.ACTION:
            return gettext("Have the provider do it: %(config)s") % {"config": config.get("do", "")}
        case StepKind.HAND_OVER:
            return gettext("Hand over to %(config)s") % {"config": config.get("to", "")}
        case StepKind.WEBHOOK:
            return gettext("Tell another system")
        case _:
            return step.get_kind_display()


def _from_date(config: Mapping[str, Any]) -> str:
    """Such as: 2 days before the box ships."""
    offset, date = config.get("offset_hours") or 0, str(Anchor(config["anchor"]).label)
    if not offset:
        return date
    return f"{hours_words(abs(offset))} {'before' if offset < 0 else 'after'} {date}"


def _asked(condition: conditions.Condition) -> str:
    return conditions.label(condition)


def result_words(row: RunStep) -> str:
    """What came of a step that is over, and of one that fails and is tried again why."""
    result: dict[str, Any] = row.result or {}
    if row.state == StepState.FAILED:
        return gettext("Failed %(attempts)s times: %(error)s") % {"attempts": row.attempts, "error": row.error}
    if row.error:
        return gettext("Failed %(attempts)s times, is tried again: %(error)s") % {
            "attempts": row.attempts,
            "error": row.error,
        }
    if row.state == StepState.SKIPPED:
        return gettext("Left out, the run was over")
    if row.state != StepState.DONE:
        return ""
    match row.step.kind:
        case StepKind.MAIL:
            decision = str(TouchDecision(result["decision"]).label) if result.get("decision") else gettext("Sent")
            return f"{decision}: {result['reason']}" if result.get("reason") else decision
        case StepKind.TASK:
            return {"done": "Done", "": "Done"}.get(
                result.get("result", ""), str(result.get("result", ""))
            ).capitalize()
        case StepKind.WAIT:
            return str(result.get("happened", "")).capitalize()
        case StepKind.BRANCH:
            return str(result.get("answer", "")).capitalize()
        case StepKind.NOTE:
            return str(result.get("note", gettext("Written on the ticket")))
        case StepKind.END:
            return str(result.get("outcome", "")).replace("_", " ").capitalize()
        case StepKind.ACTION | StepKind.WEBHOOK if result.get("held_out"):
            return f"{TouchDecision.HELD_OUT.label}: {result.get('would', '')}"
        case StepKind.ACTION if result.get("refused"):
            return gettext("Not done: %(result)s") % {"result": result["refused"]}
        case StepKind.ACTION:
            return gettext("Offered") if result.get("offer") else str(result.get("state", "")).capitalize()
        case StepKind.WEBHOOK:
            return gettext("Queued to be sent")
        case StepKind.HAND_OVER:
            return gettext("Handed to %(result)s") % {"result": result.get("handed_to", "")}
        case _:
            return ""


def priority_words(evidence: list[Evidence], score: int) -> str:
    """Where a score comes from: "80 = damaged box 50 + cycle-1 ticket 30"."""
    parts = " + ".join(f"{FactKind(one.kind).label.lower()} {one.weight}" for one in evidence)
    return f"{score} = {parts}" if parts else gettext("No reason stands any more")


def rank_words(alert: Alert) -> list[str]:
    """Why an alert stands where it does, part by part."""
    parts = [
        gettext("due %(date_format)s") % {"date_format": date_format(timezone.localtime(alert.due_at), "D j M, H:i")}
    ]
    if by := SOONER[AlertPriority(alert.priority)]:
        direction = "sooner" if by > timedelta(0) else "later"
        parts.append(
            gettext("%(length)s %(direction)s as it is %(label)s")
            % {"length": _length(abs(by)), "direction": direction, "label": AlertPriority(alert.priority).label.lower()}
        )
    if by := value_sooner(alert.value_at_risk):
        parts.append(
            gettext("%(length)s sooner for %(value_at_risk)s %(currency)s at risk a year")
            % {"length": _length(by), "value_at_risk": f"{alert.value_at_risk:,.0f}", "currency": alert.store.currency}
        )
    return parts


def _length(span: timedelta) -> str:
    hours = round(span / timedelta(hours=1))
    return f"{hours} h" if hours < 48 else gettext("%(hours)s days") % {"hours": f"{hours / 24:.3g}"}


def alert_event(event: AlertEvent) -> dict[str, Any]:
    """One line of an alert's history, as templates/partials/history.html shows it."""
    icon, tone = EVENT_LOOKS.get(AlertEventKind(event.kind), ("circle", "plain"))
    title, detail = _told(event)
    if event.kind == AlertEventKind.CLOSED and event.to_value == AlertOutcome.LOST:
        icon, tone = "heart-crack", "bad"
    who = str(event.actor) if event.actor else ""
    return {"icon": icon, "tone": tone, "title": title, "detail": detail, "who": who, "at": event.occurred_at}


def _told(event: AlertEvent) -> tuple[str, str]:
    """A sentence that follows the actor's name where a person acted, and what they said."""
    by_person, before, after = event.actor is not None, event.from_value, event.to_value
    match event.kind:
        case AlertEventKind.OPENED:
            return gettext("Opened: %(after)s") % {"after": after.lower()}, ""
        case AlertEventKind.EVIDENCE_ADDED:
            return gettext("Reason added: %(after)s") % {"after": after.lower()}, ""
        case AlertEventKind.EVIDENCE_RETRACTED:
            words = gettext("took back: %(before)s") % {"before": before.lower()}
            return words if by_person else words.capitalize(), ""
        case AlertEventKind.ASSIGNED:
            return _assigned(event, after), ""
        case AlertEventKind.STARTED:
            return gettext("started to work on it"), ""
        case AlertEventKind.SNOOZED:
            return gettext("snoozed it until %(moment)s") % {"moment": _moment(after)}, str(
                event.data.get("reason", "")
            )
        case AlertEventKind.WOKEN:
            return gettext("Back from snooze"), str(event.data.get("why", ""))
        case AlertEventKind.NOTED:
            return "noted", str(event.data.get("text", ""))
        case AlertEventKind.UNDONE:
            return gettext("took back: %(before)s") % {"before": before.lower()}, ""
        case AlertEventKind.HANDED_OVER:
            return gettext("handed it over to %(after)s") % {"after": after}, str(event.data.get("note", ""))
        case AlertEventKind.CLOSED:
            outcome = AlertOutcome(after).label.lower() if after in AlertOutcome.values else after
            return f"{'closed it' if by_person else 'Closed'}: {outcome}", str(event.data.get("note", ""))
        case _:
            return event.get_kind_display(), ""


def _assigned(event: AlertEvent, after: str) -> str:
    if event.actor is not None and str(event.actor) == after:
        return gettext("took it")
    if not after:
        return gettext("gave it to nobody") if event.actor else gettext("Given to nobody")
    return (
        gettext("gave it to %(after)s") % {"after": after}
        if event.actor
        else gettext("Given to %(after)s") % {"after": after}
    )


def _moment(text: str) -> str:
    """A time as events keep it, for people."""
    at: datetime | None = parse_datetime(text)
    return date_format(timezone.localtime(at), "D j M, H:i") if at else text
