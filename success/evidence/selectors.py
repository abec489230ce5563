"""The latest findings, as pages, CSV and API read them."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404

from subscribers.models import Store
from subscribers.models.stores import Viewer
from success.enums import StudyKind
from success.evidence.results import FlowEffect, ServiceFindings, from_json
from success.evidence.wording import Said, headline, on_flow
from success.models import Flow, Study


@dataclass(frozen=True)
class ShownFlow:
    """A flow with what is known of it."""

    flow: Flow
    study: Study | None
    effect: FlowEffect | None
    said: Said

    @property
    def interval(self) -> tuple[float, float, float] | None:
        shown = headline(self.effect) if self.effect else None
        return (
            None if shown is None or shown.always is None else (shown.always.value, shown.always.low, shown.always.high)
        )


def chosen_store(user: Viewer, asked: str) -> tuple[Store, list[Store]]:
    """The store that was asked for, else the first; with all that this person sees. 404 where there is none."""
    stores = list(Store.objects.visible_to(user).order_by("name", "pk"))
    chosen = [store for store in stores if str(store.pk) == asked] or stores[:1]
    if not chosen:
        return get_object_or_404(Store.objects.none()), stores
    return chosen[0], stores


def service_study(store: Store) -> tuple[Study | None, ServiceFindings | None]:
    study = Study.objects.filter(store=store, kind=StudyKind.SERVICE).order_by("-made_at", "-pk").first()
    return study, from_json(ServiceFindings, study.found) if study else None


def shown_flows(store: Store) -> list[ShownFlow]:
    """All that are on or were measured: what needs a decision first. Two statements."""
    studies = Study.objects.filter(store=store, kind=StudyKind.FLOW).newest()
    by_flow = {study.flow_id: study for study in studies}
    flows = Flow.objects.filter(store=store).order_by("name", "pk")
    shown = [shown_flow(flow, by_flow.get(flow.pk)) for flow in flows if flow.is_active or flow.pk in by_flow]
    order = {"bad": 0, "good": 1, "plain": 2, "unknown": 3}
    return sorted(shown, key=lambda one: (order[one.said.tone], one.effect is None))


def shown_flow(flow: Flow, study: Study | None) -> ShownFlow:
    effect = from_json(FlowEffect, study.found) if study else None
    return ShownFlow(flow, study, effect, on_flow(flow, effect))
