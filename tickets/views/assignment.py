"""Who has a ticket, and who is there to take one."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from tickets.assignment import claims, presence
from tickets.assignment.forms import AvailabilityForm, HandOverForm
from tickets.assignment.selectors import desks_of
from tickets.assignment.words import availability_words
from tickets.views.actions import act_on, load


@require_POST
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    """`seen`: whose it was on the page, so that the second of two hears who was first."""
    seen = request.POST.get("seen", "")
    before = int(seen) if seen.isdecimal() and len(seen) < 19 else None
    actor = request.user
    return act_on(request, pk, lambda ticket: claims.take(ticket, actor=actor, seen=before), _("It is yours"))


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks to whom, and what they should know."""
    ticket = load(request, pk)
    form = HandOverForm(request.POST or None, ticket=ticket, user=request.user)
    if request.method == "POST" and form.is_valid():
        to, note = form.cleaned_data["to"], form.cleaned_data["note"]
        try:
            claims.hand_over(ticket, actor=request.user, to=to, note=note, seen=form.cleaned_data["seen"])
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return _handed(request, pk, _("Handed over to %(name)s") % {"name": to})
    context = {"form": form, "ticket": ticket, "nav": "tickets", "address": reverse("ticket-hand-over", args=[pk])}
    page = "tickets/_hand_over.html" if request.htmx else "tickets/hand_over.html"
    return render(request, page, context, status=422 if request.method == "POST" else 200)


def _handed(request: SignedInRequest, pk: int, said: str) -> HttpResponse:
    if not request.htmx:
        messages.success(request, said)
        return redirect("ticket-detail", pk)
    told: dict[str, Any] = {"toast": {"text": said, "level": "success"}, "dialog-close": {}, f"changed:ticket:{pk}": {}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})


@require_POST
def beat(request: SignedInRequest) -> JsonResponse:
    """A page is open; what the menu should say."""
    there = presence.heard(request.user)
    return JsonResponse({"state": "away" if there.is_away() else "available", "words": availability_words(there)})


@require_POST
def availability(request: SignedInRequest) -> HttpResponse:
    """Available, or away until some time."""
    form = AvailabilityForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for texts in form.errors.values() for text in texts))
    elif form.cleaned_data["state"] == "available":
        presence.set_available(request.user)
        messages.success(request, _("You are available"))
    else:
        there = presence.set_away(request.user, until=form.until_time(timezone.localtime()))
        messages.success(request, availability_words(there))
    back = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_here and back.startswith("/") else "inbox")


@require_safe
def who_is_there(request: SignedInRequest) -> HttpResponse:
    """Colleagues, their state and load; queues, how they give tickets out, and what waits in them."""
    return render(request, "tickets/who.html", {"desks": desks_of(request.user), "nav": "who"})
