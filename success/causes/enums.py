"""The fixed vocabularies of causes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CauseState(TextChoices):
    FOUND = "found", _("Found")
    INVESTIGATING = "investigating", _("Being looked into")
    KNOWN = "known", _("Cause known")
    FIXED = "fixed", _("Fixed")
    CLOSED = "closed", _("Closed")
    DISMISSED = "dismissed", _("Dismissed")


# While it is one of these, complaints gather on it, and a second cause for the same thing cannot be.
OPEN_CAUSE = (CauseState.FOUND, CauseState.INVESTIGATING, CauseState.KNOWN, CauseState.FIXED)
# While it is one of these, what is complained of may still happen: it asks somebody to act.
UNFIXED = (CauseState.FOUND, CauseState.INVESTIGATING, CauseState.KNOWN)
# From where to where a person may move it; a fix has a day and a dismissal a reason: services of their own.
MOVES: dict[CauseState, tuple[CauseState, ...]] = {
    CauseState.FOUND: (CauseState.INVESTIGATING, CauseState.KNOWN, CauseState.FIXED, CauseState.DISMISSED),
    CauseState.INVESTIGATING: (CauseState.KNOWN, CauseState.FIXED, CauseState.DISMISSED),
    CauseState.KNOWN: (CauseState.INVESTIGATING, CauseState.FIXED, CauseState.DISMISSED),
    CauseState.FIXED: (CauseState.INVESTIGATING, CauseState.CLOSED),
    CauseState.CLOSED: (CauseState.FIXED,),
    CauseState.DISMISSED: (CauseState.FOUND,),
}


class Dimension(TextChoices):
    """What the complaints have in common beside their topic. In the order of breadth: of two that explain the same the
    first is named."""

    ALL = "all", _("All boxes")
    CARRIER = "carrier", _("Carrier")
    REGION = "region", _("Region")
    CYCLE = "cycle", _("Box")
    PRODUCT = "product", _("Product")
    BATCH = "batch", _("Batch")
    WORDS = "words", _("Words")


class CauseEventKind(TextChoices):
    FOUND = "found", _("Found")
    MOVED = "moved", _("State changed")
    ASSIGNED = "assigned", _("Assigned")
    RENAMED = "renamed", _("Renamed")
    NOTED = "noted", _("Note added")
    LINKED = "linked", _("Tickets linked")
    UNLINKED = "unlinked", _("Ticket taken off")
    ANSWERED = "answered", _("Answer to all")
    TAKEN_BACK = "taken_back", _("Answer taken back")


class AnswerState(TextChoices):
    """`waiting`: its seconds for an undo are not over; `sending`: it goes out, ticket by ticket."""

    WAITING = "waiting", _("About to leave")
    SENDING = "sending", _("Being sent")
    DONE = "done", _("Sent")
    TAKEN_BACK = "taken_back", _("Taken back")


class AnswerOutcome(TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
