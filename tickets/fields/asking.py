"""What a search or the filter of a list asks of fields: `order-number=1042`, `damage=Lid`, `damage=*`, `damage=`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Exists, OuterRef, Q

from subscribers.errors import Refused
from tickets.enums import FieldKind
from tickets.fields.kinds import canonical
from tickets.models import FieldValue, TicketField

ANY, EMPTY = "*", ""
# Commas part conditions from each other, and may stand in a value where no key follows.
_NEXT = re.compile(r",(?=[a-z0-9_-]{1,60}=)", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A field by its key or label, and what it holds: a value as it was typed, anything (`*`), or nothing."""

    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}"


def read_asked(text: str) -> Asked:
    """`name=value`; a name alone asks for anything."""
    name, equals, value = text.replace("\x00", "").partition("=")
    return Asked(name.strip(), value.strip() if equals else ANY)


def read_all(texts: Iterable[str]) -> list[Asked]:
    """Each condition of an address, in order, once."""
    parts = (part.strip() for text in texts for part in _NEXT.split(text))
    return list(dict.fromkeys(read_asked(part) for part in parts if part))


def named(fields: Iterable[TicketField], name: str) -> list[TicketField]:
    """Those of this key or label: each store may have one."""
    folded = name.casefold()
    return [field for field in fields if folded in (field.key.casefold(), field.label.casefold())]


def holding(asked: Asked) -> Q:
    """Tickets whose field of that name holds that; none for a name that no field has, or a value that it never holds.

    A subquery, so that lists ask for no definitions beforehand: what is typed is read as each kind of field reads it.
    """
    fields = TicketField.objects.filter(Q(key__iexact=asked.name) | Q(label__iexact=asked.name))
    held = FieldValue.objects.filter(field__in=fields)
    if asked.value == ANY:
        return Q(pk__in=held.values("ticket"))
    if asked.value == EMPTY:
        return Q(Exists(fields.filter(store=OuterRef("store")))) & ~Q(pk__in=held.values("ticket"))
    wanted = Q()
    for kind in FieldKind:
        if written := _written(kind, asked.value):
            wanted |= Q(field__kind=kind, value__iexact=written)
    found = Q(pk__in=held.filter(wanted).values("ticket")) if wanted else Q(pk__in=())
    if _written(FieldKind.CHECKBOX, asked.value) == "":
        boxes = fields.filter(kind=FieldKind.CHECKBOX)
        unticked = ~Q(pk__in=FieldValue.objects.filter(field__in=boxes).values("ticket"))
        found |= Q(Exists(boxes.filter(store=OuterRef("store")))) & unticked
    return found


def _written(kind: FieldKind, value: str) -> str | None:
    """As such a field holds it, a choice as any text; None where it would not."""
    try:
        return canonical(FieldKind.TEXT if kind == FieldKind.CHOICE else kind, value)
    except Refused:
        return None


def conditions(asked: Iterable[Asked]) -> Q:
    """All fields that are asked for, each with one of its values."""
    by_name: dict[str, Q] = {}
    for one in asked:
        by_name[one.name] = by_name.get(one.name, Q(pk__in=())) | holding(one)
    return reduce(and_, by_name.values(), Q())
