"""What an address asks of the list of tickets: a view, filters as in the REST interface, words, an order, columns."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from subscribers.errors import Refused
from subscribers.keyset import Page, keys_of, keyset_page, read_cursor, write_cursor
from tickets import columns
from tickets.filters import TicketFilter
from tickets.listing import INBOX_VIEWS, LIST_VIEWS, View, for_list, tickets_of_view
from tickets.models import Ticket
from tickets.search.finding import Asked, Part, ask, matching, newest
from tickets.search.parsing import parse
from tickets.search.showing import mark

FOUND = 30  # rows of a page of search; each shows what was said
FILTERS = tuple(name for name in TicketFilter.base_filters if name not in ("ordering", "q"))


@dataclass(frozen=True)
class ListQuery:
    """An address, read. `rows`: what its view and filters leave, before words; none where `errors` says why."""

    view: View
    rows: QuerySet[Ticket]
    asked: Asked | None
    columns: tuple[str, ...]
    is_filtered: bool
    is_ordered: bool
    errors: dict[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return self.asked.search.text if self.asked else ""

    @property
    def tickets(self) -> QuerySet[Ticket]:
        """All that it asks, in its order; of what words find, the newest thousand."""
        return matching(self.rows, self.asked) if self.asked else self.rows

    def page(self, request: HttpRequest) -> Page[Ticket]:
        if self.asked is None:
            return keyset_page(for_list(self.rows), request)
        if self.is_ordered or self.asked.words is None:
            found = keyset_page(for_list(self.tickets), request, size=FOUND)
        else:
            found = _newest_page(self.rows, self.asked, request)
        mark(found.rows, self.asked.search)
        return found


def read(address: QueryDict, user: AbstractBaseUser, *, views: tuple[View, ...] = LIST_VIEWS) -> ListQuery:
    """Every ticket that the person may see, narrowed; the view `all` where filters or words narrow it already."""
    search = parse(address.get("q", ""))
    # Read now: other packages add filters after this module may have been loaded.
    is_filtered = any(address.get(name) for name in TicketFilter.base_filters if name not in ("ordering", "q"))
    view = view_of(address, views, default="all" if search or is_filtered else "open")
    rows = tickets_of_view(view.key, user)
    order = ("-opened_at", "-pk") if search else rows.query.order_by
    filters = TicketFilter(address, queryset=rows, user=user)
    ordering = bool(address.get("ordering"))
    found = filters.qs if filters.is_valid() else rows.none()
    return ListQuery(
        view=view,
        rows=found if ordering else found.order_by(*order),
        asked=ask(search, user) if search else None,
        columns=columns.chosen(address.get("columns", "")),
        is_filtered=is_filtered,
        is_ordered=ordering,
        errors=dict(filters.errors),
    )


def view_of(address: QueryDict, views: tuple[View, ...], default: str = "") -> View:
    wanted = address.get("view") or default
    known = (*views, *(INBOX_VIEWS if views is LIST_VIEWS else ()))
    return next((view for view in known if view.key == wanted), views[0])


def _newest_page(rows: QuerySet[Ticket], asked: Asked, request: HttpRequest) -> Page[Ticket]:
    """By number, so that nothing but the page's own tickets is read, however many the words find."""
    keys = keys_of(Ticket.objects.order_by("-pk"))
    try:
        reverse, values = read_cursor(request.GET.get("cursor", ""), keys)
    except Refused:
        reverse, values = False, None
    beyond = values[0] if values else None
    part = Part(FOUND + 1, *((None, beyond) if reverse else (beyond, None)))
    numbers = newest(rows, asked, part)
    more = len(numbers) > FOUND
    numbers = numbers[-FOUND:] if reverse else numbers[:FOUND]
    # What the page may show was found among rows that its reader sees.
    some = sorted(for_list(Ticket.objects.filter(pk__in=numbers)), key=lambda ticket: -ticket.pk)
    if not some:
        return Page(some)
    has_next, has_previous = (True, more) if reverse else (more, values is not None)
    return Page(
        some,
        write_cursor(keys, some[-1], reverse=False) if has_next else "",
        write_cursor(keys, some[0], reverse=True) if has_previous else "",
    )
