"""Mails that somebody new to the store might send, for trying the product out."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from random import Random

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from helpdesk.demo.catalogue import STORE_KEY
from helpdesk.demo.texts.story import worded
from subscribers.enums import PAID_CYCLE, BoxStatus, SubscriptionStatus
from subscribers.models import Box, Subscriber, Subscription
from success.enums import LIVE_ALERT
from success.models import Alert
from tickets.models import Ticket

TO = "support@demo.example"


class NobodyToWrite(Exception):
    """Says, in words, why no subscriber can send such a mail."""


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str


LETTERS = {
    "damaged": Letter(
        "[My first box arrived damaged|Box arrived crushed|Broken on arrival]",
        "Hi,\n\nmy first {box} box came today and I was so looking forward to it, but it [arrived crushed|arrived "
        "damaged, the carton was torn open on one side]. The {item} is broken and there is loose tea all over the "
        "packaging. Everything else seems fine.\n\nThe order number is {order}. [Could you send me a new one?|What "
        "happens now?]\n\nThank you,\n{first}",
    ),
    "late": Letter(
        "[Where is my box?|My box is late]",
        "Hello,\n\nI'm still waiting for my {box} box. It was supposed to arrive days ago and the tracking {tracking} "
        "hasn't moved since. [Do you know where it is?|Is it lost?]\n\nBest,\n{first}",
    ),
    "thanks": Letter(
        "[Thank you!|What a lovely box]",
        "Hi team,\n\njust wanted to say that I love my first {box} box, the {item} most of all. [The little card made "
        "my day.|My whole family wants one now.]\n\nThanks,\n{first}",
    ),
    "cancel": Letter(
        "[Please cancel my subscription|Cancelling]",
        "Hi,\n\nI'd like to cancel my subscription please. [The box is nice, but I can't drink that much tea.|It's a "
        "little too expensive for me at the moment.] Could you confirm that I won't be charged again?\n\nThanks,\n"
        "{first} {last}",
    ),
}


def _first_timers() -> QuerySet[Subscriber]:
    """Active subscribers of the demo store in cycle 1."""
    billed = Count("subscriptions__cycles", filter=Q(subscriptions__cycles__status__in=PAID_CYCLE))
    active = Subscription.objects.filter(subscriber=OuterRef("pk"), status=SubscriptionStatus.ACTIVE)
    return (
        Subscriber.objects.filter(Exists(active), store__key=STORE_KEY, merged_into=None, redacted_at=None)
        .annotate(billed=billed)
        .filter(billed__lte=1)
    )


def choose_writer(address: str = "") -> Subscriber:
    """The subscriber with this address; else one in cycle 1 with a delivered box, whom nobody has heard of yet.

    Each is chosen once: a mail of theirs is a ticket. Raises NobodyToWrite.
    """
    if address:
        named = Subscriber.objects.with_email(address).filter(store__key=STORE_KEY, merged_into=None).first()
        if named is None:
            raise NobodyToWrite(f"The demo store has no subscriber with the address {address!r}.")
        return named
    tickets = Ticket.objects.filter(subscriber=OuterRef("pk"))
    alerts = Alert.objects.filter(subscriber=OuterRef("pk"), status__in=LIVE_ALERT)
    boxes = Box.objects.filter(cycle__subscription__subscriber=OuterRef("pk"), status=BoxStatus.DELIVERED)
    quiet = _first_timers().filter(Exists(boxes), ~Exists(tickets), ~Exists(alerts))
    chosen = quiet.order_by("-created_at").first()
    if chosen is None:
        raise NobodyToWrite("Every subscriber in cycle 1 has written already. Name one: --subscriber ADDRESS.")
    return chosen


def compose(kind: str, writer: Subscriber) -> EmailMessage:
    """A mail of this kind from a subscriber, about their latest box."""
    box = (
        Box.objects.filter(cycle__subscription__subscriber=writer, shipped_at__isnull=False)
        .select_related("cycle__subscription__product")
        .order_by("-shipped_at")
        .first()
    )
    product = box.cycle.subscription.product if box else None
    chance = Random(f"{kind}:{writer.email}")  # noqa: S311  the same subscriber writes the same
    words = {
        "first": writer.first_name or "A subscriber",
        "last": writer.name.partition(" ")[2],
        "box": product.name if product else "tea",
        "item": chance.choice(("tea tin", "glass jar", "honey jar")),
        "order": box.order_number if box else "on my account",
        "tracking": box.tracking_number if box else "page",
    }
    letter = LETTERS[kind]
    mail = EmailMessage()
    mail["From"] = formataddr((writer.name, writer.email))
    mail["To"] = TO
    mail["Subject"] = worded(letter.subject, chance, words)
    mail["Date"] = format_datetime(timezone.now())
    mail["Message-ID"] = make_msgid(domain=writer.email.rpartition("@")[2])
    mail.set_content(worded(letter.text, chance, words))
    return mail
