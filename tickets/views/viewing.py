"""Who is on a ticket's page beside oneself, and whom a note may name."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from subscribers.requests import SignedInRequest
from tickets.selectors import colleagues
from tickets.services.mentioning import see_mentions
from tickets.services.viewing import be_here, go, others_here
from tickets.views.drafts import seen_ticket


@require_http_methods(["GET", "POST"])
def viewing(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who else is there. POST: and I am, writing a `reply` or a `note` or nothing; or I go (`gone`)."""
    ticket = seen_ticket(request, pk)
    if request.method == "POST":
        if "gone" in request.POST:
            go(ticket, request.user)
            return HttpResponse(status=204)
        be_here(ticket, request.user, writing=request.POST.get("writing", ""))
        see_mentions(ticket, request.user)
    return render(request, "tickets/_viewers.html", {"viewers": others_here(ticket, request.user)})


@require_safe
def whom_to_mention(request: SignedInRequest, pk: int) -> JsonResponse:
    """Colleagues who may see the ticket; of two with one name, each by their address."""
    people = [one for one in colleagues(seen_ticket(request, pk)) if one.pk != request.user.pk]
    names = [str(one) for one in people]
    told = [
        {"name": name, "insert": name if names.count(name) == 1 else one.email}  # type: ignore[attr-defined]
        for one, name in zip(people, names, strict=True)
    ]
    return JsonResponse({"people": told})
