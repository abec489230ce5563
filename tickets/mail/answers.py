"""Which answers count: those of people that left and, as far as is known, reached the customer."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from tickets.enums import Author, MessageKind, MessageState, OutboundState, RecipientRole
from tickets.models import Message, OutboundMail, Ticket


def answers(ticket: Ticket) -> QuerySet[Message]:
    """What colleagues have said in public."""
    return ticket.messages.filter(kind=MessageKind.PUBLIC, author_kind=Author.AGENT, state=MessageState.SAID)


def arrived(ticket: Ticket) -> QuerySet[Message]:
    """Those of them that did not fail: for an answer in copy to three, it is the customer's own that counts."""
    return answers(ticket).exclude(has_failed())


def has_failed() -> Q:
    rows = OutboundMail.objects.filter(message=OuterRef("pk"), role=RecipientRole.TO)
    gone = rows.exclude(state__in=(OutboundState.FAILED, OutboundState.CANCELLED))
    return Q(Exists(rows.filter(state=OutboundState.FAILED))) & ~Q(Exists(gone))
