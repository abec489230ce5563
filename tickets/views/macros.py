"""Macros in the composer: which there are, what one would say and do, and doing it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from subscribers.requests import SignedInRequest
from tickets.macros.offering import Offered, find, folders, offered
from tickets.macros.using import apply_actions
from tickets.models import Ticket
from tickets.views.actions import act_on, load


@require_safe
def macro_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Those that are offered on this ticket, for the composer's picker."""
    found = offered(load(request, pk), request.user)
    return render(request, "tickets/_macros.html", {"folders": folders(found), "is_empty": not found})


@require_safe
def macro_preview(request: SignedInRequest, pk: int, macro_pk: int) -> HttpResponse:
    """What one says to this customer and does; the composer takes text and actions from here."""
    ticket = load(request, pk)
    return render(
        request, "tickets/_macro_preview.html", {"offered": _found(request, ticket, macro_pk), "ticket": ticket}
    )


@require_POST
def macro_apply(request: SignedInRequest, pk: int, macro_pk: int) -> HttpResponse:
    """Do at once what a macro without a text does."""
    macro = _found(request, load(request, pk), macro_pk).macro
    actor = request.user
    return act_on(request, pk, lambda ticket: apply_actions(ticket, macro, actor=actor), _("Done: %s") % macro.name)


def _found(request: SignedInRequest, ticket: Ticket, macro_pk: int) -> Offered:
    found = find(ticket, request.user, macro_pk)
    if found is None:
        raise Http404
    return found
