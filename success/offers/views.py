"""The page of an offer, by a signed link: shows what would change, asks once, and tells what came of it.

Only a POST acts: programs that look at mails for people open every link.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from subscribers import tokens
from subscribers.cancellation.facts import subscription_facts
from subscribers.cancellation.speech import language_of
from subscribers.cancellation.views.public import public, store_of
from subscribers.errors import Refused
from subscribers.models import Store
from subscribers.tokens import BadLink, Expired, Purpose
from success.enums import OfferState
from success.models import FlowOffer
from success.offers import kinds, letters, services
from tickets.models import Mailbox

DO: dict[str, Callable[[FlowOffer], FlowOffer]] = {
    "accept": services.accept,
    "decline": services.decline,
    "renew": services.renew,
}
PAGES = {
    OfferState.ACCEPTED: "offers/outcome.html",
    OfferState.DONE: "offers/outcome.html",
    OfferState.FAILED: "offers/outcome.html",
    OfferState.DECLINED: "offers/declined.html",
    OfferState.EXPIRED: "offers/ended.html",
}


@public
def offer(request: HttpRequest, token: str) -> HttpResponse:
    found = _read(token)
    if found is None:
        return render(request, "offers/bad_link.html", {"store": store_of(request)} | _language(), status=404)
    with translation.override(language_of(found.subscription.subscriber)):
        if request.method != "POST":
            if request.method == "GET":
                services.note_opened(found)
            return _page(request, found)
        act = DO.get(request.POST.get("do", ""))
        try:
            if act is not None:
                act(found)
        except Refused:
            return _page(request, found, status=409)
        return redirect("offer", token)


def _read(token: str) -> FlowOffer | None:
    try:
        pk = tokens.read(Purpose.OFFER, token)
    except (BadLink, Expired):
        return None
    rows = FlowOffer.objects.select_related("subscription__subscriber__store", "subscription__product", "store")
    return rows.filter(pk=pk, subscription__subscriber__redacted_at=None).first()


def _page(request: HttpRequest, found: FlowOffer, *, status: int = 200) -> HttpResponse:
    """What there is to say about it now."""
    subscription = found.subscription
    context: dict[str, Any] = {
        "store": subscription.store,
        "person": subscription.subscriber,
        "offer": found,
        "facts": subscription_facts(subscription),
        "title": found.shown.get("title") or kinds.title_of(found.kind, found.params, subscription),
        "lines": found.shown.get("lines", []),
        "until": letters.until(found),
        "contact": contact_of(subscription.store),
        **_language(),
    }
    state = OfferState(found.state)
    if state in (OfferState.ACCEPTED, OfferState.DONE, OfferState.FAILED):
        return render(request, PAGES[state], context, status=status)
    may_be = kinds.can_be(found.kind, found.params, subscription)
    is_over = state == OfferState.EXPIRED or found.valid_until <= timezone.now()
    if is_over or not may_be:
        context |= {"may_be": may_be, "can_renew": may_be and found.kind in kinds.FREE}
        context["is_renewed"] = FlowOffer.objects.filter(replaces=found).exists()
        return render(request, PAGES[OfferState.EXPIRED], context, status=410 if status == 200 else status)
    context["lines"] = kinds.lines_of(found.kind, found.params, subscription)
    page = PAGES.get(state, "offers/offer.html")
    return render(request, page, context, status=status)


def contact_of(store: Store) -> str:
    """The address at which a person answers; empty where there is none."""
    mailbox = Mailbox.objects.filter(store=store, is_active=True).order_by("pk").first()
    return mailbox.address if mailbox else ""


def _language() -> dict[str, str]:
    return {"language": translation.get_language() or "en"}
