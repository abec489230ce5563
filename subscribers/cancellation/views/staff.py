"""What colleagues see and do: the panel beside a ticket or a subscriber, the list, and one session."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from subscribers.cancellation import directory, links
from subscribers.cancellation.declarations import cancel_at_once, match
from subscribers.cancellation.enums import Effect, SessionChannel, SessionKind
from subscribers.cancellation.execution import retry
from subscribers.cancellation.panel import panel_rows
from subscribers.cancellation.reasons import choices, reason_of_key
from subscribers.cancellation.sessions import dismiss
from subscribers.enums import ENDED_SUBSCRIPTION
from subscribers.errors import Refused
from subscribers.models import Subscriber, Subscription
from subscribers.models.cancellation import CancellationSession
from subscribers.paging import page_of
from subscribers.requests import SignedInRequest


@require_safe
def panel(request: SignedInRequest, pk: int) -> HttpResponse:
    """A subscriber's cancellations, and cancelling for them; `source`: where the colleague stands, such as T-1042."""
    people = Subscriber.objects.visible_to(request.user).select_related("store")
    subscriber = get_object_or_404(people, pk=pk)
    context = {
        "subscriber": subscriber,
        "rows": panel_rows(subscriber),
        "choices": choices(subscriber.store, "en", f"agent {request.user.pk}"),
        "source": request.GET.get("source", "")[:60],
        "back": request.GET.get("back", ""),
        "part": request.GET.get("part", ""),
    }
    return render(request, "cancel/staff/panel.html", context)


@require_POST
def cancel_for(request: SignedInRequest, pk: int) -> HttpResponse:
    """An agent cancels for the subscriber: the same service, with their name on it."""
    rows = Subscription.objects.visible_to(request.user).select_related("subscriber__store", "store")
    subscription = get_object_or_404(rows, pk=pk)
    said = request.POST
    try:
        session = cancel_at_once(
            subscription,
            channel=SessionChannel.AGENT,
            actor=request.user,
            source=said.get("source", ""),
            reason=reason_of_key(subscription.store, said.get("reason", "")[:60]),
            words=said.get("words", ""),
            effect=Effect(said["effect"]) if said.get("effect") in Effect.values else None,
            kind=SessionKind(said["kind"]) if said.get("kind") in SessionKind.values else SessionKind.ORDINARY,
        )
    except Refused as refused:
        return _answer(request, refused.message, is_error=True)
    return _answer(request, f"Cancelled; the receipt {session.reference} goes to them by mail.")


@require_POST
def act(request: SignedInRequest, pk: int, do: str) -> HttpResponse:
    """Send to the provider again, match a declaration, or say that a mail was no cancellation."""
    session = get_object_or_404(CancellationSession.objects.visible_to(request.user), pk=pk)
    try:
        if do == "retry":
            retry(session, actor=request.user)
            said = "Sent to the provider again."
        elif do == "dismiss":
            dismiss(session, actor=request.user, words=request.POST.get("words", ""))
            said = "Noted: they stay."
        else:
            wanted = request.POST.get("subscription", "")
            rows = Subscription.objects.visible_to(request.user).select_related("subscriber__store", "store")
            subscription = get_object_or_404(rows, pk=int(wanted) if wanted.isdecimal() else 0)
            match(session, subscription, actor=request.user)
            said = f"Matched to {subscription}, and cancelled."
    except Refused as refused:
        return _answer(request, refused.message, is_error=True)
    return _answer(request, said)


def _answer(request: SignedInRequest, said: str, *, is_error: bool = False) -> HttpResponse:
    (messages.error if is_error else messages.success)(request, said)
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    target = back if back and is_ours else reverse("cancellation-list")
    if request.htmx:
        return HttpResponse(status=200, headers={"HX-Redirect": target})
    return redirect(target)


@require_safe
def session_list(request: SignedInRequest) -> HttpResponse:
    """Every session that the person may see: outcome, reason, and what customers said."""
    wanted = request.GET.get("view")
    view = next((one for one in directory.VIEWS if one.key == wanted), directory.VIEWS[0])
    rows = directory.of_view(view.key, request.user)
    filters = directory.SessionFilter(request.GET, queryset=rows, request=request)
    rows = filters.qs if filters.is_valid() else rows.none()
    page = page_of(directory.for_list(rows), request)
    context = {
        "views": [(one, one == view) for one in directory.VIEWS],
        "view": view,
        "page": page,
        "sessions": page.rows,
        "errors": filters.errors,
        "rates": directory.rates(rows.order_by()),
        "reasons": directory.reason_choices(),
        "chosen": request.GET,
        "filters": filters,
        "nav": "subscribers",
    }
    return render(request, "cancel/staff/list.html", context)


@require_safe
def session_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    sessions = directory.for_list(CancellationSession.objects.visible_to(request.user))
    session = get_object_or_404(sessions, pk=pk)
    context: dict[str, Any] = {
        "session": session,
        "events": list(session.events.select_related("actor").order_by("occurred_at", "pk")),
        "shown": list(session.offers_shown.select_related("offer").order_by("position")),
        "mails": list(session.cancellationnotice_set.order_by("pk")),
        "possible": _possible(session, request) if session.is_unmatched else [],
        "link": links.cancel_url(session.subscription) if session.is_open and session.subscription else "",
        "nav": "subscribers",
    }
    return render(request, "cancel/staff/detail.html", context)


def _possible(session: CancellationSession, request: SignedInRequest) -> list[Subscription]:
    """Who may have been meant: the person's own, else whoever has the name or the address, as far as ten."""
    rows = (
        Subscription.objects.visible_to(request.user)
        .filter(store=session.store_id)
        .exclude(status__in=ENDED_SUBSCRIPTION)
        .select_related("subscriber", "product")
        .order_by("-started_at")
    )
    if session.subscriber_id:
        return list(rows.filter(subscriber=session.subscriber_id)[:10])
    statement = session.statement or {}
    words = (request.GET.get("q") or statement.get("name") or "").strip()
    named = rows.filter(subscriber__name__iexact=words) if words else rows.none()
    address = str(statement.get("email", ""))
    return list((named | rows.filter(subscriber__email__iexact=address))[:10])
