"""The pages of imports, for the administrators of a store."""

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from subscribers.errors import Refused
from subscribers.imports import services
from subscribers.imports.columns import column_of, named
from subscribers.imports.enums import ImportState, Outcome
from subscribers.imports.forms import ColumnsForm, UploadForm
from subscribers.imports.records import sheet_of
from subscribers.imports.report import failed_rows, words
from subscribers.models import Import, Store
from subscribers.paging import page_of
from subscribers.requests import SignedInRequest

SHOWN_ERRORS = 50
TONES = {
    Outcome.NEW: "good",
    Outcome.CHANGED: "link",
    Outcome.UNCHANGED: "plain",
    Outcome.KEPT: "plain",
    Outcome.REFUSED: "bad",
}


@require_http_methods(["GET", "HEAD", "POST"])
def import_list(request: SignedInRequest) -> HttpResponse:
    """What was imported, by whom; and a file to begin with."""
    _check_admin(request)
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            job = services.upload(
                store=data["store"],
                file=data["file"].file,
                name=data["file"].name,
                kind=data["kind"],
                provider=data["provider"],
                as_of=form.as_of_moment(),
                by=request.user,
            )
            return redirect("import-detail", pk=job.pk)
        except Refused as refused:
            form.add_error(refused.field or None, refused.message)
    jobs = Import.objects.visible_to(request.user).select_related("store", "requested_by").order_by("-requested_at")
    page = page_of(jobs, request)
    context = {"form": form, "page": page, "jobs": page.rows, "nav": "subscribers"}
    return render(request, "imports/list.html", context, status=422 if form.errors else 200)


@require_safe
def import_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where an import is; while a worker has it the page asks again by itself."""
    job = _job(request, pk)
    template = "imports/detail.html#live" if request.htmx else "imports/detail.html"
    return render(request, template, _context(job))


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the columns hold."""
    job = _job(request, pk)
    if job.state not in (ImportState.ASKING, ImportState.CHECKED):
        return redirect("import-detail", pk=pk)
    initial = {name: getattr(job, name) for name in ("provider", "date_order", "decimal_mark", "consent_proof")}
    form = ColumnsForm(request.POST or None, job=job, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data.get(name) for name in initial}
        try:
            services.answer(job, mapping=form.mapping, **told)  # type: ignore[arg-type]
            return redirect("import-detail", pk=pk)
        except Refused as refused:
            form.add_error(None, refused.message)
    context = {"job": job, "form": form, "sheet": sheet_of(job), "format": named(job.format), "nav": "subscribers"}
    return render(request, "imports/columns.html", context, status=422 if form.errors else 200)


@require_POST
def import_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(request, pk, lambda job: services.confirm(job, by=request.user))


@require_POST
def import_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(request, pk, services.withdraw)


@require_safe
def import_failed(request: SignedInRequest, pk: int) -> StreamingHttpResponse:
    """The refused rows, to mend and to import again."""
    job = _job(request, pk)
    response = StreamingHttpResponse(failed_rows(job), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = gettext('attachment; filename="import-%(pk)s-refused.csv"') % {"pk": job.pk}
    return response


def _do(request: SignedInRequest, pk: int, deed: Any) -> HttpResponse:
    job = _job(request, pk)
    try:
        deed(job)
    except Refused as refused:
        job.refresh_from_db()
        return render(request, "imports/detail.html", _context(job) | {"refused": refused.message}, status=409)
    return redirect("import-detail", pk=pk)


def _check_admin(request: SignedInRequest) -> None:
    if not Store.objects.administered_by(request.user).exists():
        raise PermissionDenied


def _job(request: SignedInRequest, pk: int) -> Import:
    jobs = Import.objects.visible_to(request.user).select_related("store", "requested_by", "confirmed_by")
    return get_object_or_404(jobs, pk=pk)


def _context(job: Import) -> dict[str, Any]:
    rows = job.rows.filter(phase=job.phase)
    refused = rows.filter(outcome=Outcome.REFUSED).order_by("number")[:SHOWN_ERRORS]
    shown = rows.exclude(changes="").order_by("number")[:SHOWN_ERRORS]
    left_out = [name for name, held in zip(job.header, job.mapping, strict=False) if not held]
    return {
        "job": job,
        "sheet": sheet_of(job),
        "format": named(job.format),
        "columns": [
            (name, column_of(job.kind, held).words) for name, held in zip(job.header, job.mapping, strict=False) if held
        ],
        "left_out": left_out,
        "counts": [(one, TONES[one], job.counts.get(one.value, 0)) for one in Outcome],
        "good": sum(job.counts.get(one.value, 0) for one in (Outcome.NEW, Outcome.CHANGED)),
        "not_taken": (not_taken := job.counts.get(Outcome.REFUSED.value, 0)),
        "refused_count": not_taken,  # as a text names it, grouped
        "errors": [(row.number, words(row.errors)) for row in refused],
        "changes": [(row, json.loads(row.changes)) for row in shown],
        "nav": "subscribers",
    }
