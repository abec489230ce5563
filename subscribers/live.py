"""Tells open pages what changed: one PostgreSQL channel, heard by every web process.

The notification is delivered when the transaction commits, and only then; within one transaction PostgreSQL folds
repeated ones. It carries no content: a page that hears it asks again, and is authorised again.
"""

import json

from django.db import connection

CHANNEL = "helpdesk_changes"


def announce(kind: str, pk: int) -> None:
    """Say that `kind` (ticket, alert, subscriber) number `pk` changed, to whoever looks at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"kind": kind, "id": pk})])
