"""A mail of a draft as one subscriber would get it, and a test of it to oneself."""

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from subscribers.errors import Refused
from subscribers.models import Subscriber
from subscribers.requests import SignedInRequest
from success.enums import StepKind
from success.flow_pages.preview import find_people, preview_of, send_test
from success.models import FlowStep
from success.views.flows.loading import dialog, load_step, told


def _person(request: SignedInRequest, step: FlowStep, given: str) -> Subscriber | None:
    people = Subscriber.objects.visible_to(request.user).filter(
        store=step.version.flow.store_id, redacted_at=None, merged_into=None
    )
    if given.isdecimal() and len(given) < 18:
        return people.select_related("store").filter(pk=given).first()
    return people.select_related("store").order_by("-created_at", "-pk").first()


@require_safe
def step_preview(request: SignedInRequest, pk: int, step: int) -> HttpResponse:
    """`?person=` chooses the subscriber, `?q=` finds some by name or address; else the newest one."""
    found = load_step(request, pk, step)
    if found.kind != StepKind.MAIL:
        return told(request, gettext("Only mails have a preview."), "flow-edit", pk, level="error")
    query = request.GET.get("q", "").strip()
    person = _person(request, found, request.GET.get("person", ""))
    context = {
        "step": found,
        "flow": found.version.flow,
        "person": person,
        "q": query,
        "people": find_people(found.version.flow.store_id, request.user, query) if query else [],
        "preview": preview_of(found, person) if person else None,
    }
    return dialog(request, "success/flows/_preview.html", context)


@require_POST
def step_test(request: SignedInRequest, pk: int, step: int) -> HttpResponse:
    """Sends the mail, as the chosen subscriber would get it, to whoever asks."""
    found = load_step(request, pk, step)
    person = _person(request, found, request.POST.get("person", ""))
    if found.kind != StepKind.MAIL or person is None:
        return told(request, gettext("There is nobody to write to."), "flow-edit", pk, level="error")
    try:
        address = send_test(found, person, user=request.user)
    except Refused as refused:
        return told(request, refused.message, "flow-edit", pk, level="error")
    return told(request, gettext("A test is on its way to %(address)s") % {"address": address}, "flow-edit", pk)
