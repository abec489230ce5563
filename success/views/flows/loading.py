"""What every page of a flow loads and asks first."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from subscribers.models import Store
from subscribers.requests import SignedInRequest
from success.enums import VersionStatus
from success.models import Flow, FlowStep, FlowVersion
from success.permissions import may_edit_flows


def load_flow(request: SignedInRequest, pk: int) -> Flow:
    """The flow, where the person may see its store; else 404."""
    flows = Flow.objects.filter(store__in=Store.objects.visible_to(request.user)).select_related("store")
    return get_object_or_404(flows, pk=pk)


def load_to_edit(request: SignedInRequest, pk: int) -> Flow:
    flow = load_flow(request, pk)
    if not may_edit_flows(request.user, flow.store_id):
        raise PermissionDenied(gettext("The success team edits the flows of this store."))
    return flow


def load_draft(request: SignedInRequest, pk: int) -> FlowVersion:
    """The draft of a flow that the person may edit; 404 where it has none."""
    flow = load_to_edit(request, pk)
    return get_object_or_404(flow.versions.select_related("flow__store"), status=VersionStatus.DRAFT)


def load_step(request: SignedInRequest, pk: int, step: int) -> FlowStep:
    draft = load_draft(request, pk)
    return get_object_or_404(draft.steps.select_related("version__flow__store"), pk=step)


def told(
    request: SignedInRequest, text: str, to: str, *args: Any, level: str = "success", **events: Any
) -> HttpResponse:
    """A toast where the page stays as it is, or is asked again by `events`; without htmx, the page named `to`."""
    if not request.htmx:
        messages.add_message(request, messages.SUCCESS if level == "success" else messages.ERROR, text)
        return redirect(to, *args)
    event = {"toast": {"text": text, "level": level, **events.pop("toast", {})}, "dialog-close": {}, **events}
    status = 204 if level == "success" else 422
    return HttpResponse(status=status, headers={"HX-Trigger": json.dumps(event), "HX-Reswap": "none"})


def dialog(request: SignedInRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """What htmx puts into the dialog; without it, a page of its own."""
    page = template if request.htmx else "success/flows/form_page.html"
    return render(request, page, {**context, "template": template, "nav": "flows"}, status=status)
