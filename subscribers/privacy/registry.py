"""Where data about people is: each app says it of its own tables, in `AppConfig.ready`.

Every column of free text, JSON, bytes or files of an app is named here, as emptied or as kept, or its whole table is
`impersonal`. `undeclared()` finds what was forgotten; a test fails for it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from subscribers.encryption import EncryptedTextField

TEXTUAL = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    models.GenericIPAddressField,
)
SHORTEST = 10  # characters; what is shorter (a country, a currency, a language) names nobody


@dataclass(frozen=True)
class Scope:
    """Who is meant: one person, with whomever they were merged; or, with no ids at all, everybody of a store."""

    store_id: int
    subscriber_ids: tuple[int, ...] = ()
    addresses: tuple[str, ...] = ()  # in lower case
    external_ids: tuple[str, ...] = ()  # what providers call them and their subscriptions
    is_store: bool = False
    until: str = ""  # when it was asked for, in ISO 8601: what bears the address later is a new person's

    def of(self, path: str = "") -> Q:
        """Rows whose subscriber, at the end of this path, is meant. An empty path: the subscribers themselves."""
        if self.is_store:
            # Those of the time when it was asked for: their rows were taken out of use then.
            start = f"{path}__" if path else ""
            return Q(**{f"{start}store": self.store_id, f"{start}redacted_at__isnull": False})
        return Q(**{f"{path}__in" if path else "pk__in": self.subscriber_ids})

    def before(self, column: str) -> Q:
        """Rows that were there already, by the column of their time."""
        return Q(**{f"{column}__lte": self.until}) if self.until else Q()

    def at(self, column: str, since: str, store: str = "store") -> Q:
        """Rows of the store (by its path) whose column is one of the person's addresses; of a whole store, all.

        `since`: the column that says how old a row is.
        """
        rows = Q(**{store: self.store_id}) & self.before(since)
        if self.is_store:
            return rows
        found = Q(pk__in=())
        for address in self.addresses:
            found |= Q(**{f"{column}__iexact": address})
        return rows & found


@dataclass(frozen=True)
class Table:
    """Rows about people in one table, and what is left of them.

    `empties`: columns that become empty (or null). `numbers`: unique ones that become `erased-<pk>`. `sets`: others,
    by column. `reduces`: by column, what is kept of a value, from row and scope. `keeps`: textual columns that tell of
    nobody. `is_deleted`: the rows go. `files`: deletes the files of the rows with these ids; how many went.
    `hides`: columns that a copy for the person does not show.
    """

    model: type[models.Model]
    rows: Callable[[Scope], Q]
    empties: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    sets: Mapping[str, Any] = field(default_factory=dict)
    reduces: Mapping[str, Callable[[Any, Scope], Any]] = field(default_factory=dict)
    keeps: tuple[str, ...] = ()
    is_deleted: bool = False
    files: Callable[[Sequence[int]], int] | None = None
    hides: tuple[str, ...] = ()
    is_exported: bool = True

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def declared(self) -> set[str]:
        return {*self.empties, *self.numbers, *self.sets, *self.reduces, *self.keeps}


@dataclass(frozen=True)
class Part:
    """What one app knows about people.

    `stops`: ends what is still planned for them, before anything is erased. `finishes`: what lies outside the
    database; how many files went, by name. `exports_files`: (name in the copy, content) of the person's files.
    """

    app: str
    tables: tuple[Table, ...]
    impersonal: tuple[type[models.Model], ...] = ()
    stops: Callable[[Scope], None] | None = None
    finishes: Callable[[Scope], Mapping[str, int]] | None = None
    exports_files: Callable[[Scope], Iterator[tuple[str, bytes]]] | None = None


_parts: dict[str, Part] = {}
_order: list[str] = []


def register(part: Part) -> None:
    """Apps that stand on others register later, and are erased first."""
    if part.app not in _parts:
        _order.insert(0, part.app)
    _parts[part.app] = part


def parts() -> list[Part]:
    return [_parts[app] for app in _order]


def tables() -> list[Table]:
    """In the order in which they are erased: rows that point to others before these."""
    return [table for part in parts() for table in part.tables]


def textual_columns(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """The columns that could hold what tells of a person."""
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, TEXTUAL)
        and not isinstance(column, EncryptedTextField)
        and not column.choices
        and not column.generated
        and (column.max_length is None or column.max_length > SHORTEST)
    ]


def undeclared(labels: Collection[str] = ("subscribers", "tickets", "success")) -> list[str]:
    """Columns of which nobody said what erasure does to them, as `table.column`."""
    by_model: dict[type[models.Model], set[str]] = {}
    for table in tables():
        by_model[table.model] = by_model.get(table.model, set()) | table.declared
        if table.is_deleted:
            by_model[table.model] |= {column.name for column in textual_columns(table.model)}
    impersonal = {model for part in parts() for model in part.impersonal}
    return sorted(
        f"{model._meta.db_table}.{column.name}"
        for label in labels
        for model in apps.get_app_config(label).get_models()
        if model not in impersonal
        for column in textual_columns(model)
        if column.name not in by_model.get(model, set())
    )
