"""Removes a store with everything that belongs to it, a statement a table.

What belongs to a store is found along the foreign keys of the models, so that tables that are added later are found
too. Foreign keys are checked at the commit: the order only has to leave the parents that a statement looks through.
"""

from django.apps import apps
from django.db import connection, models

from subscribers.models import Store

APPS = ("subscribers", "tickets", "success")


def _links(model: type[models.Model]) -> list[models.ForeignKey]:
    """Foreign keys that may lead to a store, the surest first: required ones, and those of its own app."""
    keys = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and field.related_model is not model
        and field.related_model._meta.app_label in APPS
    ]
    return sorted(keys, key=lambda field: (field.related_model is not Store, field.null))


def _belonging(model: type[models.Model], seen: tuple[type[models.Model], ...] = ()) -> str:
    """SQL for the ids of a store's rows (one parameter), "" where nothing leads to a store."""
    if model is Store:
        return "SELECT %s::bigint"
    for link in _links(model):
        parent = link.related_model
        if parent in seen or (link.null and parent is not Store):
            continue
        if inner := _belonging(parent, (*seen, model)):
            table = model._meta.db_table
            key = model._meta.pk.column
            return f'SELECT "{key}" FROM "{table}" WHERE "{link.column}" IN ({inner})'  # noqa: S608  our own tables
    return ""


def _depth(model: type[models.Model], seen: tuple[type[models.Model], ...] = ()) -> int:
    parents = [link.related_model for link in _links(model) if link.related_model not in seen]
    return 1 + max((_depth(parent, (*seen, model)) for parent in parents), default=0)


def clear_store(store: Store) -> None:
    """Delete the store; inside a transaction of the caller's."""
    models_of_store = [
        model
        for label in APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        if model is Store or _belonging(model)
    ]
    with connection.cursor() as cursor:
        for model in sorted(models_of_store, key=_depth, reverse=True):
            ids = _belonging(model)
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(f'DELETE FROM "{table}" WHERE "{key}" IN ({ids})', [store.pk])  # noqa: S608
