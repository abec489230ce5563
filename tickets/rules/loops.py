"""Finds rules that would go round in circles, before they are saved.

What a rule does starts no rule that waits for an event, so only waiting can: a ticket that is moved from one status to
another after some hours, and from there back. Such circles are refused; what cannot be seen here is bounded when it
happens (tickets.rules.engine).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from tickets.enums import ActionKind, RuleEvent
from tickets.models import TicketRule


def status_set(actions: Sequence[Mapping[str, Any]]) -> str:
    """The status that the actions leave a ticket in; "" where they leave it as it is."""
    return next((action["value"] for action in actions if action.get("kind") == ActionKind.STATUS), "")


def circle(rule: TicketRule, others: Iterable[TicketRule]) -> list[str]:
    """The names of rules, this one first, that would move a ticket round in a circle; none where there is none."""
    if rule.event != RuleEvent.IN_STATUS or not rule.is_active:
        return []
    moves: dict[str, list[tuple[str, str]]] = {}
    for other in others:
        target = status_set(other.actions)
        if other.is_active and other.event == RuleEvent.IN_STATUS and other.pk != rule.pk and target:
            moves.setdefault(other.status, []).append((target, other.name))
    goal, start = rule.status, status_set(rule.actions)
    if not start:
        return []
    paths = [(start, [rule.name])]
    seen = {start}
    while paths:
        status, names = paths.pop(0)
        if status == goal:
            return names
        for target, name in moves.get(status, ()):
            if target not in seen:
                seen.add(target)
                paths.append((target, [*names, name]))
    return []


def circle_words(names: Sequence[str]) -> str:
    if len(names) == 1:
        return _("It would leave tickets in the status in which it found them.")
    told = " → ".join(f"“{name}”" for name in names)
    return _("Tickets would go round in a circle: %(rules)s.") % {"rules": told}
