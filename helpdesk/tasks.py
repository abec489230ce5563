"""What the worker does for the house itself."""

from celery import shared_task
from django.conf import settings

from helpdesk import heartbeats


@shared_task
def pulse() -> None:
    """Sent by beat, done by a worker: proves database, broker and worker in one."""
    heartbeats.stamp("worker")


@shared_task
def live_demo() -> None:
    """The demo store's carriers; nothing where there is no demo."""
    if settings.DEMO:
        from helpdesk.demo.life import move_boxes

        move_boxes()
