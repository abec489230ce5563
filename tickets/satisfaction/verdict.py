"""Whether somebody may be asked about a ticket now, later, or not at all."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from subscribers.cancellation.speech import zone_of
from subscribers.enums import Channel
from subscribers.models import Consent, Store, Subscriber
from tickets.enums import Author, MessageKind, MessageState, TicketStatus, WhyNotAsked
from tickets.models import Message, SatisfactionRequest, SatisfactionSettings, Suppression, Ticket, TicketTopic

LOOK_AGAIN = timedelta(hours=3)  # while something holds it whose end is not known
PATIENCE = timedelta(days=7)  # after the planned time: what is asked later is asked about something forgotten


@dataclass(frozen=True)
class Verdict:
    """`why_not` empty: ask now. `again_at`: when to look again; None where they are not asked at all."""

    why_not: WhyNotAsked | None = None
    again_at: datetime | None = None


def verdict(request: SatisfactionRequest, ticket: Ticket, now: datetime) -> Verdict:
    """On a ticket that is locked, with whoever else asks this subscriber kept out."""
    chosen = SatisfactionSettings.objects.filter(queue=ticket.queue_id, is_on=True).first()
    if chosen is None:
        return Verdict(WhyNotAsked.OFF)
    why_not = _of_ticket(ticket, chosen) or _of_person(ticket.store, ticket.subscriber, chosen, now)
    if why_not is not None:
        return Verdict(why_not)
    waits = _waits(ticket, chosen, now)
    too_late = request.resolved_at + timedelta(hours=chosen.delay_hours) + PATIENCE
    return Verdict(WhyNotAsked.TOO_LATE) if (waits.again_at or now) > too_late else waits


def _of_ticket(ticket: Ticket, chosen: SatisfactionSettings) -> WhyNotAsked | None:
    if ticket.status != TicketStatus.RESOLVED:
        return WhyNotAsked.REOPENED
    if ticket.deleted_at is not None:
        return WhyNotAsked.DELETED
    if ticket.merged_into_id is not None:
        return WhyNotAsked.MERGED
    if ticket.channel in chosen.skips_channels:
        return WhyNotAsked.CHANNEL
    standing = TicketTopic.objects.filter(ticket=ticket, rejected_at=None)
    if standing.filter(reason__in=chosen.skips_topics.all()).exists():
        return WhyNotAsked.TOPIC
    messages = Message.objects.filter(ticket=ticket)
    if not messages.filter(automatic="").exclude(author_kind=Author.SYSTEM).exists():
        return WhyNotAsked.AUTOMATIC
    answered = messages.filter(author_kind=Author.AGENT, kind=MessageKind.PUBLIC, state=MessageState.SAID)
    if chosen.only_answered and not answered.exists():
        return WhyNotAsked.UNANSWERED
    return None


def _of_person(store: Store, person: Subscriber, chosen: SatisfactionSettings, now: datetime) -> WhyNotAsked | None:
    if person.redacted_at is not None or person.merged_into_id is not None:
        return WhyNotAsked.GONE
    refused = Suppression.objects.filter(store=store, address=person.email.lower(), lifted_at=None)
    if not person.email or person.undeliverable_at is not None or refused.exists():
        return WhyNotAsked.UNDELIVERABLE
    # Courts count such a question as advertising: whoever wants none of one kind wants none of it.
    if Consent.objects.filter(subscriber=person, channel=Channel.MAIL, granted=False).exists():
        return WhyNotAsked.OPTED_OUT
    lately = SatisfactionRequest.objects.filter(subscriber=person, asked_at__gt=now - timedelta(days=chosen.rest_days))
    return WhyNotAsked.ASKED_LATELY if chosen.rest_days and lately.exists() else None


def _waits(ticket: Ticket, chosen: SatisfactionSettings, now: datetime) -> Verdict:
    person = ticket.subscriber
    if person.suppressed_until is not None and person.suppressed_until > now:
        return Verdict(WhyNotAsked.HELD, person.suppressed_until)
    others = Ticket.objects.filter(subscriber=person, deleted_at=None).exclude(pk=ticket.pk).unresolved()
    if chosen.waits_for_others and others.exists():
        return Verdict(WhyNotAsked.OTHER_OPEN, now + LOOK_AGAIN)
    begins = sending_begins(zone_of(person, ticket.store), chosen.send_from, chosen.send_until, now)
    return Verdict(WhyNotAsked.HOURS, begins) if begins > now else Verdict()


def sending_begins(zone: ZoneInfo, opens: time, closes: time, now: datetime) -> datetime:
    """The next moment within the hours of a person's day: `now` itself where it lies in them.

    Hours may cross midnight; from and until the same time, they are the whole day.
    """
    local = now.astimezone(zone)
    clock = local.time()
    is_open = opens <= clock < closes if opens < closes else clock >= opens or clock < closes
    if is_open or opens == closes:
        return now
    day = local.date() if clock < opens else local.date() + timedelta(days=1)
    begins = datetime.combine(day, opens, tzinfo=zone).astimezone(now.tzinfo)
    # An hour that the clocks leave out: it has begun by now.
    return max(begins, now + timedelta(minutes=1))
