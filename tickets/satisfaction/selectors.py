"""Reads what customers answered."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from subscribers.lazy import lazily as _
from tickets.enums import BAD_SCORES, GOOD_SCORES, SatisfactionState, Score
from tickets.models import SatisfactionRequest, Ticket

# What lists of tickets are filtered by, and the scores behind each word.
WORDS = {"bad": BAD_SCORES, "okay": (Score.OKAY,), "good": GOOD_SCORES}
FILTERS = (
    ("bad", _("Bad (1–2)")),
    ("okay", _("Okay (3)")),
    ("good", _("Good (4–5)")),
    ("asked", _("Asked, no answer")),
    ("none", _("No answer")),
)


def request_of(ticket: Ticket) -> SatisfactionRequest | None:
    """What was asked about a ticket, or is going to be, or last was not; one statement."""
    return SatisfactionRequest.objects.filter(ticket=ticket).order_by("-created_at", "-pk").first()


def with_scores(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """With `rated`: the customer's score from 1 to 5; null where there is none."""
    rated = SatisfactionRequest.objects.filter(ticket=OuterRef("pk"), state=SatisfactionState.RATED)
    return tickets.annotate(rated=Subquery(rated.values("score")[:1]))


def satisfied(words: Collection[str]) -> Q:
    """Tickets of which one of these words (see FILTERS) holds."""
    rated = SatisfactionRequest.objects.filter(state=SatisfactionState.RATED)
    scores = [score for word in words for score in WORDS.get(word, ())]
    wanted = Q(pk__in=rated.filter(score__in=scores).values("ticket")) if scores else Q()
    if "none" in words:
        wanted |= ~Q(Exists(rated.filter(ticket=OuterRef("pk"))))
    if "asked" in words:
        asked = SatisfactionRequest.objects.filter(state=SatisfactionState.ASKED)
        wanted |= Q(pk__in=asked.values("ticket"))
    return wanted
