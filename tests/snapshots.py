"""Rows that many tests begin with: the services make them once a process; after that they are put back as they were.

Their numbers are taken from the sequences the first time and are nobody else's: a rolled back test gives none back.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction


class Snapshot:
    """What `make` adds to a database, all of it, in the order of its tables' models."""

    def __init__(self, make: Callable[[], int]) -> None:
        self.make = make  # returns the number of the row by which the rest is found
        self.found: int | None = None
        self.statements = ""

    def lay(self) -> int:
        """Have the rows in the database."""
        if self.found is None:
            with transaction.atomic():  # a transaction within the test's: its rows are known by its number
                [first] = asked(
                    "INSERT INTO django_migrations (app, name, applied) VALUES ('', '', now()) RETURNING xmin"
                )
                asked("DELETE FROM django_migrations WHERE app = '' RETURNING id")
                found = self.make()
                self.statements = ";".join(filter(None, (copied(table, first) for table in tables())))
            self.found = found
        else:
            with connection.cursor() as cursor:
                cursor.execute(self.statements)
        return self.found


def tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True)


def asked(statement: str, *values: object) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def copied(table: str, first: str) -> str:
    """The statement that writes this table's rows anew; nothing for none."""
    rows = f'SELECT jsonb_agg(to_jsonb(t))::text FROM "{table}" t WHERE xmin::text::bigint >= %s::bigint'
    [text] = asked(rows, first)
    if not text:
        return ""
    [columns] = asked(
        "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        table,
    )
    text = text.replace("'", "''")
    source = f"jsonb_populate_recordset(NULL::\"{table}\", '{text}')"
    return f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {source}'
