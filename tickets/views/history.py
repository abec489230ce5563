"""Everything that ever happened on a ticket, in words; and the tickets that are in no other list."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from subscribers.paging import page_of
from subscribers.requests import SignedInRequest
from tickets.enums import DeletedAs, TicketEventKind
from tickets.models import Ticket
from tickets.views.detail import seen_or_404
from tickets.wording import icon_of, words_of

# What people look for, and the kinds of events that tell of it.
GROUPS: dict[str, tuple[TicketEventKind, ...]] = {
    "messages": (TicketEventKind.MESSAGE_RECEIVED, TicketEventKind.REPLIED, TicketEventKind.NOTED),
    "people": (TicketEventKind.ASSIGNED, TicketEventKind.FOLLOWED, TicketEventKind.UNFOLLOWED),
    "promises": (TicketEventKind.SLA_WARNED, TicketEventKind.SLA_BREACHED, TicketEventKind.ESCALATED),
    "status": (
        TicketEventKind.STATUS_CHANGED,
        TicketEventKind.RESOLVED,
        TicketEventKind.REOPENED,
        TicketEventKind.SNOOZED,
        TicketEventKind.WOKEN,
    ),
}


@require_safe
def ticket_history(request: SignedInRequest, pk: int) -> HttpResponse:
    """The newest first; `?about=` one of the groups."""
    ticket = seen_or_404(request.user, pk)
    about = request.GET.get("about", "")
    events = ticket.events.select_related("actor").order_by("-occurred_at", "-pk")
    if about in GROUPS:
        events = events.filter(kind__in=GROUPS[about])
    lines = [(event, words_of(event), icon_of(event)) for event in events[:1000]]
    clocks = list(ticket.clocks.order_by("started_at", "pk"))
    context = {"ticket": ticket, "lines": lines, "clocks": clocks, "about": about, "nav": "tickets"}
    return render(request, "tickets/history.html", context)


@require_safe
def discarded(request: SignedInRequest) -> HttpResponse:
    """What was deleted, or with `?as=spam` what is spam: to look at, and to bring back."""
    kind = DeletedAs.SPAM if request.GET.get("as") == DeletedAs.SPAM else DeletedAs.DELETED
    rows = Ticket.objects.discarded_for(request.user).filter(deleted_as=kind)
    page = page_of(rows.select_related("subscriber", "queue").order_by("-deleted_at", "-pk"), request)
    context = {"page": page, "tickets": page.rows, "kind": kind, "nav": "tickets"}
    return render(request, "tickets/discarded.html", context)
