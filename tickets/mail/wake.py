"""Asks a worker to look at a row, once the row is committed."""

from celery import Task
from django.db import transaction


def wake(task: Task, pk: int) -> None:
    """Send `task(pk)` after the transaction. A broker that is down costs nothing but time: a sweep finds the row.

    `robust`: the failure is logged and reaches nobody whose work is already saved. No retry: they wait for it.
    """

    def tell_worker() -> None:
        task.apply_async((pk,), retry=False)

    transaction.on_commit(tell_worker, robust=True)
