"""What the worker does for imports. Each task is one call; the rows that it works on are the truth."""

from celery import shared_task

from subscribers.imports import services


@shared_task(time_limit=7200)
def work_on_import(pk: int) -> None:
    services.work_on(pk)


@shared_task(time_limit=7200)
def sweep_imports() -> None:
    services.sweep_imports()
