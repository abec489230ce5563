"""The editor of a draft. Everything is stored as one works; nothing counts until it is published."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from success.enums import StepKind
from success.flow_pages.editor import editor_of, settings_form, step_after_which
from success.flows import drafts
from success.flows.definitions import FlowError
from success.flows.faults import in_words
from success.models import FlowVersion, Run
from success.views.flows.loading import dialog, load_draft, load_step, load_to_edit, told


def flow_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The flow's draft; POST begins one like what is published. `?step=` opens that step's form."""
    flow = load_to_edit(request, pk)
    if request.method == "POST":
        draft: FlowVersion | None = drafts.open_draft(flow, actor=request.user)
        return redirect("flow-edit", pk)
    draft = drafts.draft_of(flow)
    if draft is None:
        return redirect("flow-detail", pk)
    opened = request.GET.get("step", "")
    return _page(request, draft, int(opened) if opened.isdecimal() and len(opened) < 18 else None)


def _page(request: SignedInRequest, draft: FlowVersion, opened: int | None = None, **more: Any) -> HttpResponse:
    context = {"editor": editor_of(draft, opened=opened), "nav": "flows", **more}
    context["flow"] = context["editor"].flow
    if request.GET.get("settings") or more.get("settings_form"):
        context.setdefault("settings_form", settings_form(draft))
    part = {"flow-steps": "success/flows/edit.html#changed", "flow-settings": "success/flows/edit.html#settings"}
    template = part.get(request.htmx.target or "", "success/flows/edit.html")
    return render(request, template, context, status=422 if more.get("is_wrong") else 200)


def _again(request: SignedInRequest, draft: FlowVersion, opened: int | None = None) -> HttpResponse:
    """The steps and the picture as they are now; without htmx the page, at the step."""
    if request.htmx:
        return _page(request, draft, opened)
    address = reverse("flow-edit", args=[draft.flow_id])
    return redirect(f"{address}?step={opened}#step-{opened}" if opened else f"{address}#flow-steps")


def _refused(request: SignedInRequest, pk: int, refused: Refused) -> HttpResponse:
    return told(request, refused.message, "flow-edit", pk, level="error")


def flow_settings(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form of the settings; what was sent is kept where it can be read. `more` asks for room for a condition."""
    draft = load_draft(request, pk)
    if request.method != "POST":
        return _page(request, draft, settings_form=settings_form(draft))
    form = settings_form(draft, request.POST)
    if not form.is_valid():
        return _page(request, draft, settings_form=form, is_wrong=True)
    drafts.save_settings(draft, form.settings())
    draft.refresh_from_db()
    if "close" in request.POST and not request.htmx:
        return redirect(f"{reverse('flow-edit', args=[pk])}#flow-settings")
    more: dict[str, Any] = {} if "close" in request.POST else {"settings_form": settings_form(draft)}
    if request.htmx and request.htmx.target != "flow-settings":
        return render(request, "success/flows/edit.html#saved", {"editor": editor_of(draft), "flow": draft.flow})
    return _page(request, draft, **more)


@require_POST
def step_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A step of `kind` after the step `after` (of a branch, after its `arm`); at the beginning without one."""
    draft = load_draft(request, pk)
    kind, arm = request.POST.get("kind", ""), request.POST.get("arm", "")
    if kind not in StepKind.values or arm not in ("", "then", "otherwise"):
        return told(request, "There is no such step.", "flow-edit", pk, level="error")
    after = step_after_which(list(draft.steps.all()), request.POST.get("after", ""))
    try:
        step = drafts.add_step(draft, StepKind(kind), after=after, arm=arm)
    except Refused as refused:
        return _refused(request, pk, refused)
    return _again(request, draft, step.pk)


def step_edit(request: SignedInRequest, pk: int, step: int) -> HttpResponse:
    """A step's form; what was sent is kept, though it may be unfinished, where it can be read at all."""
    found = load_step(request, pk, step)
    draft = found.version
    if request.method != "POST":
        return _page(request, draft, found.pk)
    editor = editor_of(draft, opened=found.pk, data=request.POST)
    card = next(card for card in editor.cards if card.step.pk == found.pk)
    form = card.form
    if form is None or not form.is_valid():
        if request.htmx and request.htmx.target != "flow-steps":
            return render(request, "success/flows/edit.html#unread", {"card": card, "editor": editor}, status=422)
        context = {"editor": editor, "flow": editor.flow, "nav": "flows"}
        template = "success/flows/edit.html#changed" if request.htmx else "success/flows/edit.html"
        return render(request, template, context, status=422)
    try:
        drafts.save_step(found, config=form.config(), name=form.cleaned_data["name"])
    except Refused as refused:
        return _refused(request, pk, refused)
    if request.htmx and request.htmx.target != "flow-steps":
        editor = editor_of(draft)
        card = next(card for card in editor.cards if card.step.pk == found.pk)
        return render(request, "success/flows/edit.html#saved", {"editor": editor, "card": card, "flow": editor.flow})
    return _again(request, draft, None if "close" in request.POST else found.pk)


@require_POST
def step_move(request: SignedInRequest, pk: int, step: int, way: str) -> HttpResponse:
    found = load_step(request, pk, step)
    try:
        drafts.move_step(found, up=way == "up")
    except Refused as refused:
        return _refused(request, pk, refused)
    return _again(request, found.version)


@require_POST
def step_remove(request: SignedInRequest, pk: int, step: int) -> HttpResponse:
    found = load_step(request, pk, step)
    try:
        drafts.remove_step(found)
    except Refused as refused:
        return _refused(request, pk, refused)
    return _again(request, found.version)


def flow_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Shows what changes and what stays, then publishes."""
    draft = load_draft(request, pk)
    faults: list[str] = []
    if request.method == "POST":
        try:
            drafts.publish_draft(draft, actor=request.user)
        except FlowError as error:
            faults = [in_words(fault) for fault in error.faults]
        except Refused as refused:
            return _refused(request, pk, refused)
        else:
            messages.success(
                request, gettext("Version %(number)s is published: new runs follow it.") % {"number": draft.number}
            )
            return _leave(request, reverse("flow-detail", args=[pk]))
    editor = editor_of(draft)
    live = Run.objects.live().filter(flow=draft.flow_id)
    context = {
        "editor": editor,
        "flow": editor.flow,
        "published": drafts.published_of(editor.flow),
        "live": live.count(),
        "faults": faults,
    }
    return dialog(request, "success/flows/_publish.html", context, 422 if faults else 200)


def flow_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    draft = load_draft(request, pk)
    if request.method == "POST":
        drafts.discard(draft, actor=request.user)
        messages.success(request, gettext("The draft of version %(number)s is gone.") % {"number": draft.number})
        return _leave(request, reverse("flow-detail", args=[pk]))
    return dialog(request, "success/flows/_discard.html", {"draft": draft, "flow": draft.flow})


def _leave(request: SignedInRequest, address: str) -> HttpResponse:
    return HttpResponse(status=204, headers={"HX-Redirect": address}) if request.htmx else redirect(address)
