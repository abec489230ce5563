"""What is done on an alert: each loads it, calls one service, and tells the page what changed."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from success.enums import AlertOutcome
from success.flows.engine import complete_task, stop_run
from success.forms import CloseForm, NoteForm, SnoozeForm
from success.models import Alert, Deed, Run, Task
from success.permissions import may_work_alerts
from success.services import alerts as service
from success.services import deeds
from success.views.detail import load_alert


def _load(request: SignedInRequest, pk: int) -> Alert:
    alert = load_alert(request, pk)
    if not may_work_alerts(request.user, alert.store_id):
        raise PermissionDenied(gettext("The success team works the alerts of this store."))
    return alert


def _answer(request: SignedInRequest, alert_id: int | None, said: str, deed: Deed | None = None) -> HttpResponse:
    """A toast (which takes a deed back) and the events on which parts fetch themselves again; else the alert's page."""
    if not request.htmx:
        messages.success(request, said)
        return redirect("alert-detail", alert_id) if alert_id else redirect("alert-list")
    toast: dict[str, Any] = {"text": said, "level": "success"}
    if deed is not None and deed.count:
        toast["undo"] = {"url": reverse("deed-undo", args=[deed.pk]), "label": gettext("Undo"), "seconds": 15}
    told: dict[str, Any] = {"toast": toast, "dialog-close": {}, "changed:alert": {}, "changed:alert:counts": {}}
    if alert_id:
        told[f"changed:alert:{alert_id}"] = {}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})


def _act(request: SignedInRequest, alert_id: int | None, act: Callable[[], Any], said: str) -> HttpResponse:
    try:
        done = act()
    except Refused as refused:
        if not request.htmx:
            messages.error(request, refused.message)
            return redirect("alert-detail", alert_id) if alert_id else redirect("alert-list")
        toast = {"toast": {"text": refused.message, "level": "error"}}
        return HttpResponse(status=422, headers={"HX-Trigger": json.dumps(toast), "HX-Reswap": "none"})
    return _answer(request, alert_id, said, done if isinstance(done, Deed) else None)


@require_POST
def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    """To the person of the given id; empty: to nobody."""
    alert, actor = _load(request, pk), request.user
    wanted = request.POST.get("owner", "")
    owner = get_object_or_404(get_user_model(), pk=int(wanted)) if wanted.isdecimal() else None
    said = (
        gettext("It is yours")
        if owner == actor
        else gettext("Given to %(owner)s") % {"owner": owner}
        if owner
        else gettext("Given to nobody")
    )
    return _act(request, pk, lambda: deeds.assign([alert.pk], actor=actor, owner=owner), said)


@require_POST
def start(request: SignedInRequest, pk: int) -> HttpResponse:
    alert = _load(request, pk)
    return _act(request, pk, lambda: service.start_alert(alert, actor=request.user), gettext("In progress"))


def snooze(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks until when and why, then puts the alert aside."""
    alert = _load(request, pk)
    form = SnoozeForm(request.POST if request.method == "POST" else None)

    def act() -> Deed:
        said = form.cleaned_data
        return deeds.snooze([pk], actor=request.user, until=said["at"], reason=said["reason"], when=said["when"])

    return _ask(request, alert, form, act, "success/_snooze.html", gettext("Snoozed"))


def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks what came of it, then closes the alert and what its flows had still planned."""
    alert = _load(request, pk)
    form = CloseForm(request.POST if request.method == "POST" else None)

    def act() -> Deed:
        outcome = AlertOutcome(form.cleaned_data["outcome"])
        return deeds.close([pk], actor=request.user, outcome=outcome, note=form.cleaned_data["note"])

    return _ask(request, alert, form, act, "success/_close.html", gettext("Closed"))


def _ask(
    request: SignedInRequest, alert: Alert, form: forms.Form, act: Callable[[], Deed], template: str, said: str
) -> HttpResponse:
    """The dialog's form; again with its errors; the answer once it was done."""
    if request.method == "POST" and form.is_valid():
        try:
            return _answer(request, alert.pk, said, act())
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    context = {"alert": alert, "form": form, "template": template, "nav": "alerts"}
    status = 422 if request.method == "POST" else 200
    return render(request, template if request.htmx else "success/form_page.html", context, status=status)


@require_POST
def note(request: SignedInRequest, pk: int) -> HttpResponse:
    alert = _load(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            service.note_alert(alert, actor=request.user, text=form.cleaned_data["text"])
            return _answer(request, pk, gettext("Note added"))
        except Refused as refused:
            form.add_error("text", refused.message)
    if not request.htmx:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("alert-detail", pk)
    return render(request, "success/detail.html#note", {"alert": alert, "note_form": form}, status=422)


@require_POST
def task_done(request: SignedInRequest, pk: int) -> HttpResponse:
    """A person did what the flow asked for; the run goes on."""
    runs = Run.objects.visible_to(request.user)
    task = get_object_or_404(Task.objects.select_related("run_step__run"), pk=pk, run_step__run__in=runs)
    run = task.run_step.run
    if not may_work_alerts(request.user, run.store_id):
        raise PermissionDenied(gettext("The success team works the alerts of this store."))
    return _act(
        request, run.alert_id, lambda: complete_task(task, actor=request.user), gettext("Done; the flow goes on")
    )


def run_stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks, then stops the run: a person takes it from here."""
    run = get_object_or_404(Run.objects.visible_to(request.user).select_related("flow", "subscriber"), pk=pk)
    if not may_work_alerts(request.user, run.store_id):
        raise PermissionDenied(gettext("The success team works the alerts of this store."))
    if request.method == "POST":
        return _act(request, run.alert_id, lambda: stop_run(run, actor=request.user), gettext("Stopped"))
    template = "success/_stop.html"
    page = template if request.htmx else "success/form_page.html"
    return render(request, page, {"run": run, "template": template, "nav": "alerts"})
