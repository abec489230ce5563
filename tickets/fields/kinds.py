"""What a field of each kind takes: any accepted writing becomes one, and that one is read as itself.

Dates are written as 2026-03-31 and numbers without exponent, without thousands and without trailing zeros, so that
equal values are equal texts: lists and rules compare nothing else.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from tickets.enums import FieldKind

YES = "yes"
LONGEST = 500  # characters
_YES = frozenset(("yes", "true", "on", "1", "y"))
_NO = frozenset(("", "no", "false", "off", "0", "n"))
# At most 18 digits before the mark and 9 behind it: what `Decimal` calculates with exactly.
_NUMBER = re.compile(r"([+-]?)([0-9]{1,18})(?:[.,]([0-9]{1,9}))?", re.ASCII)
_SPACED = re.compile(r"[+-]?[0-9]{1,3}(?: [0-9]{3})+(?:[.,][0-9]+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}", re.ASCII)


def canonical(kind: str, raw: Any, choices: Sequence[str] = ()) -> str:
    """The one way of writing what was given; "" where it says nothing. Raises `Refused`, in words, for what is none.

    `raw`: a text as a person or a machine writes it, or what JSON has: true, a number, null.
    """
    if kind == FieldKind.CHECKBOX:
        return _checkbox(raw)
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float, Decimal, type(None))):
        raise Refused(_("Give a text."))
    if isinstance(raw, (float, Decimal)):
        number = Decimal(str(raw))
        raw = format(number, "f") if number.is_finite() else str(number)
    text = _one_line("" if raw is None else str(raw))
    return _READ[FieldKind(kind)](text, choices) if text else ""


def shown(kind: str, value: str) -> str:
    """A canonical value as people read it."""
    if kind == FieldKind.CHECKBOX and value == YES:
        return _("Yes")
    if kind == FieldKind.DATE and (day := _day(value)) is not None:
        return date_format(day, "j M Y")
    return value


def _one_line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _checkbox(raw: Any) -> str:
    text = "" if raw is None else _one_line(str(raw)).lower()
    if text not in _YES | _NO:
        raise Refused(_("Say yes or no."))
    return YES if text in _YES else ""


def _text(text: str, choices: Sequence[str]) -> str:
    if len(text) > LONGEST:
        raise Refused(_("At most %(number)s characters.") % {"number": LONGEST})
    return text


def _number(text: str, choices: Sequence[str]) -> str:
    text = text.replace("\N{MINUS SIGN}", "-")
    found = _NUMBER.fullmatch(text.replace(" ", "") if _SPACED.fullmatch(text) else text)
    if found is None:
        raise Refused(_("Write a number, such as 12 or 12.5."))
    if _THOUSANDS.fullmatch(found[0]):
        # A thousand in one country, one in another.
        raise Refused(_("Write %(plain)s or %(decimal)s.") % _both(found[0]))
    sign, whole, part = found[1], found[2].lstrip("0") or "0", (found[3] or "").rstrip("0")
    number = f"{whole}.{part}" if part else whole
    return f"-{number}" if sign == "-" and number != "0" else number


def _both(text: str) -> dict[str, str]:
    return {"plain": text.replace(",", ""), "decimal": text.replace(",", ".").rstrip("0").rstrip(".")}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _date(text: str, choices: Sequence[str]) -> str:
    day = _day(text)
    if day is None or not 1900 <= day.year < 3000:
        raise Refused(_("Write a date as 2026-03-31."))
    return day.isoformat()


def _choice(text: str, choices: Sequence[str]) -> str:
    folded = text.casefold()
    for choice in choices:
        if choice == text or choice.casefold() == folded:
            return choice
    raise Refused(_("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)})


_READ = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.CHOICE: _choice,
}
