"""Says what tickets are to each other, and takes it back. Both tell of it in their history."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from tickets.enums import TicketEventKind
from tickets.linked import Relation
from tickets.models import Ticket, TicketLink
from tickets.services.history import locked_together, log

MOST_LINKS = 50  # of one ticket


@transaction.atomic
def link(ticket: Ticket, *, to: Ticket, relation: Relation, actor: AbstractBaseUser | None) -> TicketLink:
    """`ticket` is in this relation to the other one; what else it was to it, it no longer is.

    Raises `Refused` for a ticket with itself, one of another store or in no list, and for too many.
    """
    if ticket.pk == to.pk:
        raise Refused(_("A ticket cannot be linked with itself."), "to")
    rows = locked_together([ticket.pk, to.pk])
    ticket, to = rows[ticket.pk], rows[to.pk]
    if ticket.store_id != to.store_id:
        raise Refused(_("These tickets belong to two stores."), "to")
    if ticket.deleted_at is not None or to.deleted_at is not None:
        raise Refused(_("One of these tickets is in no list any more."), "to")
    first, second, kind = (ticket, to, relation) if relation.is_stored else (to, ticket, relation.reversed)
    before = TicketLink.objects.filter(Q(ticket=ticket, other=to) | Q(ticket=to, other=ticket)).first()
    if before is not None:
        is_so = before.kind == kind and (kind == Relation.RELATED or before.ticket_id == first.pk)
        if is_so:
            return before
        before.delete()
    for one in (ticket, to):
        if TicketLink.objects.filter(Q(ticket=one) | Q(other=one)).count() >= MOST_LINKS:
            raise Refused(_("A ticket has at most %(number)s links.") % {"number": MOST_LINKS}, "to")
    made = TicketLink.objects.create(
        ticket=first, other=second, kind=kind.value, created_by_id=actor.pk if actor else None
    )
    log(ticket, TicketEventKind.LINKED, actor=actor, to_value=to.number, relation=relation.value)
    log(to, TicketEventKind.LINKED, actor=actor, to_value=ticket.number, relation=relation.reversed.value)
    return made


@transaction.atomic
def unlink(ticket: Ticket, *, link: int, actor: AbstractBaseUser | None) -> bool:
    """Whether the link of this number was there."""
    found = TicketLink.objects.filter(Q(ticket=ticket.pk) | Q(other=ticket.pk), pk=link).first()
    if found is None:
        return False
    rows = locked_together([found.ticket_id, found.other_id])
    if not TicketLink.objects.filter(pk=found.pk).delete()[0]:
        return False
    one, other = rows[found.ticket_id], rows[found.other_id]
    log(one, TicketEventKind.UNLINKED, actor=actor, from_value=other.number)
    log(other, TicketEventKind.UNLINKED, actor=actor, from_value=one.number)
    return True
