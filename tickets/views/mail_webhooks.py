"""Where mail services post. The address holds a secret of the account; most services sign besides."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tickets.mail import webhooks
from tickets.mail.webhook_posts import Malformed, Post, TooLarge
from tickets.models import MailAccount

STATUS = {webhooks.Unproved: 403, Malformed: 400, TooLarge: 413, webhooks.TryAgain: 503}


@csrf_exempt
@login_not_required
@require_http_methods(["HEAD", "POST"])
def mails(request: HttpRequest, service: str, token: str) -> HttpResponse:
    """200 only where every mail of the post is stored."""
    return _taken(request, service, token, webhooks.take_mails)


@csrf_exempt
@login_not_required
@require_http_methods(["HEAD", "POST"])
def events(request: HttpRequest, service: str, token: str) -> HttpResponse:
    return _taken(request, service, token, webhooks.take_events)


def _taken(request: HttpRequest, service: str, token: str, take: Callable[[MailAccount, Post], object]) -> HttpResponse:
    account = webhooks.account_of(service, token)
    if account is None:
        raise Http404
    if request.method == "HEAD":  # some services look whether there is somebody
        return HttpResponse()
    try:
        take(account, Post(request))
    except webhooks.NotYet as early:
        return HttpResponse(str(early), status=503, headers={"Retry-After": "60"}, content_type="text/plain")
    except tuple(STATUS) as refused:
        words = str(refused) or "The post is larger than mails may be."
        webhooks.note_failure(account, words)
        answer = HttpResponse(words, status=STATUS[type(refused)], content_type="text/plain; charset=utf-8")
        answer._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the address, which is secret
        return answer
    return HttpResponse("stored\n", content_type="text/plain")
