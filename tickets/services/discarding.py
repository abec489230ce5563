"""Takes tickets out of every list (deleted, spam), and brings them back.

Nothing is erased: what was promised is not owed any more, and is owed again where the ticket comes back.
"""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from tickets import signals
from tickets.enums import DeletedAs, TicketEventKind
from tickets.models import BlockedSender, Ticket
from tickets.services.history import locked, log
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply

EVENTS = {DeletedAs.DELETED: TicketEventKind.DELETED, DeletedAs.SPAM: TicketEventKind.MARKED_SPAM}
CAUSES = {DeletedAs.DELETED: "Deleted", DeletedAs.SPAM: "Marked as spam", DeletedAs.MERGED: "Merged"}


@transaction.atomic
def delete(ticket: Ticket, *, actor: AbstractBaseUser | None) -> Ticket:
    return _discard(locked(ticket), DeletedAs.DELETED, actor)


@transaction.atomic
def mark_spam(ticket: Ticket, *, actor: AbstractBaseUser | None, block: bool = False) -> Ticket:
    """With `block`, what comes from the ticket's customer later is spam too."""
    ticket = locked(ticket)
    if block:
        block_sender(ticket, actor=actor)
    return _discard(ticket, DeletedAs.SPAM, actor)


def _discard(ticket: Ticket, kind: DeletedAs, actor: AbstractBaseUser | None) -> Ticket:
    if ticket.deleted_as == kind:
        return ticket
    if ticket.deleted_as == DeletedAs.MERGED:
        raise Refused(_("This ticket is a part of another one by now."))
    was_there, now = ticket.deleted_at is None, timezone.now()
    log(ticket, EVENTS[kind], actor=actor, from_value=ticket.deleted_as, at=now)
    withdraw(ticket, kind, now=now)
    if was_there:
        signals.ticket_discarded.send_robust(sender=Ticket, ticket=ticket, kind=kind, actor=actor, into=None)
    return ticket


def withdraw(ticket: Ticket, kind: DeletedAs, *, now: datetime) -> None:
    """Out of every list, and nothing is owed any more; of a locked ticket."""
    ticket.deleted_at, ticket.deleted_as, ticket.updated_at = now, kind, now
    ticket.save(update_fields=["deleted_at", "deleted_as", "merged_into", "updated_at"])
    apply(ticket, TicketChange.DISCARDED, at=now, cause=CAUSES[kind])


@transaction.atomic
def restore(ticket: Ticket, *, actor: AbstractBaseUser | None, unblock: bool = False) -> Ticket:
    """Back where it was, and so is what was owed: replies since the customer wrote, the resolution with what it had
    used up. With `unblock`, mail from its customer is no spam any more."""
    ticket = locked(ticket)
    if unblock:
        BlockedSender.objects.filter(store=ticket.store_id, address=ticket.subscriber.email.lower()).delete()
    if ticket.deleted_at is None:
        return ticket
    if ticket.deleted_as == DeletedAs.MERGED:
        raise Refused(_("This ticket is a part of another one: take the merge back instead."))
    now, kind = timezone.now(), ticket.deleted_as
    log(ticket, TicketEventKind.RESTORED, actor=actor, from_value=kind, at=now)
    bring_back(ticket, now=now, cause="Restored")
    signals.ticket_restored.send_robust(sender=Ticket, ticket=ticket, kind=DeletedAs(kind), actor=actor)
    return ticket


def bring_back(ticket: Ticket, *, now: datetime, cause: str) -> None:
    ticket.deleted_at, ticket.deleted_as, ticket.merged_into, ticket.updated_at = None, "", None, now
    ticket.save(update_fields=["deleted_at", "deleted_as", "merged_into", "updated_at"])
    apply(ticket, TicketChange.RESTORED, at=now, cause=cause)


def block_sender(ticket: Ticket, *, actor: AbstractBaseUser | None) -> None:
    """Mail from the ticket's customer is spam from now on."""
    address = ticket.subscriber.email.lower()
    if not address:
        raise Refused(_("There is no address to block."))
    row = BlockedSender(store=ticket.store, address=address, blocked_by_id=actor.pk if actor else None)
    BlockedSender.objects.bulk_create([row], ignore_conflicts=True)
