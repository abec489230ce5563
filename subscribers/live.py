"""Tells open pages what changed: one PostgreSQL channel, heard by every web process.

The notification is delivered when the transaction commits, and only then; within one transaction PostgreSQL folds
repeated ones. It carries no content: a page that hears it asks again, and is authorised again.
"""

import json

from django.db import connection

CHANNEL = "helpdesk_changes"


def announce(kind: str, *pks: int) -> None:
    """Say in one statement that each `kind` (ticket, alert, subscriber) of these numbers changed."""
    payloads = [json.dumps({"kind": kind, "id": pk}) for pk in pks]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", [CHANNEL, payloads])
