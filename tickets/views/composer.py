"""Answers and notes: written, sent at once or later, taken back, and sent again where they did not arrive."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from tickets.deliveries import resumed_of
from tickets.enums import MessageState
from tickets.forms import ReplyForm
from tickets.mail.suppression import lift
from tickets.models import Attachment, Message, OutboundMail, Ticket
from tickets.services import conversation, leaving
from tickets.views.actions import act_on, load, refuse
from tickets.views.detail import composer_context, live_context, page_context


@require_POST
def reply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send an answer, for some seconds revocably, or at a later time. What was typed stays until it is saved."""
    ticket, form = load(request, pk), ReplyForm(request.POST, request.FILES)
    message = None
    if form.is_valid():
        try:
            message = _reply(request, ticket, form)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else "text", refused.message)
    return _composed(request, ticket, form, *(_told_of(message) if message else ("", None)))


def _reply(request: SignedInRequest, ticket: Ticket, form: ReplyForm) -> Message:
    chosen = form.cleaned_data
    resumed = resumed_of(ticket, chosen["resumes"])
    return conversation.reply(
        ticket,
        author=request.user,
        text=chosen["text"],
        key=chosen["key"],
        attachments=chosen["attachments"],
        status=form.status(),
        cc=chosen["cc"],
        undo_seconds=settings.UNDO_SEND_SECONDS,
        send_at=chosen["send_at"],
        resumes=resumed,
        kept=_kept(resumed, request.POST.getlist("kept")),
    )


@require_POST
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket, form = load(request, pk), ReplyForm(request.POST, request.FILES)
    if form.is_valid():
        chosen = form.cleaned_data
        files = chosen["attachments"]
        try:
            conversation.add_note(ticket, author=request.user, text=chosen["text"], attachments=files)
        except Refused as refused:
            form.add_error("text", refused.message)
    return _composed(request, ticket, form, "Note added", is_note=True)


@require_POST
def take_back(request: SignedInRequest, pk: int, message_pk: int) -> HttpResponse:
    """Undo an answer that has not left: its text is in the composer again, unless it is to be discarded."""
    ticket = load(request, pk)
    message = get_object_or_404(ticket.messages, pk=message_pk)
    try:
        leaving.take_back(message, actor=request.user)
    except Refused as refused:
        return refuse(request, pk, refused)
    is_discarded = "discard" in request.POST
    said = "Discarded" if is_discarded else "Taken back: it was not sent"
    if not request.htmx:
        messages.success(request, said)
        return redirect(ticket.get_absolute_url() + ("" if is_discarded else f"?resumes={message.pk}"))
    ticket = load(request, pk)
    context = live_context(request, ticket)
    if is_discarded:
        response = render(request, "tickets/_live.html", context)
    else:
        context |= composer_context(ticket, ReplyForm.fresh(message))
        response = render(request, "tickets/_after_undo.html", context)
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": said, "level": "success"}})
    return response


@require_POST
def send_now(request: SignedInRequest, pk: int, message_pk: int) -> HttpResponse:
    message = get_object_or_404(Message, pk=message_pk, ticket=load(request, pk))
    return act_on(request, pk, lambda ticket: leaving.send_now(message, actor=request.user), "Sent")


@require_POST
def send_again(request: SignedInRequest, pk: int, mail_pk: int) -> HttpResponse:
    mail = get_object_or_404(OutboundMail, pk=mail_pk, message__ticket=load(request, pk))
    return act_on(request, pk, lambda ticket: leaving.send_again(mail, actor=request.user), "It is sent again")


@require_POST
def send_elsewhere(request: SignedInRequest, pk: int, mail_pk: int) -> HttpResponse:
    mail = get_object_or_404(OutboundMail, pk=mail_pk, message__ticket=load(request, pk))
    address, actor = request.POST.get("address", ""), request.user
    act = lambda ticket: leaving.send_elsewhere(mail, actor=actor, address=address)  # noqa: E731
    return act_on(request, pk, act, f"It goes to {address}")


@require_POST
def mail_works(request: SignedInRequest, pk: int) -> HttpResponse:
    """An agent knows that mail to an address of this ticket arrives again."""
    ticket, address = load(request, pk), request.POST.get("address", "")
    get_object_or_404(OutboundMail.objects.filter(ticket=ticket, recipient__iexact=address)[:1])
    act = lambda ticket: lift(ticket.store, address, actor=request.user, ticket=ticket)  # noqa: E731
    return act_on(request, pk, act, f"Automatic mail goes to {address} again")


def _kept(resumed: Message | None, tokens: list[str]) -> list[Attachment]:
    return [file for file in resumed.attachments.all() if str(file.token) in tokens] if resumed else []


def _told_of(message: Message) -> tuple[str, dict[str, Any] | None]:
    """What a toast says of an answer, and how it is taken back as long as that goes."""
    address = reverse("message-take-back", args=[message.ticket_id, message.pk])
    if message.state == MessageState.LEAVING:
        return "Sending…", {"url": address, "label": "Undo", "seconds": settings.UNDO_SEND_SECONDS}
    if message.state != MessageState.SCHEDULED:
        return "Sent", None
    leaves_at = message.outbound_mails.values_list("not_before", flat=True)[0]
    when = date_format(timezone.localtime(leaves_at), "D j M, H:i")
    return f"Leaves {when}", {"url": address, "label": "Undo"}


def _composed(
    request: SignedInRequest,
    ticket: Ticket,
    form: ReplyForm,
    said: str,
    undo: dict[str, Any] | None = None,
    *,
    is_note: bool = False,
) -> HttpResponse:
    """An empty composer with what changed; or, where nothing was saved, why. What was typed stays in the page."""
    if not form.is_valid():
        return _not_composed(request, ticket, form, is_note=is_note)
    if not request.htmx:
        messages.success(request, said)
        return redirect("ticket-detail", ticket.pk)
    ticket = load(request, ticket.pk)
    context = live_context(request, ticket) | composer_context(ticket, ReplyForm.fresh())
    response = render(request, "tickets/_after_send.html", context)
    toast = {"text": said, "level": "success"} | ({"undo": undo} if undo else {})
    response.headers["HX-Trigger"] = json.dumps({"toast": toast})
    return response


def _not_composed(request: SignedInRequest, ticket: Ticket, form: ReplyForm, *, is_note: bool) -> HttpResponse:
    if request.htmx:
        response = render(request, "tickets/_composer_errors.html", {"form": form}, status=422)
        response.headers["HX-Retarget"] = "#composer-errors"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    resumed = resumed_of(ticket, form.cleaned_data.get("resumes"))
    form.copied = request.POST.getlist("copy")
    form.files_kept = list(resumed.attachments.order_by("pk")) if resumed else []
    context = page_context(request, load(request, ticket.pk), form) | {"is_note": is_note}
    return render(request, "tickets/detail.html", context, status=422)
