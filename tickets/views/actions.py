"""What is done on a ticket: each loads it, calls one service, and answers with what changed."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from subscribers.errors import Refused
from subscribers.models import Reason
from subscribers.requests import SignedInRequest
from tickets.enums import Priority, TicketStatus
from tickets.fields.selectors import fields_of, marked
from tickets.fields.setting import PREFIX
from tickets.models import Queue, Ticket
from tickets.selectors import for_page
from tickets.services import tickets as service
from tickets.services import topics
from tickets.views.detail import live_context, seen


def load(request: SignedInRequest, pk: int) -> Ticket:
    return get_object_or_404(for_page(request.user), pk=pk)


def answer(request: SignedInRequest, pk: int, said: str, *, undo: dict[str, str] | None = None) -> HttpResponse:
    """What changed on the page and a toast, with its undo where there is one; without htmx, the page again."""
    if not request.htmx:
        messages.success(request, said)
        return redirect("ticket-detail", pk)
    # Loaded again: the service changed a row of its own. A ticket moved out of sight leads back to the list.
    ticket = seen(request.user, pk)
    if ticket is None:
        return HttpResponse(headers={"HX-Redirect": reverse("inbox")})
    response = render(request, "tickets/_live.html", live_context(request, ticket))
    response.headers["HX-Trigger"] = json.dumps(
        {"toast": {"text": said, "level": "success"} | ({"undo": undo} if undo else {})}
    )
    return response


def refuse(request: SignedInRequest, pk: int, refused: Refused) -> HttpResponse:
    """Why not, in words; where a field is to blame, it says so itself, and the keyboard stands there."""
    key = refused.field.removeprefix(PREFIX) if refused.field.startswith(PREFIX) else ""
    if not request.htmx:
        messages.error(request, refused.message)
        address = reverse("ticket-detail", args=[pk])
        return redirect(f"{address}?needs={key}#field-{key}" if key else address)
    if key:
        return HttpResponse(
            fields_that_need(request, pk, key, refused.message), status=422, headers={"HX-Reswap": "none"}
        )
    toast = {"toast": {"text": refused.message, "level": "error"}}
    return HttpResponse(status=422, headers={"HX-Trigger": json.dumps(toast), "HX-Reswap": "none"})


def fields_that_need(request: SignedInRequest, pk: int, key: str, error: str) -> str:
    """The card of fields, out of band, with what is wrong said at one of them and what else is needed at others."""
    ticket = load(request, pk)
    context = {"ticket": ticket, "fields": marked(fields_of(ticket), key, error=error), "oob": True}
    return render_to_string("tickets/_fields.html", context, request)


def act_on(request: SignedInRequest, pk: int, act: Callable[[Ticket], Any], said: str) -> HttpResponse:
    ticket = load(request, pk)
    try:
        act(ticket)
    except Refused as refused:
        return refuse(request, pk, refused)
    return answer(request, pk, said)


@require_POST
def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """To the person of the given id; empty: to nobody."""
    wanted = request.POST.get("assignee", "")
    assignee = get_object_or_404(get_user_model(), pk=int(wanted)) if wanted.isdecimal() else None
    said = "It is yours" if assignee == request.user else f"Given to {assignee}" if assignee else "Given to nobody"
    actor = request.user
    return act_on(request, pk, lambda ticket: service.assign(ticket, actor=actor, assignee=assignee), said)


@require_POST
def change_status(request: SignedInRequest, pk: int) -> HttpResponse:
    wanted = request.POST.get("status", "")
    if wanted not in TicketStatus.values:
        return refuse(request, load(request, pk).pk, Refused(gettext("There is no such status."), "status"))
    status, actor = TicketStatus(wanted), request.user
    return act_on(
        request,
        pk,
        lambda ticket: service.change_status(ticket, actor=actor, status=status),
        str(status.label),
    )


@require_POST
def change_priority(request: SignedInRequest, pk: int) -> HttpResponse:
    wanted = request.POST.get("priority", "")
    if wanted not in map(str, Priority.values):
        return refuse(request, load(request, pk).pk, Refused(gettext("There is no such priority."), "priority"))
    priority, actor = Priority(int(wanted)), request.user
    return act_on(
        request,
        pk,
        lambda ticket: service.set_priority(ticket, actor=actor, priority=priority),
        f"Priority {priority.label.lower()}",
    )


@require_POST
def change_queue(request: SignedInRequest, pk: int) -> HttpResponse:
    wanted, actor = request.POST.get("queue", ""), request.user
    queues = Queue.objects.visible_to(actor)
    queue = get_object_or_404(queues, pk=int(wanted) if wanted.isdecimal() else 0)
    return act_on(
        request,
        pk,
        lambda ticket: service.move(ticket, actor=actor, queue=queue),
        f"Moved to {queue}",
    )


@require_POST
def add_topic(request: SignedInRequest, pk: int) -> HttpResponse:
    return _topic(request, pk, topics.add_topic, "Marked as {}")


@require_POST
def reject_topic(request: SignedInRequest, pk: int) -> HttpResponse:
    return _topic(request, pk, topics.reject_topic, "Not about {} any more")


def _topic(request: SignedInRequest, pk: int, act: Callable[..., Any], said: str) -> HttpResponse:
    wanted, actor = request.POST.get("reason", ""), request.user
    reasons = Reason.objects.of_store(load(request, pk).store_id)
    reason = get_object_or_404(reasons, pk=int(wanted) if wanted.isdecimal() else 0)
    return act_on(
        request, pk, lambda ticket: act(ticket, reason=reason, actor=actor), said.format(reason.label.lower())
    )
