"""What the worker does for privacy. Each task is one call; the rows that it works on are the truth."""

from celery import shared_task

from subscribers.privacy import erasure, export, requests


@shared_task(time_limit=3600)
def do_erasure(pk: int) -> None:
    erasure.do_erasure(pk)


@shared_task(time_limit=3600)
def do_export(pk: int) -> None:
    export.do_export(pk)


@shared_task(time_limit=3600)
def sweep_privacy() -> None:
    """What providers asked for, what is left of jobs, and copies that have expired."""
    requests.sweep_requests()
    erasure.sweep_erasures()
    export.sweep_exports()
    export.sweep_expired()
