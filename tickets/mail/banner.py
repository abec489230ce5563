"""What a page's shell says of mail: whether this person answers for it, and what is wrong now. One query."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import FilteredRelation, Q

from subscribers.models.stores import Viewer
from tickets.enums import IncidentKind
from tickets.models import Mailbox


@dataclass(frozen=True)
class Trouble:
    kind: IncidentKind
    address: str
    since: datetime


@dataclass(frozen=True)
class Watch:
    may_see: bool = False
    troubles: tuple[Trouble, ...] = ()


def watch(user: Viewer) -> Watch:
    mailboxes = Mailbox.objects.led_by(user).annotate(
        open=FilteredRelation("incidents", condition=Q(incidents__cleared_at=None))
    )
    rows = list(mailboxes.order_by("open__since").values_list("open__kind", "address", "open__since"))
    troubles = tuple(Trouble(IncidentKind(kind), address, since) for kind, address, since in rows if kind)
    return Watch(bool(rows), troubles)
