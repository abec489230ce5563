"""The language in which somebody who works here reads the product: their own choice, else their browser's."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from subscribers.cancellation.speech import known_language

# Each by its own name, in every language.
NAMES = {"en": "English", "de": "Deutsch", "es": "Español"}
COOKIE_SECONDS = 365 * 86_400
COOKIE = "helpdesk_language"
# What machines read stays English; a subscriber's page chooses the subscriber's language itself.
FOR_MACHINES = ("/api/", "/healthz", "/readyz")


def reader_language(request: HttpRequest) -> str:
    """One of `NAMES`. Before somebody signs in, what was last chosen in this browser counts."""
    if request.path.startswith(FOR_MACHINES):
        return "en"
    chosen = getattr(request.user, "language", "") or request.COOKIES.get(COOKIE, "")
    return chosen if chosen in NAMES else known_language(translation.get_language_from_request(request))


def own_language(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        language = reader_language(request)
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language",))
        return response

    return respond


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the choice, an empty one for the browser's, and goes back to the page it was made on."""
    language = request.POST.get("language", "")
    if language and language not in NAMES:
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if is_ours else resolve_url("inbox"))
    if language:
        response.set_cookie(COOKIE, language, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True)
    else:
        response.delete_cookie(COOKIE)
    return response
