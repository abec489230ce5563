"""What is done on alerts that were chosen in the queue, one or many, and taken back."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from subscribers.errors import Refused
from subscribers.lazy import grouped
from subscribers.models import Store
from subscribers.requests import SignedInRequest
from success.enums import AlertOutcome
from success.forms import CloseForm, NoteForm, SnoozeForm
from success.models import Alert, Deed
from success.permissions import stores_to_work
from success.queue import evened_out, team
from success.services import deeds
from success.views.queue import asked_rows


def chosen(request: SignedInRequest) -> list[int]:
    """Numbers of the alerts that were ticked, or of all that match the list's address; those that may be worked."""
    said = request.POST if request.method == "POST" else request.GET
    if said.get("everything"):
        _, rows, _ = asked_rows(QueryDict(said.get("query", "").lstrip("?")), request)
    else:
        numbers = [text.removeprefix("alert-") for text in said.getlist("selected")]
        wanted = [int(text) for text in numbers if text.isdecimal() and len(text) < 19]
        rows = Alert.objects.visible_to(request.user).filter(pk__in=wanted)
    rows = rows.filter(store__in=stores_to_work(request.user)).order_by()
    return list(rows.values_list("pk", flat=True)[: deeds.MOST + 1])


def told(request: SignedInRequest, deed: Deed, words: str) -> HttpResponse:
    """A toast that takes the deed back, and the events on which lists and pages ask again."""
    said = words if deed.count else gettext("Nothing changed: it was so already")
    if not request.htmx:
        messages.success(request, said)
        return redirect(_back(request))
    toast: dict[str, Any] = {"text": said, "level": "success" if deed.count else "info"}
    if deed.count:
        toast["undo"] = {"url": reverse("deed-undo", args=[deed.pk]), "label": gettext("Undo"), "seconds": 15}
    events: dict[str, Any] = {"toast": toast, "dialog-close": {}, "selection-done": {}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(events | changed(deed))})


def changed(deed: Deed) -> dict[str, Any]:
    events: dict[str, Any] = {"changed:alert": {}, "changed:alert:counts": {}}
    for pk in deed.items.values_list("alert", flat=True)[:2]:
        events[f"changed:alert:{pk}"] = {}
    return events


def _back(request: SignedInRequest) -> str:
    """The list as it was looked at."""
    query = request.POST.get("query", "").lstrip("?")
    return reverse("alert-list") + (f"?{query}" if query else "")


def refused(request: SignedInRequest, error: Refused) -> HttpResponse:
    if not request.htmx:
        messages.error(request, error.message)
        return redirect(_back(request))
    toast = {"toast": {"text": error.message, "level": "error"}}
    return HttpResponse(status=422, headers={"HX-Trigger": json.dumps(toast), "HX-Reswap": "none"})


def how_many(count: int) -> str:
    return gettext("1 alert") if count == 1 else gettext("%(count)s alerts") % {"count": grouped(count)}


@require_POST
def assign(request: SignedInRequest) -> HttpResponse:
    """Give what is chosen to the person of the given id; empty: to nobody."""
    wanted = request.POST.get("owner", "")
    owner = get_object_or_404(get_user_model(), pk=int(wanted)) if wanted.isdecimal() else None
    try:
        deed = deeds.assign(chosen(request), actor=request.user, owner=owner)
    except Refused as error:
        return refused(request, error)
    name = "you" if owner == request.user else str(owner or "nobody")
    return told(
        request,
        deed,
        gettext("%(capitalize)s given to %(name)s") % {"capitalize": how_many(deed.count).capitalize(), "name": name},
    )


def snooze(request: SignedInRequest) -> HttpResponse:
    def act(pks: list[int], said: dict[str, Any]) -> Deed:
        return deeds.snooze(pks, actor=request.user, until=said["at"], reason=said["reason"], when=said["when"])

    return _ask(request, SnoozeForm, act, "success/_chosen_snooze.html", "snoozed")


def close(request: SignedInRequest) -> HttpResponse:
    def act(pks: list[int], said: dict[str, Any]) -> Deed:
        return deeds.close(pks, actor=request.user, outcome=AlertOutcome(said["outcome"]), note=said["note"])

    return _ask(request, CloseForm, act, "success/_chosen_close.html", "closed")


def note(request: SignedInRequest) -> HttpResponse:
    def act(pks: list[int], said: dict[str, Any]) -> Deed:
        return deeds.note(pks, actor=request.user, text=said["text"])

    return _ask(request, NoteForm, act, "success/_chosen_note.html", "noted")


def _ask(
    request: SignedInRequest,
    form_class: type[forms.Form],
    act: Callable[[list[int], dict[str, Any]], Deed],
    template: str,
    done: str,
) -> HttpResponse:
    """The dialog's form for what is chosen; again with its errors; a toast once it was done."""
    pks = chosen(request)
    asks = request.method == "POST" and "form" in request.POST
    form = form_class(request.POST if asks else None)
    if asks and form.is_valid():
        try:
            deed = act(pks, form.cleaned_data)
            return told(request, deed, f"{how_many(deed.count).capitalize()} {done}")
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    said = request.POST if request.method == "POST" else request.GET
    hidden = [("everything", "1"), ("query", said.get("query", ""))]
    hidden = (
        hidden if said.get("everything") else [("query", said.get("query", "")), *[("selected", str(pk)) for pk in pks]]
    )
    context = {"form": form, "template": template, "many": how_many(len(pks)), "hidden": hidden, "nav": "alerts"}
    context["back"] = _back(request)
    return render(request, template if request.htmx else "success/form_page.html", context, status=422 if asks else 200)


@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    deed = get_object_or_404(Deed, pk=pk)
    try:
        count = deeds.undo(deed, actor=request.user)
    except Refused as error:
        return refused(request, error)
    left = deed.count - count
    words = gettext("Taken back: %(how_many)s as before") % {"how_many": how_many(count)}
    words += gettext("; %(left)s changed meanwhile and stay") % {"left": left} if left else ""
    if not request.htmx:
        messages.success(request, words)
        return redirect("alert-list")
    toast = {"toast": {"text": words, "level": "success"}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(toast | changed(deed))})


@require_POST
def even_out(request: SignedInRequest) -> HttpResponse:
    """Share what nobody began evenly among the team, store by store."""
    gifts: dict[int, Any] = {}
    people = list(team(request.user))
    if not people:
        raise PermissionDenied(gettext("The success team works the alerts of this store."))
    for store in Store.objects.filter(pk__in=stores_to_work(request.user).values("pk")):
        members = set(store.memberships.values_list("user", flat=True))
        gifts |= evened_out(store, [person for person in people if person.pk in members])
    try:
        deed = deeds.share_out(gifts, actor=request.user)
    except Refused as error:
        return refused(request, error)
    return told(
        request,
        deed,
        gettext("%(capitalize)s moved: the team's load is even") % {"capitalize": how_many(deed.count).capitalize()},
    )
