"""The page of a flow: its picture with counts, its versions, its runs."""

from copy import copy
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from subscribers.requests import SignedInRequest
from success.enums import VersionStatus
from success.flow_pages.picture import picture_of
from success.flow_pages.runs import AT, STANDINGS, RunsWanted, runs_of_flow
from success.flow_pages.words import EVENT_LOOKS, kind_words, trigger_words
from success.flows.counts import flow_counts, version_counts
from success.flows.differences import differences
from success.flows.drafts import put_on
from success.models import Flow, FlowEvent, FlowStep, FlowVersion
from success.permissions import may_edit_flows
from success.views.flows.loading import load_flow

MOST_EVENTS = 50
# Whoever comes by one of these looks for runs; others see the picture first, and runs come when they are seen.
OF_RUNS = {"version", "step", "at", "standing", "before"}


@require_safe
def flow_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """`?version=` chooses one, `?as=list` the list instead of the picture; htmx asks for its parts alone."""
    flow = load_flow(request, pk)
    versions = list(flow.versions.select_related("published_by").order_by("-number"))
    version = _chosen(request, versions)
    context: dict[str, Any] = {
        "flow": flow,
        "version": version,
        "versions": versions,
        "is_current": version is None or version.status == VersionStatus.PUBLISHED,
        "draft": next((one for one in versions if one.status == VersionStatus.DRAFT), None),
        "published": next((one for one in versions if one.status == VersionStatus.PUBLISHED), None),
        "as_list": request.GET.get("as") == "list",
        "may_edit": may_edit_flows(request.user, flow.store_id),
        "kind": kind_words(flow),
        "trigger": trigger_words(flow),
        "nav": "flows",
    }
    parts = {"flow-live": "live", "flow-runs": "runs"}
    part = parts.get(request.htmx.target or "")
    wanted = RunsWanted.of(request.GET)
    context |= {"wanted": wanted, "standings": STANDINGS, "at": AT.items()}
    if part != "runs":
        context |= _live(flow, version)
    if part == "runs" or (not part and set(request.GET) & OF_RUNS):
        context["runs"] = runs_of_flow(flow, request.user, wanted)
    response = render(request, f"success/flows/detail.html#{part}" if part else "success/flows/detail.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _chosen(request: SignedInRequest, versions: list[FlowVersion]) -> FlowVersion | None:
    """The version that is asked for; else what new runs follow; else the latest one."""
    asked = request.GET.get("version", "")
    for version in versions:
        if asked == str(version.number):
            return version
    published = [one for one in versions if one.status == VersionStatus.PUBLISHED]
    return next(iter([*published, *versions]), None)


def _live(flow: Flow, version: FlowVersion | None) -> dict[str, Any]:
    """The picture of a version with its counts, and the figures of the whole flow."""
    steps = list(version.steps.order_by("position")) if version else []
    drawn = copy(flow)
    if version is not None and version.status == VersionStatus.DRAFT:
        put_on(drawn, version.flow_settings)
    address = reverse("flow-detail", args=[flow.pk])

    def url(step: FlowStep) -> str:
        query = {"version": version.number if version else "", "step": step.key}
        return f"{address}?{urlencode(query)}#flow-runs"

    counts = version_counts(version) if version else None
    return {
        "picture": picture_of(drawn, steps, counts=counts, url=url) if version else None,
        "counts": counts,
        "totals": flow_counts([flow.pk])[flow.pk],
        "steps": steps,
    }


@require_safe
def flow_history(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every version with what it changed, and what was done to the flow by whom."""
    flow = load_flow(request, pk)
    versions = list(flow.versions.select_related("published_by").order_by("number"))
    before: FlowVersion | None = None
    told = []
    for version in versions:
        told.append((version, differences(before, version) if before else [gettext("The first version.")]))
        if version.status != VersionStatus.DRAFT:
            before = version
    events = [
        _event(event) for event in flow.events.select_related("actor").order_by("-occurred_at", "-pk")[:MOST_EVENTS]
    ]
    context = {"flow": flow, "told": told[::-1], "events": events, "nav": "flows"}
    return render(request, "success/flows/history.html", context)


def _event(event: FlowEvent) -> dict[str, Any]:
    icon, tone = EVENT_LOOKS.get(event.kind, ("circle", "plain"))  # type: ignore[call-overload]
    title = event.get_kind_display()
    if event.version_number:
        title = f"{title}: v{event.version_number}"
    who = f"{event.actor}:" if event.actor else ""
    return {"icon": icon, "tone": tone, "title": title, "detail": event.text, "who": who, "at": event.occurred_at}
