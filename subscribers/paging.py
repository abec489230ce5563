"""Pages of a list without counting it: one row more than a page tells whether another one follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

PAGE = 50
LAST = 10_000
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Rows(Generic[Row]):
    """One page of a queryset whose order is total, so that pages neither repeat nor leave out a row."""

    rows: Sequence[Row]
    number: int
    has_next: bool
    size: int

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def page_of(rows: QuerySet[Row, Any], request: HttpRequest, *, size: int = PAGE) -> Rows[Row]:
    """The page that `?page=` asks for; the first one where that is no number."""
    asked = request.GET.get("page", "1")
    number = min(max(int(asked), 1), LAST) if asked.isdecimal() and len(asked) < 9 else 1
    found = list(rows[(number - 1) * size : number * size + 1])
    return Rows(found[:size], number, len(found) > size, size)
