"""What the clock and the broker ask of success: each a thin call that may come twice, late, or not at all."""

from celery import shared_task

from success import reconcile
from success.flows import engine
from success.offers import services as offers
from success.services import assignment


@shared_task
def sweep_runs() -> None:
    engine.sweep_runs()


@shared_task
def assign_alerts() -> None:
    assignment.assign_waiting()


@shared_task
def reconcile_alerts() -> None:
    reconcile.reconcile_alerts()


@shared_task
def sweep_offers() -> None:
    offers.sweep_offers()
