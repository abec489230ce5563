"""A decided mail in the words of the services: a ticket to be opened, or a message for one that is there."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Protocol

from django.utils import timezone

from subscribers.enums import Channel
from subscribers.models import Subscriber
from tickets.enums import Authentication, ParticipantRole
from tickets.mail.arrived import Arrived, usable
from tickets.mail.parsed import Address
from tickets.mail.surroundings import MOST_NAMED, Surroundings
from tickets.mail.threads import MOST_REFERENCES, referred
from tickets.models import Participant, Ticket
from tickets.services.messages import NewMessage
from tickets.services.opening import Opening
from tickets.services.participants import NewParticipant
from tickets.services.receiving import Received
from tickets.services.tickets import subject_of

MOST_PEOPLE = 40  # that one mail brings to a ticket, whoever it names


class Decision(Protocol):
    """What this module asks of a decided mail. `message_id`: the one that its message bears."""

    @property
    def arrived(self) -> Arrived: ...
    @property
    def requester(self) -> Address: ...
    @property
    def message_id(self) -> str: ...
    @property
    def is_report(self) -> bool: ...
    @property
    def authentication(self) -> Authentication: ...
    @property
    def may_bring_others(self) -> bool: ...


def opening(decided: Decision, person: Subscriber, around: Surroundings) -> Opening:
    """In the queue of the first of our mailboxes that the mail names."""
    one = decided.arrived
    inbound, message = one.inbound, _new_message(decided)
    mailbox = around.first_mailbox(one)
    copied = () if one.mail.automatic else _copied(decided, around)
    return Opening(
        store=inbound.mailbox.store,
        queue=mailbox.queue,
        subscriber=person,
        subject=subject_of(" ".join(one.mail.subject.split())[:500], message),
        channel=Channel.MAIL,
        message=message,
        opened_at=min(inbound.received_at, timezone.now()),
        source_key=f"mail:{inbound.pk}",
        participants=tuple(
            NewParticipant(each.address, each.name, is_verified=decided.may_bring_others) for each in copied
        ),
    )


def received(
    decided: Decision,
    ticket: Ticket,
    person: Subscriber | None,
    taking_part: Mapping[str, Participant],
    around: Surroundings,
) -> Received:
    """A message on a known thread. Who is not known on it takes part unverified, and brings nobody along."""
    one, address = decided.arrived, decided.requester.address.lower()
    message, owner = _new_message(decided), ticket.subscriber
    participants: list[NewParticipant] = []
    if decided.is_report:
        person = owner
    elif not message.automatic:
        known = taking_part.get(address)
        if address == owner.email.lower() or (known is not None and known.is_verified):
            brought = _copied(decided, around) if decided.may_bring_others else ()
            participants = [NewParticipant(each.address, each.name) for each in brought]
        elif known is None:
            writer = decided.requester
            participants = [
                NewParticipant(
                    writer.address, writer.name, ParticipantRole.WRITER, False, person.pk if person else None
                )
            ]
    return Received(ticket, message, person, one.inbound.received_at, participants)


def _copied(decided: Decision, around: Surroundings) -> Iterator[Address]:
    """Whom the writer put into To and Cc beside us, as far as they count."""
    mail = decided.arrived.mail
    seen, left = {decided.requester.address.lower()}, MOST_PEOPLE - 1
    for each in (*mail.to[:MOST_NAMED], *mail.cc[:MOST_NAMED]):
        low = each.address.lower()
        if left and low not in seen and usable(low) and not around.is_ours(low):
            seen.add(low)
            left -= 1
            yield each


def _new_message(decided: Decision) -> NewMessage:
    one = decided.arrived
    inbound, mail, text = one.inbound, one.mail, one.mail.text_body
    if not (text.strip() or mail.html_body.strip() or mail.attachments):
        text = mail.subject  # everything that its writer said
    # In UTC: PostgreSQL refuses offsets that mails do claim. Dates before mail existed are none.
    sent_at = mail.date.astimezone(UTC) if mail.date and mail.date.year > 1970 else inbound.received_at
    return NewMessage(
        text=text,
        html=mail.html_body,
        visible_text=mail.visible_reply,
        from_name=mail.from_name,
        from_address=mail.from_address,
        automatic=mail.automatic or "",
        authentication=decided.authentication,
        rfc822_id=decided.message_id,
        references=tuple(referred(mail)[: MOST_REFERENCES - 1]),
        sent_at=min(sent_at, inbound.received_at),
        attachments=one.files,
    )
