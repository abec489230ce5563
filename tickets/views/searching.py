"""Help with the search box: what it offers while one types, and all that it understands."""

from dataclasses import asdict

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from subscribers.requests import SignedInRequest
from tickets.search.offering import FORMS, OPERATORS, offers


@require_safe
def search_offers(request: SignedInRequest) -> JsonResponse:
    """`{"offers": [{"insert", "label", "hint", "goes_on"}]}` for `typed`, the word that is being written."""
    found = offers(request.GET.get("typed", ""), request.user)
    return JsonResponse({"offers": [asdict(offer) for offer in found]})


@require_safe
def search_help(request: SignedInRequest) -> HttpResponse:
    """Every operator with an example: a page, or what a dialog shows."""
    template = "tickets/_search_help.html" if request.htmx else "tickets/search_help.html"
    return render(request, template, {"operators": OPERATORS, "forms": FORMS, "nav": "tickets"})
