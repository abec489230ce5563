"""Changes of many tickets: asked for from a list, watched, taken back."""

import json
import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from tickets.bulk import jobs
from tickets.enums import BulkOutcome, BulkState
from tickets.list_query import read
from tickets.listing import INBOX_VIEWS, LIST_VIEWS
from tickets.models import BulkJob, Ticket
from tickets.search.finding import matching as found

NOT_DONE = (BulkOutcome.REFUSED, BulkOutcome.FAILED, BulkOutcome.LEFT)
MOST_TOLD = 200


def matching(request: SignedInRequest, asked: QueryDict) -> QuerySet[Ticket]:
    """Every ticket of a list, by the query of its address; `list=inbox` for the inbox."""
    query = read(asked, request.user, views=INBOX_VIEWS if asked.get("list") == "inbox" else LIST_VIEWS)
    return found(query.rows, query.asked, most=jobs.MOST + 1) if query.asked else query.rows


@require_safe
def count(request: SignedInRequest) -> HttpResponse:
    """How many tickets match, for “all that match”."""
    return JsonResponse({"total": matching(request, request.GET).order_by().count()})


def chosen(request: SignedInRequest) -> QuerySet[Ticket]:
    """What is chosen (`ticket`), or with `everything` all of the list whose query is `query`."""
    if request.POST.get("everything"):
        return matching(request, QueryDict(request.POST.get("query", "")))
    wanted = [int(pk) for pk in request.POST.getlist("ticket") if pk.isdecimal() and len(pk) < 19]
    return Ticket.objects.visible_to(request.user).filter(pk__in=wanted)


@require_POST
def act(request: SignedInRequest) -> HttpResponse:
    """One action on what is chosen."""
    try:
        ids = list(chosen(request).order_by().values_list("pk", flat=True)[: jobs.MOST + 1])
        key = request.POST.get("key") or uuid.uuid4().hex
        job = jobs.begin(actor=request.user, key=key, actions=[_action(request.POST)], ticket_ids=ids)
    except Refused as refused:
        return _refuse(request, refused)
    return told(request, job)


def _action(posted: QueryDict) -> dict[str, Any]:
    """`action` as JSON, or a tag's name beside the word `add_tag` or `remove_tag`."""
    raw = posted.get("action", "")
    if raw in ("add_tag", "remove_tag"):
        return {"kind": raw, "value": posted.get("tag", "")}
    try:
        action = json.loads(raw)
    except ValueError:
        action = None
    if not isinstance(action, dict):
        raise Refused(_("Choose what to do."))
    return action


def told(request: SignedInRequest, job: BulkJob) -> HttpResponse:
    """What became of few tickets as a toast with its undo; of many, the page that shows how far it is."""
    page = reverse("ticket-bulk-job", args=[job.pk])
    counts = jobs.progress(job)
    not_done = sum(counts[outcome] for outcome in NOT_DONE)
    if not request.htmx or job.state != BulkState.DONE or not_done:
        return HttpResponse(headers={"HX-Redirect": page}) if request.htmx else redirect(page)
    done = counts[BulkOutcome.DONE]
    said = _said(job, done)
    toast: dict[str, Any] = {"text": said, "level": "success"}
    if job.undoes_id is None and done:
        toast["undo"] = {"url": reverse("ticket-bulk-undo", args=[job.pk]), "label": _("Undo")}
    # Closed after the swap, which would open it again.
    told_to_page = {
        "HX-Trigger": json.dumps({"toast": toast, "selection-done": {}}),
        "HX-Trigger-After-Swap": "dialog-close",
        "HX-Reswap": "none",
    }
    return HttpResponse(headers=told_to_page)


def _said(job: BulkJob, done: int) -> str:
    if job.is_answer:
        said = ngettext("%(number)s answer leaves in a minute", "%(number)s answers leave in a minute", done)
    elif job.undoes is not None and job.undoes.is_answer:
        said = ngettext("%(number)s answer taken back", "%(number)s answers taken back", done)
    else:
        said = ngettext("%(number)s ticket changed", "%(number)s tickets changed", done)
    return said % {"number": done}


def _refuse(request: SignedInRequest, refused: Refused) -> HttpResponse:
    if not request.htmx:
        messages.error(request, refused.message)
        return redirect("ticket-list")
    toast = {"toast": {"text": refused.message, "level": "error"}}
    return HttpResponse(status=422, headers={"HX-Trigger": json.dumps(toast), "HX-Reswap": "none"})


@require_safe
def job_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far a job is, and what was not done; asks for itself again until it is over."""
    job = get_object_or_404(BulkJob.objects.filter(requested_by=request.user.pk), pk=pk)
    missed = job.items.filter(outcome__in=NOT_DONE).select_related("ticket").order_by("pk")
    context = {"job": job, "counts": jobs.progress(job), "told": list(missed[:MOST_TOLD]), "nav": "tickets"}
    context["is_undone"] = BulkJob.objects.filter(undoes=job).exists()
    return render(request, "tickets/_bulk_job.html" if request.htmx else "tickets/bulk_job.html", context)


@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(BulkJob.objects.filter(requested_by=request.user.pk), pk=pk)
    try:
        back = jobs.undo(job, actor=request.user)
    except Refused as refused:
        return _refuse(request, refused)
    return told(request, back)
