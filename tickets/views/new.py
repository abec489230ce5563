"""Opening a ticket for a customer."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from subscribers.enums import Channel
from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from subscribers.services.people import identify
from tickets.forms import NewTicketForm
from tickets.services.messages import NewMessage
from tickets.services.tickets import open_ticket


def new_ticket(request: SignedInRequest) -> HttpResponse:
    form = NewTicketForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        store = said["queue"].store
        try:
            ticket = open_ticket(
                store=store,
                subscriber=identify(store=store, email=said["email"], name=said["name"]),
                subject=said["subject"],
                channel=Channel.AGENT,
                message=NewMessage(text=said["text"]),
                queue=said["queue"],
                priority=said["priority"],
                assignee=request.user,
                actor=request.user,
            )
            return redirect(ticket)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    status = 422 if form.is_bound else 200
    return render(request, "tickets/new.html", {"form": form, "nav": "tickets"}, status=status)
