"""The columns that a list of tickets may show."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SUBJECT = "subject"


OWN = re.compile(r"field\.([a-z0-9_-]{1,60})")  # a store's own field, by its key
MOST_OWN = 12  # at once


@dataclass(frozen=True)
class Column:
    """`width`: the class that says in which frames it is seen; the narrowest show the subject and the due time."""

    key: str
    label: str | Promise
    width: str = "@max-2xl:hidden"
    is_bare: bool = False  # its head is for screen readers alone

    @property
    def own(self) -> str:
        """The key of the store's own field that it shows; "" for the others."""
        found = OWN.fullmatch(self.key)
        return found[1] if found else ""

    @property
    def template(self) -> str:
        if self.own:
            return "tickets/cells/own_field.html"
        return f"tickets/cells/{self.key}.html"


WIDE = "@max-4xl:hidden"
# In the order in which the menu offers them; the subject is always there.
COLUMNS = (
    Column("number", _("Number")),
    Column(SUBJECT, _("Subject"), "@max-2xl:pl-4"),
    Column("topic", _("Topic"), WIDE),
    Column("status", _("Status")),
    Column("priority", _("Priority")),
    Column("due", _("Due"), ""),
    Column("queue", _("Queue"), WIDE),
    Column("assignee", _("Assignee"), WIDE, is_bare=True),
    Column("channel", _("Channel"), WIDE),
    Column("cycle", _("Cycle"), WIDE),
    Column("waiting", _("Waits since"), WIDE),
    Column("updated", _("Changed")),
    Column("opened", _("Opened")),
)
BY_KEY = {column.key: column for column in COLUMNS}
DEFAULT = ("number", SUBJECT, "topic", "status", "priority", "due", "queue", "assignee", "opened")


def is_column(key: str) -> bool:
    """Whether it names a column; of the stores' own fields any that may be there."""
    return key in BY_KEY or OWN.fullmatch(key) is not None


def own_of(keys: Iterable[str]) -> list[str]:
    """The keys of the fields among columns."""
    return [found[1] for key in keys if (found := OWN.fullmatch(key))]


def chosen(text: str) -> tuple[str, ...]:
    """The columns that `?columns=` asks for, in its order; what is unknown is left out. The usual ones for none.

    The subject stands first, or after the number, where the address does not say.
    """
    found = tuple(dict.fromkeys(key for key in text.replace("\x00", "").split(",") if is_column(key)))
    too_many = [key for key in found if key not in BY_KEY][MOST_OWN:]
    found = tuple(key for key in found if key not in too_many)
    if not found:
        return DEFAULT
    if SUBJECT in found:
        return found
    return (found[0], SUBJECT, *found[1:]) if found[0] == "number" else (SUBJECT, *found)


def written(columns: tuple[str, ...]) -> str:
    """As an address says it; empty for the usual ones."""
    return "" if columns == DEFAULT else ",".join(columns)


def of(keys: Iterable[str], own: Mapping[str, str] | None = None) -> list[Column]:
    """`own`: the labels of fields by their keys; a field that is not among them is left out."""
    every = BY_KEY | {column.key: column for column in of_fields(own or {})}
    return [every[key] for key in keys if key in every]


def of_fields(own: Mapping[str, str]) -> list[Column]:
    return [Column(f"field.{key}", label, WIDE) for key, label in own.items()]
