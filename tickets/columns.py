"""The columns that a list of tickets may show."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SUBJECT = "subject"


@dataclass(frozen=True)
class Column:
    """`width`: the class that says in which frames it is seen; the narrowest show the subject and the due time."""

    key: str
    label: str | Promise
    width: str = "@max-2xl:hidden"
    is_bare: bool = False  # its head is for screen readers alone

    @property
    def template(self) -> str:
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


def chosen(text: str) -> tuple[str, ...]:
    """The columns that `?columns=` asks for, in its order; what is unknown is left out. The usual ones for none.

    The subject stands first, or after the number, where the address does not say.
    """
    found = tuple(dict.fromkeys(key for key in text.replace("\x00", "").split(",") if key in BY_KEY))
    if not found:
        return DEFAULT
    if SUBJECT in found:
        return found
    return (found[0], SUBJECT, *found[1:]) if found[0] == "number" else (SUBJECT, *found)


def written(columns: tuple[str, ...]) -> str:
    """As an address says it; empty for the usual ones."""
    return "" if columns == DEFAULT else ",".join(columns)


def of(keys: tuple[str, ...]) -> list[Column]:
    return [BY_KEY[key] for key in keys]
