"""The flows that ship: data that `install_flows` puts into a store, to be edited there."""

from django.db import transaction

from subscribers.models import Store
from success.flows.definitions import publish
from success.flows.starter.base import StarterFlow, settings_of
from success.flows.starter.cycle_one import CYCLE_ONE
from success.flows.starter.damaged_box import DAMAGED_BOX
from success.flows.starter.failed_payment import FAILED_PAYMENT
from success.flows.starter.first_box import FIRST_BOX, FIRST_USE
from success.flows.starter.second_skip import SECOND_SKIP
from success.flows.starter.win_back import WIN_BACK
from success.models import Flow, FlowStep, FlowVersion

__all__ = ["STARTER_FLOWS", "StarterFlow", "install_flows"]

STARTER_FLOWS = (DAMAGED_BOX, FAILED_PAYMENT, CYCLE_ONE, FIRST_BOX, FIRST_USE, SECOND_SKIP, WIN_BACK)


@transaction.atomic
def install_flows(store: Store) -> None:
    """Publish the starter flows that the store lacks; those that it has stay as somebody edited them."""
    there = set(Flow.objects.filter(store=store).values_list("key", flat=True))
    for starter in STARTER_FLOWS:
        if starter.key in there:
            continue
        flow = Flow.objects.create(store=store, key=starter.key, **settings_of(starter))
        version = FlowVersion.objects.create(flow=flow, number=1)
        FlowStep.objects.bulk_create(
            FlowStep(version=version, position=(number + 1) * 10, key=key, kind=kind, config=config)
            for number, (key, kind, config) in enumerate(starter.steps)
        )
        publish(version)
