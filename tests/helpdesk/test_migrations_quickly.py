"""`migrate` says the same to the database as Django's own would, with fewer states in between."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from helpdesk.migrating import Together, together

OPERATIONS = [
    migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)), ("place", models.TextField())]),
    migrations.CreateModel(
        "Jar",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("shelf", models.ForeignKey("tea.shelf", models.CASCADE, related_name="jars")),
            ("blends", models.ManyToManyField("tea.shelf")),
        ],
        options={"indexes": [models.Index(fields=["shelf", "id"], name="jar_shelf")]},
    ),
    migrations.AddField("Shelf", "first", models.ForeignKey("tea.jar", models.CASCADE, null=True)),
    migrations.AddField("Shelf", "height", models.IntegerField(default=3)),
    migrations.AddIndex("Shelf", models.Index(fields=["height"], name="shelf_height")),
    migrations.AddConstraint("Shelf", models.CheckConstraint(condition=models.Q(height__gt=0), name="shelf_high")),
    migrations.RunSQL("SELECT 1"),
    migrations.CreateModel("Lid", [("id", models.BigAutoField(primary_key=True))]),
    migrations.AlterField("Shelf", "place", models.CharField(max_length=9)),
]


def said(operations: list) -> tuple[list[str], ProjectState]:
    migration = migrations.Migration("0001_initial", "tea")
    migration.operations = operations
    state = ProjectState()
    assert state.apps.get_models() == []  # drawn, as `migrate` does before the first one
    with connection.schema_editor(collect_sql=True) as editor:
        state = migration.apply(state, editor)
    return [one for one in editor.collected_sql if not one.startswith("--")], state


def fields_of(state: ProjectState) -> dict[str, list[str]]:
    return {
        model._meta.label: sorted(one.name for one in model._meta.get_fields()) for model in state.apps.get_models()
    }


@pytest.mark.django_db
def test_same_statements_in_the_same_order_and_the_same_models() -> None:
    grouped = list(together(OPERATIONS))
    assert [type(one).__name__ for one in grouped] == ["Together", "Together", "RunSQL", "CreateModel", "AlterField"]
    assert [len(one.operations) for one in grouped if isinstance(one, Together)] == [2, 4]

    statements, state = said(OPERATIONS)
    statements_together, state_together = said(grouped)
    assert statements_together == statements
    assert len([one for one in statements if one.startswith("CREATE TABLE")]) == 4
    assert state_together == state
    assert fields_of(state_together) == fields_of(state)
