"""Who follows a ticket, and what they hear of it."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from tickets.enums import TicketEventKind
from tickets.models import Follower, Ticket
from tickets.services.history import locked, log


@transaction.atomic
def follow(ticket: Ticket, *, actor: AbstractBaseUser | None, user: AbstractBaseUser) -> bool:
    """Whether they did not before. Raises `Refused` where they cannot see the ticket."""
    ticket = locked(ticket)
    if Follower.objects.filter(ticket=ticket, user=user.pk).exists():
        return False
    if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        raise Refused(_("This person cannot see the ticket’s queue."), "user")
    Follower.objects.create(ticket=ticket, user_id=user.pk)
    log(ticket, TicketEventKind.FOLLOWED, actor=actor, to_value=user)
    return True


@transaction.atomic
def unfollow(ticket: Ticket, *, actor: AbstractBaseUser | None, user: AbstractBaseUser) -> bool:
    """Whether they did before."""
    ticket = locked(ticket)
    if not Follower.objects.filter(ticket=ticket, user=user.pk).delete()[0]:
        return False
    log(ticket, TicketEventKind.UNFOLLOWED, actor=actor, from_value=user)
    return True
