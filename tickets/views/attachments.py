"""Files of messages, by an address that cannot be guessed and only to those who see the ticket."""

import uuid

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from subscribers.requests import SignedInRequest
from tickets.models import Attachment, Ticket
from tickets.selectors import PICTURES


@require_safe
def attachment(request: SignedInRequest, pk: int, token: uuid.UUID) -> FileResponse:
    ticket = get_object_or_404(Ticket.objects.visible_to(request.user), pk=pk)
    file = get_object_or_404(Attachment, token=token, message__ticket=ticket)
    shown = file.content_type in PICTURES
    response = FileResponse(
        file.file.open("rb"),
        as_attachment=not shown,
        filename=file.name,
        content_type=file.content_type if shown else "application/octet-stream",
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
