"""A person's own signature, with how it looks below their answers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from subscribers.requests import SignedInRequest
from tickets.forms import SignatureForm
from tickets.mail.signatures import signature_of
from tickets.models import Mailbox, Queue
from tickets.services.signatures import sign_as


@require_http_methods(["GET", "HEAD", "POST"])
def signature(request: SignedInRequest) -> HttpResponse:
    form = SignatureForm(request.POST or None, initial={"signature": getattr(request.user, "signature", "")})
    if request.method == "POST" and form.is_valid():
        sign_as(request.user, form.cleaned_data["signature"])
        messages.success(request, gettext("Your signature is kept"))
        return redirect("signature")
    queues = Queue.objects.visible_to(request.user)
    mailboxes = (
        Mailbox.objects.filter(is_active=True, queue__in=queues).select_related("store").order_by("address")[:20]
    )
    shown = [(mailbox, signature_of(mailbox, request.user)) for mailbox in mailboxes]
    return render(request, "tickets/signature.html", {"form": form, "shown": shown})
