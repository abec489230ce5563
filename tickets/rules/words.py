"""Rules in words: when, what they ask for, what they do."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscribers.enums import Channel, SubscriptionStatus
from tickets.actions import words_of
from tickets.actions.vocabulary import Vocabulary
from tickets.enums import Metric, Priority, RuleEvent, Score, TicketStatus
from tickets.fields.asking import ANY, EMPTY
from tickets.models import TicketRule
from tickets.rules.conditions import NOBODY, NONE

LABELS: dict[str, Any] = {
    "queue": gettext_lazy("Queue"),
    "status": gettext_lazy("Status"),
    "assignee": gettext_lazy("Whose it is"),
    "rating": gettext_lazy("Rating"),
    "metric": gettext_lazy("Promise"),
    "language": gettext_lazy("Language"),
    "country": gettext_lazy("Country"),
    "cycle": gettext_lazy("Cycle"),
    "priority": gettext_lazy("Priority"),
    "channel": gettext_lazy("Channel"),
    "topic": gettext_lazy("Topic"),
    "billing_within_hours": gettext_lazy("Hours to the next billing"),
    "box_within_hours": gettext_lazy("Hours to the next box"),
    "tags_any": gettext_lazy("One of the tags"),
    "tags_none": gettext_lazy("None of the tags"),
    "fields": gettext_lazy("Fields"),
    "subscription": gettext_lazy("Subscription"),
    "product": gettext_lazy("Product"),
    "business_hours": gettext_lazy("Business hours"),
    "is_automatic": gettext_lazy("Written by a machine"),
    "sender": gettext_lazy("From"),
    "words_any": gettext_lazy("One of the words"),
    "words_all": gettext_lazy("All of the words"),
    "words_none": gettext_lazy("None of the words"),
}
_CHOICES: dict[str, Mapping[Any, Any]] = {
    "status": dict(TicketStatus.choices),
    "rating": dict(Score.choices),
    "metric": dict(Metric.choices),
    "priority": dict(Priority.choices),
    "channel": dict(Channel.choices),
    "subscription": {**dict(SubscriptionStatus.choices), NONE: gettext_lazy("None")},
}
_WITHIN = ("billing_within_hours", "box_within_hours")


class Names:
    """What the ids of conditions are called, for as many rules as are shown together."""

    def __init__(self, **names: Mapping[Any, str]) -> None:
        self._names = names

    def of(self, condition: str, value: Any) -> str:
        if condition == "assignee" and value == NOBODY:
            return _("nobody")
        known = _CHOICES.get(condition) or self._names.get(condition) or {}
        return str(known.get(value, value))


def condition_words(name: str, value: Any, names: Names | None = None) -> str:
    """ "Priority: Urgent, High"."""
    label = LABELS.get(name, name)
    names = names or Names()
    if name in _WITHIN:
        said = _("at most %(hours)s") % {"hours": f"{value:g}" if isinstance(value, (int, float)) else value}
    elif name == "business_hours":
        said = _("open") if value.get("open") else _("closed")
    elif name == "fields":
        said = ", ".join(f"{key}: {_values_words(asked)}" for key, asked in value.items())
    elif isinstance(value, bool):
        said = _("yes") if value else _("no")
    elif isinstance(value, list):
        said = ", ".join(map(str, (names.of(name, one) for one in value)))
    else:
        said = str(value)
    return f"{label}: {said}"


def _values_words(asked: Sequence[str]) -> str:
    words = {ANY: _("filled in"), EMPTY: _("empty")}
    return " / ".join(words.get(one, one) for one in asked)


def reason_words(reason: Mapping[str, Any]) -> str:
    """What held, with what was found: "One of the words: broken"."""
    name, found = reason["condition"], str(reason.get("found") or "")
    return f"{LABELS.get(name, name)}: {found}" if found else condition_words(name, reason.get("asked"))


def when_words(rule: TicketRule) -> str:
    if rule.event == RuleEvent.IN_STATUS:
        status = TicketStatus(rule.status).label if rule.status in TicketStatus.values else rule.status
        return _("%(status)s for %(hours)d h") % {"status": status, "hours": rule.hours or 0}
    return str(RuleEvent(rule.event).label)


def asks_words(conditions: Mapping[str, Any], names: Names | None = None) -> str:
    return "; ".join(map(str, (condition_words(name, value, names) for name, value in conditions.items()))) or _(
        "always"
    )


def does_words(actions: Sequence[dict[str, Any]], reply: bool, known: Vocabulary) -> str:
    said = [_("answer the customer")] if reply else []
    if actions:
        line = words_of(actions, known.store, known)
        said.append(line[:1].lower() + line[1:] if said else line)
    line = ", ".join(map(str, said))
    return line[:1].upper() + line[1:]


def done_words(done: Sequence[Mapping[str, Any]], known: Vocabulary) -> str:
    """What a firing did."""
    actions = [dict(one) for one in done if one.get("kind") != "reply"]
    return does_words(actions, len(actions) != len(done), known) or _("nothing: it was so already")
