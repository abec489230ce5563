"""The ticket page, and its parts as they change."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from subscribers.models import Subscriber
from subscribers.models.stores import Viewer
from subscribers.requests import SignedInRequest
from subscribers.selectors import subscription_cards
from tickets.composition import composer_context
from tickets.deliveries import resumed_of
from tickets.enums import Priority, TicketStatus
from tickets.fields.selectors import fields_of, marked
from tickets.linked import Relation, linked
from tickets.listing import for_list
from tickets.models import Ticket
from tickets.satisfaction.selectors import request_of, with_scores
from tickets.selectors import (
    colleagues,
    for_page,
    other_tickets,
    promises,
    queues_of,
    thread,
    topic_choices,
)
from tickets.services.merging import standing_of
from tickets.services.tickets import TRANSITIONS
from tickets.services.viewing import others_here
from tickets.wording import PRIORITY_ICONS


@require_safe
def ticket_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole page; for the page's own htmx (`?part=live`) only what may have changed."""
    ticket = seen(request.user, pk)
    if ticket is None:
        return redirect(get_object_or_404(for_page(request.user), pk=standing_of(pk)))
    if request.GET.get("part") == "live":
        return render(request, "tickets/_live.html", live_context(request, ticket))
    wanted = request.GET.get("resumes", "")
    resumed = resumed_of(ticket, int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None
    return render(request, "tickets/detail.html", page_context(request, ticket, resumed=resumed))


def seen(user: Viewer, pk: int) -> Ticket | None:
    """The ticket for its page: in the lists, or thrown away and to be brought back. None for what it may not be."""
    return (
        for_page(user).filter(pk=pk).first() or for_page(user, Ticket.objects.discarded_for(user)).filter(pk=pk).first()
    )


def seen_or_404(user: Viewer, pk: int) -> Ticket:
    ticket = seen(user, pk)
    if ticket is None:
        raise Http404
    return ticket


def page_context(request: SignedInRequest, ticket: Ticket, **composed: Any) -> dict[str, Any]:
    """What the whole page shows; `composed`: what its composer holds (see `composer_context`)."""
    others, has_more = other_tickets(ticket, request.user)
    live = live_context(request, ticket)
    return (
        live
        | composer_context(ticket, request.user, entries=live["entries"], **composed)
        | {
            "cards": subscription_cards(ticket.subscriber),
            "others": others,
            "has_more_others": has_more,
            "viewers": others_here(ticket, request.user),
            "nav": "tickets",
        }
    )


def live_context(request: SignedInRequest, ticket: Ticket) -> dict[str, Any]:
    """What the head, the thread, the facts, fields and links show. `?needs=`: the key of a field to be filled."""
    fields, needed = fields_of(ticket), request.GET.get("needs", "")
    return {
        "fields": marked(fields, needed) if needed else fields,
        "ticket": ticket,
        "subscriber": ticket.subscriber,
        "entries": thread(ticket, request.user),
        "links": linked(ticket, request.user),
        "relations": Relation.choices,
        "promises": promises(ticket),
        "satisfaction": request_of(ticket),
        "topics": list(ticket.topics.filter(rejected_at=None).select_related("reason", "decided_by")),
        "topic_choices": topic_choices(ticket),
        "colleagues": list(colleagues(ticket)),
        "queues": list(queues_of(ticket, request.user)),
        "statuses": [
            (status, status.label) for status in TicketStatus if status in TRANSITIONS[TicketStatus(ticket.status)]
        ],
        "priority_icon": PRIORITY_ICONS[Priority(ticket.priority)],
        "priorities": [(priority, priority.label) for priority in Priority],
        "is_mine": ticket.assignee_id == request.user.pk,
    }


@require_safe
def subscriber_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """A subscriber's tickets, for their page."""
    subscriber = get_object_or_404(Subscriber.objects.visible_to(request.user), pk=pk)
    rows = Ticket.objects.visible_to(request.user).filter(subscriber=subscriber).order_by("-opened_at", "-pk")
    tickets = list(with_scores(for_list(rows))[:21])
    return render(
        request,
        "tickets/_subscriber_panel.html",
        {"tickets": tickets[:20], "more": len(tickets) > 20, "subscriber": subscriber},
    )
