"""What the clock asks of insights: a thin call that may come twice, late, or not at all."""

from celery import shared_task

from success.insights import keeping


@shared_task
def keep_figures() -> None:
    keeping.sweep()
