"""Turns what a form of the help pages says into a ticket, answered as a mail would be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscribers.enums import BoxStatus, Channel
from subscribers.errors import Refused
from subscribers.models import Box, Reason, Store, Subscriber
from subscribers.services.people import identify
from tickets.enums import DAMAGED, TopicSource
from tickets.mail.acknowledge import acknowledge
from tickets.models import HelpRequest, Ticket
from tickets.services.messages import NewAttachment, NewMessage
from tickets.services.tickets import open_ticket

HOUR = timedelta(hours=1)
MOST_FROM_PLACE, MOST_OF_PERSON = 30, 10  # an hour
REPORTABLE = timedelta(days=90)  # since a box left
MOST_BOXES = 6
TOO_MANY = _("Too many messages came from here within an hour. Please write us a mail instead: it is read for sure.")


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. `key`: made with the form, so that sending it twice opens one ticket."""

    store: Store
    key: str
    text: str
    subject: str
    email: str = ""
    name: str = ""
    subscriber: Subscriber | None = None  # where a signed link says who they are
    box: Box | None = None
    topic: Reason | None = None
    files: Sequence[NewAttachment] = field(default=())
    asked_from: str | None = None


@transaction.atomic
def ask(wish: Wish) -> Ticket:
    """The ticket of this wish, acknowledged by mail where its queue does so. Raises Refused beyond the limits."""
    source_key = f"help:{wish.key}"
    known = Ticket.objects.filter(store=wish.store, channel=Channel.WEB, source_key=source_key).first()
    if known is not None:
        return known
    _refuse_too_many(wish)
    person = wish.subscriber or identify(store=wish.store, email=wish.email, name=wish.name)
    message = NewMessage(
        text=wish.text, from_name=wish.name or person.name, from_address=person.email, attachments=wish.files
    )
    ticket = open_ticket(
        store=wish.store,
        subscriber=person,
        subject=wish.subject,
        channel=Channel.WEB,
        message=message,
        box=wish.box,
        topics=[wish.topic] if wish.topic else [],
        topic_source=TopicSource.SUBSCRIBER,
        source_key=source_key,
    )
    HelpRequest.objects.create(ticket=ticket, asked_from=wish.asked_from)
    acknowledge(ticket, ticket.messages.select_related("ticket__subscriber").earliest("pk"))
    return ticket


def _refuse_too_many(wish: Wish) -> None:
    lately = HelpRequest.objects.filter(asked_at__gte=timezone.now() - HOUR)
    here = lately.filter(asked_from=wish.asked_from) if wish.asked_from else lately.none()
    theirs = lately.filter(ticket__store=wish.store)
    if wish.subscriber is not None:
        theirs = theirs.filter(ticket__subscriber=wish.subscriber)
    else:
        theirs = theirs.filter(ticket__subscriber__email__iexact=wish.email)
    if here[:MOST_FROM_PLACE].count() >= MOST_FROM_PLACE or theirs[:MOST_OF_PERSON].count() >= MOST_OF_PERSON:
        raise Refused(str(TOO_MANY))


def boxes_to_report(subscriber: Subscriber) -> list[Box]:
    """What was sent to them lately, the latest first."""
    sent = Box.objects.filter(
        cycle__subscription__subscriber=subscriber,
        shipped_at__gte=timezone.now() - REPORTABLE,
    )
    sent = sent.exclude(status=BoxStatus.CANCELLED)
    return list(sent.select_related("cycle__subscription__product").order_by("-shipped_at", "-pk")[:MOST_BOXES])


def box_of_order(store: Store, email: str, order_number: str) -> Box | None:
    """The latest box of this person's order; None where no such order is theirs."""
    number = order_number.strip().removeprefix("#")
    if not number:
        return None
    theirs = Box.objects.filter(
        cycle__subscription__subscriber__in=Subscriber.objects.with_email(email).filter(store=store)
    )
    orders = theirs.filter(order_number__in=(number, f"#{number}"))
    return orders.select_related("cycle__subscription").order_by("-shipped_at", "-pk").first()


def topics_of(store: Store) -> list[Reason]:
    """What a message may be said to be about: the store's topics, without those that are a kind of another."""
    rows = Reason.objects.of_store(store).filter(for_tickets=True, parent=None)
    return list(rows.order_by("position", "label"))


def damaged(store: Store) -> Reason | None:
    return Reason.objects.of_store(store).filter(key=DAMAGED).order_by("store").first()
