"""A message as its writer laid it out, and the mail as it came."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from subscribers.requests import SignedInRequest
from tickets.files import safe_file_name
from tickets.mail.original import Original, original_of
from tickets.mail.reading import shown
from tickets.models import InboundMail, Mailbox, Message, Ticket

# Nothing runs, nothing is sent, nothing is fetched but pictures. `allow-same-origin` is harmless without scripts: by it
# the page can measure its frame, and pictures at our addresses come with the reader's session.
SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
POLICY = (
    "default-src 'none'; img-src 'self' data:{}; style-src 'unsafe-inline'; font-src 'self'; base-uri 'none'; "
    f"form-action 'none'; frame-ancestors 'self'; sandbox {SANDBOX}"
)


@require_safe
def message_html(request: SignedInRequest, pk: int, message_pk: int) -> HttpResponse:
    """The frame's document. `?images=1`: with the pictures that lie on other servers."""
    message = _message(request, pk, message_pk)
    if not message.html:
        raise Http404
    with_remote = request.GET.get("images") == "1"
    pictures = {
        file.content_id: reverse("attachment", args=[pk, file.token])
        for file in message.attachments.exclude(content_id="").exclude(picture_type="")
    }
    found = shown(message.html, pictures=pictures, with_remote=with_remote)
    response = render(request, "tickets/message_frame.html", {"shown": found})
    response.headers["Content-Security-Policy"] = POLICY.format(" https:" if with_remote else "")
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@require_safe
def message_original(request: SignedInRequest, pk: int, message_pk: int) -> HttpResponse:
    """How the mail was read, and its source."""
    message, original = _original(request, pk, message_pk)
    context = {"ticket": message.ticket, "message": message, "original": original, "nav": "tickets"}
    return render(request, "tickets/original.html", context)


@require_safe
def message_source(request: SignedInRequest, pk: int, message_pk: int) -> HttpResponse:
    """The mail's own bytes, as a file."""
    message, original = _original(request, pk, message_pk)
    return source_file(original.raw, message.ticket.subject)


def source_file(raw: bytes, subject: str) -> HttpResponse:
    """A mail to be saved; nothing opens it in the browser."""
    name = safe_file_name(f"{subject[:100]}.eml".replace("/", "-"))
    response = HttpResponse(raw, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _message(request: SignedInRequest, pk: int, message_pk: int) -> Message:
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)
    return get_object_or_404(Message.objects.select_related("ticket__store"), pk=message_pk, ticket=ticket)


def _original(request: SignedInRequest, pk: int, message_pk: int) -> tuple[Message, Original]:
    """For those who answer for the store's mail: a raw mail holds more than its ticket shows."""
    message = _message(request, pk, message_pk)
    mine = InboundMail.objects.filter(mailbox__in=Mailbox.objects.led_by(request.user))
    inbound = get_object_or_404(mine.select_related("mailbox"), message=message)
    return message, original_of(inbound)
