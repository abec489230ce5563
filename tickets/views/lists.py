"""The inbox and the list of tickets: one look, two sets of views."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from subscribers.keyset import keyset_page
from subscribers.requests import SignedInRequest
from tickets import columns
from tickets.list_query import read, view_of
from tickets.listing import INBOX_VIEWS, LIST_VIEWS, View, for_list, tickets_of_view, view_counts
from tickets.menus import filter_menus, other_filters

# By the id of the element that asks.
PARTS = {"ticket-rows": "tickets/_rows.html", "ticket-views": "tickets/_views.html"}


@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """What waits for the person who looks: theirs, nobody's, and what is due soon."""
    view = view_of(request.GET, INBOX_VIEWS)
    context: dict[str, Any] = {"view": view, "title": _("Inbox"), "nav": "inbox", "shows": columns.DEFAULT}
    if request.htmx.target != "ticket-views":
        page = keyset_page(for_list(tickets_of_view(view.key, request.user)), request)
        context |= {"page": page, "tickets": page.rows}
    return _answer(request, INBOX_VIEWS, context)


@require_safe
def ticket_list(request: SignedInRequest) -> HttpResponse:
    """Every ticket that the person may see, by view, filter (as in the REST interface) and words."""
    part, query = request.htmx.target, read(request.GET, request.user)
    context: dict[str, Any] = {
        "view": query.view,
        "title": _("Tickets"),
        "nav": "tickets",
        "words": query.words,
        "problems": query.asked.problems if query.asked else [],
        "errors": query.errors,
        "is_filtered": query.is_filtered,
        "shows": query.columns,
    }
    if part != "ticket-views":
        page = query.page(request)
        context |= {"page": page, "tickets": page.rows}
    if part not in PARTS:
        context |= {"menus": filter_menus(request.GET, request.user), "other_filters": other_filters(request.GET)}
    return _answer(request, LIST_VIEWS, context)


def _answer(request: SignedInRequest, views: tuple[View, ...], context: dict[str, Any]) -> HttpResponse:
    """The whole page, or the part of it that asks for itself again when a ticket changed.

    Rows come without counts, which touch every unresolved ticket and are asked for less often.
    """
    part = request.htmx.target or ""
    if part != "ticket-rows":
        counts = view_counts(views, request.user)
        context["views"] = [(one, counts.get(one.key), one == context["view"]) for one in views]
        context["nav_counts"] = {context["nav"]: counts.get(views[0].key)}
    return render(request, PARTS.get(part, "tickets/list.html"), context)
