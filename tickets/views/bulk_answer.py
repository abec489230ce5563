"""One answer to many tickets: composed, seen as its readers would, sent."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from tickets.bulk import answering, jobs
from tickets.macros.variables import VARIABLES
from tickets.views.bulk import chosen, told


@require_POST
def bulk_answer(request: SignedInRequest) -> HttpResponse:
    """The form for what is chosen, as a dialog or a page. `step`: `preview` shows the first few, `send` asks for it."""
    posted, rows = request.POST, chosen(request)
    text, then, step = posted.get("text", ""), posted.get("then", "pending"), posted.get("step", "")
    key = posted.get("key") or uuid.uuid4().hex
    context: dict[str, Any] = {}
    try:
        if step == "send":
            action = answering.action_of(text, then)
            ids = list(rows.order_by().values_list("pk", flat=True)[: jobs.MOST + 1])
            return told(request, jobs.begin(actor=request.user, key=key, actions=[action], ticket_ids=ids))
        if step:
            answering.check_text(text)
            first = rows.select_related("store", "subscriber", "box", "queue").order_by("pk")[: answering.SHOWN]
            context["previews"] = answering.shown(first, text, user=request.user)
    except Refused as refused:
        context["error"] = refused.message
    return _form(request, context | {"text": text, "then": then, "key": key, "total": rows.order_by().count()})


def _form(request: SignedInRequest, context: dict[str, Any]) -> HttpResponse:
    posted = request.POST
    context |= {
        "tickets": [pk for pk in posted.getlist("ticket") if pk.isdecimal()],
        "everything": posted.get("everything", ""),
        "query": posted.get("query", ""),
        "choices": [(status, status.label) for status in answering.THEN],
        "variables": VARIABLES.items(),
        "nav": "tickets",
    }
    page = "tickets/_bulk_answer.html" if request.htmx else "tickets/bulk_answer.html"
    return render(request, page, context, status=422 if "error" in context else 200)
