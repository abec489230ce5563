"""Copies rows into their tables, many at once.

`COPY` writes a hundred thousand rows in about a second; ids come from the tables' own sequences beforehand, so rows
can refer to each other before any of them is written. Foreign keys are checked at the commit, as Django's always are.
"""

import json
from collections.abc import Callable
from typing import Any

from django.db import connection, models

BLOCK = 500


class Table:
    """The rows of one model on their way to the database."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.name = model._meta.db_table
        fields = [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
        self.columns: list[str] = [str(field.column) for field in fields]
        self._json = {field.column for field in fields if isinstance(field, models.JSONField)}
        self._defaults: dict[str, Any] = {}
        self._makers: dict[str, Callable[[], Any]] = {}
        self._required: set[str] = set()
        for field in fields:
            if field.primary_key:
                continue
            column = str(field.column)
            if callable(field.default) and not isinstance(field.default, type):
                self._required.add(column)  # times and tokens: never by the clock on the wall
            elif field.has_default() or field.null or field.blank:
                self._defaults[column] = field.get_default()
            else:
                self._required.add(column)
        self.rows: list[list[Any]] = []
        self._ids: list[int] = []

    def next_id(self) -> int:
        if not self._ids:
            self.reserve(BLOCK)
        return self._ids.pop()

    def reserve(self, count: int) -> None:
        """Take so many ids from the table's sequence."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [self.name, count]
            )
            self._ids = sorted((row[0] for row in cursor.fetchall()), reverse=True) + self._ids

    def add(self, values: dict[str, Any]) -> int:
        """Keep a row, by column names; its id. ValueError where a column without a default is missing."""
        missing = self._required - values.keys()
        if missing:
            raise ValueError(f"{self.name} lacks {', '.join(sorted(missing))}")
        pk: int = values.setdefault("id", 0) or self.next_id()
        values["id"] = pk
        row = []
        for column in self.columns:
            value = values.pop(column) if column in values else self._defaults.get(column)
            row.append(json.dumps(value) if column in self._json else value)
        if values:
            raise ValueError(f"{self.name} has no {', '.join(sorted(values))}")
        self.rows.append(row)
        return pk

    def copy(self, told: Callable[[int], object]) -> None:
        """Write what was kept; `told` hears of every thousand rows."""
        names = ", ".join(connection.ops.quote_name(column) for column in self.columns)
        with connection.cursor() as cursor, cursor.copy(f'COPY "{self.name}" ({names}) FROM STDIN') as copy:
            for number, row in enumerate(self.rows, 1):
                copy.write_row(row)
                if number % 1000 == 0:
                    told(1000)
        told(len(self.rows) % 1000)


class Writer:
    """The tables of a seed, in the order in which they were first used."""

    def __init__(self) -> None:
        self.tables: dict[type[models.Model], Table] = {}

    def table(self, model: type[models.Model]) -> Table:
        if model not in self.tables:
            self.tables[model] = Table(model)
        return self.tables[model]

    def add(self, model: type[models.Model], **values: Any) -> int:
        return self.table(model).add(values)

    @property
    def count(self) -> int:
        return sum(len(table.rows) for table in self.tables.values())

    def copy(self, told: Callable[[int], object]) -> None:
        for table in self.tables.values():
            table.copy(told)

    def analyze(self) -> None:
        """Tell the planner of the new rows; outside of their transaction."""
        with connection.cursor() as cursor:
            for table in self.tables.values():
                cursor.execute(f'ANALYZE "{table.name}"')
