"""Tells open pages what changed: one PostgreSQL channel, heard by every web process.

The notification is delivered when the transaction commits, and only then; within one transaction PostgreSQL folds
repeated ones. It carries no content: a page that hears it asks again, and is authorised again.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

from subscribers import signals

CHANNEL = "helpdesk_changes"

_gathered: ContextVar[set[tuple[str, int]] | None] = ContextVar("gathered", default=None)


def announce(kind: str, *pks: int) -> None:
    """Say in one statement that each `kind` (ticket, viewing, alert, subscriber, health) of these numbers changed."""
    changed = {(kind, pk) for pk in pks}
    waiting = _gathered.get()
    if waiting is None:
        _notify(changed)
    else:
        waiting |= changed


@contextmanager
def gathered() -> Iterator[None]:
    """Inside a transaction that does many things: what they announce is said in one statement, at the end of it."""
    waiting: set[tuple[str, int]] = set()
    token = _gathered.set(waiting)
    try:
        yield
    finally:
        _gathered.reset(token)
    if waiting:
        _notify(waiting)


def _notify(changed: set[tuple[str, int]]) -> None:
    payloads = sorted(json.dumps({"kind": kind, "id": pk}) for kind, pk in changed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", [CHANNEL, payloads])
    signals.announced.send_robust(sender=None, changed=changed)
