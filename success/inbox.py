"""One team's inbox: tickets and alerts in one list, by when they are due.

Each page is the first rows of two lists in the same order, put together: both are walked by their own index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any

from django.core import signing
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from subscribers.models.stores import Viewer
from success.enums import AlertStatus
from success.models import Alert
from success.permissions import stores_to_work
from success.selectors import TO_DO, AlertRow, for_row, rows_of
from tickets import listing as service
from tickets.models import Ticket

SALT = "helpdesk.inbox"
PAGE = 50
ALERT, TICKET = "alert", "ticket"  # in this order where both are due at once
Place = tuple[datetime | None, str, int]


@dataclass(frozen=True)
class View:
    """A part of the inbox: `?view=key`."""

    key: str
    label: str
    icon: str


VIEWS = (
    View("mine", "Mine", "user"),
    View("unassigned", "Unassigned", "user-x"),
    View("due", "Due soon", "clock-alert"),
    View("waiting", "Waiting", "hourglass"),
)
ONLY = {"tickets": TICKET, "alerts": ALERT}


def _condition(key: str, user: Viewer, now: datetime) -> Q:
    return {
        "mine": Q(status__in=TO_DO, owner=user.pk),
        "unassigned": Q(status__in=TO_DO, owner=None),
        "due": Q(status__in=TO_DO, due_at__lt=now + service.DUE_SOON),
        "waiting": Q(status=AlertStatus.SNOOZED, owner=user.pk),
    }[key]


def _alerts(key: str, user: Viewer) -> QuerySet[Alert]:
    workable = Alert.objects.live().filter(store__in=stores_to_work(user))
    return workable.filter(_condition(key, user, timezone.now()))


def inbox_counts(user: Any) -> dict[str, int]:
    """How much each view holds, tickets and alerts together; two statements."""
    now = timezone.now()
    tickets = service.view_counts(service.INBOX_VIEWS, user)
    rows = Alert.objects.live().filter(store__in=stores_to_work(user))
    alerts = rows.aggregate(**{one.key: Count("pk", filter=_condition(one.key, user, now)) for one in VIEWS})
    return {one.key: tickets[one.key] + alerts[one.key] for one in VIEWS}


@dataclass(frozen=True)
class Item:
    """One thing to do: a ticket, or an alert as a row."""

    due_at: datetime | None
    kind: str
    pk: int
    ticket: Ticket | None = None
    row: AlertRow | None = None

    @property
    def place(self) -> Place:
        return self.due_at, self.kind, self.pk


@dataclass(frozen=True)
class Page:
    rows: Sequence[Item]
    next: str = ""
    previous: str = ""


def inbox_page(key: str, user: Any, cursor: str = "", only: str = "", *, size: int = PAGE) -> Page:
    """A page of a view from a cursor on; of tickets or alerts `only`, where that is said. A wrong cursor: the first."""
    reverse, place = read_cursor(cursor)
    found: list[list[Item]] = []
    if ONLY.get(only) != TICKET:
        alerts = _from(_alerts(key, user), "due_at", ALERT, place, reverse=reverse)
        found.append([Item(one.due_at, ALERT, one.pk, row=row) for one, row in _alert_rows(alerts[: size + 1], user)])
    if ONLY.get(only) != ALERT:
        tickets = _from(service.tickets_of_view(key, user), "next_due_at", TICKET, place, reverse=reverse)
        rows = service.for_list(tickets[: size + 1])
        found.append([Item(one.next_due_at, TICKET, one.pk, ticket=one) for one in rows])
    items = list(merge(*found, key=_sorts, reverse=reverse))
    more, items = len(items) > size, items[:size]
    if reverse:
        items.reverse()
    if not items:
        return Page(items)
    has_next, has_previous = (True, more) if reverse else (more, place is not None)
    return Page(
        items,
        write_cursor(items[-1].place, reverse=False) if has_next else "",
        write_cursor(items[0].place, reverse=True) if has_previous else "",
    )


def _alert_rows(alerts: QuerySet[Alert], user: Viewer) -> list[tuple[Alert, AlertRow]]:
    found = list(for_row(alerts))
    return list(zip(found, rows_of(found, user), strict=True))


def _sorts(item: Item) -> tuple[bool, float, str, int]:
    return item.due_at is None, item.due_at.timestamp() if item.due_at else 0, item.kind, item.pk


def _from(rows: QuerySet[Any], column: str, kind: str, place: Place | None, *, reverse: bool) -> QuerySet[Any]:
    """The rows of one kind beyond a place, in the inbox's order: by due time, those without one last."""
    due = F(column)
    order = (due.desc(nulls_first=True), "-pk") if reverse else (due.asc(nulls_last=True), "pk")
    rows = rows.order_by(*order)
    if place is None:
        return rows
    at, other, pk = place
    side = "lt" if reverse else "gt"
    beyond = kind < other if reverse else kind > other
    here = Q(**{f"pk__{side}": pk}) if kind == other else Q() if beyond else Q(pk__in=())
    if at is None:
        none = Q(**{f"{column}__isnull": True})
        return rows.filter(~none | (none & here) if reverse else none & here)
    found = Q(**{f"{column}__{side}": at}) | (Q(**{column: at}) & here)
    return rows.filter(found if reverse else found | Q(**{f"{column}__isnull": True}))


def write_cursor(place: Place, *, reverse: bool) -> str:
    at, kind, pk = place
    return signing.dumps([at.isoformat() if at else None, kind, pk, reverse], salt=SALT)


def read_cursor(text: str) -> tuple[bool, Place | None]:
    try:
        at, kind, pk, reverse = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError):
        return False, None
    return reverse, (parse_datetime(at) if at else None, kind, pk)
