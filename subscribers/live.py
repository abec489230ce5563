"""Tells open pages what changed: one PostgreSQL channel, heard by every web process.

The notification is delivered when the transaction commits, and only then; within one transaction PostgreSQL folds
repeated ones. It carries no content: a page that hears it asks again, and is authorised again.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

CHANNEL = "helpdesk_changes"

_gathered: ContextVar[set[str] | None] = ContextVar("gathered", default=None)


def announce(kind: str, *pks: int) -> None:
    """Say in one statement that each `kind` (ticket, alert, subscriber) of these numbers changed."""
    payloads = {json.dumps({"kind": kind, "id": pk}) for pk in pks}
    waiting = _gathered.get()
    if waiting is None:
        _notify(payloads)
    else:
        waiting |= payloads


@contextmanager
def gathered() -> Iterator[None]:
    """Inside a transaction that does many things: what they announce is said in one statement, at the end of it."""
    waiting: set[str] = set()
    token = _gathered.set(waiting)
    try:
        yield
    finally:
        _gathered.reset(token)
    if waiting:
        _notify(waiting)


def _notify(payloads: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", [CHANNEL, sorted(payloads)])
