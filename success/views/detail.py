"""The page of an alert, and its parts as they change."""

import json
import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from subscribers.selectors import subscription_cards
from success.alert_page import alert_parts
from success.beside import Talk, earlier_alerts, latest_touches, since_closed, talk_of
from success.forms import NoteForm
from success.models import Alert
from success.permissions import may_work_alerts
from success.selectors import Next, next_action, owners
from success.wording import rank_words
from tickets.services import conversation


def load_alert(request: SignedInRequest, pk: int) -> Alert:
    """The alert, where the person may see it; else 404."""
    alerts = Alert.objects.visible_to(request.user).select_related("store", "subscriber", "owner")
    return get_object_or_404(alerts, pk=pk)


@require_safe
def alert_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole page; for the page's own htmx (`?part=live`) only what may have changed."""
    alert = load_alert(request, pk)
    context = live_context(request, alert)
    if request.GET.get("part") == "live":
        response = render(request, "success/detail.html#live", context)
    else:
        cards = subscription_cards(alert.subscriber) if alert.subscriber else []
        context |= {"note_form": NoteForm(), "cards": cards, "nav": "alerts", "reply_key": uuid.uuid4().hex}
        response = render(request, "success/detail.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def live_context(request: SignedInRequest, alert: Alert) -> dict[str, Any]:
    may_work = may_work_alerts(request.user, alert.store_id)
    parts = alert_parts(alert, request.user)
    talk = talk_of(alert, request.user)
    return {
        "alert": alert,
        "subscriber": alert.subscriber,
        "may_work": may_work,
        "may_act": may_work and alert.is_live,
        "owners": list(owners(alert.store)) if may_work else [],
        "is_mine": alert.owner_id == request.user.pk,
        "talk": talk,
        "earlier": earlier_alerts(alert, request.user),
        "touches": latest_touches(alert, request.user),
        "since": since_closed(alert),
        "rank_words": rank_words(alert),
        "next": _next(alert, parts, talk) if may_work and alert.is_live else None,
        **parts,
    }


def _next(alert: Alert, parts: dict[str, Any], talk: Talk | None) -> Next | None:
    """What to do where no task of a flow says so."""
    if parts["tasks"]:
        return None
    reasons = [fact.evidence.kind for fact in parts["facts"] if fact.evidence.retracted_at is None]
    live = next((drawn for drawn in parts["runs"] if drawn.is_live), None)
    words = gettext("%(flow)s is at it; see below what it does next") % {"flow": live.run.flow} if live else ""
    return next_action(alert, reasons, None, talk.ticket if talk else None, words, None)


@require_POST
def reply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer the customer's open ticket from here; it leaves after some seconds, in which it can be taken back."""
    alert = load_alert(request, pk)
    talk = talk_of(alert, request.user)
    if talk is None:
        return _refuse(request, alert, gettext("This ticket is no longer open."))
    try:
        message = conversation.reply(
            talk.ticket,
            author=request.user,
            text=request.POST.get("text", ""),
            key=request.POST.get("key", "")[:64] or uuid.uuid4().hex,
            undo_seconds=settings.UNDO_SEND_SECONDS,
        )
    except Refused as refused:
        return _refuse(request, alert, refused.message)
    if not request.htmx:
        messages.success(request, gettext("Sending…"))
        return redirect(alert)
    back: dict[str, Any] = {
        "url": reverse("message-take-back", args=[talk.ticket.pk, message.pk]),
        "label": gettext("Undo"),
    }
    back |= {"seconds": settings.UNDO_SEND_SECONDS, "values": {"discard": "1"}}
    told = {"toast": {"text": gettext("Sending…"), "level": "success", "undo": back}, f"changed:alert:{alert.pk}": {}}
    context = {"alert": alert, "talk": talk, "reply_key": uuid.uuid4().hex}
    response = render(request, "success/detail.html#answer", context)
    response.headers["HX-Trigger"] = json.dumps(told)
    return response


def _refuse(request: SignedInRequest, alert: Alert, words: str) -> HttpResponse:
    if not request.htmx:
        messages.error(request, words)
        return redirect(alert)
    toast = {"toast": {"text": words, "level": "error"}}
    return HttpResponse(status=422, headers={"HX-Trigger": json.dumps(toast), "HX-Reswap": "none"})
