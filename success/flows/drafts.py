"""Drafts: the only versions that are edited. What is published stays as it was, for the runs that are on it."""

from django.db import transaction

from success.enums import VersionStatus
from success.flows.definitions import FlowError
from success.models import Flow, FlowStep, FlowVersion


@transaction.atomic
def new_draft(flow: Flow, *, like: FlowVersion | None = None) -> FlowVersion:
    """The flow's next version, with the steps of `like`. Raises FlowError where it has a draft already."""
    Flow.objects.select_for_update().get(pk=flow.pk)  # two editors at once get one draft
    numbers = dict(flow.versions.order_by("number").values_list("number", "status"))
    for number, status in numbers.items():
        if status == VersionStatus.DRAFT:
            raise FlowError([f"Version {number} is a draft already: go on with that one, or delete it."])
    draft = FlowVersion.objects.create(flow=flow, number=max(numbers, default=0) + 1)
    FlowStep.objects.bulk_create(
        FlowStep(version=draft, position=step.position, key=step.key, kind=step.kind, config=step.config)
        for step in (like.steps.order_by("position") if like else ())
    )
    return draft
