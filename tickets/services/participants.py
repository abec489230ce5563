"""Writes who takes part in a ticket."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from tickets.enums import ParticipantRole
from tickets.models import Participant, Ticket


@dataclass(frozen=True)
class NewParticipant:
    """Somebody to add to a ticket; `address` in any case."""

    address: str
    name: str = ""
    role: ParticipantRole = ParticipantRole.CC
    is_verified: bool = True
    subscriber_id: int | None = None


def add_participants(new: Iterable[tuple[Ticket, NewParticipant]]) -> None:
    """Add people to tickets, in one statement. Who takes part already stays as they are."""
    rows = [
        Participant(
            ticket=ticket,
            address=one.address.lower(),
            name=one.name[:200],
            role=one.role,
            is_verified=one.is_verified,
            subscriber_id=one.subscriber_id,
            added_at=ticket.updated_at,
        )
        for ticket, one in new
        if one.address and len(one.address.lower()) <= 254
    ]
    if rows:
        rows.sort(key=lambda row: (row.ticket_id, row.address))  # two at once wait for each other in one order
        Participant.objects.bulk_create(rows, ignore_conflicts=True)


def participants_of(tickets: Sequence[Ticket]) -> Mapping[int, Mapping[str, Participant]]:
    """By ticket: who takes part, by address in lower case. One query."""
    found: dict[int, dict[str, Participant]] = {ticket.pk: {} for ticket in tickets}
    for row in Participant.objects.filter(ticket__in=found):
        found[row.ticket_id][row.address.lower()] = row
    return found


@transaction.atomic
def verify_participant(participant: Participant) -> None:
    """An agent says that this person belongs to the conversation: they may be written to from now on."""
    Participant.objects.filter(pk=participant.pk).update(is_verified=True)
    participant.is_verified = True


def verify_participants(ticket: Ticket, addresses: Sequence[str]) -> None:
    """An agent wrote to these people: they belong to the conversation."""
    low = [address.lower() for address in addresses]
    if low:
        Participant.objects.filter(ticket=ticket, address__in=low, is_verified=False).update(is_verified=True)
