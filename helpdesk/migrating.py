"""Applies migrations with fewer states in between.

Django draws all related models anew after every operation: on an empty database that is most of the time that
`migrate` takes. Operations in a row that only add, and of which none needs to see the state between two others,
are done as one here: the statements are the same, in the same order.
"""

from collections.abc import Iterator
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# A table's columns are read from the state after its group, so what adds to tables is a group of its own.
GROUPS: dict[type[Operation], str] = {CreateModel: "tables", AddField: "more", AddIndex: "more", AddConstraint: "more"}


class Together(Operation):
    """Operations of one group."""

    reversible = False

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        drawn = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if drawn is None:
            return
        state.__dict__["apps"] = drawn
        names = [(app_label, name_of(operation)) for operation in self.operations]
        if isinstance(self.operations[0], CreateModel):
            drawn.render_multiple([state.models[name] for name in names])  # nothing else changed
        else:
            state.reload_models(names, delay=True)
        state.is_delayed = True  # a data migration draws everything anew before it looks

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)


def name_of(operation: Operation) -> str:
    """The model that the operation makes or adds to, in lower case."""
    name: str = operation.name if isinstance(operation, CreateModel) else operation.model_name  # type: ignore[attr-defined]
    return name.lower()


def together(operations: list[Operation]) -> Iterator[Operation]:
    for group, members in groupby(operations, key=lambda operation: GROUPS.get(type(operation))):
        if group is None:
            yield from members
        else:
            several = list(members)
            yield Together(several) if len(several) > 1 else several[0]


class Executor(MigrationExecutor):
    """As Django's, for migrations forwards; backwards each operation is undone by itself."""

    def _migrate_all_forwards(self, state, plan, *args, **options):  # type: ignore[no-untyped-def]
        operations = {migration: migration.operations for migration, _ in plan}
        try:
            for migration, _ in plan:
                migration.operations = list(together(migration.operations))
            return super()._migrate_all_forwards(state, plan, *args, **options)  # type: ignore[misc]
        finally:
            for migration, its_own in operations.items():
                migration.operations = its_own
