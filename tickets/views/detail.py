"""The ticket page, and its parts as they change."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from subscribers.models import Subscriber
from subscribers.requests import SignedInRequest
from subscribers.selectors import subscription_cards
from tickets.deliveries import resumed_of
from tickets.enums import ParticipantRole, Priority, TicketStatus
from tickets.forms import ReplyForm
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
from tickets.services.tickets import TRANSITIONS
from tickets.wording import PRIORITY_ICONS


@require_safe
def ticket_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole page; for the page's own htmx (`?part=live`) only what may have changed."""
    ticket = get_object_or_404(for_page(request.user), pk=pk)
    if request.GET.get("part") == "live":
        return render(request, "tickets/_live.html", live_context(request, ticket))
    wanted = request.GET.get("resumes", "")
    resumed = resumed_of(ticket, int(wanted)) if wanted.isdecimal() and len(wanted) < 19 else None
    return render(request, "tickets/detail.html", page_context(request, ticket, ReplyForm.fresh(resumed)))


def page_context(request: SignedInRequest, ticket: Ticket, form: ReplyForm) -> dict[str, Any]:
    """What the whole page shows, with this form in its composer."""
    others, has_more = other_tickets(ticket, request.user)
    return (
        live_context(request, ticket)
        | composer_context(ticket, form)
        | {
            "cards": subscription_cards(ticket.subscriber),
            "others": others,
            "has_more_others": has_more,
            "nav": "tickets",
        }
    )


def composer_context(ticket: Ticket, form: ReplyForm) -> dict[str, Any]:
    """What the composer shows."""
    others = ticket.participants.exclude(role=ParticipantRole.REQUESTER).exclude(
        address=ticket.subscriber.email.lower()
    )
    return {"form": form, "participants": list(others.order_by("added_at", "pk"))}


def live_context(request: SignedInRequest, ticket: Ticket) -> dict[str, Any]:
    """What the head, the thread and the facts show."""
    return {
        "ticket": ticket,
        "subscriber": ticket.subscriber,
        "entries": thread(ticket, request.user),
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
