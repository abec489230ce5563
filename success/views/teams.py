"""The setting of one team or two, and the note that suggests two."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from subscribers.enums import Role, TeamMode
from subscribers.errors import Refused
from subscribers.models import Membership
from subscribers.requests import SignedInRequest
from success import split

CHOICES = (
    (TeamMode.ONE, "inbox", "One team", "Tickets and alerts stand together in one inbox, by when they are due."),
    (
        TeamMode.TWO,
        "users",
        "Two teams",
        "Agents have tickets, success managers alerts: inboxes, permissions and load of their own, with hand-over "
        "between them. Leads and administrators see both.",
    ),
)


def team_mode(request: SignedInRequest) -> HttpResponse:
    """One choice for each store that the person leads."""
    stores = list(split.led_by(request.user).order_by("name"))
    if not stores:
        raise PermissionDenied(gettext("Leads and administrators arrange the teams of a store."))
    if request.method == "POST":
        store = next((one for one in stores if str(one.pk) == request.POST.get("store")), None)
        mode = request.POST.get("mode", "")
        if store is None or mode not in TeamMode.values:
            messages.error(request, gettext("Choose one team or two."))
        else:
            split.set_team_mode(store, TeamMode(mode), actor=request.user)
            messages.success(request, f"{store}: {TeamMode(mode).label.lower()}")
        return redirect("team-mode")
    members = Membership.objects.filter(store__in=stores, user__is_active=True).select_related("user")
    by_role: dict[tuple[int, str], list[str]] = {}
    for one in members.order_by("user__name"):
        by_role.setdefault((one.store_id, one.role), []).append(str(one.user))
    rows = [
        (store, [(role.label, by_role.get((store.pk, role), [])) for role in Role], split.is_large(store))
        for store in stores
    ]
    return render(request, "success/teams.html", {"rows": rows, "choices": CHOICES, "many": split.MANY, "nav": "team"})


@require_POST
def dismiss(request: SignedInRequest, pk: int) -> HttpResponse:
    store = get_object_or_404(split.led_by(request.user), pk=pk)
    try:
        split.dismiss(store, actor=request.user)
    except Refused as error:
        messages.error(request, error.message)
    return HttpResponse() if request.htmx else redirect("inbox")
