"""Defines a store's fields: the only writer of their rows."""

import re
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from subscribers.live import announce
from tickets.enums import FieldKind
from tickets.fields.kinds import LONGEST
from tickets.models import FieldValue, Queue, TicketField

MOST_CHOICES = 200
MOST_TOLD = 1000  # tickets whose open pages are told at once


def read_choices(text: str) -> list[str]:
    """One a line, each once, in their order. Raises `Refused` for one that is too long, and for too many."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        choice = " ".join(line.replace("\x00", "").split())
        if choice:
            found.setdefault(choice.casefold(), choice)
    if len(found) > MOST_CHOICES:
        raise Refused(_("At most %(number)s choices.") % {"number": MOST_CHOICES}, "choices")
    if any(len(choice) > LONGEST for choice in found.values()):
        raise Refused(_("At most %(number)s characters each.") % {"number": LONGEST}, "choices")
    return list(found.values())


def key_for(store_id: int, label: str) -> str:
    """A key that no field of the store has, from its label."""
    start = slugify(label)[:50] or "field"
    taken = set(TicketField.objects.filter(store=store_id, key__startswith=start).values_list("key", flat=True))
    return next(key for key in (start, *(f"{start}-{number}" for number in range(2, 1000))) if key not in taken)


def check_field(field: TicketField) -> None:
    """Raises `Refused`, in words, for what no field can be."""
    if not re.fullmatch(r"[a-z0-9_-]{1,60}", field.key):
        raise Refused(_("A key has small letters, digits, “-” and “_” alone."), "key")
    if field.kind == FieldKind.CHOICE and not field.choices:
        raise Refused(_("Say what can be chosen, one a line."), "choices")
    if field.pk is None:
        return
    before = TicketField.objects.only("kind").get(pk=field.pk)
    if before.kind != field.kind and FieldValue.objects.filter(field=field.pk).exists():
        raise Refused(_("Tickets hold values of it: what it takes stays as it is. Make another field."), "kind")


@transaction.atomic
def save_field(field: TicketField, *, queues: Iterable[Queue] | None = None) -> TicketField:
    """Write a field; `queues`, where given, are those on whose tickets it is asked. Raises `Refused`.

    A choice that is taken away stays on the tickets that hold it.
    """
    if field.pk is not None:
        # Two who change it at once do so one after the other.
        TicketField.objects.select_for_update().get(pk=field.pk)
    if field.kind != FieldKind.CHOICE:
        field.choices = []
    check_field(field)
    chosen: Sequence[Queue] | None = list(queues) if queues is not None else None
    if any(queue.store_id != field.store_id for queue in chosen or ()):
        raise Refused(_("This queue belongs to another store."), "queues")
    field.save()
    if chosen is not None:
        field.queues.set(chosen)
    return field


@transaction.atomic
def delete_field(field: TicketField) -> int:
    """A field and all that tickets hold of it, for good; their histories keep it. Returns how many tickets."""
    changed = list(FieldValue.objects.filter(field=field).values_list("ticket_id", flat=True))
    field.delete()
    if changed:
        announce("ticket", *changed[:MOST_TOLD])
    return len(changed)
