"""What each figure means; pages, the REST interface and docs/metrics.md read from here."""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Unit(Enum):
    """`TIME`: seconds, as median and p90. `SHARE`: hits of all. `COUNT`: how many. `STANDING`: how many at midnight."""

    TIME = "time"
    SHARE = "share"
    COUNT = "count"
    STANDING = "standing"


@dataclass(frozen=True)
class Definition:
    """`is_more_better` is None where neither direction is. `repeats`: one ticket may be measured several times."""

    key: str
    name: str | Promise
    words: str | Promise
    source: str | Promise
    unit: Unit
    is_more_better: bool | None
    repeats: bool = False
    settles_days: int = 0


EVENTS, MESSAGES = _("changes of status of the ticket"), _("public messages of the ticket")
CLOCKS, QUESTIONS = _("clocks of the ticket’s promises"), _("questions of satisfaction and their answers")
TIME, SHARE = Unit.TIME, Unit.SHARE

DEFINITIONS = (
    Definition(
        "first_response",
        _("First response"),
        _(
            "From the opening of a ticket to the first public answer by a person, by the day of the answer; late ones "
            "count. Rules, flows, automatic mail, answers that failed or have not left, and tickets that an agent, a "
            "flow or a machine began are left out."
        ),
        MESSAGES,
        TIME,
        False,
    ),
    Definition(
        "next_response",
        _("Next response"),
        _(
            "After the first answer: from the oldest message of the customer that nobody answered to the next answer "
            "by a person. A second message before it starts nothing anew; resolving ends the wait without a figure."
        ),
        MESSAGES,
        TIME,
        False,
        repeats=True,
    ),
    Definition(
        "first_resolution",
        _("First resolution"),
        _("From the opening of a ticket to the first time it was resolved, by that day."),
        EVENTS,
        TIME,
        False,
    ),
    Definition(
        "full_resolution",
        _("Full resolution"),
        _("From the opening to the last time it was resolved, of tickets that are resolved now, by that day."),
        EVENTS,
        TIME,
        False,
    ),
    Definition(
        "requester_wait",
        _("Requester wait"),
        _("The time that a ticket was new, open or on hold until it was resolved last, by that day."),
        EVENTS,
        TIME,
        False,
    ),
    Definition(
        "agent_work",
        _("Agent work"),
        _("The time that a ticket was new or open until it was resolved last, by that day."),
        EVENTS,
        TIME,
        False,
    ),
    Definition(
        "sla_first",
        _("SLA: first reply"),
        _(
            "Promises kept of those kept or broken, by the day on which they were due. Promises that are paused or "
            "were cancelled count only where they were broken before."
        ),
        CLOCKS,
        SHARE,
        True,
        repeats=True,
    ),
    Definition(
        "sla_next",
        _("SLA: next reply"),
        _("Promises of the next reply that were kept, of those kept or broken, by the day on which they were due."),
        CLOCKS,
        SHARE,
        True,
        repeats=True,
    ),
    Definition(
        "sla_resolution",
        _("SLA: resolution"),
        _("Promises of a resolution that were kept, of those kept or broken, by the day on which they were due."),
        CLOCKS,
        SHARE,
        True,
        repeats=True,
    ),
    Definition(
        "csat",
        _("CSAT"),
        _(
            "Answers of 4 or 5 among all answers, by the day of the answer; each belongs to the agent and queue that "
            "had the ticket when it was asked."
        ),
        QUESTIONS,
        SHARE,
        True,
    ),
    Definition(
        "csat_response",
        _("CSAT response rate"),
        _("Customers who answered, of those who were asked, by the day on which they were asked."),
        QUESTIONS,
        SHARE,
        True,
        settles_days=7,
    ),
    Definition(
        "reopen_rate",
        _("Reopen rate"),
        _(
            "Resolutions after which a message of the customer opened the ticket again within 7 days, of all "
            "resolutions, by the day of the resolution. Automatic mail and agents reopen nothing here."
        ),
        EVENTS,
        SHARE,
        False,
        repeats=True,
        settles_days=7,
    ),
    Definition(
        "one_touch",
        _("One-touch"),
        _(
            "Of the tickets that are resolved and were answered: those with exactly one public answer that were never "
            "reopened, by the day of the last resolution."
        ),
        MESSAGES,
        SHARE,
        True,
    ),
    Definition(
        "unanswered",
        _("Resolved without an answer"),
        _("Tickets that are resolved and that nobody answered in public, of all that are resolved."),
        MESSAGES,
        SHARE,
        None,
    ),
    Definition(
        "contacts",
        _("Contacts"),
        _(
            "Tickets that customers opened, by the day of the opening; not what agents, flows or machines opened, and "
            "not what is spam, deleted, or part of another ticket."
        ),
        MESSAGES,
        Unit.COUNT,
        False,
    ),
    Definition(
        "backlog",
        _("Backlog"),
        _("Tickets that were not resolved at midnight, in the store’s time zone, at the end of the day."),
        EVENTS,
        Unit.STANDING,
        False,
    ),
)
BY_KEY = {one.key: one for one in DEFINITIONS}
DIMENSIONS = {
    "queue": _("Queue"),
    "agent": _("Agent"),
    "topic": _("Topic"),
    "cycle": _("Cycle"),
    "product": _("Product"),
}
