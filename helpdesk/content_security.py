"""What a browser may load and run on our pages: the last wall, should a stranger's markup ever reach one.

Django has this built in from 6.0 on. A view with a policy of its own (a message's frame, an attachment) keeps it.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"


def policy(**changes: str) -> str:
    """The product's policy, some of its directives (`script_src`) replaced."""
    directives = {
        "default_src": "'self'",
        "script_src": "'self'",
        "style_src": "'self'",
        "img_src": "'self' data:",
        "object_src": "'none'",
        "base_uri": "'none'",
        "form_action": "'self'",
        "frame_ancestors": "'self'",
    }
    return "; ".join(f"{name.replace('_', '-')} {value}" for name, value in {**directives, **changes}.items())


STRICT = policy()
# Unfold's Alpine evaluates expressions, and its templates and Django's own widgets hold scripts and styles.
ADMIN = policy(script_src="'self' 'unsafe-inline' 'unsafe-eval'", style_src="'self' 'unsafe-inline'")
# Swagger UI sets styles in markup.
DOCS = policy(style_src="'self' 'unsafe-inline'")


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Every answer carries a policy: the strict one, apart from pages that others wrote."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_debug_page = settings.DEBUG and response.status_code >= 400  # Django's own, with inline styles
        if HEADER not in response.headers and not is_debug_page:
            response.headers[HEADER] = _policy_for(request)
        return response

    return respond


def _policy_for(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is not None and "admin" in match.app_names:
        return ADMIN
    return DOCS if match is not None and match.view_name == "api:docs" else STRICT
