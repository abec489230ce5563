"""The inbox and the list of tickets: one look, two sets of views, and the lists that people keep."""

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from subscribers.keyset import keyset_page
from subscribers.requests import SignedInRequest
from tickets import columns
from tickets.fields.selectors import labels_of, show_values
from tickets.list_query import read, view_of
from tickets.listing import INBOX_VIEWS, LIST_VIEWS, View, for_list, tickets_of_view, view_counts
from tickets.menus import changed, column_menu, filter_menus, other_filters
from tickets.models import SavedView
from tickets.saved_views.asking import is_told, kept, missing, present
from tickets.saved_views.selectors import changeable_by, personal
from tickets.search.offering import unknown

# By the id of the element that asks.
PARTS = {"ticket-rows": "tickets/_rows.html", "ticket-views": "tickets/_views.html"}


@require_safe
def inbox(request: SignedInRequest) -> HttpResponse:
    """What waits for the person who looks: theirs, nobody's, and what is due soon."""
    view = view_of(request.GET, INBOX_VIEWS)
    context: dict[str, Any] = {
        "view": view,
        "title": _("Inbox"),
        "nav": "inbox",
        "shows": columns.of(columns.DEFAULT),
        "query_text": request.GET.urlencode(),
    }
    if request.htmx.target != "ticket-views":
        page = keyset_page(for_list(tickets_of_view(view.key, request.user)), request)
        context |= {"page": page, "tickets": page.rows}
    return _answer(request, INBOX_VIEWS, context)


@require_safe
def ticket_list(request: SignedInRequest) -> HttpResponse:
    """Every ticket that the person may see, by view, filter (as in the REST interface) and words."""
    if not request.GET and not request.htmx:
        first = personal(request.user, counting=False).first
        if first is not None and SavedView.objects.visible_to(request.user).filter(pk=first).exists():
            return redirect("saved-view", pk=first)
    return _list(request, request.GET, None)


@require_safe
def saved_view(request: SignedInRequest, pk: int) -> HttpResponse:
    """A list that somebody keeps; what the address asks takes the place of what is kept."""
    saved = SavedView.objects.visible_to(request.user).select_related("queue", "store").filter(pk=pk).first()
    if saved is None:
        raise Http404
    return _list(request, request.GET if is_told(request.GET) else QueryDict(saved.query), saved)


def _list(request: SignedInRequest, address: QueryDict, saved: SavedView | None) -> HttpResponse:
    part, query = request.htmx.target, read(address, request.user)
    own = personal(request.user, counting=part != "ticket-rows")
    context: dict[str, Any] = {
        "own_counts": own.counts,
        "view": query.view,
        "saved": saved,
        "title": saved.name if saved else _("Tickets"),
        "nav": "tickets",
        "words": query.words,
        "without_words": changed(address, "q", ""),
        "problems": [*query.asked.problems, *unknown(query.asked.search.unknown)] if query.asked else [],
        "errors": query.errors,
        "is_filtered": query.is_filtered,
        "query_text": address.urlencode(),
    }
    if part != "ticket-views":
        page = query.page(request)
        shows = query.columns
        if not request.GET.get("columns"):
            kept_columns = own.columns.get(saved.pk if saved else query.view.key)
            shows = columns.chosen(kept_columns) if kept_columns else shows
        own_columns = columns.own_of(shows)
        labels = labels_of(own_columns, request.user) if own_columns else {}
        if own_columns:
            show_values(page.rows)
        context |= {"page": page, "tickets": page.rows, "shows": columns.of(shows, labels)}
    if part not in PARTS:
        menus, fields = filter_menus(address, request.user)
        context |= {
            "menus": menus,
            "other_filters": other_filters(address),
            "column_choices": column_menu(shows, fields),
            "present": present(address, columns.written(shows)),
        }
        if saved is not None:
            context |= _of_saved(request, saved, address, context["present"])
    return _answer(request, LIST_VIEWS, context)


def _of_saved(request: SignedInRequest, saved: SavedView, address: QueryDict, now: str) -> dict[str, Any]:
    """Whether it shows something else than what is kept, and what of that is gone."""
    may_change = changeable_by(request.user).filter(pk=saved.pk).exists()
    asks_otherwise = kept(address, columns=False) != kept(QueryDict(saved.query), columns=False)
    return {
        "may_change": may_change,
        "is_changed": asks_otherwise or (may_change and now != saved.query),
        "missing": missing(address, request.user),
    }


def _answer(request: SignedInRequest, views: tuple[View, ...], context: dict[str, Any]) -> HttpResponse:
    """The whole page, or the part of it that asks for itself again when a ticket changed.

    Rows come without counts, which touch every unresolved ticket and are asked for less often.
    """
    part = request.htmx.target or ""
    if part != "ticket-rows":
        counts = view_counts(views, request.user) | context.get("own_counts", {})
        here = None if context.get("saved") else context["view"]
        context["views"] = [(one, counts.get(one.key), one == here) for one in views]
        context["nav_counts"] = {context["nav"]: counts.get(views[0].key)}
    return render(request, PARTS.get(part, "tickets/list.html"), context)
