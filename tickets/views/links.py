"""Links a ticket with others, and takes links away."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from subscribers.errors import Refused
from subscribers.requests import SignedInRequest
from tickets.linked import Relation, number_in
from tickets.models import Ticket
from tickets.services import linking
from tickets.views.actions import act_on


@require_POST
def link(request: SignedInRequest, pk: int) -> HttpResponse:
    """With the ticket `to`, a number or an address, in the given `relation`."""
    wanted, number, actor = request.POST.get("relation", ""), number_in(request.POST.get("to", "")), request.user
    relation = Relation(wanted) if wanted in Relation.values else Relation.RELATED

    def act(ticket: Ticket) -> None:
        here = Ticket.objects.visible_to(actor).filter(store=ticket.store_id)
        other = here.filter(pk=number).first() if number else None
        if other is None:
            raise Refused(_("You see no such ticket in this store."), "to")
        linking.link(ticket, to=other, relation=relation, actor=actor)

    return act_on(request, pk, act, _("Linked"))


@require_POST
def unlink(request: SignedInRequest, pk: int) -> HttpResponse:
    wanted, actor = request.POST.get("link", ""), request.user
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 19 else 0
    return act_on(request, pk, lambda ticket: linking.unlink(ticket, link=number, actor=actor), _("Link removed"))
