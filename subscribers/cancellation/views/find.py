"""Ways in without a link: by mail address, and the statutory page. Open to everybody, for good."""

import uuid
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from subscribers.cancellation import links
from subscribers.cancellation.forms import DeclarationForm, FindForm
from subscribers.cancellation.letters import receipt_facts
from subscribers.cancellation.policies import policy_at, rules_in
from subscribers.cancellation.speech import zone_of
from subscribers.cancellation.statutory import Declaration, take_declaration
from subscribers.cancellation.views.public import explain, place_of, public, read_or_explain, store_of
from subscribers.errors import Refused
from subscribers.models import Store
from subscribers.models.cancellation import CancellationSession, LinkRequest
from subscribers.tokens import Purpose

MOST_DECLARATIONS = 60  # an hour and place


@public
def find(request: HttpRequest) -> HttpResponse:
    """Asks for the mail address; the link comes by mail. The answer never tells whether somebody is known."""
    store = store_of(request)
    if store is not None and request.method != "POST" and rules_in(policy_at(store, store.country)).is_statutory:
        # Where the law wants the final button without any mail between.
        return redirect(f"{reverse('cancel-statutory')}?store={store.key}")
    form = FindForm(request.POST or None)
    error = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            links.ask_for_link(
                address=said["email"], order_number=said["order_number"], store=store, asked_from=place_of(request)
            )
            return redirect("cancel-sent")
        except Refused as refused:
            error = gettext(refused.message)
    status = 429 if error else 422 if form.is_bound else 200
    return render(request, "cancel/find.html", context_of(store) | {"form": form, "error": error}, status=status)


@public
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "cancel/sent.html", context_of(store_of(request)))


def context_of(store: Store | None) -> dict[str, Any]:
    return {"store": store, "language": translation.get_language(), "is_demo": settings.DEMO}


@public
def statutory(request: HttpRequest) -> HttpResponse:
    """Germany's page: the statutory fields and the final button, no log-in, nothing in between."""
    store = store_of(request)
    chosen = request.GET.get("lang") or request.POST.get("lang") or "de"
    with translation.override(chosen if chosen in ("de", "en", "es") else "de"):
        rules = rules_in(policy_at(store, "DE"))
        zone = zone_of(None, store) if store else ZoneInfo("Europe/Berlin")
        form = DeclarationForm(request.POST or None, zone=zone, initial={"key": new_key()})
        context = context_of(store) | {"form": form, "rules": rules, "stores": stores_to_choose(store)}
        if request.method == "POST" and form.is_valid() and store is not None:
            if too_many(request):
                return render(request, "cancel/statutory.html", context | {"too_many": True}, status=429)
            return declare(request, form.declaration(), store, form.cleaned_data["key"], "DE")
        missing = request.method == "POST" and store is None
        status = 422 if form.is_bound else 200
        return render(request, "cancel/statutory.html", context | {"store_missing": missing}, status=status)


@public
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """What was declared, when, and its reference: to print, to keep, and to come back to."""
    found = read_or_explain(request, Purpose.RECEIPT, token)
    if isinstance(found, HttpResponse):
        return found
    sessions = CancellationSession.objects.select_related(
        "store", "subscriber__store", "subscription__product", "subscription__subscriber__store", "subscription__store"
    )
    session = sessions.filter(pk=found).first()
    if session is None:
        return explain(request)
    with translation.override(session.language):
        context = context_of(session.store) | receipt_facts(session)
        # Who declared without a link learns nothing here that they did not say themselves.
        context["is_declared"] = bool(session.statement)
        return render(request, "cancel/receipt.html", context)


def declare(request: HttpRequest, declaration: Declaration, store: Store, key: str, country: str) -> HttpResponse:
    session = take_declaration(
        declaration,
        store=store,
        key=f"page:{key}"[:200],
        language=translation.get_language() or "en",
        country=country,
    )
    LinkRequest.objects.create(
        store=store, address=declaration.email[:254], asked_from=place_of(request), answered_at=timezone.now()
    )
    return redirect(links.receipt_path(session))


def too_many(request: HttpRequest) -> bool:
    since = timezone.now() - timedelta(hours=1)
    place = place_of(request)
    return (
        bool(place) and LinkRequest.objects.filter(asked_from=place, asked_at__gte=since).count() >= MOST_DECLARATIONS
    )


def new_key() -> str:
    return uuid.uuid4().hex


def stores_to_choose(store: Store | None) -> list[Store]:
    """To choose from, where the address does not say whose contract it is."""
    return [] if store else list(Store.objects.order_by("name"))
