"""What every page without a log-in shares: whose language it speaks, and that nothing keeps or indexes it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers import tokens
from subscribers.cancellation.speech import LANGUAGES, known_language
from subscribers.models import Store
from subscribers.tokens import BadLink, Expired, Purpose

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """A page for whoever has its address.

    Without the check against forged requests: what the pages do needs the secret of their own address, or nothing that
    a stranger could not do as well; and it has to work where cookies do not.
    """

    @wraps(view)
    def respond(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(browser_language(request)):
            response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return login_not_required(csrf_exempt(never_cache(require_http_methods(["GET", "HEAD", "POST"])(respond))))


def browser_language(request: HttpRequest) -> str:
    chosen = request.GET.get("lang") or request.POST.get("lang") or ""
    return known_language(chosen) if chosen[:2] in LANGUAGES else known_language(_accepted(request))


def _accepted(request: HttpRequest) -> str:
    return translation.get_language_from_request(request)


def store_of(request: HttpRequest) -> Store | None:
    """Whose page it is: as named in the address, by the host, or the only one there is."""
    key = (request.GET.get("store") or request.POST.get("store") or "")[:60]
    if key and (store := Store.objects.filter(key=key).first()):
        return store
    if store := Store.objects.filter(domain__iexact=request.get_host().partition(":")[0]).first():
        return store
    stores = list(Store.objects.order_by("pk")[:2])
    return stores[0] if len(stores) == 1 else None


def place_of(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None


def read_or_explain(request: HttpRequest, purpose: Purpose, token: str) -> int | HttpResponse:
    """What the link is for; else the page that explains what is wrong with it and offers a new one."""
    try:
        return tokens.read(purpose, token)
    except Expired:
        return explain(request, is_expired=True, can_resend=purpose == Purpose.CANCEL)
    except BadLink:
        return explain(request)


def explain(request: HttpRequest, *, is_expired: bool = False, can_resend: bool = False) -> HttpResponse:
    context = {
        "is_expired": is_expired,
        "can_resend": can_resend,
        "store": store_of(request),
        "language": translation.get_language(),
    }
    return render(request, "cancel/bad_link.html", context, status=410 if is_expired else 404)
