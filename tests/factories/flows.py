"""Flows of any steps, published."""

from collections.abc import Sequence
from typing import Any

from subscribers.models import Store
from success.enums import FlowKind, TouchCategory, Trigger
from success.flows.definitions import publish
from success.models import Flow, FlowStep, FlowVersion

Rows = Sequence[tuple[str, str, dict[str, Any]]]
END = ("end", "end", {"outcome": "done"})


def make_flow(store: Store, *rows: tuple[str, str, dict[str, Any]], **fields: Any) -> Flow:
    """A published flow; outreach by hand, transactional, unless told otherwise. An end is added."""
    fields = {
        "key": f"flow-{Flow.objects.count()}",
        "name": "A flow",
        "kind": FlowKind.OUTREACH,
        "trigger": Trigger.BY_HAND,
        "category": TouchCategory.TRANSACTIONAL,
    } | fields
    flow = Flow.objects.create(store=store, **fields)
    version = FlowVersion.objects.create(flow=flow, number=1)
    steps = rows if rows and rows[-1][1] == "end" else (*rows, END)
    FlowStep.objects.bulk_create(
        FlowStep(version=version, position=number, key=key, kind=kind, config=config)
        for number, (key, kind, config) in enumerate(steps)
    )
    publish(version)
    return flow
