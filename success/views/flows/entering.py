"""Bringing people into a flow by hand: everybody of a segment, or one person."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from subscribers.errors import Refused
from subscribers.models import Subscriber
from subscribers.requests import SignedInRequest
from success.enums import VersionStatus
from success.flow_pages.forms.entering import PersonForm, SegmentForm
from success.flows.entry import enter_by_hand
from success.flows.segments import enrol, who_may
from success.models import Enrolment, Flow
from success.permissions import may_work_alerts
from success.views.flows.loading import dialog, load_to_edit, told

EXAMPLES = 5


@require_http_methods(["GET", "HEAD", "POST"])
def flow_enrol(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks for whom, says how many that are, and brings them in once the person has read that number."""
    flow = load_to_edit(request, pk)
    sent = request.method == "POST"
    form = SegmentForm(flow, request.POST if sent else None)
    context = {"flow": flow, "form": form, "running": flow.enrolments.order_by("-pk").first(), "count": None}
    if form.is_bound and form.is_valid():
        people = who_may(flow, form.segment, timezone.now())
        count = people.count() if form.segment else 0
        context |= {"count": count, "words": form.words}
        context["examples"] = list(people.order_by("pk")[:EXAMPLES]) if form.segment else []
        if request.POST.get("seen") == f"{form.mark}:{count}" and count:
            return _enrol(request, flow, form, count)
        context["seen"] = f"{form.mark}:{count}"
    return dialog(request, "success/flows/_enrol.html", context, status=422 if sent else 200)


def _enrol(request: SignedInRequest, flow: Flow, form: SegmentForm, count: int) -> HttpResponse:
    try:
        enrolment: Enrolment = enrol(flow, actor=request.user, segment=form.segment)
    except Refused as refused:
        return told(request, refused.message, "flow-detail", flow.pk, level="error")
    if enrolment.segment != form.segment:
        said = _("Another segment is being brought in. Try again when that is done.")
        return told(request, said, "flow-detail", flow.pk, level="error")
    said = _("%(count)s people come in now; the page counts them.") % {"count": count}
    events: dict[str, Any] = {f"changed:flow:{flow.pk}": {}}
    return told(request, said, "flow-detail", flow.pk, **events)


@require_http_methods(["GET", "HEAD", "POST"])
def start_for(request: SignedInRequest, pk: int) -> HttpResponse:
    """Starts one of the store's flows for one person; what speaks against it is said in words."""
    people = Subscriber.objects.visible_to(request.user).select_related("store")
    person = get_object_or_404(people, pk=pk, redacted_at=None, merged_into=None)
    if not may_work_alerts(request.user, person.store_id):
        raise PermissionDenied(_("The success team starts flows for people of this store."))
    flows = Flow.objects.filter(store=person.store_id, is_active=True, versions__status=VersionStatus.PUBLISHED)
    form = PersonForm(flows.order_by("kind", "name"), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        flow = form.cleaned_data["flow"]
        try:
            enter_by_hand(flow, person, actor=request.user)
        except Refused as refused:
            form.add_error("flow", refused.message)
        else:
            events: dict[str, Any] = {"changed:alert": {}, f"changed:subscriber:{person.pk}": {}}
            said = _("“%(flow)s” begins for %(person)s") % {"flow": flow, "person": person}
            return told(request, said, "subscriber-detail", person.pk, **events)
    status = 422 if request.method == "POST" else 200
    return dialog(request, "success/flows/_start_for.html", {"person": person, "form": form}, status=status)
