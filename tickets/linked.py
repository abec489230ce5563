"""What tickets are to each other, as it reads from either of the two."""

import re
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from subscribers.models.stores import Viewer
from tickets.enums import LinkKind
from tickets.models import Ticket, TicketLink

NUMBER = re.compile(r"(?:T-|#)?([0-9]{1,18})", re.IGNORECASE)
ADDRESS = re.compile(r"/tickets/([0-9]{1,18})(?:[/?#]|$)")


class Relation(TextChoices):
    """What a ticket is to the other one: a `LinkKind`, or one read the other way round."""

    RELATED = "related", _("Related to")
    DUPLICATE = "duplicate", _("Duplicate of")
    ORIGINAL = "original", _("Has the duplicate")
    CAUSED = "caused", _("Caused by")
    CAUSE = "cause", _("Cause of")

    @property
    def reversed(self) -> "Relation":
        """The same, read from the other ticket."""
        return _REVERSED.get(self, self)

    @property
    def is_stored(self) -> bool:
        """Whether rows are written this way round."""
        return self.value in LinkKind.values


_REVERSED = {
    Relation.DUPLICATE: Relation.ORIGINAL,
    Relation.ORIGINAL: Relation.DUPLICATE,
    Relation.CAUSED: Relation.CAUSE,
    Relation.CAUSE: Relation.CAUSED,
}


@dataclass(frozen=True)
class Linked:
    """A link as one of its two tickets has it."""

    pk: int  # of the link
    relation: Relation
    ticket: Ticket  # the other one


def linked(ticket: Ticket, user: Viewer) -> list[Linked]:
    """What a ticket is linked with, as far as this person sees it, the oldest link first. One statement."""

    def seen(column: str) -> Exists:
        return Exists(Ticket.objects.visible_to(user).filter(pk=OuterRef(column)))

    here = Q(ticket=ticket.pk) & Q(seen("other"))
    there = Q(other=ticket.pk) & Q(seen("ticket"))
    rows = TicketLink.objects.filter(here | there).select_related("ticket", "other").order_by("created_at", "pk")
    return [
        Linked(row.pk, Relation(row.kind), row.other)
        if row.ticket_id == ticket.pk
        else Linked(row.pk, Relation(row.kind).reversed, row.ticket)
        for row in rows
    ]


def number_in(text: str) -> int | None:
    """The id in “T-1042”, “#1042”, “1042” or the address of a ticket's page; None where there is none."""
    found = NUMBER.fullmatch(text.strip()) or ADDRESS.search(text)
    return int(found[1]) if found else None
