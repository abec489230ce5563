"""Keeps what is being written, while it is written: small requests of the ticket's own page, answered in JSON."""

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.views.decorators.http import require_http_methods, require_POST

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from tickets.deliveries import resumed_of
from tickets.enums import Composing
from tickets.forms import DraftForm
from tickets.models import Draft, DraftFile, Ticket
from tickets.services import drafting


def seen_ticket(request: SignedInRequest, pk: int) -> Ticket:
    """The ticket, as far as what is kept beside it needs it."""
    return get_object_or_404(Ticket.objects.visible_to(request.user).select_related("store"), pk=pk)


@require_http_methods(["GET", "POST"])
def draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """POST: save what is in the composer. GET: what is kept, by kind, for a page that was out of sight."""
    ticket = seen_ticket(request, pk)
    if request.method == "GET":
        rows = Draft.objects.filter(ticket=pk, author=request.user.pk)
        kept = {row.kind: {"text": row.text, "revision": row.revision} for row in rows}
        return JsonResponse({kind: kept.get(kind, {"text": "", "revision": 0}) for kind in Composing.values})
    form = DraftForm(request.POST)
    if not form.is_valid():
        told = [str(error) for errors in form.errors.values() for error in errors]
        return JsonResponse({"error": " ".join(map(str, told))}, status=400)
    kind = Composing(form.cleaned_data["kind"])
    if "drop_others" in request.POST:
        drafting.drop_others(ticket, author=request.user, kind=kind)
        return JsonResponse({})
    resumes = form.cleaned_data["resumes"]
    writing = form.writing(request.POST, resumed_of(ticket, resumes) if resumes else None)
    try:
        saved = drafting.save(ticket, author=request.user, kind=kind, writing=writing)
    except Refused as refused:
        return JsonResponse({"error": refused.message}, status=422)
    return JsonResponse({"revision": saved.revision, "other": saved.other})


@require_POST
def upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """One file, as soon as it was chosen."""
    ticket, file = seen_ticket(request, pk), request.FILES.get("file")
    kind = request.POST.get("kind", "")
    if file is None or kind not in Composing.values:
        raise Http404
    try:
        row = drafting.upload(ticket, author=request.user, kind=Composing(kind), file=file)
    except Refused as refused:
        return JsonResponse({"error": refused.message}, status=422)
    return JsonResponse(_told(row), status=201)


@require_POST
def remove(request: SignedInRequest, pk: int, token: str) -> HttpResponse:
    ticket = seen_ticket(request, pk)
    if not drafting.remove_file(ticket, author=request.user, token=token):
        raise Http404
    return HttpResponse(status=204)


def _told(row: DraftFile) -> dict[str, Any]:
    return {"token": str(row.token), "name": row.name, "size": filesizeformat(row.size)}
