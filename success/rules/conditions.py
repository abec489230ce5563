"""What a rule may ask beside the kind of a fact, and whether it holds.

All that a rule names must hold. What is known of people and tickets is handed in: nothing is looked up here.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext

from subscribers.enums import Interval
from subscribers.lazy import lazily as _
from success.enums import AssignBy, FactKind
from success.rules.people import Person

# The number that a fact of a kind carries, and whether a rule's `measure` is its least or its most.
LEAST, MOST = _("at least"), _("at most")
MEASURES: dict[FactKind, tuple[str, str, str]] = {
    FactKind.SKIPPED_TWICE: ("in_a_row", LEAST, _("skips in a row")),
    FactKind.BOX_LATE: ("days_late", LEAST, _("days late")),
    FactKind.LOW_SATISFACTION: ("rating", MOST, _("of 5")),
    FactKind.CARD_EXPIRING: ("days_left", MOST, _("days left")),
    FactKind.HEALTH_FALLING: ("number", MOST, _("of 100")),
}


@dataclass(frozen=True)
class Rule:
    """A rule as it stands. `opened`: how many alerts it opened within the hour."""

    id: int
    kind: FactKind
    name: str
    conditions: Mapping[str, Any]
    weight: int
    due_within: timedelta
    cool_down: timedelta | None
    most_per_hour: int | None
    assign: str
    opened: int = 0

    @property
    def is_assigned(self) -> bool:
        return self.assign != AssignBy.NOBODY

    @property
    def room(self) -> float:
        """How many alerts it may still open within this hour."""
        return float("inf") if self.most_per_hour is None else max(0, self.most_per_hour - self.opened)


@dataclass(frozen=True)
class Told:
    """A fact as conditions see it. `person` None: it is about no single subscriber."""

    kind: FactKind
    data: Mapping[str, Any]
    person: Person | None
    topics: Collection[str] = field(default_factory=frozenset)


def _some(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _number(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and Decimal(str(value)) >= 0
    except InvalidOperation:
        return False


def _measured(limit: Any, told: Told) -> bool:
    name, direction, _ = MEASURES.get(told.kind, ("", "", ""))
    number = told.data.get(name)
    if not isinstance(number, (int, float)):
        return False
    return number >= float(limit) if direction == LEAST else number <= float(limit)


@dataclass(frozen=True)
class Condition:
    takes: str
    is_right: Callable[[Any], bool]
    holds: Callable[[Any, Told, Person], bool]
    words: Callable[[Any], str]
    of_person: bool = True


def _list(values: Iterable[Any]) -> str:
    return " or ".join(str(value) for value in values)


CONDITIONS: dict[str, Condition] = {
    "cycle_at_most": Condition(
        _("a whole number from 1"),
        lambda value: type(value) is int and value >= 1,
        lambda value, told, person: person.cycle is not None and person.cycle <= value,
        lambda value: (
            gettext("in their first cycle") if value == 1 else gettext("in cycle %(value)s at most") % {"value": value}
        ),
    ),
    "value_at_least": Condition(
        _("an amount a year"),
        _number,
        lambda value, told, person: person.value >= Decimal(str(value)),
        lambda value: gettext("worth %(value)s a year at least") % {"value": value},
    ),
    "countries": Condition(
        _("a list of countries, two letters each"),
        lambda value: _some(value) and all(isinstance(one, str) and len(one) == 2 for one in value),
        lambda value, told, person: person.country in value,
        lambda value: gettext("in %(list)s") % {"list": _list(value)},
    ),
    "products": Condition(
        _("a list of products by id"),
        lambda value: _some(value) and all(type(one) is int for one in value),
        lambda value, told, person: not person.products.isdisjoint(value),
        lambda value: gettext("with one of the chosen products"),
    ),
    "intervals": Condition(
        _("a list of day, week, month, year"),
        lambda value: _some(value) and all(one in Interval.values for one in value),
        lambda value, told, person: not person.intervals.isdisjoint(value),
        lambda value: gettext("billed by the %(list)s") % {"list": _list(value)},
    ),
    "at_risk": Condition(
        "true",
        lambda value: value is True,
        lambda value, told, person: bool(person.risks),
        lambda value: gettext("at risk"),
    ),
    "topics": Condition(
        _("a list of topics by key"),
        lambda value: _some(value) and all(isinstance(one, str) and one for one in value),
        lambda value, told, person: not frozenset(told.topics).isdisjoint(value),
        lambda value: gettext("about %(list)s") % {"list": _list(value)},
        of_person=False,
    ),
    "measure": Condition(
        _("a number"),
        _number,
        lambda value, told, person: _measured(value, told),
        lambda value: gettext("from %(value)s on") % {"value": value},
        of_person=False,
    ),
}


def check_conditions(conditions: Any) -> None:
    """ValueError in words for conditions that this product cannot read."""
    if not isinstance(conditions, dict):
        raise ValueError(gettext("Conditions are given by name."))
    for name, value in conditions.items():
        if name not in CONDITIONS:
            raise ValueError(gettext("There is no condition “%(name)s”.") % {"name": name})
        if not CONDITIONS[name].is_right(value):
            raise ValueError(gettext("“%(name)s” takes %(takes)s.") % {"name": name, "takes": CONDITIONS[name].takes})


def hold(conditions: Mapping[str, Any], told: Told) -> bool:
    """Whether all of them hold; what cannot be read (edited past the admin) never does."""
    try:
        check_conditions(conditions)
    except ValueError:
        return False
    if told.person is None and any(CONDITIONS[name].of_person for name in conditions):
        return False
    person = told.person or Person()
    return all(CONDITIONS[name].holds(value, told, person) for name, value in conditions.items())


def asks_of_people(conditions: Mapping[str, Any]) -> bool:
    return any(CONDITIONS[name].of_person for name in conditions if name in CONDITIONS)


def first_match(rules: Iterable[Rule], told: Told) -> Rule | None:
    """The first whose conditions hold. `rules` are of the fact's kind, in order."""
    return next((rule for rule in rules if hold(rule.conditions, told)), None)


def conditions_words(kind: str, conditions: Mapping[str, Any]) -> str:
    """For lists of rules: "at risk, worth 500 a year at least"; empty where it asks for nothing more."""
    words = []
    for name, value in conditions.items():
        if name == "measure" and kind in MEASURES:
            _, direction, unit = MEASURES[FactKind(kind)]
            words.append(f"{direction} {value} {unit}")
        elif name in CONDITIONS:
            words.append(CONDITIONS[name].words(value))
    return ", ".join(map(str, words))
