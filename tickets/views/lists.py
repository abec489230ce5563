"""The inbox and the list of tickets: one look, two sets of views."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from subscribers.requests import SignedInRequest
from tickets.filters import TicketFilter
from tickets.models import Ticket
from tickets.selectors import (
    INBOX_VIEWS,
    LIST_VIEWS,
    View,
    for_list,
    search,
    tickets_of_view,
    view_counts,
)

PAGE = 50


def inbox(request: SignedInRequest) -> HttpResponse:
    """What waits for the person who looks: theirs, nobody's, and what is due soon."""
    view = _chosen(request, INBOX_VIEWS)
    rows = tickets_of_view(view.key, request.user)
    return _list(request, INBOX_VIEWS, view, rows, title="Inbox", nav="inbox")


def ticket_list(request: SignedInRequest) -> HttpResponse:
    """Every ticket that the person may see, by view, filter (as in the REST interface) and words."""
    words = request.GET.get("q", "").strip()
    view = _chosen(request, LIST_VIEWS, default="all" if words else "open")
    rows = tickets_of_view(view.key, request.user)
    filters = TicketFilter(request.GET, queryset=rows, request=request)
    if set(request.GET) & set(filters.filters):
        rows = filters.qs if filters.is_valid() else rows.none()
        if not request.GET.get("ordering"):
            rows = rows.order_by(*tickets_of_view(view.key, request.user).query.order_by)
    if words:
        rows = search(rows, words)
    return _list(request, LIST_VIEWS, view, rows, title="Tickets", nav="tickets", words=words, errors=filters.errors)


def _chosen(request: SignedInRequest, views: tuple[View, ...], default: str = "") -> View:
    wanted = request.GET.get("view") or default
    return next((view for view in views if view.key == wanted), views[0])


def _list(
    request: SignedInRequest, views: tuple[View, ...], view: View, rows: QuerySet[Ticket], **context: Any
) -> HttpResponse:
    number = _page_number(request)
    # One row more than a page tells whether there is another, without counting a million.
    found = list(for_list(rows)[(number - 1) * PAGE : number * PAGE + 1])
    counts = view_counts(views, request.user)
    context |= {
        "views": [(one, counts.get(one.key), one == view) for one in views],
        "view": view,
        "tickets": found[:PAGE],
        "number": number,
        "has_next": len(found) > PAGE,
        "first": (number - 1) * PAGE + 1,
        "nav_counts": {context["nav"]: counts.get(views[0].key)},
    }
    template = "tickets/list.html#rows" if request.htmx.target == "ticket-rows" else "tickets/list.html"
    return render(request, template, context)


def _page_number(request: SignedInRequest) -> int:
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), 10_000) if text.isdecimal() and len(text) < 9 else 1
