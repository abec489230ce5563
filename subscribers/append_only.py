"""Histories that the database itself keeps append-only.

`AppendOnly("app_table")` in a migration adds a trigger that refuses UPDATE. Rows may still be deleted with
the object that they tell of (erasure of a person, TRUNCATE in tests): a history may end, but never change.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
