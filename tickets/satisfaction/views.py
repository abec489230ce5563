"""The page on which a customer answers, by a signed link: a link chooses an answer, and only the button gives it.

Programs that look at mails for people open every link: to open one changes nothing.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from subscribers import tokens
from subscribers.cancellation.speech import day, language_of, zone_of
from subscribers.cancellation.views.public import public, store_of
from subscribers.errors import Refused
from subscribers.privacy.links import preferences_url
from subscribers.tokens import BadLink, Expired, Purpose
from tickets.enums import ASKED_SATISFACTION, Score
from tickets.models import SatisfactionRequest
from tickets.satisfaction.rating import MOST_WORDS, changeable_until, may_rate, rate
from tickets.satisfaction.scale import choices, word_of


@public
def rating(request: HttpRequest, token: str, score: int | None = None) -> HttpResponse:
    """`score`: the answer that is chosen already; one that is none chooses nothing."""
    found = _read(token)
    if found is None:
        context = {"store": store_of(request), "language": translation.get_language()}
        return render(request, "satisfaction/bad_link.html", context, status=404)
    with translation.override(language_of(found.subscriber)):
        if request.method != "POST":
            return _page(request, found, token, chosen=score)
        given = request.POST.get("score", "")
        wanted = int(given) if given in map(str, Score.values) else None
        comment = request.POST.get("comment", "")
        if wanted is None:
            return _page(request, found, token, comment=comment, nothing_chosen=True, status=422)
        try:
            rate(found, score=wanted, comment=comment)
        except Refused:
            return _page(request, _read(token) or found, token, status=409)
        return redirect("rate", token)


def _read(token: str) -> SatisfactionRequest | None:
    try:
        pk = tokens.read(Purpose.RATE, token)
    except (BadLink, Expired):
        return None
    rows = SatisfactionRequest.objects.filter(state__in=ASKED_SATISFACTION, subscriber__redacted_at=None)
    return rows.select_related("ticket", "store", "subscriber__store").filter(pk=pk, ticket__deleted_at=None).first()


def _page(
    request: HttpRequest,
    found: SatisfactionRequest,
    token: str,
    *,
    chosen: int | None = None,
    comment: str | None = None,
    nothing_chosen: bool = False,
    status: int = 200,
) -> HttpResponse:
    person, until = found.subscriber, changeable_until(found)
    zone = zone_of(person, found.store)
    is_open = may_rate(found, timezone.now())
    context: dict[str, Any] = {
        "store": found.store,
        "person": person,
        "rating": found,
        "ticket": found.ticket,
        "token": token,
        "language": translation.get_language(),
        "choices": choices(),
        "chosen": chosen if chosen in Score.values else found.score,
        "differs": chosen in Score.values and found.score not in (None, chosen),
        "comment": found.comment if comment is None else comment,
        "most_words": MOST_WORDS,
        "word": word_of(found.score) if found.score else "",
        "is_open": is_open,
        "until": day(until, zone) if until else "",
        "rated_on": day(found.changed_at or found.rated_at, zone) if found.rated_at else "",
        "nothing_chosen": nothing_chosen,
        "preferences": preferences_url(person),
    }
    if not is_open:
        status = 410 if status == 200 and not found.is_rated else status
        return render(request, "satisfaction/over.html", context, status=status)
    return render(request, "satisfaction/rating.html", context, status=status)
