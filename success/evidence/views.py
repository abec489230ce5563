"""The pages of evidence: whether service predicts churn here, and whether the flows work."""

import csv
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from subscribers.models import Store
from subscribers.requests import SignedInRequest
from success.enums import StudyKind
from success.evidence import wording
from success.evidence.asking import ask_again
from success.evidence.chart import HEIGHT, WIDTH, bars, curves_of
from success.evidence.results import FlowEffect, ServiceFindings
from success.evidence.rows import arms_rows, earlier_rows, triple
from success.evidence.selectors import chosen_store, service_study, shown_flow, shown_flows
from success.models import Flow, Study, StudyPlan
from success.permissions import stores_of_flows

MOST_EARLIER = 30


@require_safe
def start(request: SignedInRequest) -> HttpResponse:
    """Both questions of a store, each answered in a sentence. `?store=`, `?format=csv`: the flows."""
    store, stores = chosen_store(request.user, request.GET.get("store", ""))
    study, found = service_study(store)
    flows = shown_flows(store)
    if request.GET.get("format") == "csv":
        return _csv(f"flows-{store.key}", FLOW_COLUMNS, _flow_rows((one.flow, one.effect) for one in flows))
    context = {
        **_common(request, store),
        "stores": stores,
        "study": study,
        "found": found,
        "said": wording.on_service(found.hazards) if found else None,
        "flows": list(zip(flows, bars(one.interval for one in flows), strict=True)),
        "plan": StudyPlan.objects.filter(store=store).first(),
    }
    return render(request, "evidence/start.html", context)


@require_safe
def service(request: SignedInRequest) -> HttpResponse:
    """Hazard ratios, curves, foretelling, and how they were made. `?format=csv`."""
    store, stores = chosen_store(request.user, request.GET.get("store", ""))
    study, found = service_study(store)
    if found and request.GET.get("format") == "csv":
        return _csv(f"service-{store.key}", SERVICE_COLUMNS, _service_rows(found))
    context = {**_common(request, store), "stores": stores, "study": study, "found": found}
    if found:
        hazards = found.hazards.facts
        plots = bars((_triple(one.ratio, one.low, one.high) for one in hazards), zero=1.0, is_ratio=True)
        context |= {
            "said": wording.on_service(found.hazards),
            "hazards": [
                (wording.FACT_WORDS[one.fact], one, wording.on_hazard(one), plot)
                for one, plot in zip(hazards, plots, strict=True)
            ],
            "landmark": wording.on_landmark(found.landmark),
            "curves": curves_of(found.landmark),
            "size": (WIDTH, HEIGHT),
            "prediction": wording.on_prediction(found.prediction),
        }
    return render(request, "evidence/service.html", context)


@require_safe
def flow(request: SignedInRequest, pk: int) -> HttpResponse:
    """One flow: its arms at each horizon, what it is worth, and how the estimate became surer. `?format=csv`."""
    one = get_object_or_404(Flow.objects.filter(store__in=Store.objects.visible_to(request.user)), pk=pk)
    studies = list(Study.objects.filter(flow=one, kind=StudyKind.FLOW).order_by("-made_at", "-pk")[:MOST_EARLIER])
    shown = shown_flow(one, studies[0] if studies else None)
    effect = shown.effect
    if request.GET.get("format") == "csv":
        return _csv(f"flow-{one.key}", FLOW_COLUMNS, _flow_rows([(one, effect)]))
    context = {
        **_common(request, one.store),
        "shown": shown,
        "rows": arms_rows(effect) if effect else [],
        "history": earlier_rows(studies),
    }
    return render(request, "evidence/flow.html", context)


@require_POST
def again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read the store's history again now rather than tonight."""
    store = get_object_or_404(Store.objects.visible_to(request.user), pk=pk)
    if not stores_of_flows(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    ask_again(store)
    return redirect(f"{reverse('evidence')}?store={store.pk}")


def _common(request: SignedInRequest, store: Store) -> dict[str, Any]:
    may = stores_of_flows(request.user).filter(pk=store.pk).exists()
    return {"nav": "insights", "store": store, "may_ask": may}


def _triple(*numbers: float | None) -> tuple[float, float, float] | None:
    value, low, high = numbers
    return None if value is None or low is None or high is None else (value, low, high)


SERVICE_COLUMNS = ("part", "name", "number", "value", "low", "high")
FLOW_COLUMNS = ("flow", "days", "treated", "treated_kept", "held", "held_kept", "difference", "low", "high")


def _service_rows(found: ServiceFindings) -> Iterable[tuple[Any, ...]]:
    for one in found.hazards.facts:
        yield "hazard ratio", one.fact, one.exposed, one.ratio, one.low, one.high
    for name, curve in (("with ticket", found.landmark.with_ticket), ("without", found.landmark.without)):
        for day, *values in zip(curve.days, curve.share, curve.low, curve.high, strict=True):
            yield "still subscribed", f"{name}, day {day:.0f}", curve.number, *values
    for number, group in enumerate(found.prediction.groups, 1):
        yield "foretold", f"group {number}", group.number, group.foretold, None, None
        yield "left", f"group {number}", group.number, group.real, group.low, group.high
    for lift in found.prediction.lift:
        yield "lift", f"highest {lift.share:.0%}", found.prediction.judged, lift.caught, None, None


def _flow_rows(flows: Iterable[tuple[Flow, FlowEffect | None]]) -> Iterable[tuple[Any, ...]]:
    for one, effect in flows:
        for arm in effect.arms if effect else ():
            numbers = (arm.days, arm.number, arm.kept, arm.number_held, arm.kept_held)
            yield one.key, *numbers, *(triple(arm.always) or (None, None, None))


def _csv(name: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    disposition = f'attachment; filename="{name}.csv"'
    response = HttpResponse(content_type="text/csv", headers={"Content-Disposition": disposition})
    writer = csv.writer(response)
    writer.writerow(columns)
    writer.writerows(rows)
    return response
