"""The columns that a list of tickets may show."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Column:
    key: str
    label: str | Promise


# In the order in which they stand; the subject is always there.
COLUMNS = (
    Column("number", _("Number")),
    Column("topic", _("Topic")),
    Column("status", _("Status")),
    Column("priority", _("Priority")),
    Column("due", _("Due")),
    Column("queue", _("Queue")),
    Column("assignee", _("Assignee")),
    Column("channel", _("Channel")),
    Column("cycle", _("Cycle")),
    Column("waiting", _("Waits since")),
    Column("updated", _("Changed")),
    Column("opened", _("Opened")),
)
DEFAULT = ("number", "topic", "status", "priority", "due", "queue", "assignee", "opened")
NONE = "subject"  # the address's word for no column but the subject


def chosen(text: str) -> tuple[str, ...]:
    """The columns that `?columns=` asks for, in their order; what is unknown is left out. The usual ones for none."""
    wanted = set(text.replace("\x00", "").split(","))
    found = tuple(column.key for column in COLUMNS if column.key in wanted)
    return found or (() if NONE in wanted else DEFAULT)


def written(columns: tuple[str, ...]) -> str:
    """As an address says it; empty for the usual ones."""
    return "" if columns == DEFAULT else ",".join(columns) or NONE
