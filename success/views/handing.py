"""Hands a ticket to success, and an alert to service: asks what the other team needs to know, then does it."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from success.forms import HandOverForm
from success.permissions import may_work_alerts
from success.services import handing_over
from success.views.detail import load_alert
from tickets.models import Ticket


def ticket_to_success(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user).select_related("subscriber", "store"), pk=pk)
    return _hand(
        request,
        lambda note: handing_over.to_success(ticket, actor=request.user, note=note),
        address=reverse("ticket-to-success", args=[pk]),
        back=ticket.get_absolute_url(),
        title=gettext("Hand %(number)s to success") % {"number": ticket.number},
        hint=gettext(
            "An alert for the subscriber stands in the queue of success, with this ticket. You go on with the ticket."
        ),
        said=gettext("Handed to success"),
        events={f"changed:ticket:{pk}": {}, "changed:ticket": {}, "changed:alert": {}},
    )


def alert_to_service(request: SignedInRequest, pk: int) -> HttpResponse:
    alert = load_alert(request, pk)
    if not may_work_alerts(request.user, alert.store_id):
        raise PermissionDenied(gettext("The success team works the alerts of this store."))
    return _hand(
        request,
        lambda note: handing_over.to_service(alert, actor=request.user, note=note),
        address=reverse("alert-to-service", args=[pk]),
        back=alert.get_absolute_url(),
        title=gettext("Hand %(name)s to service") % {"name": alert.name},
        hint=gettext(
            "Their ticket (a new one where none is open) is open in the queue of service. "
            "The alert comes back when it is resolved, at the latest after 14 days."
        ),
        said=gettext("Handed to service"),
        events={f"changed:alert:{pk}": {}, "changed:alert": {}, "changed:alert:counts": {}},
    )


def _hand(
    request: SignedInRequest,
    act: Callable[[str], Any],
    *,
    address: str,
    back: str,
    title: str,
    hint: str,
    said: str,
    events: dict[str, Any],
) -> HttpResponse:
    form = HandOverForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["note"])
        except Refused as refused:
            form.add_error("note" if refused.field == "note" else None, refused.message)
        else:
            if not request.htmx:
                messages.success(request, said)
                return redirect(back)
            told = {"toast": {"text": said, "level": "success"}, "dialog-close": {}, **events}
            return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})
    context: dict[str, Any] = {
        "form": form,
        "address": address,
        "back": back,
        "title": title,
        "hint": hint,
        "nav": "alerts",
    }
    context["template"] = "success/_hand_over.html"
    page = context["template"] if request.htmx else "success/form_page.html"
    return render(request, page, context, status=422 if request.method == "POST" else 200)
