"""The first page: each person's own work. It alone knows of both teams' pages."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from subscribers.requests import SignedInRequest
from success.permissions import halves_of
from success.views.inbox import inbox as both
from success.views.queue import alert_list
from tickets.views.lists import inbox as tickets_alone


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """One inbox of tickets and alerts for one team, and for who leads two; else the person's own half."""
    tickets, alerts = halves_of(request.user)
    if tickets and alerts:
        return both(request)
    return alert_list(request, nav="inbox", default="mine") if alerts else tickets_alone(request)
