"""Holds an answer that would cross what its writer has not seen."""

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from subscribers.errors import Refused
from tickets.enums import Author, MessageKind, MessageState
from tickets.models import Message, Ticket


class Crossed(Refused):
    """Nothing was sent: `messages`, the oldest first, came since the writer looked."""

    def __init__(self, messages: Sequence[Message]) -> None:
        super().__init__(_("Somebody wrote meanwhile, so this was not sent."), "seen")
        self.messages = messages

    @property
    def newest(self) -> int:
        return self.messages[-1].pk


def unseen(ticket: Ticket, *, seen: int, author: AbstractBaseUser) -> QuerySet[Message]:
    """What people other than the author said in public after the message of this id, on its way or arrived.

    Ids grow within a ticket: messages are written under its lock.
    """
    people = ticket.messages.filter(pk__gt=seen, kind=MessageKind.PUBLIC, automatic="")
    others = people.exclude(author_kind=Author.SYSTEM).exclude(state=MessageState.WITHDRAWN).exclude(author=author.pk)
    return others.select_related("author", "subscriber", "ticket__subscriber", "ticket__store").order_by("pk")


def refuse_crossing(ticket: Ticket, *, seen: int, author: AbstractBaseUser) -> None:
    """Called under the ticket's lock, so that of two who send at once the second is asked. Raises Crossed."""
    if messages := list(unseen(ticket, seen=seen, author=author)):
        raise Crossed(messages)
