"""Asks a worker to look at a row, once the row is committed."""

from functools import partial

from celery import Task
from django.db import transaction


def wake(task: Task, pk: int) -> None:
    """Send `task(pk)` after the transaction. A broker that is down costs nothing but time: a sweep finds the row.

    `robust`: the failure is logged and reaches nobody whose work is already saved. No retry: they wait for it.
    """
    transaction.on_commit(partial(task.apply_async, (pk,), retry=False), robust=True)
