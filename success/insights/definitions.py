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
    """`is_more_better` is None where neither direction is. `repeats`: one subject may be measured several times.

    `about`: what is measured, a ticket or a subscription; a figure of subscriptions lists their subscribers.
    """

    key: str
    name: str | Promise
    words: str | Promise
    source: str | Promise
    unit: Unit
    is_more_better: bool | None
    repeats: bool = False
    settles_days: int = 0
    about: str = "ticket"

    @property
    def dimensions(self) -> dict[str, str | Promise]:
        keys = DIMENSIONS if self.about == "ticket" else ("product", "cycle")
        return {key: DIMENSIONS[key] for key in keys}


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
            "Promises kept of those kept or broken, by the day on which they were due. Promises that were "
            "cancelled are left out; one that is paused counts only where it was broken before."
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


def _outcome(
    key: str, name: Promise, words: Promise, source: Promise, unit: Unit, is_more_better: bool | None, settles: int = 0
) -> Definition:
    return Definition(key, name, words, source, unit, is_more_better, True, settles, "subscription")


CYCLES, LIVES = _("cycles of the subscription"), _("starts and ends of the subscription")
SESSIONS, STEPS = _("cancellation sessions"), _("progress to milestones")

OUTCOMES = (
    _outcome(
        "renewal_rate",
        _("Renewal rate"),
        _(
            "Cycles that were billed, of all cycles that were due, by the day on which the billing was expected. A "
            "payment that failed and was recovered counts as billed; skipped cycles were not due and are a figure of "
            "their own, and cycles whose billing is not decided are left out."
        ),
        CYCLES,
        SHARE,
        True,
        14,
    ),
    _outcome(
        "skip_rate",
        _("Skips"),
        _("Cycles that were skipped, of those that were skipped, billed, or not paid, by the day of the billing."),
        CYCLES,
        SHARE,
        False,
    ),
    _outcome(
        "cycle_retention",
        _("Cycle retention"),
        _(
            "Subscriptions that lived through a cycle (billed or skipped) and through the next one, of those whose "
            "next cycle is decided, by the day on which the subscription began."
        ),
        CYCLES,
        SHARE,
        True,
        62,
    ),
    _outcome(
        "milestone_completion",
        _("Milestone completion"),
        _(
            "Milestones that were achieved, of all that are asked for and have begun to count, by the day from which "
            "they count. Who left before did not achieve it."
        ),
        STEPS,
        SHARE,
        True,
        90,
    ),
    _outcome(
        "active_subscriptions",
        _("Subscriptions"),
        _("Subscriptions that had begun and not ended at midnight, in the store’s time zone. Paused ones are there."),
        LIVES,
        Unit.STANDING,
        True,
    ),
    _outcome(
        "churn_voluntary",
        _("Churn: cancelled"),
        _("Subscriptions that were cancelled because somebody wished it, by the day on which they ended."),
        LIVES,
        Unit.COUNT,
        False,
    ),
    _outcome(
        "churn_involuntary",
        _("Churn: not paid"),
        _(
            "Subscriptions that ended because a payment failed: so said the provider, or the provider cancelled while "
            "the last payment that was due had failed."
        ),
        LIVES,
        Unit.COUNT,
        False,
    ),
    _outcome(
        "subscribers_lost",
        _("Subscribers lost"),
        _("Ends of a subscription after which its subscriber had no other one that ran, whatever the cause."),
        LIVES,
        Unit.COUNT,
        False,
    ),
    _outcome(
        "save_durable",
        _("Saved for 30 days"),
        _(
            "Cancellation sessions after which the subscriber was still there 30 days later and was billed since, of "
            "those whose outcome is known, by the day on which the session ended."
        ),
        SESSIONS,
        SHARE,
        True,
        30,
    ),
    _outcome(
        "save_not_cancelled",
        _("Not cancelled in the session"),
        _("Sessions that ended in anything but a cancellation, of all that ended. What came later does not count."),
        SESSIONS,
        SHARE,
        True,
    ),
    _outcome(
        "save_offer_accepted",
        _("Offer taken"),
        _("Sessions in which an offer was taken, of those that saw offers. What came later does not count."),
        SESSIONS,
        SHARE,
        True,
    ),
)
EVERY = DEFINITIONS + OUTCOMES
BY_KEY = {one.key: one for one in EVERY}
DIMENSIONS: dict[str, str | Promise] = {
    "queue": _("Queue"),
    "agent": _("Agent"),
    "topic": _("Topic"),
    "cycle": _("Cycle"),
    "product": _("Product"),
}
