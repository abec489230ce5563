"""Writes many rows in one statement, where each has values of its own."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def update_many(objects: Sequence[Model], names: Collection[str]) -> None:
    """Save these fields of rows of one model that are there already, as they are now; one statement.

    Django's `bulk_update` writes a CASE for each row and field, which costs more than the rows.
    """
    if not objects or not names:
        return
    meta = objects[0]._meta
    key = meta.pk
    fields = [field for field in meta.concrete_fields if field.name in names or field.attname in names]
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in fields]
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in (key, *fields))
    statement = (
        f"UPDATE {quote(meta.db_table)} AS kept SET "  # noqa: S608  names of columns, and no values
        + ", ".join(f"{column} = told.{column}" for column in columns)
        + f" FROM unnest({arrays}) AS told ({', '.join([quote(str(key.column)), *columns])})"
        + f" WHERE kept.{quote(str(key.column))} = told.{quote(str(key.column))}"
    )
    ordered = sorted(objects, key=lambda one: one.pk)
    with connection.cursor() as cursor:
        cursor.execute(statement, [_values(field, ordered) for field in (key, *fields)])


def _type(field: "Field[Any, Any]") -> str:
    """Without its length or precision: a cast would cut what the column itself refuses."""
    known = str(field.db_type(connection)).partition("(")[0]
    return "text" if known == "varchar" else known


def _values(field: "Field[Any, Any]", objects: Sequence[Model]) -> list[Any]:
    return [field.get_db_prep_save(getattr(one, field.attname), connection) for one in objects]
