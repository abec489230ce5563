"""Files of messages, by an address that cannot be guessed and only to those who see the ticket."""

import uuid

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from subscribers.requests import SignedInRequest
from tickets.files import safe_file_name
from tickets.models import Attachment, Ticket


@require_safe
def attachment(request: SignedInRequest, pk: int, token: uuid.UUID) -> FileResponse:
    """A picture, shown; everything else, and a picture with `?download`, to be saved."""
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)
    file = get_object_or_404(Attachment, token=token, message__ticket=ticket)
    is_shown = bool(file.picture_type) and "download" not in request.GET
    response = FileResponse(
        file.file.open("rb"),
        as_attachment=not is_shown,
        filename=safe_file_name(file.name),
        content_type=file.picture_type if is_shown else "application/octet-stream",
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
