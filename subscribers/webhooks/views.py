"""The doors for webhooks: no session, no log-in, no cookie; whoever signs rightly may come in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from subscribers.enums import Provider
from subscribers.webhooks.intake import MAX_BYTES, admit, store
from subscribers.webhooks.work import hint


@csrf_exempt
@login_not_required
@require_POST
def webhook(request: HttpRequest, provider: Provider, shop: str = "") -> HttpResponse:
    """200 once it is stored, also for a second time; 401 without a signature of somebody whom we know."""
    body = _body(request)
    if body is None:
        return HttpResponse(status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    delivery = admit(provider, headers, body, shop)
    if delivery is None:
        return HttpResponse(status=401)
    store([delivery])
    hint()
    return HttpResponse(status=200)


def _body(request: HttpRequest) -> bytes | None:
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return None
    if length > MAX_BYTES:
        return None
    body = request.read(MAX_BYTES + 1)
    return body if len(body) <= MAX_BYTES else None
