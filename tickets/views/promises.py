"""Why a promise on a ticket is due when it is due."""

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from subscribers.requests import SignedInRequest
from tickets.models import Ticket
from tickets.sla.explanations import explanation_of


@require_safe
def ticket_promise(request: SignedInRequest, pk: int, clock_pk: int) -> HttpResponse:
    """A clock's ledger in words with its time line, in the reader's zone."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)
    clock = get_object_or_404(ticket.clocks, pk=clock_pk)
    zone = ZoneInfo(getattr(request.user, "time_zone", "") or "UTC")
    told = explanation_of(clock, now=timezone.now(), zone=zone)
    context = {"ticket": ticket, "clock": clock, "told": told.explanation, "drawing": told.drawing}
    return render(request, "tickets/_promise.html", context)
