"""The inbox and the list of tickets: one look, two sets of views."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from subscribers.paging import page_of
from subscribers.requests import SignedInRequest
from tickets.filters import TicketFilter
from tickets.listing import INBOX_VIEWS, LIST_VIEWS, View, for_list, tickets_of_view, view_counts
from tickets.menus import filter_menus, other_filters
from tickets.models import Ticket
from tickets.selectors import search

# By the id of the element that asks.
PARTS = {"ticket-rows": "tickets/_rows.html", "ticket-views": "tickets/_views.html"}


@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """What waits for the person who looks: theirs, nobody's, and what is due soon."""
    view = _chosen(request, INBOX_VIEWS)
    rows = tickets_of_view(view.key, request.user)
    return _list(request, INBOX_VIEWS, view, rows, title="Inbox", nav="inbox")


@require_safe
def ticket_list(request: SignedInRequest) -> HttpResponse:
    """Every ticket that the person may see, by view, filter (as in the REST interface) and words."""
    words = request.GET.get("q", "").replace("\x00", "").strip()
    is_filtered = any(request.GET.get(name) for name in TicketFilter.base_filters if name != "ordering")
    view = _chosen(request, LIST_VIEWS, default="all" if words or is_filtered else "open")
    rows = tickets_of_view(view.key, request.user)
    order = rows.query.order_by
    filters = TicketFilter(request.GET, queryset=rows, request=request)
    if filters.is_valid():
        rows = filters.qs if request.GET.get("ordering") else filters.qs.order_by(*order)
    else:
        rows = rows.none()
    context = {
        "words": words,
        "errors": filters.errors,
        "is_filtered": is_filtered,
        "menus": filter_menus(request.GET, request.user),
        "other_filters": other_filters(request.GET),
    }
    rows = search(rows, words) if words else rows
    return _list(request, LIST_VIEWS, view, rows, title="Tickets", nav="tickets", **context)


def _chosen(request: SignedInRequest, views: tuple[View, ...], default: str = "") -> View:
    wanted = request.GET.get("view") or default
    return next((view for view in views if view.key == wanted), views[0])


def _list(
    request: SignedInRequest, views: tuple[View, ...], view: View, rows: QuerySet[Ticket], **context: Any
) -> HttpResponse:
    """The whole page, or the part of it that asks for itself again when a ticket changed.

    Rows come without counts, which touch every unresolved ticket and are asked for less often.
    """
    part = request.htmx.target
    context["view"] = view
    if part != "ticket-views":
        page = page_of(for_list(rows), request)
        context |= {"page": page, "tickets": page.rows}
    if part != "ticket-rows":
        counts = view_counts(views, request.user)
        context["views"] = [(one, counts.get(one.key), one == view) for one in views]
        context["nav_counts"] = {context["nav"]: counts.get(views[0].key)}
    return render(request, PARTS.get(part or "", "tickets/list.html"), context)
