"""Who follows a ticket, and what they hear of it."""

import logging
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from tickets.enums import TicketEventKind
from tickets.mail.outbox import queue_staff_mail
from tickets.models import Follower, Message, Ticket
from tickets.services.history import locked, log

logger = logging.getLogger(__name__)

MOST_QUOTED = 5000  # characters


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


def tell_followers(messages: Sequence[Message]) -> None:
    """What customers wrote, by mail, to those who follow their tickets and still see them; the assignee knows anyway.

    One query where nobody follows. A mail that cannot be written costs nobody the customer's message.
    """
    if not messages:
        return
    followed: dict[int, list[Follower]] = {}
    tickets = {message.ticket_id for message in messages}
    rows = Follower.objects.filter(ticket__in=tickets, user__is_active=True).select_related("user").order_by("pk")
    for row in rows:
        followed.setdefault(row.ticket_id, []).append(row)
    for message in messages:
        for row in followed.get(message.ticket_id, []):
            if row.user_id != message.ticket.assignee_id:
                _tell(row.user, message)


def _tell(user: AbstractBaseUser, message: Message) -> None:
    ticket = message.ticket
    if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        return
    text = (message.visible_text or message.text).strip()[:MOST_QUOTED]
    said = _("%(name)s wrote on %(number)s “%(subject)s”, which you follow:") % {
        "name": message.from_name or ticket.subscriber,
        "number": ticket.number,
        "subject": ticket.subject,
    }
    try:
        with transaction.atomic():
            queue_staff_mail(
                ticket,
                user=user,
                subject=f"{ticket.number}: {ticket.subject}",
                text=f"{said}\n\n{text}\n\n{settings.BASE_URL}{ticket.get_absolute_url()}",
                key=f"follower:{message.pk}:{user.pk}",
            )
    except Refused as refused:  # such as a store without a mailbox
        logger.warning("%s is not told of message %s: %s", user, message.pk, refused.message)
