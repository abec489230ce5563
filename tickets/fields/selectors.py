"""Reads of fields and of their values."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from subscribers.models import Store
from subscribers.models.stores import Viewer
from tickets.enums import FieldKind
from tickets.fields.kinds import YES, shown
from tickets.models import FieldValue, Ticket, TicketField

_INPUTS = {FieldKind.NUMBER: "text", FieldKind.DATE: "date"}


@dataclass(frozen=True)
class Shown:
    """A field as a ticket's page shows it. `typed`: what could not be kept, and `error`, why."""

    key: str
    label: str
    kind: str
    choices: list[str]
    value: str
    is_required: bool
    is_asked: bool  # in the ticket's queue; else it is here for its value
    typed: str | None = None
    error: str = ""
    is_wanted: bool = False  # where the keyboard should stand

    @property
    def is_missing(self) -> bool:
        return self.is_required and self.is_asked and not self.value

    @property
    def entered(self) -> str:
        return self.value if self.typed is None else self.typed

    @property
    def words(self) -> str:
        return shown(self.kind, self.value)

    @property
    def input_type(self) -> str:
        return _INPUTS.get(FieldKind(self.kind), "text")

    @property
    def options(self) -> list[str]:
        """What can be chosen; a value that is none of it any more stays one."""
        return self.choices if not self.value or self.value in self.choices else [*self.choices, self.value]


def asked_in(queue: int) -> Q:
    """Fields that are asked on tickets of a queue."""
    through = TicketField.queues.through.objects.filter(ticketfield=OuterRef("pk"))
    return Q(is_active=True) & (~Exists(through) | Exists(through.filter(queue=queue)))


# By hand: what the ORM takes to put this together is several times what PostgreSQL takes to answer it.
FIELDS = """
SELECT field.key, field.label, field.kind, field.choices, field.is_required, asked.here, coalesce(held.value, '')
FROM tickets_ticketfield field
LEFT JOIN tickets_fieldvalue held ON held.field_id = field.id AND held.ticket_id = %s
CROSS JOIN LATERAL (
    SELECT field.is_active AND coalesce(bool_or(place.queue_id = %s), true) AS here
    FROM tickets_ticketfield_queues place WHERE place.ticketfield_id = field.id
) asked
WHERE field.store_id = %s AND (asked.here OR held.value IS NOT NULL)
ORDER BY field.position, field.label, field.id
"""


def fields_of(ticket: Ticket) -> list[Shown]:
    """Fields of the ticket's queue, and those that hold a value. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(FIELDS, [ticket.pk, ticket.queue_id, ticket.store_id])
        rows = cursor.fetchall()
    return [
        Shown(key, label, kind, json.loads(choices), value, is_required, is_asked)
        for key, label, kind, choices, is_required, is_asked, value in rows
    ]


def marked(fields: list[Shown], key: str, *, error: str = "", typed: str | None = None) -> list[Shown]:
    """With what is wrong said at one of them, where the keyboard then stands; at all that are missing, too."""
    needed = _("Needed to resolve the ticket.")
    return [
        replace(one, error=error or needed, typed=typed, is_wanted=True)
        if one.key == key
        else replace(one, error=needed if one.is_missing and typed is None else "")
        for one in fields
    ]


def missing(ticket: Ticket) -> list[TicketField]:
    """What has to be filled in before a person resolves it, and is empty. One statement."""
    held = FieldValue.objects.filter(ticket=ticket.pk).values("field")
    needed = TicketField.objects.filter(asked_in(ticket.queue_id), store=ticket.store_id, is_required=True)
    return list(needed.exclude(pk__in=held).order_by("position", "label", "pk"))


def values_by_ticket(tickets: Iterable[int]) -> Mapping[int, dict[str, str]]:
    """By ticket: each value by its field's key. One statement."""
    rows = FieldValue.objects.filter(ticket__in=list(tickets)).values_list("ticket_id", "field__key", "value")
    found: dict[int, dict[str, str]] = {}
    for ticket, key, value in rows:
        found.setdefault(ticket, {})[key] = value
    return found


@dataclass(frozen=True)
class OwnField:
    """A field as lists name it; those of several stores with one key are one."""

    key: str
    label: str
    kind: str
    choices: tuple[str, ...]

    @property
    def values(self) -> list[tuple[str, str]]:
        """What a list may be narrowed to, with its words (see `tickets.fields.asking`)."""
        if self.kind == FieldKind.CHECKBOX:
            return [(YES, _("Yes")), ("no", _("No"))]
        filled = [("*", _("filled in")), ("", _("empty"))]
        return [*((choice, choice) for choice in self.choices), *filled]


def own_fields(rows: Iterable[Mapping[str, Any]]) -> list[OwnField]:
    found: dict[str, OwnField] = {}
    for row in rows:
        before = found.get(row["key"])
        choices = dict.fromkeys((*(before.choices if before else ()), *row["choices"]))
        label, kind = (before.label, before.kind) if before else (row["label"], row["kind"])
        found[row["key"]] = OwnField(row["key"], label, kind, tuple(choices))
    return list(found.values())


def labels_of(keys: Iterable[str], user: Viewer) -> dict[str, str]:
    """By key: what these fields are called. One statement."""
    rows = visible_fields(user).filter(key__in=list(keys))
    return dict(reversed(rows.values_list("key", "label")))


def show_values(tickets: Iterable[Any]) -> None:
    """Gives each ticket `own_values`: by the field's key, as people read it. One statement."""
    by_pk = {ticket.pk: ticket for ticket in tickets}
    for ticket in by_pk.values():
        ticket.own_values = {}
    held = FieldValue.objects.filter(ticket__in=list(by_pk))
    for pk, key, kind, value in held.values_list("ticket_id", "field__key", "field__kind", "value"):
        by_pk[pk].own_values[key] = shown(kind, value)


def visible_fields(user: Viewer) -> QuerySet[TicketField]:
    """Of the stores that this person works for, in their order."""
    return TicketField.objects.filter(store__in=Store.objects.visible_to(user).values("pk")).order_by(
        "position", "label", "pk"
    )
