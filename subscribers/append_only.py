"""Histories that the database itself keeps append-only.

`AppendOnly("app_table")` in a migration adds a trigger that refuses UPDATE. Rows may still be deleted with
the object that they tell of (a store that is removed, TRUNCATE in tests): a history may end, but never change.

One thing may be taken from it: who a person was. `Erasable("app_table", "data")` names the columns that erasure
empties: inside its transaction (`erasing()`), an UPDATE that changes nothing but these passes the trigger.
"""

from typing import Any

from django.db import connection, migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Without columns TG_ARGV is null, and so is the comparison: nothing passes.
    IF current_setting('helpdesk.erasing', true) = 'on' AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class AppendOnly(migrations.RunSQL):
    """A migration operation: rows of `table` cannot be changed once written."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(
            sql=[
                FUNCTION,
                f'CREATE TRIGGER append_only BEFORE UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION refuse_update()',
            ],
            reverse_sql=f'DROP TRIGGER append_only ON "{table}"',
        )

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return type(self).__name__, [self.table], {}


class Erasable(migrations.RunSQL):
    """A migration operation: of the append-only rows of `table`, erasure may change `columns`, and nobody else any."""

    def __init__(self, table: str, *columns: str) -> None:
        self.table, self.columns = table, columns
        super().__init__(sql=[FUNCTION, *_trigger(table, columns)], reverse_sql=_trigger(table, ()))

    def deconstruct(self) -> tuple[str, list[str], dict[str, object]]:
        return type(self).__name__, [self.table, *self.columns], {}


def _trigger(table: str, columns: tuple[str, ...]) -> Any:
    named = ", ".join(f"'{column}'" for column in columns)
    return [
        f'DROP TRIGGER append_only ON "{table}"',
        f'CREATE TRIGGER append_only BEFORE UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION refuse_update({named})',
    ]


def erasing() -> None:
    """Until this transaction ends, histories let go of who a person was. For `subscribers.privacy` alone."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL helpdesk.erasing = 'on'")
