"""What other pages show of success, each panel by its own address."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from subscribers.models import Subscriber
from subscribers.requests import SignedInRequest
from success.selectors import AlertRow, alerts_of_subscriber, rows_of
from tickets.models import Ticket

SHOWN = 6


@require_safe
def ticket_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """The live, else the latest, alert of the subscriber who wrote a ticket."""
    tickets = Ticket.objects.visible_to(request.user).select_related("subscriber")
    ticket = get_object_or_404(tickets, pk=pk)
    rows = _rows(request, ticket.subscriber, limit=1)
    context = {"ticket": ticket, "row": rows[0] if rows else None}
    return render(request, "success/_ticket_panel.html", context)


@require_safe
def subscriber_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """A subscriber's alerts, for their page."""
    subscriber = get_object_or_404(Subscriber.objects.visible_to(request.user), pk=pk)
    rows = _rows(request, subscriber, limit=SHOWN + 1)
    context = {"subscriber": subscriber, "rows": rows[:SHOWN], "has_more": len(rows) > SHOWN}
    return render(request, "success/_subscriber_panel.html", context)


def _rows(request: SignedInRequest, subscriber: Subscriber, *, limit: int) -> list[AlertRow]:
    return rows_of(alerts_of_subscriber(subscriber, request.user, limit=limit), request.user)
