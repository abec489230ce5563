"""What the clock asks of milestones and health: a thin call that may come twice, late, or not at all."""

from celery import shared_task

from success.health import work


@shared_task
def sweep_health() -> None:
    work.sweep()


@shared_task
def find_unknown() -> None:
    work.find_unknown()
