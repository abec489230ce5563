"""Tells colleagues who were named in a note: a row each, a mail, and the ticket in their list."""

import logging

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from subscribers.live import announce
from tickets.mail.outbox import queue_staff_mail
from tickets.mentions import mentioned
from tickets.models import Mention, Message, Ticket
from tickets.selectors import colleagues
from tickets.services.following import follow

logger = logging.getLogger(__name__)


def mention_colleagues(ticket: Ticket, note: Message, *, author: AbstractBaseUser | None) -> list[AbstractBaseUser]:
    """Whoever a new note names, apart from its author: each follows the ticket from now on, and gets a mail.

    Called under the ticket's lock, in the transaction that wrote the note. Only who may see the ticket is told.
    """
    if "@" not in note.text:
        return []
    people = [one for one in mentioned(note.text, list(colleagues(ticket))) if author is None or one.pk != author.pk]
    now = timezone.now()
    Mention.objects.bulk_create(
        [Mention(message=note, ticket=ticket, user_id=one.pk, created_at=now) for one in people], ignore_conflicts=True
    )
    for person in people:
        follow(ticket, actor=author, user=person)
        _write_to(person, ticket, note, author)
    return people


def _write_to(person: AbstractBaseUser, ticket: Ticket, note: Message, author: AbstractBaseUser | None) -> None:
    who = str(author) if author else _("Automation")
    subject = _("%(who)s mentioned you on %(number)s") % {"who": who, "number": ticket.number}
    text = f"{ticket.number} “{ticket.subject}”\n\n{note.text}\n\n{settings.BASE_URL}{ticket.get_absolute_url()}"
    key = f"mention:{note.pk}:{person.pk}"
    try:
        with transaction.atomic():
            queue_staff_mail(ticket, user=person, subject=subject, text=text, key=key)
    except Refused as refused:  # without a mailbox or an address the list alone tells them
        logger.warning("%s is not told by mail of a mention on %s: %s", person, ticket.number, refused)


@transaction.atomic
def see_mentions(ticket: Ticket, user: AbstractBaseUser) -> int:
    """The person has the ticket's page before them; how many mentions they had not seen."""
    seen = Mention.objects.filter(ticket=ticket.pk, user=user.pk, seen_at=None).update(seen_at=timezone.now())
    if seen:
        announce("ticket", ticket.pk)
    return seen
