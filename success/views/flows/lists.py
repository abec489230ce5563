"""The list of flows, and what is done with a flow as a whole."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from subscribers.errors import Refused
from subscribers.models import Store
from subscribers.requests import SignedInRequest
from success.enums import FlowKind, Trigger, VersionStatus
from success.flow_pages.forms.settings import FlowForm, NameForm
from success.flow_pages.words import trigger_words
from success.flows import making
from success.flows.counts import FlowCounts, flow_counts
from success.flows.ready import ready_made
from success.models import Flow, FlowVersion
from success.permissions import stores_of_flows
from success.views.flows.loading import dialog, load_to_edit, told


@dataclass(frozen=True)
class Row:
    flow: Flow
    counts: FlowCounts
    trigger: str
    published: int | None
    draft: int | None
    may_edit: bool

    @property
    def state(self) -> str:
        if self.published is None:
            return "draft"
        return "on" if self.flow.is_active else "off"


@require_safe
def flow_list(request: SignedInRequest) -> HttpResponse:
    """All flows of the stores that the person works for, recovery first, by urgency. Seven queries."""
    stores = Store.objects.visible_to(request.user)
    flows = list(Flow.objects.filter(store__in=stores).select_related("store").order_by("store", "rank", "name"))
    versions: dict[tuple[int, str], int] = {}
    for flow, status, number in FlowVersion.objects.filter(
        flow__in=flows, status__in=(VersionStatus.PUBLISHED, VersionStatus.DRAFT)
    ).values_list("flow", "status", "number"):
        versions[flow, status] = number
    counts = flow_counts([flow.pk for flow in flows])
    editable = set(stores_of_flows(request.user).values_list("pk", flat=True))
    rows = [
        Row(
            flow,
            counts[flow.pk],
            trigger_words(flow),
            versions.get((flow.pk, VersionStatus.PUBLISHED)),
            versions.get((flow.pk, VersionStatus.DRAFT)),
            flow.store_id in editable,
        )
        for flow in flows
    ]
    context = {
        "groups": [(kind.label, [row for row in rows if row.flow.kind == kind]) for kind in FlowKind],
        "rows": rows,
        "may_edit": bool(editable),
        "several_stores": len({flow.store_id for flow in flows}) > 1,
        "nav": "flows",
    }
    template = "success/flows/list.html#rows" if request.htmx.target == "flow-rows" else "success/flows/list.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def flow_new(request: SignedInRequest) -> HttpResponse:
    """Asks for a name and a beginning, empty or ready-made; then its editor."""
    stores = stores_of_flows(request.user)
    given = request.POST if request.method == "POST" else request.GET
    store = get_object_or_404(stores, pk=given["store"]) if given.get("store", "").isdecimal() else stores.first()
    if store is None:
        return told(request, "The success team edits flows.", "flow-list", level="error")
    like = next((one for one in ready_made() if one.key == given.get("like")), None)
    form = FlowForm(
        request.POST if request.method == "POST" else None,
        initial={"name": like.name, "kind": like.kind, "trigger": like.trigger} if like else None,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        flow = making.create_flow(
            store,
            name=data["name"],
            kind=FlowKind(data["kind"]),
            trigger=Trigger(data["trigger"]),
            actor=request.user,
            steps=like.steps if like else making.ONLY_AN_END,
            **(like.settings if like else {}),
        )
        return _to(request, reverse("flow-edit", args=[flow.pk]))
    context = {"form": form, "ready": ready_made(), "like": like, "stores": list(stores), "store": store}
    status = 422 if request.method == "POST" else 200
    return render(request, "success/flows/new.html", {**context, "nav": "flows"}, status=status)


def _to(request: SignedInRequest, address: str) -> HttpResponse:
    return HttpResponse(status=204, headers={"HX-Redirect": address}) if request.htmx else redirect(address)


@require_POST
def flow_switch(request: SignedInRequest, pk: int) -> HttpResponse:
    """On or off, as `on` says; the toast takes it back."""
    flow, on = load_to_edit(request, pk), request.POST.get("on", request.GET.get("on")) == "1"
    try:
        making.switch(flow, on=on, actor=request.user)
    except Refused as refused:
        return told(request, refused.message, "flow-detail", pk, level="error")
    undo = {"url": f"{reverse('flow-switch', args=[pk])}?on={0 if on else 1}", "label": "Undo"}
    changed: dict[str, Any] = {"changed:flow": {}, f"changed:flow:{pk}": {}}
    said = f"“{flow.name}” is on: new runs begin" if on else f"“{flow.name}” is off: no new runs begin"
    return told(request, said, "flow-detail", pk, toast={"undo": undo}, **changed)


@require_POST
def flow_duplicate(request: SignedInRequest, pk: int) -> HttpResponse:
    copy = making.duplicate(load_to_edit(request, pk), actor=request.user)
    return _to(request, reverse("flow-edit", args=[copy.pk]))


def flow_rename(request: SignedInRequest, pk: int) -> HttpResponse:
    flow = load_to_edit(request, pk)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": flow.name})
    if request.method == "POST" and form.is_valid():
        making.rename_flow(flow, name=form.cleaned_data["name"], actor=request.user)
        return _to(request, reverse("flow-detail", args=[pk]))
    status = 422 if request.method == "POST" else 200
    return dialog(request, "success/flows/_rename.html", {"flow": flow, "form": form}, status)
