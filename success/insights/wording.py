"""Figures in words: amounts, their change, how sure they are."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from success.insights.definitions import Definition, Unit
from success.insights.selectors import Figure

UNITS = (
    (86400, gettext_lazy("%(count)s d")),
    (3600, gettext_lazy("%(count)s h")),
    (60, gettext_lazy("%(count)s min")),
    (1, gettext_lazy("%(count)s s")),
)
NOTABLE = 0.15  # of a time or a count: smaller changes are weather


@dataclass(frozen=True)
class Shown:
    """A figure beside the one of the period before. `tone` is good, bad or plain; `is_sure`: hardly by chance."""

    definition: Definition
    figure: Figure
    before: Figure
    value: str
    before_value: str
    change: str
    up: bool | None
    tone: str
    is_sure: bool
    hint: str
    interval: str
    name: str | Promise = ""
    behind: str = ""


def amount_words(definition: Definition, amount: float | None) -> str:
    if amount is None:
        return "–"
    if definition.unit == Unit.TIME:
        return length_words(amount)
    if definition.unit == Unit.SHARE:
        return f"{number_format(round(amount * 100), 0)} %"
    return number_format(round(amount), 0, force_grouping=True)


def length_words(seconds: float) -> str:
    """In its two largest units: "1 h 20 min"."""
    rest, words = round(seconds), []
    for size, unit in UNITS:
        count, rest = divmod(rest, size)
        if count:
            words.append(unit % {"count": count})
        elif words:
            break
    return " ".join(map(str, words[:2])) or UNITS[-1][1] % {"count": 0}


def shown(figure: Figure, before: Figure, name: str | Promise = "", behind: str = "") -> Shown:
    definition, now, then = figure.definition, figure.amount, before.amount
    change, up, tone, sure = "", None, "plain", False
    if now is not None and then is not None and now != then and (then or definition.unit == Unit.SHARE):
        up = now > then
        if definition.unit == Unit.SHARE:
            points = number_format(round(abs(now - then) * 100, 1), 1)
            change = _("%(points)s points") % {"points": points}
        else:
            change = f"{number_format(round(abs(now / then - 1) * 100), 0)} %"
        sure = _is_sure(figure, before)
        if definition.is_more_better is not None and sure:
            tone = "good" if up == definition.is_more_better else "bad"
    low_high = figure.interval
    interval = ""
    if low_high:
        low, high = (number_format(round(part * 100), 0) for part in low_high)
        interval = _("between %(low)s and %(high)s %%") % {"low": low, "high": high}
    return Shown(
        definition,
        figure,
        before,
        amount_words(definition, now),
        amount_words(definition, then),
        change,
        up,
        tone,
        sure,
        _hint(figure),
        interval,
        name or definition.name,
        behind,
    )


def _hint(figure: Figure) -> str:
    if figure.definition.unit in (Unit.COUNT, Unit.STANDING):
        return ""
    of = ngettext("of %(number)s", "of %(number)s", figure.number) % {"number": number_format(figure.number, 0)}
    if not figure.number:
        return _("nothing measured yet")
    if figure.is_small:
        return _("%(of)s: few, so chance weighs") % {"of": of}
    if figure.p90 is not None:
        return _("%(of)s, nine of ten within %(p90)s") % {"of": of, "p90": length_words(figure.p90)}
    return of


def _is_sure(figure: Figure, before: Figure) -> bool:
    """Shares: their intervals do not touch. Times and counts: a notable change of enough."""
    one, other = figure.interval, before.interval
    if one and other:
        return one[0] > other[1] or other[0] > one[1]
    now, then = figure.amount, before.amount
    if figure.is_small or before.is_small or now is None or not then:
        return False
    enough = figure.definition.unit == Unit.TIME or min(now, then) >= 20
    return enough and abs(now / then - 1) >= NOTABLE
