"""Gives tickets and alerts of the inbox to somebody in one act, which can be taken back as one."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext

from subscribers.errors import Refused
from success.models import Deed
from success.services import deeds
from tickets.models import Ticket
from tickets.services.tickets import assign

SALT = "helpdesk.inbox.deed"
UNDO_WITHIN = 3600  # seconds


@transaction.atomic
def give(
    tickets: Collection[int], alerts: Collection[int], *, actor: AbstractBaseUser, owner: AbstractBaseUser | None
) -> tuple[int, str]:
    """How many changed hands, and the token that takes it back. Tickets are those that the actor sees."""
    before = []
    for ticket in Ticket.objects.visible_to(actor).filter(pk__in=tickets).order_by("pk"):
        if ticket.assignee_id != (owner.pk if owner else None):
            assign(ticket, actor=actor, assignee=owner)
            before.append([ticket.pk, ticket.assignee_id])
    deed = deeds.assign(alerts, actor=actor, owner=owner) if alerts else None
    told: dict[str, Any] = {"by": actor.pk, "to": owner.pk if owner else None, "tickets": before}
    told["deed"] = deed.pk if deed and deed.count else None
    return len(before) + (deed.count if deed else 0), signing.dumps(told, salt=SALT, compress=True)


@transaction.atomic
def take_back(token: str, *, actor: AbstractBaseUser) -> int:
    """Put back what nobody changed since; how many stand as before."""
    try:
        told = signing.loads(token, salt=SALT, max_age=UNDO_WITHIN)
    except signing.BadSignature:
        raise Refused(gettext("It is too late to take this back.")) from None
    if told["by"] != actor.pk:
        raise Refused(gettext("Somebody else did this."))
    people = get_user_model().objects.in_bulk([pk for _, pk in told["tickets"] if pk])
    count = 0
    for pk, assignee in told["tickets"]:
        ticket = Ticket.objects.visible_to(actor).filter(pk=pk, assignee=told["to"]).first()
        if ticket is not None:
            assign(ticket, actor=actor, assignee=people.get(assignee))
            count += 1
    deed = Deed.objects.filter(pk=told["deed"]).first() if told["deed"] else None
    return count + (deeds.undo(deed, actor=actor) if deed else 0)
