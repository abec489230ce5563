"""The kinds of actions: what each takes, whether a value is right, and what it is in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from subscribers.models import Store
from tickets.actions.vocabulary import Vocabulary
from tickets.enums import ActionKind, Priority, TicketStatus
from tickets.fields.kinds import shown
from tickets.fields.setting import read_value
from tickets.services.snoozing import FARTHEST
from tickets.services.tagging import tag_name
from tickets.sla.mornings import MOMENTS

ME = "me"
DELIVERY = "delivery"
MOST_ACTIONS = 30
LONGEST_NOTE = 20_000
EXAMPLE = '[{"kind": "add_tag", "value": "vip"}]'


@dataclass(frozen=True)
class Kind:
    """`is_once`: a list names it once at most. `rank`: actions are done from the lowest, whatever their order."""

    takes: str
    is_right: Callable[[Any, Vocabulary], bool]
    words: Callable[[Any, Vocabulary], str]
    rank: int
    is_once: bool = False


def _is_person(value: Any, known: Vocabulary) -> bool:
    return value == ME or (type(value) is int and value in known.people)


def _is_tag(value: Any, known: Vocabulary) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return bool(tag_name(value))
    except Refused:
        return False


def until_of(value: Any) -> datetime | timedelta | None:
    """A snooze's value as a time or as hours from then; None for a word or for what is neither."""
    if type(value) in (int, float) and timedelta() < value * timedelta(hours=1) <= FARTHEST:
        return float(value) * timedelta(hours=1)
    if isinstance(value, str) and value not in MOMENTS and value != DELIVERY:
        try:
            moment = parse_datetime(value)
        except ValueError:
            return None
        return moment if moment is not None and moment.tzinfo is not None else None
    return None


def _is_snooze(value: Any, known: Vocabulary) -> bool:
    return (isinstance(value, str) and (value in MOMENTS or value == DELIVERY)) or until_of(value) is not None


def field_value(value: Any) -> tuple[str, str]:
    """The key and the value of `order-number=1042`; ValueError for what is none."""
    if not isinstance(value, str) or "=" not in value:
        raise ValueError(value)
    key, _equals, held = value.partition("=")
    return key.strip(), held.strip()


def _is_field_value(value: Any, known: Vocabulary) -> bool:
    try:
        key, held = field_value(value)
        field = known.fields[key]
        read_value(field, held)
    except (ValueError, KeyError, Refused):
        return False
    return True


def _field_words(value: Any, known: Vocabulary) -> str:
    try:
        key, held = field_value(value)
    except ValueError:
        return str(value)
    field = known.fields.get(key)
    label = field.label if field else key
    if not held:
        return _("empty %(field)s") % {"field": label}
    return _("set %(field)s to “%(value)s”") % {"field": label, "value": shown(field.kind, held) if field else held}


def _is_nothing(value: Any, known: Vocabulary) -> bool:
    return value in (None, "")


def _person_words(value: Any, known: Vocabulary) -> str:
    return _("me") if value == ME else str(known.people.get(value, value))


def _assign_words(value: Any, known: Vocabulary) -> str:
    if value is None:
        return _("give back to the queue")
    return _("assign to %(person)s") % {"person": _person_words(value, known)}


def _snooze_words(value: Any, known: Vocabulary) -> str:
    words = {
        "later_today": _("snooze until later today"),
        "tomorrow": _("snooze until tomorrow morning"),
        "next_week": _("snooze until next week"),
        DELIVERY: _("snooze until the box is delivered"),
    }
    if isinstance(value, str) and value in words:
        return words[value]
    until = until_of(value)
    if isinstance(until, datetime):
        local = until.astimezone(ZoneInfo(known.store.time_zone))
        return _("snooze until %(when)s") % {"when": date_format(local, "D j M, H:i")}
    return _("snooze for %(hours)s hours") % {"hours": f"{value:g}" if type(value) in (int, float) else value}


def _queue_words(value: Any, known: Vocabulary) -> str:
    return _("move to %(queue)s") % {"queue": known.queues.get(value, value)}


def _status_words(value: Any, known: Vocabulary) -> str:
    label = TicketStatus(value).label if value in TicketStatus.values else value
    return _("set to %(status)s") % {"status": str(label).lower()}


def _priority_words(value: Any, known: Vocabulary) -> str:
    label = Priority(value).label if value in Priority.values else value
    return _("priority %(priority)s") % {"priority": str(label).lower()}


def _topic_words(text: str) -> Callable[[Any, Vocabulary], str]:
    return lambda value, known: _(text) % {"topic": getattr(known.topics.get(value), "label", value)}


def _note_words(value: Any, known: Vocabulary) -> str:
    line = " ".join(str(value).split())
    return _("note “%(text)s”") % {"text": line[:60] + ("…" if len(line) > 60 else "")}


A_PERSON = "“me”, or the id of somebody who works for the store"
SETTABLE = [status.value for status in TicketStatus if status != TicketStatus.NEW]

