"""Raw mails into the database and out of it, 40 MB as well as 4 kB, with no copy more than it takes.

Beside the ORM: through it, bytes travel as text twice their size, and are copied several times on the way.
"""

import io
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from psycopg import Cursor
from psycopg.pq import Format

from tickets.models import InboundMail

SMALL = 256 * 1024  # bytes; larger ones are read piece by piece
PIECE = 1024 * 1024
INSERT = (
    "INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT (mailbox_id, source_key) DO NOTHING RETURNING id"
)
SMALL_ONES = "SELECT id, raw FROM tickets_inboundmail WHERE id = ANY(%s)"
PART = "SELECT substring(raw FROM %s FOR %s) FROM tickets_inboundmail WHERE id = %s"


@cache
def _insert() -> tuple[tuple["models.Field[Any, Any]", ...], str]:
    """The columns that are written, and the statement."""
    options = InboundMail._meta
    fields = tuple(field for field in options.concrete_fields if not field.primary_key and not field.generated)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return fields, INSERT.format(table=options.db_table, columns=columns, values=", ".join(["%s"] * len(fields)))


def insert(inbound: InboundMail) -> bool:
    """Write the row in one statement, and let go of its bytes; False where there is one with its key."""
    fields, statement = _insert()
    values = [
        inbound.raw if field.name == "raw" else field.get_db_prep_save(field.pre_save(inbound, True), connection)
        for field in fields
    ]
    with connection.wrap_database_errors, connection.cursor() as django, Cursor(django.connection) as cursor:
        row = cursor.execute(statement.encode(), values).fetchone()
    del inbound.__dict__["raw"]  # read again where it is asked for
    if row is not None:
        inbound.pk, inbound._state.adding, inbound._state.db = row[0], False, connection.alias
    return row is not None


def read(mails: Sequence[tuple[int, int]], *, most: int) -> Iterator[bytes]:
    """The bytes of mails given by id and size, in their order; of a longer one its first `most`."""
    small: dict[int, bytes] = {}
    with connection.wrap_database_errors, connection.cursor() as django, Cursor(django.connection) as cursor:
        cursor.format = Format.BINARY
        if ids := [pk for pk, size in mails if size <= min(SMALL, most)]:
            small = dict(cursor.execute(SMALL_ONES, [ids]).fetchall())
    for pk, size in mails:
        yield small.pop(pk) if pk in small else _pieces(pk, min(size, most))


def _pieces(pk: int, size: int) -> bytes:
    content = io.BytesIO()
    with connection.wrap_database_errors, connection.cursor() as django, Cursor(django.connection) as cursor:
        cursor.format = Format.BINARY
        while (done := content.tell()) < size:
            row = cursor.execute(PART, [done + 1, min(PIECE, size - done), pk]).fetchone()
            if row is None or not row[0]:
                break
            content.write(row[0])
    return content.getvalue()  # without a copy, as nobody else has the buffer
