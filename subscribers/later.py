"""Hands work to the worker once the transaction is committed."""

from typing import Any

from celery import Task
from django.db import transaction


def soon(task: "Task[Any, Any]", *args: Any) -> None:
    """Ask the worker to do `task` when this transaction is committed.

    Only a hint: a sweep finds the row anyway. So a broker that does not answer costs nobody an error, nor a wait.
    """
    transaction.on_commit(lambda: task.apply_async(args=args, retry=False), robust=True)
