"""What is done on a ticket: each loads it, calls one service, and answers with what changed."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from subscribers.errors import Refused
from subscribers.models import Reason
from subscribers.requests import SignedInRequest
from tickets.enums import Priority, TicketStatus
from tickets.forms import ReplyForm
from tickets.models import Queue, Ticket
from tickets.selectors import for_page
from tickets.services import conversation, topics
from tickets.services import tickets as service
from tickets.views.detail import live_context, page_context


def _load(request: SignedInRequest, pk: int) -> Ticket:
    return get_object_or_404(for_page(request.user), pk=pk)


def _answer(request: SignedInRequest, pk: int, said: str) -> HttpResponse:
    """What changed on the page and a toast; without htmx, the page again."""
    if not request.htmx:
        messages.success(request, said)
        return redirect("ticket-detail", pk)
    # Loaded again: the service changed a row of its own. A ticket moved out of sight leads back to the list.
    ticket = for_page(request.user).filter(pk=pk).first()
    if ticket is None:
        return HttpResponse(headers={"HX-Redirect": reverse("inbox")})
    response = render(request, "tickets/_live.html", live_context(request, ticket))
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": said, "level": "success"}})
    return response


def _refuse(request: SignedInRequest, pk: int, refused: Refused) -> HttpResponse:
    if not request.htmx:
        messages.error(request, refused.message)
        return redirect("ticket-detail", pk)
    toast = {"toast": {"text": refused.message, "level": "error"}}
    return HttpResponse(status=422, headers={"HX-Trigger": json.dumps(toast), "HX-Reswap": "none"})


def _act(request: SignedInRequest, pk: int, act: Callable[[Ticket], Any], said: str) -> HttpResponse:
    ticket = _load(request, pk)
    try:
        act(ticket)
    except Refused as refused:
        return _refuse(request, pk, refused)
    return _answer(request, pk, said)


@require_POST
def reply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send an answer. What was typed stays in the form until it is saved."""
    ticket = _load(request, pk)
    form = ReplyForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            conversation.reply(
                ticket,
                author=request.user,
                text=form.cleaned_data["text"],
                key=form.cleaned_data["key"],
                attachments=form.cleaned_data["attachments"],
                status=form.status(),
            )
        except Refused as refused:
            form.add_error("text", refused.message)
    return _composed(request, ticket, form, "Sent")


@require_POST
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket = _load(request, pk)
    form = ReplyForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            conversation.add_note(
                ticket,
                author=request.user,
                text=form.cleaned_data["text"],
                attachments=form.cleaned_data["attachments"],
            )
        except Refused as refused:
            form.add_error("text", refused.message)
    return _composed(request, ticket, form, "Note added", is_note=True)


def _composed(
    request: SignedInRequest, ticket: Ticket, form: ReplyForm, said: str, *, is_note: bool = False
) -> HttpResponse:
    """An empty composer with what changed; or, where nothing was saved, why. What was typed stays in the page."""
    if not form.is_valid():
        if request.htmx:
            response = render(request, "tickets/_composer_errors.html", {"form": form}, status=422)
            response.headers["HX-Retarget"] = "#composer-errors"
            response.headers["HX-Reswap"] = "innerHTML"
            return response
        context = page_context(request, _load(request, ticket.pk), form) | {"is_note": is_note}
        return render(request, "tickets/detail.html", context, status=422)
    if not request.htmx:
        messages.success(request, said)
        return redirect("ticket-detail", ticket.pk)
    context = live_context(request, _load(request, ticket.pk)) | {"form": ReplyForm.fresh()}
    response = render(request, "tickets/_after_send.html", context)
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": said, "level": "success"}})
    return response


@require_POST
def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """To the person of the given id; empty: to nobody."""
    wanted = request.POST.get("assignee", "")
    assignee = get_object_or_404(get_user_model(), pk=int(wanted)) if wanted.isdecimal() else None
    said = "It is yours" if assignee == request.user else f"Given to {assignee}" if assignee else "Given to nobody"
    actor = request.user
    return _act(request, pk, lambda ticket: service.assign(ticket, actor=actor, assignee=assignee), said)


@require_POST
def change_status(request: SignedInRequest, pk: int) -> HttpResponse:
    wanted = request.POST.get("status", "")
    if wanted not in TicketStatus.values:
        return _refuse(request, _load(request, pk).pk, Refused("There is no such status.", "status"))
    status, actor = TicketStatus(wanted), request.user
    return _act(
        request,
        pk,
        lambda ticket: service.change_status(ticket, actor=actor, status=status),
        status.label,
    )


@require_POST
def change_priority(request: SignedInRequest, pk: int) -> HttpResponse:
    wanted = request.POST.get("priority", "")
    if wanted not in map(str, Priority.values):
        return _refuse(request, _load(request, pk).pk, Refused("There is no such priority.", "priority"))
    priority, actor = Priority(int(wanted)), request.user
    return _act(
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
    return _act(
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
    reasons = Reason.objects.of_store(_load(request, pk).store_id)
    reason = get_object_or_404(reasons, pk=int(wanted) if wanted.isdecimal() else 0)
    return _act(request, pk, lambda ticket: act(ticket, reason=reason, actor=actor), said.format(reason.label.lower()))
