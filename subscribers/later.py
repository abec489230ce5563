"""Hands work to the worker once the transaction is committed."""

from celery import current_app
from django.db import transaction


def soon(task: str, *args: int) -> None:
    """Ask the worker to do `task` (by its name: what asks for work need not know what does it) after the commit.

    Only a hint: a sweep finds the row anyway. So a broker that does not answer costs nobody an error, nor a wait.
    """

    def tell_worker() -> None:
        current_app.send_task(task, args=args, retry=False)

    transaction.on_commit(tell_worker, robust=True)
