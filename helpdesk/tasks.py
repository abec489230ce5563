"""What the worker does for the house itself."""

from celery import shared_task

from helpdesk import heartbeats


@shared_task
def pulse() -> None:
    """Sent by beat, done by a worker: proves database, broker and worker in one."""
    heartbeats.stamp("worker")
