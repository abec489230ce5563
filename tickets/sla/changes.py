"""What a change of a ticket does to its promises. The table below is the specification."""

from enum import StrEnum

from tickets.enums import Metric


class TicketChange(StrEnum):
    """What happened to a ticket, as far as its clocks care.

    Notes, automatic mail and what machines write are no changes: they neither start nor satisfy anything.
    """

    OPENED = "opened"
    OPENED_BY_AGENT = "opened_by_agent"  # for a customer: the first reply is the next public one
    CUSTOMER_REPLIED = "customer_replied"  # with REOPENED before it where the ticket was resolved
    AGENT_REPLIED = "agent_replied"  # in public, by a person
    REPLY_FAILED = "reply_failed"  # that answer never reached the customer; `at` is when it was given
    WAITING = "waiting"  # for the customer: pending
    WORKING = "working"  # no longer pending; on hold is our time too
    RESOLVED = "resolved"
    REOPENED = "reopened"
    RETARGETED = "retargeted"  # by priority, queue, topic, or a recalculation
    DISCARDED = "discarded"  # spam, deleted, merged
    RESTORED = "restored"  # none of these after all: what is still owed is owed again


OPENING = (TicketChange.OPENED, TicketChange.OPENED_BY_AGENT)


class Action(StrEnum):
    """What a change does to the clock of one metric. Where there is no such clock, it does nothing."""

    START = "start"  # a new cycle
    OWE = "owe"  # starts a reply clock if no reply is owed yet: a second message does not start it again
    RUN = "run"  # resumes a paused clock, starts one where none is open
    MEET = "meet"
    UNMEET = "unmeet"  # what met it was none: it is owed again, since when it was
    PAUSE = "pause"
    RESUME = "resume"
    RETARGET = "retarget"
    CANCEL = "cancel"  # no longer owed; what is overdue by then stays breached
    VOID = "void"  # was never owed


FIRST, NEXT, RESOLUTION = Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.RESOLUTION

ACTIONS: dict[TicketChange, dict[Metric, Action]] = {
    TicketChange.OPENED: {FIRST: Action.START, RESOLUTION: Action.START},
    TicketChange.OPENED_BY_AGENT: {FIRST: Action.START, RESOLUTION: Action.START},
    TicketChange.CUSTOMER_REPLIED: {FIRST: Action.OWE, NEXT: Action.OWE, RESOLUTION: Action.RUN},
    TicketChange.AGENT_REPLIED: {FIRST: Action.MEET, NEXT: Action.MEET},
    TicketChange.REPLY_FAILED: {FIRST: Action.UNMEET, NEXT: Action.UNMEET},
    TicketChange.WAITING: {RESOLUTION: Action.PAUSE},
    TicketChange.WORKING: {RESOLUTION: Action.RESUME},
    TicketChange.RESOLVED: {FIRST: Action.CANCEL, NEXT: Action.CANCEL, RESOLUTION: Action.MEET},
    TicketChange.REOPENED: {RESOLUTION: Action.START},
    TicketChange.RETARGETED: {
        FIRST: Action.RETARGET,
        NEXT: Action.RETARGET,
        RESOLUTION: Action.RETARGET,
    },
    TicketChange.RESTORED: {FIRST: Action.RETARGET, NEXT: Action.RETARGET, RESOLUTION: Action.RETARGET},
    TicketChange.DISCARDED: {FIRST: Action.VOID, NEXT: Action.VOID, RESOLUTION: Action.VOID},
}
