"""Reads causes for their pages: rows, linked tickets, affected boxes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce

from subscribers.enums import BoxStatus
from subscribers.models import Box
from subscribers.models.stores import Viewer
from success.causes.chart import spark_of
from success.causes.enums import UNFIXED, CauseState, Dimension
from success.causes.facts import LAG
from success.causes.measuring import Figures, figures_of
from success.models import Cause, CauseTicket
from tickets.models import Ticket

VIEWS = {
    "open": Q(state__in=UNFIXED),
    "fixed": Q(state=CauseState.FIXED),
    "ended": Q(state__in=(CauseState.CLOSED, CauseState.DISMISSED)),
    "all": Q(),
}
MOST = 100
SHOWN = 50  # tickets on a cause's page


@dataclass(frozen=True)
class Row:
    cause: Cause
    figures: Figures
    spark: str
    tickets: int


def rows(user: Viewer, view: str) -> list[Row]:
    """Open ones first, then the newest. One query."""
    order = Case(
        *(When(state=state, then=place) for place, state in enumerate(CauseState.values)), output_field=IntegerField()
    )
    counted = Count("links", filter=Q(links__removed_at=None))
    found = Cause.objects.visible_to(user).filter(VIEWS[view]).select_related("store", "topic", "owner")
    found = found.annotate(tickets=counted).order_by(order, "-found_at", "-pk")[:MOST]
    made = []
    for cause in found:
        figures = figures_of(cause)
        made.append(Row(cause, figures, spark_of(figures), cause.tickets))
    return made


def counts(user: Viewer) -> dict[str, int]:
    """How many each view has. One query."""
    asked = {name: Count("pk", filter=condition) for name, condition in VIEWS.items() if name != "all"}
    return Cause.objects.visible_to(user).aggregate(**asked, all=Count("pk"))


def links_of(cause: Cause, user: Viewer) -> list[CauseTicket]:
    """Its complaints that this person sees, the newest first."""
    seen = Ticket.objects.visible_to(user).filter(pk=OuterRef("ticket"))
    rows = cause.links.filter(Exists(seen), removed_at=None)
    return list(
        rows.select_related("ticket__subscriber", "box", "added_by").order_by("-ticket__opened_at", "-ticket")[:SHOWN]
    )


def affected_boxes(cause: Cause) -> QuerySet[Box]:
    """Boxes of the part that it is about, shipped from when its first complaints were about until the fix.

    Of words, and of what concerns every box, only those that were complained of.
    """
    complained = CauseTicket.objects.filter(cause=cause, removed_at=None)
    mine = Box.objects.filter(cycle__subscription__store=cause.store_id).exclude(status=BoxStatus.CANCELLED)
    part = _part(cause)
    if part is None:
        return mine.filter(pk__in=complained.filter(box__isnull=False).values("box"))
    zone = ZoneInfo(cause.store.time_zone)
    since = datetime.combine(cause.begins_on - timedelta(days=LAG), time(), zone)
    shipped = mine.alias(left_at=Coalesce("shipped_at", "delivered_at")).filter(part, left_at__gte=since)
    if cause.fixed_on is not None:
        shipped = shipped.filter(left_at__lt=datetime.combine(cause.fixed_on, time(), zone))
    return shipped


def _part(cause: Cause) -> Q | None:
    value = cause.value
    match cause.dimension:
        case Dimension.CARRIER:
            return Q(carrier=value)
        case Dimension.BATCH:
            return Q(batch=value)
        case Dimension.PRODUCT:
            return Q(cycle__subscription__product=value)
        case Dimension.CYCLE:
            return Q(cycle__index__gt=3) if value == "4+" else Q(cycle__index=value)
        case Dimension.REGION:
            country, _, region = value.partition(" ")
            person = "cycle__subscription__subscriber"
            return Q(**{f"{person}__country": country, f"{person}__region": region})
        case _:
            return None


def affected_rows(cause: Cause, user: Viewer) -> Iterator[Sequence[Any]]:
    """A line for each affected box, and for each complaint without one: what a table of them holds."""
    link = CauseTicket.objects.filter(cause=cause, removed_at=None)
    seen = Ticket.objects.visible_to(user).filter(pk=OuterRef("ticket"))
    tickets = dict(link.filter(Exists(seen), box__isnull=False).order_by("-ticket").values_list("box", "ticket"))
    person = "cycle__subscription__subscriber"
    columns = ("pk", "order_number", "batch", "carrier", "shipped_at", "delivered_at", f"{person}__name")
    found = affected_boxes(cause).order_by("pk").values_list(*columns, f"{person}__email")
    for pk, *rest in found.iterator(chunk_size=2000):
        yield [*rest, f"T-{tickets[pk]}" if pk in tickets else ""]
    known = affected_boxes(cause).values("pk")
    others = link.filter(Exists(seen)).filter(Q(box=None) | ~Q(box__in=known)).select_related("box")
    names = others.annotate(name=F("ticket__subscriber__name"), email=F("ticket__subscriber__email"))
    for one in names.order_by("ticket"):
        box = one.box
        told = [box.order_number, box.batch, box.carrier, box.shipped_at, box.delivered_at] if box else [""] * 5
        yield [*told, one.name, one.email, f"T-{one.ticket_id}"]
