"""The page of an alert, and its parts as they change."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from subscribers.requests import SignedInRequest
from subscribers.selectors import subscription_cards
from success.alert_page import alert_parts
from success.forms import NoteForm
from success.models import Alert
from success.permissions import may_work_alerts
from success.selectors import owners


def load_alert(request: SignedInRequest, pk: int) -> Alert:
    """The alert, where the person may see it; else 404."""
    alerts = Alert.objects.visible_to(request.user).select_related("store", "subscriber", "owner")
    return get_object_or_404(alerts, pk=pk)


@require_safe
def alert_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The whole page; for the page's own htmx (`?part=live`) only what may have changed."""
    alert = load_alert(request, pk)
    context = live_context(request, alert)
    if request.GET.get("part") == "live":
        response = render(request, "success/detail.html#live", context)
    else:
        cards = subscription_cards(alert.subscriber) if alert.subscriber else []
        context |= {"note_form": NoteForm(), "cards": cards, "nav": "alerts"}
        response = render(request, "success/detail.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def live_context(request: SignedInRequest, alert: Alert) -> dict[str, Any]:
    may_work = may_work_alerts(request.user, alert.store_id)
    return {
        "alert": alert,
        "subscriber": alert.subscriber,
        "may_work": may_work,
        "may_act": may_work and alert.is_live,
        "owners": list(owners(alert.store)) if may_work else [],
        "is_mine": alert.owner_id == request.user.pk,
        **alert_parts(alert, request.user),
    }
