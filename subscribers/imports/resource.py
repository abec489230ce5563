"""The rows of one chunk: read by django-import-export, written together by the kind's own `take_in`.

A row is first read cell by cell (its faults are gathered, column by column), then checked by itself, and only then are
all good rows of the chunk compared with what is known and written in a fixed number of statements.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import tablib
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from import_export import fields, resources, widgets
from import_export.instance_loaders import BaseInstanceLoader

from subscribers.enums import Actor, Provider
from subscribers.imports.columns import COLUMNS, column_of
from subscribers.imports.enums import ImportKind, Outcome
from subscribers.imports.values import LONGEST, Reading
from subscribers.models import Import

PREVIEWED = 50


@dataclass
class Draft:
    """What a record says (`told`, without its empty cells), and what becomes of it.

    `lines`: of its further lines, what they say. `changes`: (what, before, after), in words.
    """

    number: int
    cells: Sequence[str]
    told: dict[str, Any] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    key: int = 0
    pk: int | None = None
    outcome: Outcome = Outcome.UNCHANGED
    errors: list[dict[str, str]] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    # The rows that it is about, as far as they were found: kept by `take_in`.
    known: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.told.get(name)

    def refuse(self, column: str, words: str) -> None:
        self.outcome = Outcome.REFUSED
        self.errors.append({"column": column, "words": str(words)})

    @property
    def is_good(self) -> bool:
        return self.outcome != Outcome.REFUSED

    def changed(self, what: str, before: Any, after: Any) -> None:
        self.changes.append((what, said(before), said(after)))

    def forget_writing(self) -> None:
        """As it was after it was read: its writing was rolled back."""
        self.pk, self.outcome, self.errors, self.changes, self.known = None, Outcome.UNCHANGED, [], [], {}


def said(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)[:200]


class CellWidget(widgets.Widget):
    """One of subscribers.imports.values; an empty cell says nothing."""

    def __init__(self, read: Any, reading: Reading) -> None:
        super().__init__()
        self.read, self.reading = read, reading

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return self.read(value, self.reading) if value else None


class Cell(fields.Field):
    def save(self, instance: Draft, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        value = self.clean(row, **kwargs)
        if value is not None:
            instance.told[self.attribute] = value


class ChunkResource(resources.Resource):
    """The base of the three kinds. `take_in` is theirs; so is `check`, of a row by itself."""

    kind: ImportKind

    class Meta:
        skip_diff = True
        store_instance = True
        use_transactions = False
        instance_loader_class = BaseInstanceLoader
        import_id_fields = ()

    def __init__(self, job: Import) -> None:
        super().__init__()
        self.job, self.store, self.now = job, job.store, timezone.now()
        self.reading = Reading(ZoneInfo(job.store.time_zone), job.date_order, job.decimal_mark)
        self.provider = Provider(job.provider)
        self.actor_kind = Actor.SYSTEM if self.provider == Provider.BUILTIN else Actor.PROVIDER
        # By place in the file: what a column holds. Of two columns with one meaning the form lets none through.
        self.places = [(place, name) for place, name in enumerate(job.mapping) if name]
        self.cells = [
            Cell(attribute=name, column_name=name, widget=CellWidget(column_of(self.kind, name).read, self.reading))
            for _, name in self.places
        ]
        self.fields = {cell.column_name: cell for cell in self.cells}
        self.drafts: list[Draft] = []

    def read(self, records: Sequence[tuple[int, Sequence[str], Sequence[Sequence[str]]]]) -> list[Draft]:
        """Read records: (number, cells, cells of its further lines). Refused ones carry their errors."""
        self.drafts = [Draft(number, cells) for number, cells, _ in records]
        self._waiting = iter(self.drafts)
        self._more = {number: more for number, _, more in records if more}
        rows = tablib.Dataset(headers=[name for _, name in self.places])
        for _, cells, _ in records:
            rows.append([_at(cells, place) for place, _ in self.places])
        result = self.import_data(rows, raise_errors=False)
        if result.base_errors:
            raise result.base_errors[0].error
        width = len(self.job.header)
        for draft, row in zip(self.drafts, result.rows, strict=True):
            if row.validation_error:
                for column, errors in row.validation_error.message_dict.items():
                    draft.refuse("" if column == NON_FIELD_ERRORS else column, " ".join(errors))
            for error in row.errors:
                draft.refuse("", gettext("cannot be read (%(name__)s)") % {"name__": type(error.error).__name__})
            if any(draft.cells[width:]):
                draft.refuse(
                    "",
                    gettext("has %(cells)s cells, the header %(width)s") % {"cells": len(draft.cells), "width": width},
                )
            if draft.is_good:
                draft.key = key_of(self.key(draft))
        return self.drafts

    # -- What django-import-export asks for, a row at a time -------------------------------------------

    def get_import_fields(self) -> list[Cell]:
        return self.cells

    def get_instance(self, instance_loader: Any, row: Any) -> None:
        return None

    def init_instance(self, row: Any = None) -> Draft:
        return next(self._waiting)

    def import_instance(self, instance: Draft, row: Any, **kwargs: Any) -> None:
        super().import_instance(instance, row, **kwargs)
        for cells in self._more.get(instance.number, ()):
            line = Draft(instance.number, cells)
            super().import_instance(line, {name: _at(cells, place) for place, name in self.places}, **kwargs)
            instance.lines.append(line.told)

    def validate_instance(
        self, instance: Draft, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        if import_validation_errors:
            raise ValidationError(import_validation_errors)
        faults: dict[str, list[str]] = {}
        for column, words in self.check(instance):
            faults.setdefault(column or NON_FIELD_ERRORS, []).append(words)
        if faults:
            raise ValidationError(faults)

    def save_instance(self, instance: Draft, is_create: bool, row: Any, **kwargs: Any) -> None:
        """Nothing yet: all of the chunk are written together."""

    def save_m2m(self, instance: Draft, row: Any, **kwargs: Any) -> None: ...

    # -- The kinds' own ----------------------------------------------------------------------------------

    def key(self, draft: Draft) -> tuple[Any, ...]:
        """What the record is about: of two alike in one file the second is refused."""
        raise NotImplementedError

    def check(self, draft: Draft) -> Sequence[tuple[str, str]]:
        """(column, what is wrong) of a row by itself."""
        raise NotImplementedError

    def take_in(self, drafts: Sequence[Draft]) -> None:
        """Write good drafts, in a fixed number of statements; refuses those that cannot be. In a transaction."""
        raise NotImplementedError

    def as_of(self, draft: Draft) -> datetime:
        """When the row was true: by its own column, else when the file was."""
        told: datetime = draft["updated_at"] or self.job.as_of
        return min(told, self.now)

    def name_of(self, draft: Draft) -> str:
        name: str = draft["name"] or " ".join(filter(None, (draft["first_name"], draft["last_name"])))
        return name.strip()[:200]


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place][: LONGEST + 1] if place < len(cells) else ""


def key_of(parts: tuple[Any, ...]) -> int:
    """As a number that says nothing to whoever lacks our key."""
    text = json.dumps(parts, default=str).encode("utf-8", "replace")
    digest = hashlib.blake2b(text, digest_size=8, key=settings.SECRET_KEY.encode()[:64]).digest()
    return int.from_bytes(digest, "big", signed=True)


def words_of(kind: ImportKind | str) -> Mapping[str, str]:
    return {column.name: str(column.words) for column in COLUMNS[ImportKind(kind)]}
