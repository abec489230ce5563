"""Where other parts of the product add to the list of subscribers, which knows none of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from subscribers.filtering import WordsFilter
from subscribers.filters import SubscriberFilter
from subscribers.models import Subscriber


@dataclass(frozen=True)
class Column:
    """A column, with its filter `?key=choice`: choices as people write them, `at-risk`, with their labels.

    `cells`: by subscriber, what `template` shows as `cell`, in a fixed number of statements. `narrow`: those who have
    one of these choices.
    """

    key: str
    label: str
    choices: Sequence[tuple[str, str]]
    template: str
    cells: Callable[[Sequence[int]], Mapping[int, Any]]
    narrow: Callable[["QuerySet[Subscriber]", Sequence[str]], "QuerySet[Subscriber]"]


class ChoiceOf(WordsFilter):
    def __init__(self, column: Column) -> None:
        self.column = column
        told = ", ".join(key for key, _ in column.choices)
        super().__init__(
            choices=column.choices,
            help_text=gettext("%(column)s: %(told)s; several with commas.") % {"column": column.label, "told": told},
        )

    def filter(self, qs: "QuerySet[Subscriber]", value: Iterable[str]) -> "QuerySet[Subscriber]":
        return self.column.narrow(qs, list(value)) if value else qs


_columns: dict[str, Column] = {}


def register(column: Column) -> None:
    """From then on, the list has the column, and both it and the REST interface have the filter."""
    _columns[column.key] = column
    SubscriberFilter.base_filters[column.key] = ChoiceOf(column)


def cells_of(subscribers: Sequence[int]) -> list[list[tuple[Column, Any]]]:
    """What each of these rows shows in the columns that were added, in their order."""
    found = [(column, column.cells(subscribers)) for column in _columns.values()]
    return [[(column, cells[pk]) for column, cells in found] for pk in subscribers]


def columns() -> list[Column]:
    return list(_columns.values())
