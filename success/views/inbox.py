"""One team's inbox, and what is done on what is chosen in it."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from subscribers.asking.selectors import to_decide
from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from success.inbox import ONLY, VIEWS, inbox_counts, inbox_page
from success.models import Alert
from success.permissions import stores_to_work
from success.services import inbox as service
from success.split import suggestion_for
from success.views.deeds import refused

PARTS = {"inbox-rows": "success/inbox.html#rows", "inbox-views": "success/inbox.html#heads"}


@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """Tickets and alerts together, what is due first on top. Rows come without counts, asked for less often."""
    part = request.htmx.target or ""
    view = next((one for one in VIEWS if one.key == request.GET.get("view")), VIEWS[0])
    only = request.GET.get("only", "")
    context: dict[str, Any] = {"view": view, "only": only if only in ONLY else "", "nav": "inbox"}
    if part != "inbox-views":
        context["page"] = inbox_page(view.key, request.user, request.GET.get("cursor", ""), only)
    if part != "inbox-rows":
        counts = inbox_counts(request.user)
        context["views"] = [(one, counts[one.key], one == view) for one in VIEWS]
        context["nav_counts"] = {"inbox": counts["mine"]}
        context["to_decide"] = to_decide(request.user)
    if part not in PARTS:
        context["suggestion"] = suggestion_for(request.user)
    response = render(request, PARTS.get(part, "success/inbox.html"), context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


@require_POST
def give(request: SignedInRequest) -> HttpResponse:
    """Give what is chosen (`ticket-7`, `alert-5`) to the person of the given id; empty: to nobody."""
    wanted = request.POST.get("owner", "")
    owner = get_object_or_404(get_user_model(), pk=int(wanted)) if wanted.isdecimal() else None
    chosen = [word.split("-", 1) for word in request.POST.getlist("selected") if "-" in word]
    numbers = {kind: [int(pk) for one, pk in chosen if one == kind and pk.isdecimal()] for kind in ("ticket", "alert")}
    alerts = Alert.objects.live().filter(store__in=stores_to_work(request.user), pk__in=numbers["alert"])
    try:
        count, token = service.give(
            numbers["ticket"], list(alerts.values_list("pk", flat=True)), actor=request.user, owner=owner
        )
    except Refused as error:
        return refused(request, error)
    said = gettext("%(count)s given to %(value)s") % {
        "count": count,
        "value": gettext("you") if owner == request.user else owner or gettext("nobody"),
    }
    return _told(request, said if count else gettext("Nothing changed: it was so already"), token if count else "")


@require_POST
def take_back(request: SignedInRequest) -> HttpResponse:
    try:
        count = service.take_back(request.POST.get("token", ""), actor=request.user)
    except Refused as error:
        return refused(request, error)
    return _told(request, gettext("Taken back: %(count)s as before") % {"count": count}, "")


def _told(request: SignedInRequest, said: str, token: str) -> HttpResponse:
    if not request.htmx:
        messages.success(request, said)
        return redirect("inbox")
    toast: dict[str, Any] = {"text": said, "level": "success"}
    if token:
        toast["undo"] = {
            "url": reverse("inbox-take-back"),
            "label": gettext("Undo"),
            "seconds": 15,
            "values": {"token": token},
        }
    names = ("changed:ticket", "changed:alert", "changed:ticket:counts", "changed:alert:counts")
    events: dict[str, Any] = {"toast": toast, "selection-done": {}} | {name: {} for name in names}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events)})
