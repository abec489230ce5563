"""Makes a ticket of some messages of another."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from tickets.models import Queue
from tickets.selectors import queues_of, thread
from tickets.services import splitting
from tickets.views.actions import load


@require_http_methods(["GET", "HEAD", "POST"])
def split(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which messages go, and under which subject; posted, they do. `?from=`: a message; it and what follows it go."""
    ticket, posted, error = load(request, pk), request.POST, ""
    chosen = {int(one) for one in posted.getlist("message") if one.isdecimal() and len(one) < 19}
    wanted = posted.get("queue", "")
    if request.method == "POST":
        queue = get_object_or_404(Queue.objects.visible_to(request.user), pk=wanted if wanted.isdecimal() else 0)
        try:
            made = splitting.split(
                ticket, messages=sorted(chosen), actor=request.user, subject=posted.get("subject", ""), queue=queue
            )
        except Refused as refused:
            error = refused.message
        else:
            messages.success(request, _("Split off %(number)s; merging takes it back") % {"number": ticket.number})
            return redirect(made)
    entries = [entry for entry in thread(ticket, request.user) if entry.message is not None]
    begins = request.GET.get("from", "")
    if begins.isdecimal() and len(begins) < 19:
        chosen = {entry.message.pk for entry in entries if entry.message and entry.message.pk >= int(begins)}
    context = {"ticket": ticket, "entries": entries, "chosen": chosen, "error": error, "nav": "tickets"}
    context |= {"queues": queues_of(ticket, request.user), "subject": posted.get("subject", ticket.subject)}
    return render(request, "tickets/split.html", context, status=422 if error else 200)
