"""Dry runs: what a version would have done with the facts of past days, as a job with progress."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from subscribers.models import Subscriber
from subscribers.requests import SignedInRequest
from success.enums import VersionStatus
from success.flow_pages.picture import picture_of
from success.flow_pages.words import step_name, trigger_words
from success.flows import dry_run
from success.flows.drafts import as_drafted
from success.models import DryRun, FlowVersion
from success.views.flows.loading import load_flow, load_to_edit


def flow_trial(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asks which version and how many days; POST starts it."""
    flow = load_to_edit(request, pk) if request.method == "POST" else load_flow(request, pk)
    versions = flow.versions.exclude(status=VersionStatus.RETIRED).order_by("-number")
    if request.method == "POST":
        number, days = request.POST.get("version", ""), request.POST.get("days", "")
        version = get_object_or_404(versions, number=int(number) if number.isdecimal() and len(number) < 9 else 0)
        chosen = int(days) if days in [str(one) for one in dry_run.DAYS] else dry_run.DAYS[0]
        run = dry_run.start(version, days=chosen, actor=request.user)
        return redirect("flow-trial-result", pk, run.pk)
    context = {
        "flow": flow,
        "versions": versions,
        "days": dry_run.DAYS,
        "past": DryRun.objects.filter(version__flow=flow)
        .select_related("version", "requested_by")
        .order_by("-pk")[:10],
        "nav": "flows",
    }
    return render(request, "success/flows/trial.html", context)


def trial_result(request: SignedInRequest, pk: int, run: int) -> HttpResponse:
    """The result; while the worker is at it the page asks for itself every second."""
    flow = load_flow(request, pk)
    found = get_object_or_404(DryRun.objects.select_related("version__flow"), pk=run, version__flow=flow)
    context = {"flow": flow, "run": found, "nav": "flows", **_result(request, found.version, found)}
    part = "#result" if request.htmx.target == "trial-result" else ""
    return render(request, f"success/flows/trial_result.html{part}", context)


def _result(request: SignedInRequest, version: FlowVersion, run: DryRun) -> dict[str, object]:
    if not run.result:
        return {}
    drafted = as_drafted(version)
    steps = list(version.steps.order_by("position"))
    examples = run.result["examples"]
    people = Subscriber.objects.visible_to(request.user).in_bulk({pk for found in examples.values() for pk in found})
    named = {why: [people[pk] for pk in found if pk in people] for why, found in examples.items()}
    excluded = [(why, count, named.get(why, [])) for why, count in run.result["excluded"].items()]
    names = {step.key: step_name(step) for step in steps}
    return {
        "result": run.result,
        "trigger": trigger_words(drafted),
        "entered": named.get("", []),
        "excluded": excluded,
        "branches": [(names.get(key, key), one) for key, one in run.result["branches"].items()],
        "picture": picture_of(drafted, steps, estimates=run.result["steps"], entered=run.result["entered"]),
    }
