"""Sets what a field holds on a ticket: the only writer of its values."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from tickets.enums import TicketEventKind
from tickets.fields.kinds import canonical
from tickets.fields.selectors import missing
from tickets.models import FieldValue, Ticket, TicketField
from tickets.services.history import locked, log

PREFIX = "fields."  # of `Refused.field`, before the key of the field that is to blame


def field_named(store_id: int, key: str) -> TicketField:
    """Raises `Refused` where the store has none of that key."""
    found = TicketField.objects.filter(store=store_id, key=key.replace("\x00", "")).first()
    if found is None:
        raise Refused(_("There is no field “%(key)s”.") % {"key": key}, "fields")
    return found


def read_value(field: TicketField, raw: Any) -> str:
    """`canonical`, with the field to blame named."""
    try:
        return canonical(field.kind, raw, field.choices)
    except Refused as refused:
        raise Refused(refused.message, f"{PREFIX}{field.key}") from refused


@transaction.atomic
def set_field(ticket: Ticket, *, actor: AbstractBaseUser | None, key: str, raw: Any) -> str | None:
    """Let the field hold what `raw` says, nothing where it says nothing. What it held before; None: it was so already.

    A field that is not asked any more, or not in the ticket's queue, keeps what it holds and can be emptied, not filled
    anew. Raises `Refused` for what is no such value.
    """
    ticket = locked(ticket)
    field = field_named(ticket.store_id, key)
    row = FieldValue.objects.filter(ticket=ticket, field=field).first()
    before = row.value if row else ""
    if isinstance(raw, str) and raw == before:
        return None  # a choice that is none any more stays as it is
    after = read_value(field, raw)
    if after == before:
        return None
    if after and not before and not _is_asked(field, ticket):
        words = _("“%(field)s” is not asked on tickets of this queue.")
        raise Refused(words % {"field": field.label}, f"{PREFIX}{field.key}")
    if row is None:
        FieldValue.objects.create(ticket=ticket, field=field, value=after)
    elif after:
        row.value = after
        row.save(update_fields=["value"])
    else:
        row.delete()
    log(
        ticket,
        TicketEventKind.FIELD_CHANGED,
        actor=actor,
        from_value=before,
        to_value=after,
        field=field.key,
        label=field.label,
        takes=field.kind,
    )
    ticket.updated_at = timezone.now()
    ticket.save(update_fields=["updated_at"])
    return before


def _is_asked(field: TicketField, ticket: Ticket) -> bool:
    if not field.is_active:
        return False
    queues = set(field.queues.values_list("pk", flat=True))
    return not queues or ticket.queue_id in queues


def refuse_unfilled(ticket: Ticket) -> None:
    """Raises `Refused`, naming what is needed to resolve the ticket and empty; `field` is the first of them.

    Asked where a person resolves: by the button, with an answer, with a macro, for many at once, by the REST interface.
    What resolves by itself is let through (a rule, a merge, the end of a subscriber's data): nobody is there to fill
    anything in, and a ticket that stayed open for it would lie in nobody's list of work. An answer that leaves later
    was asked about when it was written; what is emptied meanwhile holds back no mail.
    """
    empty = missing(ticket)
    if not empty:
        return
    names = ", ".join(f"“{field.label}”" for field in empty)
    raise Refused(_("Fill in %(fields)s before you resolve it.") % {"fields": names}, f"{PREFIX}{empty[0].key}")
