"""Panels of health and milestones, for the pages of subscribers and tickets."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from subscribers.models import Subscriber, Subscription
from subscribers.requests import SignedInRequest
from success.health.chart import line_of
from success.health.selectors import health_of, history_of, linked
from success.health.services import compute
from success.health.settings import scales_of
from success.milestones.engagement import confirm_use, take_back, use_confirmed
from success.milestones.enums import EngagementSource
from success.milestones.selectors import paths_of
from tickets.models import Ticket

FEW = 4  # reasons beside a ticket


@require_safe
def subscriber_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """All reasons, and every milestone, for a subscriber's page."""
    subscriber = get_object_or_404(Subscriber.objects.visible_to(request.user), pk=pk)
    return render(request, "success/health/_panel.html", panel(request, subscriber))


@require_safe
def ticket_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same in fewer lines, beside a ticket."""
    tickets = Ticket.objects.visible_to(request.user).select_related("subscriber")
    subscriber = get_object_or_404(tickets, pk=pk).subscriber
    context = panel(request, subscriber) | {"is_brief": True}
    context["reasons"] = context["reasons"][:FEW]
    return render(request, "success/health/_panel.html", context | {"ticket_pk": pk})


def panel(request: SignedInRequest, subscriber: Subscriber) -> dict[str, Any]:
    """Eight statements at most."""
    health = health_of([subscriber.pk])[subscriber.pk]
    scale = scales_of([subscriber.store_id])[subscriber.store_id]
    return {
        "subscriber": subscriber,
        "health": health,
        "reasons": linked(subscriber, health.reasons, request.user),
        "more": max(0, len(health.reasons) - FEW),
        "line": line_of(history_of(subscriber.pk), scale.risk_until) if health.number is not None else None,
        "paths": paths_of(subscriber),
    }


@require_POST
def set_use(request: SignedInRequest, pk: int) -> HttpResponse:
    """An agent confirms the first use of a subscription, or takes that back; answers with the panel."""
    subscriptions = Subscription.objects.visible_to(request.user).select_related("subscriber")
    subscription = get_object_or_404(subscriptions, pk=pk)
    known = use_confirmed(subscription)
    if request.POST.get("do") == "confirm":
        confirm_use(subscription, source=EngagementSource.AGENT, actor=request.user)
    elif known is not None:
        take_back(known)
    compute([subscription.subscriber_id])
    if not request.htmx:
        return redirect("subscriber-detail", subscription.subscriber_id)
    return render(request, "success/health/_panel.html", panel(request, subscription.subscriber))
