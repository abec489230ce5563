"""What became of the mails of a message, as its ticket's page shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.enums import UNSAID, MessageState, OutboundOutcome, OutboundState
from tickets.models import Message, OutboundMail, Suppression, Ticket

# The worst news first: a message's badge tells of the worst that happened to one of its mails.
WORST_FIRST = ("failed", "complained", "bounced", "cancelled", "deferred", "sending", "queued", "sent", "delivered")
FINE = ("sent", "delivered")
# Of a mail, what a page needs; its texts may be long.
COLUMNS = ("message_id", "recipient", "role", "state", "outcome", "error", "attempts", "not_before", "is_automatic")


@dataclass(frozen=True)
class Delivery:
    """One recipient's mail. `is_held`: automatic mail leaves this address alone."""

    mail: OutboundMail
    is_held: bool

    @property
    def state(self) -> str:
        if self.mail.state == OutboundState.SENT and self.mail.outcome:
            return self.mail.outcome
        return self.mail.state

    @property
    def is_fine(self) -> bool:
        return self.state in FINE

    @property
    def may_go_again(self) -> bool:
        return self.mail.state == OutboundState.FAILED or self.state == OutboundOutcome.BOUNCED


@dataclass(frozen=True)
class Deliveries:
    """Of one message."""

    message: Message
    each: Sequence[Delivery]

    @property
    def state(self) -> str:
        """One word for all of them; that of the message where it has not left."""
        if self.is_waiting:
            return self.message.state
        return next((state for state in WORST_FIRST if any(one.state == state for one in self.each)), "")

    @property
    def is_waiting(self) -> bool:
        return self.message.state in UNSAID

    @property
    def is_scheduled(self) -> bool:
        return self.message.state == MessageState.SCHEDULED

    @property
    def is_held(self) -> bool:
        return self.message.state == MessageState.HELD

    @property
    def leaves_at(self) -> datetime | None:
        return next((one.mail.not_before for one in self.each), None)

    @property
    def copies(self) -> str:
        """Who else gets it."""
        return ", ".join(one.mail.recipient for one in self.each if one.mail.role == "cc")

    @property
    def shown(self) -> list[Delivery]:
        """Those of which a page has something to say."""
        return [one for one in self.each if not one.is_fine] if not self.is_waiting else []


def deliveries_of(ticket: Ticket, messages: Iterable[Message]) -> dict[int, Deliveries]:
    """By message, those that went by mail. The mails are prefetched; one query more."""
    mails = {message: list(message.outbound_mails.all()) for message in messages}
    addresses = {mail.recipient.lower() for of_message in mails.values() for mail in of_message}
    standing = Suppression.objects.filter(store=ticket.store_id, lifted_at=None, address__in=addresses)
    held = set(standing.values_list("address", flat=True))
    return {
        message.pk: Deliveries(message, [Delivery(mail, mail.recipient.lower() in held) for mail in of_message])
        for message, of_message in mails.items()
        if of_message
    }


def resumed_of(ticket: Ticket, pk: int | None) -> Message | None:
    """The answer on this ticket that was taken back to be composed again."""
    withdrawn = ticket.messages.filter(state=MessageState.WITHDRAWN)
    return withdrawn.filter(pk=pk).first() if pk is not None and 0 < pk < 2**63 else None
