"""The alert queue."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from subscribers.paging import page_of
from subscribers.requests import SignedInRequest
from success.enums import FactKind
from success.filters import AlertFilter
from success.permissions import stores_to_work
from success.selectors import VIEWS, View, alerts_of_view, for_row, row_of, view_counts


@require_safe
def alert_list(request: SignedInRequest) -> HttpResponse:
    """Who is at risk, the most pressing first, by view and filter (as in the REST interface)."""
    view = _chosen(request)
    rows = ordered = alerts_of_view(view.key, request.user)
    filters = AlertFilter(request.GET, queryset=rows, request=request)
    if set(request.GET) & set(filters.filters):
        rows = filters.qs if filters.is_valid() else rows.none()
        if not request.GET.get("ordering"):
            rows = rows.order_by(*ordered.query.order_by)
    page = page_of(for_row(rows), request)
    workable = set(stores_to_work(request.user).values_list("pk", flat=True))
    counts = view_counts(request.user)
    context = {
        "views": [(one, counts.get(one.key), one == view) for one in VIEWS],
        "view": view,
        "reasons": FactKind.choices,
        "reason": request.GET.get("reason", ""),
        "errors": filters.errors,
        "page": page,
        "rows": [row_of(alert, workable) for alert in page.rows],
        "nav": "alerts",
        "nav_counts": {"alerts": counts["open"]},
    }
    template = "success/list.html#live" if request.htmx.target == "alert-rows" else "success/list.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _chosen(request: SignedInRequest) -> View:
    wanted = request.GET.get("view")
    return next((view for view in VIEWS if view.key == wanted), VIEWS[0])
