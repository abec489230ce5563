"""Tickets that people take and hand over themselves."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from tickets.models import Ticket
from tickets.services.conversation import add_note
from tickets.services.history import locked
from tickets.services.tickets import assign


@transaction.atomic
def take(ticket: Ticket, *, actor: AbstractBaseUser, seen: int | None = None) -> Ticket:
    """The ticket is theirs. Refused where somebody else got it since: `seen` had it when they looked (None: nobody).

    Of two people at once the row's lock lets one come first; the other hears who has it.
    """
    held = _unless_taken(ticket, actor, seen)
    return assign(held, actor=actor, assignee=actor)


@transaction.atomic
def hand_over(
    ticket: Ticket, *, actor: AbstractBaseUser, to: AbstractBaseUser | None, note: str = "", seen: int | None = None
) -> Ticket:
    """Give the ticket to somebody, or back to its queue, with a note of what they should know. Refused as by `take`."""
    held = _unless_taken(ticket, to, seen)
    if note.strip():
        add_note(held, author=actor, text=note)
    return assign(held, actor=actor, assignee=to)


def _unless_taken(ticket: Ticket, to: AbstractBaseUser | None, seen: int | None) -> Ticket:
    held = locked(ticket)
    if held.assignee_id is not None and held.assignee_id not in (seen, to.pk if to else None):
        raise Refused(_("%(name)s has it already.") % {"name": held.assignee}, "assignee")
    return held