KINDS: dict[ActionKind, Kind] = {
    ActionKind.RESTORE: Kind("no value", _is_nothing, lambda value, known: _("restore"), 0, is_once=True),
    ActionKind.QUEUE: Kind(
        "a queue's key",
        lambda value, known: isinstance(value, str) and value in known.queues,
        _queue_words,
        1,
        is_once=True,
    ),
    ActionKind.ASSIGN: Kind(
        f"{A_PERSON}; null for nobody",
        lambda value, known: value is None or _is_person(value, known),
        _assign_words,
        2,
        is_once=True,
    ),
    ActionKind.PRIORITY: Kind(
        "a priority, from 1 (urgent) to 4 (low)",
        lambda value, known: type(value) is int and value in Priority.values,
        _priority_words,
        3,
        is_once=True,
    ),
    ActionKind.ADD_TOPIC: Kind(
        "a topic's key",
        lambda value, known: isinstance(value, str) and value in known.topics,
        _topic_words("mark as %(topic)s"),
        4,
    ),
    ActionKind.REMOVE_TOPIC: Kind(
        "a topic's key",
        lambda value, known: isinstance(value, str) and value in known.topics,
        _topic_words("not about %(topic)s"),
        4,
    ),
    ActionKind.ADD_TAG: Kind("a tag's name", _is_tag, lambda value, known: _("add tag “%(tag)s”") % {"tag": value}, 5),
    ActionKind.REMOVE_TAG: Kind(
        "a tag's name", _is_tag, lambda value, known: _("remove tag “%(tag)s”") % {"tag": value}, 5
    ),
    ActionKind.FOLLOW: Kind(
        A_PERSON,
        _is_person,
        lambda value, known: _("add %(person)s as follower") % {"person": _person_words(value, known)},
        6,
    ),
    ActionKind.UNFOLLOW: Kind(
        A_PERSON,
        _is_person,
        lambda value, known: _("remove %(person)s as follower") % {"person": _person_words(value, known)},
        6,
    ),
    ActionKind.NOTE: Kind(
        "a text",
        lambda value, known: isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_NOTE,
        _note_words,
        7,
    ),
    ActionKind.SET_FIELD: Kind(
        "a field's key and what it is to hold, such as order-number=1042; order-number= empties it",
        _is_field_value,
        _field_words,
        7,
    ),
    ActionKind.STATUS: Kind(
        f"a status ({', '.join(SETTABLE)})",
        lambda value, known: isinstance(value, str) and value in SETTABLE,
        _status_words,
        8,
        is_once=True,
    ),
    ActionKind.WAKE: Kind("no value", _is_nothing, lambda value, known: _("wake"), 9, is_once=True),
    ActionKind.SNOOZE: Kind(
        f"{', '.join(MOMENTS)}, {DELIVERY}, a number of hours, or a time such as 2026-03-31T09:00:00+02:00",
        _is_snooze,
        _snooze_words,
        10,
        is_once=True,
    ),
    ActionKind.SPAM: Kind("no value", _is_nothing, lambda value, known: _("mark as spam"), 11, is_once=True),
    ActionKind.DELETE: Kind("no value", _is_nothing, lambda value, known: _("delete"), 11, is_once=True),
}


def check_actions(raw: Any, store: Store, known: Vocabulary | None = None) -> None:
    """Raises ValueError, in words, unless `raw` is what `perform` does to tickets of this store."""
    known = known or Vocabulary(store)
    if not isinstance(raw, list) or len(raw) > MOST_ACTIONS:
        raise ValueError(
            f'Actions are a list of at most {MOST_ACTIONS}, such as [{{"kind": "add_tag", "value": "vip"}}].'
        )
    seen: set[str] = set()
    for action in raw:
        if not isinstance(action, dict) or not {"kind"} <= set(action) <= {"kind", "value"}:
            raise ValueError("An action is an object with a kind and a value.")
        kind, value = action["kind"], action.get("value")
        if not isinstance(kind, str) or kind not in ActionKind.values:
            raise ValueError(f"{kind!r} is not an action; these are {', '.join(ActionKind.values)}.")
        spec = KINDS[ActionKind(kind)]
        if not spec.is_right(value, known):
            raise ValueError(f"{kind!r} takes {spec.takes}.")
        if spec.is_once and kind in seen:
            raise ValueError(f"{kind!r} can be there once.")
        seen.add(kind)
    if {ActionKind.SPAM, ActionKind.DELETE} <= seen:
        raise ValueError("A ticket is deleted or it is spam.")


def words_of(actions: Sequence[dict[str, Any]], store: Store, known: Vocabulary | None = None) -> str:
    """All of them in one line, in the order in which they are done; of what is no action any more, what it says."""
    known = known or Vocabulary(store)
    said = [
        KINDS[ActionKind(action["kind"])].words(action.get("value"), known)
        if action.get("kind") in ActionKind.values
        else str(action.get("kind"))
        for action in in_order(actions)
    ]
    line = ", ".join(map(str, said))
    return line[:1].upper() + line[1:]


def in_order(actions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """As they are done: what makes the ticket's place first, what puts it away last."""
    ranks = {str(kind): spec.rank for kind, spec in KINDS.items()}
    return sorted(actions, key=lambda action: ranks.get(action.get("kind", ""), 99))
