"""The demo's mail box in the browser: what left for subscribers, to be read and answered as they would."""

from smtplib import SMTPException

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from subscribers.requests import SignedInRequest
from tickets.mail import demo_mailbox


def mailbox(request: SignedInRequest, key: str = "") -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    mails = demo_mailbox.list_mails()
    opened = next((mail for mail in mails if mail.key == key), None)
    if key and opened is None:
        raise Http404
    if request.method == "POST" and opened is not None:
        return _answer(request, opened)
    return render(request, "tickets/mailbox.html", {"mails": mails, "opened": opened, "nav": "mailbox"})


def _answer(request: SignedInRequest, opened: demo_mailbox.Delivered) -> HttpResponse:
    text = request.POST.get("text", "").strip()
    if not text:
        messages.error(request, gettext("Write something before you send it."))
        return redirect("demo-mail", opened.key)
    try:
        demo_mailbox.reply_as_subscriber(opened.key, text)
    except (OSError, SMTPException) as error:
        messages.error(request, gettext("The mail listener did not take it: %(error)s") % {"error": error})
    else:
        messages.success(
            request, gettext("Sent as %(recipient)s; look at the ticket.") % {"recipient": opened.recipient}
        )
    return redirect("demo-mail", opened.key)
