"""Words for what causes show."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from success.causes.avoided import Avoided
from success.causes.enums import AnswerOutcome, CauseEventKind, CauseState
from success.models import CauseEvent

VIEWS = (("open", _("Open")), ("fixed", _("Fixed")), ("ended", _("Closed")), ("all", _("All")))
# What a person may make of it by one click; a fix and a dismissal ask for more.
MOVE_WORDS = {
    CauseState.INVESTIGATING: _("Look into it"),
    CauseState.KNOWN: _("The cause is known"),
    CauseState.CLOSED: _("Close"),
    CauseState.FOUND: _("Take it up again"),
}
LOOKS = {
    CauseEventKind.FOUND: ("package-search", "bad"),
    CauseEventKind.MOVED: ("circle-dot", "link"),
    CauseEventKind.ASSIGNED: ("user", "plain"),
    CauseEventKind.NOTED: ("sticky-note", "plain"),
    CauseEventKind.LINKED: ("link", "plain"),
    CauseEventKind.UNLINKED: ("x", "plain"),
    CauseEventKind.ANSWERED: ("send", "good"),
    CauseEventKind.TAKEN_BACK: ("undo-2", "warn"),
}


def chance_words(q: float) -> str:
    """How rarely chance alone shows so much, for people."""
    if q <= 0 or 1 / q >= 1_000_000:
        return gettext("less than 1 in a million")
    return gettext("about 1 in %(number)s") % {"number": f"{round(1 / q):,}"}


@dataclass(frozen=True)
class AvoidedWords:
    """`tone` good, bad, plain; `number` is empty where it is too early."""

    number: str
    tone: str
    interval: str
    words: str
    rate_before: float
    rate_after: float


def avoided_words(avoided: Avoided | None) -> AvoidedWords | None:
    """What the fix saved; None before one."""
    if avoided is None:
        return None
    rates = {"rate_before": avoided.rate_before, "rate_after": avoided.rate_after}
    if avoided.is_too_early:
        words = gettext(
            "Too early to say: at the rate before the fix, the boxes since would have brought %(expected)s complaints "
            "by now, and luck alone can keep so few away."
        ) % {"expected": f"{avoided.expected:.1f}"}
        return AvoidedWords("", "plain", "", words, **rates)
    low, high = avoided.interval
    interval = gettext("%(low)s to %(high)s") % {"low": f"{low:.0f}", "high": f"{high:.0f}"}
    number = f"{avoided.number:.0f}"
    if low > 0:
        words = gettext("The boxes since the fix brought fewer complaints than before it; luck hardly explains that.")
        return AvoidedWords(number, "good", interval, words, **rates)
    if high < 0:
        words = gettext("There are more complaints than before the fix: it did not help.")
        return AvoidedWords(number, "bad", interval, words, **rates)
    words = gettext("Not shown yet: none avoided is among what the numbers allow.")
    return AvoidedWords(number, "plain", interval, words, **rates)


def outcome_words(counts: Mapping[str, int]) -> str:
    """What became of an answer's tickets, such as “12 sent, 1 refused”."""
    parts = [f"{number} {str(AnswerOutcome(outcome).label).lower()}" for outcome, number in sorted(counts.items())]
    return ", ".join(parts)


def event_line(event: CauseEvent) -> dict[str, Any]:
    """One line of a cause's history, as templates/partials/history.html shows it."""
    icon, tone = LOOKS.get(CauseEventKind(event.kind), ("circle", "plain"))
    title, detail = _told(event)
    who = str(event.actor) if event.actor else ""
    return {"icon": icon, "tone": tone, "title": title, "detail": detail, "who": who, "at": event.occurred_at}


def _told(event: CauseEvent) -> tuple[str, str]:
    after, note = event.to_value, str(event.data.get("note", ""))
    match event.kind:
        case CauseEventKind.FOUND:
            return gettext("Found: %(title)s") % {"title": after}, ""
        case CauseEventKind.MOVED if after in CauseState.values:
            day = parse_date(str(event.data.get("day", "")))
            words = gettext("State: %(state)s") % {"state": str(CauseState(after).label).lower()}
            return f"{words} ({date_format(day, 'j M Y')})" if day else words, note
        case CauseEventKind.MOVED:
            return gettext("Day of the fix: %(day)s") % {"day": after}, note
        case CauseEventKind.ASSIGNED:
            return gettext("gave it to %(after)s") % {"after": after} if after else gettext("gave it to nobody"), ""
        case CauseEventKind.NOTED:
            return gettext("noted"), str(event.data.get("text", ""))
        case CauseEventKind.LINKED if after.isdecimal():
            number = int(after)
            return ngettext("%(number)s complaint linked", "%(number)s complaints linked", number) % {
                "number": number
            }, ""
        case CauseEventKind.LINKED:
            return gettext("linked %(ticket)s") % {"ticket": after}, ""
        case CauseEventKind.UNLINKED:
            return gettext("took %(ticket)s off") % {"ticket": event.from_value}, ""
        case CauseEventKind.ANSWERED:
            number = int(after)
            return ngettext("answered %(number)s ticket", "answered %(number)s tickets", number) % {
                "number": number
            }, ""
        case CauseEventKind.TAKEN_BACK:
            return gettext("took the answer back"), ""
        case _:
            return event.get_kind_display(), ""
