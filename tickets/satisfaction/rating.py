"""Takes answers: the first, and changed ones while they may be changed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from subscribers.enums import Actor
from subscribers.errors import Refused
from tickets import signals
from tickets.enums import SatisfactionState, Score, TicketEventKind
from tickets.models import SatisfactionRating, SatisfactionRequest, Ticket
from tickets.services.history import locked, log

MOST_WORDS = 5000  # characters of a comment


def may_rate(request: SatisfactionRequest, now: datetime) -> bool:
    """Whether an answer is taken: the first until the link ends, a changed one some days after the first."""
    until = changeable_until(request)
    return until is not None and now < until


def changeable_until(request: SatisfactionRequest) -> datetime | None:
    """The end of the time for an answer; None where there never was any."""
    if request.state == SatisfactionState.ASKED:
        return request.answer_until
    if request.rated_at is not None:
        return request.rated_at + timedelta(days=request.change_days)
    return None


@transaction.atomic
def rate(request: SatisfactionRequest, *, score: int, comment: str = "") -> SatisfactionRequest:
    """Write the answer down and tell it. The same again changes nothing. Refused once its time is over."""
    ticket = locked(request.ticket_id)
    request = SatisfactionRequest.objects.select_for_update().get(pk=request.pk)
    now, comment = timezone.now(), comment.replace("\x00", "").replace("\r\n", "\n").strip()[:MOST_WORDS]
    if score not in Score.values:
        raise Refused(gettext("Choose one of the five answers."), "score")
    if request.is_rated and (request.score, request.comment) == (score, comment):
        return request
    if not may_rate(request, now):
        raise Refused(gettext("The time for an answer is over."))
    before = request.score
    SatisfactionRating.objects.create(request=request, score=score, comment=comment, rated_at=now)
    if request.is_rated:
        request.changed_at = now
    else:
        request.state, request.rated_at = SatisfactionState.RATED, now
    request.score, request.comment = score, comment
    request.save(update_fields=["state", "score", "comment", "rated_at", "changed_at"])
    log(
        ticket,
        TicketEventKind.RATED,
        actor_kind=Actor.SUBSCRIBER,
        from_value=before or "",
        to_value=score,
        at=now,
        comment=comment,
    )
    signals.satisfaction_rated.send_robust(sender=Ticket, ticket=ticket, score=score, comment=comment)
    return request
