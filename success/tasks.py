"""What the clock and the broker ask of success: each a thin call that may come twice, late, or not at all."""

from celery import shared_task

from success import reconcile
from success.flows import dry_run, engine, hearing, moments, segments, webhooks
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


@shared_task
def dry_run_flow(pk: int) -> None:
    dry_run.work(pk)


@shared_task
def sweep_dry_runs() -> None:
    dry_run.sweep()


@shared_task
def watch_flows() -> None:
    """Moments that no signal told of."""
    moments.sweep_moments()


@shared_task
def follow_dates() -> None:
    """Dates that moved without anybody telling: every wait for one is read, so it is not asked often."""
    hearing.follow_dates()


@shared_task
def sweep_enrolments() -> None:
    segments.sweep_enrolments()


@shared_task
def send_webhooks() -> None:
    webhooks.send_due()
