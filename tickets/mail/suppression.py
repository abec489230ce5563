"""Addresses that automatic mail leaves alone, because mail there is returned or was marked as spam.

The row is what counts, for every address; `Subscriber.undeliverable_at` repeats it for those who know no tickets.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from subscribers.models import Store, Subscriber
from tickets.enums import SuppressionKind, TicketEventKind
from tickets.models import OutboundMail, Suppression, Ticket
from tickets.services.history import log


@transaction.atomic
def suppress(outbound: OutboundMail, kind: SuppressionKind, detail: str) -> None:
    """No automatic mail goes to this mail's recipient any more, until `lift`."""
    address = outbound.recipient.lower()
    standing = Suppression(
        store_id=outbound.store_id, address=address, kind=kind, detail=detail[:2000], outbound=outbound
    )
    Suppression.objects.bulk_create([standing], ignore_conflicts=True)
    people = Subscriber.objects.with_email(address).filter(store=outbound.store_id, undeliverable_at=None)
    people.update(undeliverable_at=timezone.now())


@transaction.atomic
def lift(store: Store, address: str, *, actor: AbstractBaseUser, ticket: Ticket | None = None) -> bool:
    """Mail works there again, says a colleague; whether it was held back before."""
    standing = Suppression.objects.filter(store=store, address=address.lower(), lifted_at=None)
    lifted = standing.update(lifted_at=timezone.now(), lifted_by_id=actor.pk)
    people = Subscriber.objects.with_email(address).filter(store=store).exclude(undeliverable_at=None)
    lifted += people.update(undeliverable_at=None)
    if lifted and ticket is not None:
        log(ticket, TicketEventKind.MAIL_WORKS_AGAIN, actor=actor, to_value=address)
    return bool(lifted)
