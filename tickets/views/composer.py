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
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from tickets.composition import composer_context
from tickets.deliveries import resumed_of
from tickets.enums import Composing, MessageState
from tickets.fields.setting import PREFIX
from tickets.forms import ReplyForm, actions_in, macros_in, tokens_in
from tickets.mail.suppression import lift
from tickets.models import Attachment, Message, OutboundMail, Ticket
from tickets.selectors import Entry, for_page
from tickets.services import composing, leaving
from tickets.services.crossing import Crossed
from tickets.views.actions import act_on, fields_that_need, load, refuse
from tickets.views.detail import live_context, page_context


@require_POST
def reply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send an answer, for some seconds revocably, or at a later time. What was typed stays until it is saved."""
    ticket, form = load(request, pk), ReplyForm(request.POST, request.FILES)
    message = None
    if form.is_valid():
        try:
            message = _reply(request, ticket, form)
        except Crossed as crossed:
            return _held(request, ticket, form, crossed)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else "text", refused.message)
            needed = refused.field.removeprefix(PREFIX) if refused.field.startswith(PREFIX) else ""
            if needed and request.htmx:
                response = _not_composed(request, ticket, form, Composing.REPLY)
                response.content += fields_that_need(request, pk, needed, refused.message).encode()
                return response
    return _composed(request, ticket, form, *(_told_of(message) if message else ("", None)))


def _reply(request: SignedInRequest, ticket: Ticket, form: ReplyForm) -> Message:
    chosen = form.cleaned_data
    resumed = resumed_of(ticket, chosen["resumes"])
    how = {
        "status": form.status(),
        "cc": chosen["cc"],
        "undo_seconds": settings.UNDO_SEND_SECONDS,
        "send_at": chosen["send_at"],
        "resumes": resumed,
        "kept": _kept(resumed, request.POST.getlist("kept")),
        "seen": chosen["seen"],
    }
    composed = _read(request, form, Composing.REPLY, how)
    return composing.send_reply(ticket, composed, author=request.user, key=chosen["key"])


def _read(
    request: SignedInRequest, form: ReplyForm, kind: Composing, how: dict[str, Any] | None = None
) -> composing.Composed:
    return composing.Composed(
        text=form.cleaned_data["text"],
        files=form.cleaned_data["attachments"],
        uploads=tokens_in(request.POST),
        actions=actions_in(request.POST, kind),
        macros=macros_in(request.POST, kind),
        reply=how or {},
    )


@require_POST
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    ticket, form = load(request, pk), ReplyForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            composing.add_note(ticket, _read(request, form, Composing.NOTE), author=request.user)
        except Refused as refused:
            form.add_error("text", refused.message)
    return _composed(request, ticket, form, _("Note added"), kind=Composing.NOTE)


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
    said = _("Discarded") if is_discarded else _("Taken back: it was not sent")
    if not request.htmx:
        messages.success(request, said)
        return redirect(ticket.get_absolute_url() + ("" if is_discarded else f"?resumes={message.pk}"))
    ticket = load(request, pk)
    context = live_context(request, ticket)
    if is_discarded:
        response = render(request, "tickets/_live.html", context)
    else:
        context |= composer_context(ticket, request.user, entries=context["entries"], resumed=message)
        response = render(request, "tickets/_after_undo.html", context)
    response.headers["HX-Trigger"] = json.dumps({"toast": {"text": said, "level": "success"}})
    return response


@require_POST
def send_now(request: SignedInRequest, pk: int, message_pk: int) -> HttpResponse:
    message = get_object_or_404(Message, pk=message_pk, ticket=load(request, pk))
    return act_on(request, pk, lambda ticket: leaving.send_now(message, actor=request.user), _("Sent"))


@require_POST
def send_again(request: SignedInRequest, pk: int, mail_pk: int) -> HttpResponse:
    mail = get_object_or_404(OutboundMail, pk=mail_pk, message__ticket=load(request, pk))
    return act_on(request, pk, lambda ticket: leaving.send_again(mail, actor=request.user), _("It is sent again"))


@require_POST
def send_elsewhere(request: SignedInRequest, pk: int, mail_pk: int) -> HttpResponse:
    mail = get_object_or_404(OutboundMail, pk=mail_pk, message__ticket=load(request, pk))
    address, actor = request.POST.get("address", ""), request.user
    act = lambda ticket: leaving.send_elsewhere(mail, actor=actor, address=address)  # noqa: E731
    return act_on(request, pk, act, _("It goes to %(address)s") % {"address": address})


@require_POST
def mail_works(request: SignedInRequest, pk: int) -> HttpResponse:
    """An agent knows that mail to an address of this ticket arrives again."""
    ticket, address = load(request, pk), request.POST.get("address", "")
    get_object_or_404(OutboundMail.objects.filter(ticket=ticket, recipient__iexact=address)[:1])
    act = lambda ticket: lift(ticket.store, address, actor=request.user, ticket=ticket)  # noqa: E731
    return act_on(request, pk, act, _("Automatic mail goes to %(address)s again") % {"address": address})


def _kept(resumed: Message | None, tokens: list[str]) -> list[Attachment]:
    return [file for file in resumed.attachments.all() if str(file.token) in tokens] if resumed else []


def _told_of(message: Message) -> tuple[str, dict[str, Any] | None]:
    """What a toast says of an answer, and how it is taken back as long as that goes."""
    address = reverse("message-take-back", args=[message.ticket_id, message.pk])
    if message.state == MessageState.LEAVING:
        return _("Sending…"), {"url": address, "label": _("Undo"), "seconds": settings.UNDO_SEND_SECONDS}
    if message.state != MessageState.SCHEDULED:
        return _("Sent"), None
    leaves_at = message.outbound_mails.values_list("not_before", flat=True)[0]
    when = date_format(timezone.localtime(leaves_at), "D j M, H:i")
    return _("Leaves %(when)s") % {"when": when}, {"url": address, "label": _("Undo")}


def _composed(
    request: SignedInRequest,
    ticket: Ticket,
    form: ReplyForm,
    said: str,
    undo: dict[str, Any] | None = None,
    *,
    kind: Composing = Composing.REPLY,
) -> HttpResponse:
    """An empty composer with what changed; or, where nothing was saved, why. What was typed stays in the page."""
    if not form.is_valid():
        return _not_composed(request, ticket, form, kind)
    if not request.htmx:
        messages.success(request, said)
        return redirect("ticket-detail", ticket.pk)
    if not for_page(request.user).filter(pk=ticket.pk).exists():  # a macro moved it out of sight
        messages.success(request, said)
        return HttpResponse(headers={"HX-Redirect": reverse("inbox")})
    ticket = load(request, ticket.pk)
    context = live_context(request, ticket)
    context |= composer_context(ticket, request.user, entries=context["entries"], kind=kind)
    response = render(request, "tickets/_after_send.html", context)
    toast = {"text": said, "level": "success"} | ({"undo": undo} if undo else {})
    response.headers["HX-Trigger"] = json.dumps({"toast": toast})
    return response


def _not_composed(request: SignedInRequest, ticket: Ticket, form: ReplyForm, kind: Composing) -> HttpResponse:
    if request.htmx:
        return _beside(render(request, "tickets/_composer_errors.html", {"form": form}, status=422))
    return _whole_page(request, ticket, form, kind, status=422)


def _held(request: SignedInRequest, ticket: Ticket, form: ReplyForm, crossed: Crossed) -> HttpResponse:
    """Nothing was sent: what is new is shown, and the writer asked. What they chose goes along with “Send anyway”."""
    held = {"crossed": crossed, "new": [Entry(at=one.created_at, message=one) for one in crossed.messages]}
    held |= {"form": form, "ticket": ticket, "then": form.data.get("then", ""), "later": form.data.get("later", "")}
    if request.htmx:
        return _beside(render(request, "tickets/_composer_held.html", held, status=409))
    return _whole_page(request, ticket, form, Composing.REPLY, status=409, held=held)


def _beside(response: HttpResponse) -> HttpResponse:
    """Within the composer that asked, whose text and files stay as they are."""
    response.headers["HX-Retarget"] = "#composer-errors"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _whole_page(
    request: SignedInRequest, ticket: Ticket, form: ReplyForm, kind: Composing, *, status: int, **context: Any
) -> HttpResponse:
    resumed = resumed_of(ticket, form.cleaned_data.get("resumes"))
    form.copied = request.POST.getlist("copy")
    form.files_kept = list(resumed.attachments.order_by("pk")) if resumed else []
    page = page_context(request, load(request, ticket.pk), form=form, kind=kind) | context
    return render(request, "tickets/detail.html", page, status=status)
