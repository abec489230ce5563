"""The list of subscribers, and the page of one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from subscribers.asking.selectors import to_decide
from subscribers.directory import VIEWS, View, entries, subscribers_of_view
from subscribers.filters import SubscriberFilter
from subscribers.history import history
from subscribers.models import Subscriber
from subscribers.paging import page_of
from subscribers.requests import SignedInRequest
from subscribers.seams import cells_of, columns
from subscribers.selectors import subscription_cards


@require_safe
def subscriber_list(request: SignedInRequest) -> HttpResponse:
    """Whom the store serves, by view, filter (as in the REST interface) and words."""
    words = request.GET.get("q", "").strip()
    view = _chosen(request)
    people = subscribers_of_view(view.key, request.user)
    filters = SubscriberFilter(request.GET, queryset=people, request=request)
    if set(request.GET) & set(filters.filters):
        people = filters.qs if filters.is_valid() else people.none()
    page = page_of(people, request)
    context = {
        "views": [(one, one == view) for one in VIEWS],
        "view": view,
        "words": words,
        "errors": filters.errors,
        "page": page,
        "entries": (rows := entries(page.rows)),
        "rows": list(zip(rows, cells_of([person.pk for person in page.rows]), strict=True)),
        "columns": [(column, request.GET.get(column.key, "")) for column in columns()],
        "to_decide": to_decide(request.user),
        "nav": "subscribers",
    }
    template = "subscribers/list.html#rows" if request.htmx.target == "subscriber-rows" else "subscribers/list.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _chosen(request: SignedInRequest) -> View:
    wanted = request.GET.get("view")
    return next((view for view in VIEWS if view.key == wanted), VIEWS[0])


@require_safe
def subscriber_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that is known of one subscriber; panels of service and success come by their addresses."""
    people = Subscriber.objects.visible_to(request.user).select_related("store", "merged_into")
    subscriber = get_object_or_404(people, pk=pk)
    lines, has_more = history(subscriber)
    cards = subscription_cards(subscriber)
    context = {
        "subscriber": subscriber,
        "cards": cards,
        "boxes": [(card, box) for card in cards for box in card.boxes],
        "events": lines,
        "has_more_events": has_more,
        "consents": list(subscriber.consents.order_by("channel", "category")),
        "identities": list(subscriber.identities.order_by("provider")),
        "nav": "subscribers",
    }
    return render(request, "subscribers/detail.html", context)
