"""Lengths of time as people write them, and conditions as pickers."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from subscribers.lazy import lazily as _
from success.flows import conditions, fields

PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*(weeks?|w|days?|d|hours?|h|minutes?|mins?|m)?\b[\s,]*", re.ASCII)
HOURS = {"w": 168.0, "d": 24.0, "h": 1.0, "m": 1 / 60}
KEPT = "kept"  # a condition that the pickers cannot show: it stays as it is
COMPARE = "compare"


def read_hours(text: str) -> int | float:
    """Hours of “3 days”, “4 h”, “1 h 30 min”; of a number alone. Raises ValueError in words."""
    rest, hours = text.strip().lower(), 0.0
    if not rest:
        raise ValueError(gettext("Give a length of time."))
    while rest:
        part = PART.match(rest)
        if part is None:
            raise ValueError(gettext("“%(text)s” is no length of time such as 3 days, 4 h or 30 min.") % {"text": text})
        hours += float(part[1].replace(",", ".")) * HOURS[(part[2] or "h")[0]]
        rest = rest[part.end() :]
    return int(hours) if float(hours).is_integer() else round(hours, 6)


def hours_text(hours: float) -> str:
    """What `read_hours` reads as these hours."""
    for name, length in (("week", 168), ("day", 24)):
        if hours and hours % length == 0 and (name == "day" or hours >= 2 * length):
            count = round(hours / length)
            return f"{count} {name}{'s' if count != 1 else ''}"
    minutes = hours * 60
    if hours < 1 and minutes == int(minutes):
        return gettext("%(minutes)s min") % {"minutes": int(minutes)}
    return f"{hours:g} h" if float(f"{hours:g}") == hours else f"{hours!r} h"


class LengthField(forms.CharField):
    """A length of time; cleaned it is hours, empty it is None."""

    def __init__(self, *, least: float = 0.0, most: float = 24 * 365, **options: Any) -> None:
        self.least, self.most = least, most
        super().__init__(max_length=40, **options)

    def prepare_value(self, value: Any) -> Any:
        return hours_text(value) if isinstance(value, int | float) and not isinstance(value, bool) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            hours = read_hours(text)
        except ValueError as fault:
            raise ValidationError(str(fault)) from fault
        if not self.least <= hours <= self.most:
            raise ValidationError(
                gettext("From %(hours_text)s to %(hours_text2)s.")
                % {"hours_text": hours_text(self.least), "hours_text2": hours_text(self.most)}
            )
        return hours


def field_choices() -> list[tuple[str, Any]]:
    """Every field that may be compared, by what it belongs to."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, one in fields.FIELDS.items():
        label = one.label[:1].upper() + one.label[1:]
        groups.setdefault(name.partition(".")[0].capitalize(), []).append((name, label))
    return [("", gettext("Choose what to compare")), *groups.items()]


class ConditionForm(forms.Form):
    """One condition: a known question, or a field compared with a value. Cleaned: `condition`, None if empty."""

    ask = forms.ChoiceField(required=False, label=_("Question"))
    negate = forms.BooleanField(required=False, label=_("Turn it round: not so"))
    field = forms.ChoiceField(required=False, label=_("Compare"))
    op = forms.ChoiceField(required=False, label=_("How"), choices=[("", _("How")), *fields.OPS.items()])
    value = forms.CharField(
        required=False, max_length=200, label=_("With"), help_text=_("A number, a word, or several with commas.")
    )

    def __init__(self, *args: Any, condition: Any = None, before_a_run: bool = False, **options: Any) -> None:
        self.before_a_run, self.condition = before_a_run, condition
        options["initial"] = self._taken_apart(condition)
        super().__init__(*args, **options)
        known = [
            (name, f"{label[:1].upper()}{label[1:]}")
            for name, (label, _) in conditions.CONDITIONS.items()
            if not before_a_run or name in conditions.BEFORE_A_RUN
        ]
        choices = [("", gettext("Choose")), *known, (COMPARE, gettext("Compare something…"))]
        if self.initial.get("ask") == KEPT:
            choices.append((KEPT, conditions.label(condition)))
        self.fields["ask"].choices = choices  # type: ignore[attr-defined]
        self.fields["field"].choices = field_choices()  # type: ignore[attr-defined]

    @staticmethod
    def _taken_apart(condition: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if isinstance(condition, Mapping) and set(condition) == {"not"}:
            found["negate"], condition = True, condition["not"]
        if not condition:
            return found
        if isinstance(condition, str):
            return found | {"ask": condition if condition in conditions.CONDITIONS else KEPT}
        if (
            isinstance(condition, Mapping)
            and condition.get("field") in fields.FIELDS
            and set(condition)
            <= {
                "field",
                "op",
                "value",
            }
        ):
            value = condition.get("value", "")
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            return found | {"ask": COMPARE, "field": condition["field"], "op": condition.get("op", ""), "value": text}
        return {"ask": KEPT}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        found = self._put_together(data)
        if found is not None:
            try:
                conditions.check(found, before_a_run=self.before_a_run)
            except ValueError as fault:
                self.add_error(
                    "value" if data.get("ask") == COMPARE else "ask", gettext("It %(fault)s") % {"fault": fault}
                )
        data["condition"] = found
        return data

    def _put_together(self, data: Mapping[str, Any]) -> Any:
        ask = data.get("ask")
        if not ask:
            return None
        if ask == KEPT:
            return self.condition
        found: Any = ask
        if ask == COMPARE:
            found = {"field": data.get("field", ""), "op": data.get("op", "")}
            if found["op"] not in fields.WITHOUT_VALUE:
                found["value"] = self._value(data)
        return {"not": found} if data.get("negate") else found

    def _value(self, data: Mapping[str, Any]) -> Any:
        is_number = data.get("field") in fields.FIELDS and fields.FIELDS[data["field"]].is_number
        text = str(data.get("value", "")).strip()
        if data.get("op") in ("in", "not_in"):
            return [self._one(one.strip(), is_number) for one in text.split(",") if one.strip()]
        return self._one(text, is_number)

    @staticmethod
    def _one(text: str, is_number: bool) -> Any:
        if not is_number:
            return text
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return text
        if number != number or number in (float("inf"), float("-inf")):
            return text
        return int(number) if number.is_integer() else number
