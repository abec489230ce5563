"""The alert queue: a list that is worked like an inbox, and what is done on what is chosen in it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from subscribers.keyset import keyset_page
from subscribers.requests import SignedInRequest
from success.filters import AlertFilter
from success.menus import filter_menus, other_filters
from success.models import Alert
from success.queue import VIEWS, View, alerts_of_view, reason_counts, team_load, view_counts
from success.ranking import ORDER_IN_WORDS
from success.selectors import for_row, rows_of

# By the id of the element that asks.
PARTS = {"alert-rows": "success/list.html#rows", "alert-views": "success/list.html#heads"}


@require_safe
def alert_list(request: SignedInRequest, nav: str = "alerts", default: str = "open") -> HttpResponse:
    """Who is at risk, the most pressing first, by view and filter (as in the REST interface).

    Rows come without counts, which touch every live alert and are asked for less often.
    """
    part = request.htmx.target
    view, rows, filters = asked_rows(request.GET, request, default)
    context: dict[str, Any] = {"view": view, "words": request.GET.get("q", "").strip(), "errors": filters.errors}
    context["is_filtered"] = any(request.GET.get(name) for name in filters.filters if name != "ordering")
    if part != "alert-views":
        page = keyset_page(for_row(rows), request)
        total = rows.order_by().count() if page.next or page.previous else len(page.rows)
        context |= {"page": page, "rows": rows_of(page.rows, request.user), "total": total}
        context["may_work_any"] = any(row.may_work for row in context["rows"])
    if part != "alert-rows":
        context |= _heads(request, view, nav)
    response = render(request, PARTS.get(part or "", "success/list.html"), context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def asked_rows(
    asked: QueryDict, request: SignedInRequest, default: str = "open"
) -> tuple[View, QuerySet[Alert], AlertFilter]:
    """The view that is asked for, its alerts as filtered and ordered, and the filters; no alert where one is wrong."""
    by_key = {view.key: view for view in VIEWS}
    view = by_key.get(asked.get("view") or default) or by_key[default]
    rows = ordered = alerts_of_view(view.key, request.user)
    filters = AlertFilter(asked, queryset=rows, request=request)
    if not filters.is_valid():
        return view, rows.none(), filters
    if set(asked) & set(filters.filters):
        rows = filters.qs if asked.get("ordering") else filters.qs.order_by(*ordered.query.order_by)
    return view, rows, filters


def _heads(request: SignedInRequest, view: View, nav: str) -> dict[str, Any]:
    """Views with their counts, menus, and the team's load."""
    counts = view_counts(request.user)
    loads = team_load(request.user, of_nobody=counts["unassigned"])
    people = sorted((load.person for load in loads if load.person), key=str)
    ordering = request.GET.get("ordering") or ("" if view.key in ("snoozed", "closed") else "rank")
    return {
        "views": [(one, counts.get(one.key), one == view) for one in VIEWS],
        "menus": filter_menus(
            request.GET, request.user, people=people, reasons=reason_counts(request.user), ordering=ordering
        ),
        "other_filters": other_filters(request.GET),
        "loads": loads,
        "order_words": ORDER_IN_WORDS if ordering == "rank" else "",
        "may_even_out": len(people) > 1,
        "owner": request.GET.get("owner", ""),
        "nav": nav,
        "nav_counts": {nav: counts["mine" if nav == "inbox" else "open"]},
    }
