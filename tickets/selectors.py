"""Reads for the agents' pages. Every function has a fixed number of queries, whatever the number of rows."""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Left
from django.urls import reverse
from django.utils import timezone

from subscribers.models import Membership, Reason
from subscribers.models.stores import Viewer
from tickets.deliveries import COLUMNS, Deliveries, deliveries_of
from tickets.enums import OPEN_CLOCK, Author, MessageState, TicketEventKind
from tickets.files import may_harm, safe_file_name
from tickets.mail.reading import LOOKED_AT, says_more
from tickets.models import (
    Attachment,
    Clock,
    Follower,
    InboundMail,
    Mailbox,
    Message,
    OutboundMail,
    Queue,
    Ticket,
    TicketEvent,
    TicketTag,
)
from tickets.satisfaction.selectors import with_scores
from tickets.services.merging import UNDONE_WITHIN
from tickets.wording import icon_of, words_of

OTHERS_SHOWN = 5
PHOTO_SIDE = 300  # pixels; a logo in a signature is smaller


def for_page(user: Viewer, rows: QuerySet[Ticket] | None = None) -> QuerySet[Ticket]:
    """With what the head of a ticket's page shows, in one statement: `tag_names`, `follower_names`, `is_followed`."""
    rows = Ticket.objects.visible_to(user) if rows is None else rows
    tags = TicketTag.objects.filter(ticket=OuterRef("pk")).order_by("added_at", "pk").values("tag__name")
    followers = Follower.objects.filter(ticket=OuterRef("pk")).order_by("user__name")
    return rows.select_related("store", "queue", "subscriber", "assignee", "box").annotate(
        tag_names=ArraySubquery(tags),
        follower_names=ArraySubquery(followers.values("user__name")),
        is_followed=Exists(Follower.objects.filter(ticket=OuterRef("pk"), user=user.pk)),
    )


@dataclass(frozen=True)
class File:
    """An attachment as a page links to it, under a name that is safe on any system."""

    name: str
    size: int
    url: str
    is_picture: bool = False
    width: int | None = None  # pixels
    height: int | None = None
    is_inline: bool = False  # seen in the formatted message, and no photograph to be looked at for itself
    may_harm: bool = False

    @classmethod
    def of(cls, attachment: Attachment, ticket: Ticket) -> "File":
        name = safe_file_name(attachment.name)
        is_photo = min(attachment.width or 0, attachment.height or 0) >= PHOTO_SIDE
        return cls(
            name,
            attachment.size,
            reverse("attachment", args=[ticket.pk, attachment.token]),
            is_picture=bool(attachment.picture_type),
            width=attachment.width,
            height=attachment.height,
            is_inline=attachment.is_inline and not is_photo,
            may_harm=may_harm(name),
        )


@dataclass
class Entry:
    """One line of a thread: a message, or something that happened between messages."""

    at: datetime
    message: Message | None = None
    event: TicketEvent | None = None
    words: str = ""
    icon: str = ""
    files: list[File] = field(default_factory=list)
    deliveries: Deliveries | None = None
    markup: str = ""  # the beginning of the HTML
    has_original: bool = False  # that its reader may see

    @property
    def look(self) -> str:
        """in, out or note: who reads and who wrote it."""
        if self.message is None or self.message.is_note:
            return "note"
        return "in" if self.message.author_kind == Author.SUBSCRIBER else "out"

    @property
    def merge_to_undo(self) -> int | None:
        """Of a merge that may be taken back whatever came since, its number."""
        if self.event is None or self.event.kind != TicketEventKind.MERGED_IN:
            return None
        is_young = timezone.now() - self.event.occurred_at < UNDONE_WITHIN
        return self.event.data.get("merge") if is_young else None

    @property
    def anchor(self) -> str:
        if self.message is not None:
            return f"message-{self.message.pk}"
        return f"event-{self.event.pk}" if self.event else ""

    @property
    def via(self) -> str:
        """How a customer's message came, where that was not mail."""
        return self.message.ticket.channel if self.message else ""

    @property
    def author(self) -> str:
        if self.message is None:
            return ""
        if self.message.author is not None:
            return str(self.message.author)
        if self.message.author_kind == Author.SYSTEM:
            return "Automation" if self.message.is_note else self.message.ticket.store.name
        writer = self.message.subscriber
        return self.message.from_name or (str(writer) if writer else "") or self.message.from_address

    @property
    def other_address(self) -> str:
        """Of a mail from elsewhere than the ticket's customer, its address: the name in it may be anybody's."""
        message = self.message
        if message is None or message.author_kind != Author.SUBSCRIBER:
            return ""
        is_known = message.from_address.lower() == message.ticket.subscriber.email.lower()
        return "" if is_known else message.from_address

    @property
    def automatic(self) -> str:
        """What kind of machine wrote it; empty for a person."""
        if self.message is None or self.message.is_note:
            return ""
        if self.message.automatic:
            return self.message.get_automatic_display()
        return "Sent by a flow" if self.message.author_kind == Author.SYSTEM else ""

    @property
    def text(self) -> str:
        """What was written, as text: mail that came as HTML alone was made text when it arrived."""
        return self.message.visible_text or self.message.text if self.message else ""

    @property
    def whole(self) -> str:
        """The message with its quotes and signature, where that is more than is shown."""
        message = self.message
        if message is None or not message.visible_text or message.visible_text.split() == message.text.split():
            return ""
        return message.text

    @property
    def formatted_url(self) -> str:
        """Where the HTML is shown; "" where there is none."""
        return reverse("message-html", args=self._of_message) if self.markup else ""

    @property
    def original_url(self) -> str:
        """Where the mail is shown as it came; "" where it did not come by mail."""
        return reverse("message-original", args=self._of_message) if self.has_original else ""

    @property
    def is_formatted_first(self) -> bool:
        """Whether the HTML is what a reader should see first."""
        return bool(self.markup) and (says_more(self.markup) or not self.text.strip())

    @property
    def frame_height(self) -> int:
        """Pixels that the frame takes until it is measured: by its text and pictures, so that little moves then."""
        lines = self.text.count("\n") + len(self.text) // 90 + 8 * self.markup.count("cid:")
        return 40 + 22 * min(40, 1 + lines)

    @property
    def _of_message(self) -> list[int]:
        return [self.message.ticket_id, self.message.pk] if self.message else []

    @property
    def delivery(self) -> str:
        return self.deliveries.state if self.deliveries else ""


SHOWN_EVENTS = (
    TicketEventKind.RESOLVED,
    TicketEventKind.REOPENED,
    TicketEventKind.ASSIGNED,
    TicketEventKind.PRIORITY_CHANGED,
    TicketEventKind.QUEUE_CHANGED,
    TicketEventKind.TOPIC_ADDED,
    TicketEventKind.TOPIC_REJECTED,
    TicketEventKind.BOX_SET,
    TicketEventKind.SLA_BREACHED,
    TicketEventKind.SEND_FAILED,
    TicketEventKind.SENT_AGAIN,
    TicketEventKind.REPLY_HELD,
    TicketEventKind.REPLY_WITHDRAWN,
    TicketEventKind.MAIL_WORKS_AGAIN,
    TicketEventKind.STATUS_CHANGED,
    TicketEventKind.RATED,
    TicketEventKind.RULE_APPLIED,
    TicketEventKind.SNOOZED,
    TicketEventKind.WOKEN,
    TicketEventKind.LINKED,
    TicketEventKind.UNLINKED,
    TicketEventKind.MERGED,
    TicketEventKind.MERGED_IN,
    TicketEventKind.UNMERGED,
    TicketEventKind.SPLIT_OFF,
    TicketEventKind.SPLIT_FROM,
    TicketEventKind.DELETED,
    TicketEventKind.MARKED_SPAM,
    TicketEventKind.RESTORED,
)


def thread(ticket: Ticket, reader: Viewer) -> list[Entry]:
    """Messages and what happened between them, oldest first, without what was taken back. Five queries."""
    originals = InboundMail.objects.filter(message=OuterRef("pk"), mailbox__in=Mailbox.objects.led_by(reader))
    messages = (
        ticket.messages.exclude(state=MessageState.WITHDRAWN)
        .select_related("author", "subscriber")
        .defer("html")  # up to megabytes; of it, only the beginning is looked at
        .annotate(markup=Left("html", LOOKED_AT), has_original=Exists(originals))
        .prefetch_related(
            Prefetch("attachments", Attachment.objects.order_by("pk")),
            Prefetch("outbound_mails", OutboundMail.objects.only(*COLUMNS).order_by("-role", "pk")),
        )
    )
    deliveries = deliveries_of(ticket, messages)
    entries = [
        Entry(
            at=message.created_at,
            message=message,
            files=[File.of(file, ticket) for file in message.attachments.all()],
            markup=message.markup,
            has_original=message.has_original,
            deliveries=deliveries.get(message.pk),
        )
        for message in messages
    ]
    events = ticket.events.filter(kind__in=SHOWN_EVENTS).select_related("actor")
    entries += [
        Entry(at=event.occurred_at, event=event, words=words_of(event), icon=icon_of(event)) for event in events
    ]
    # At one instant the message stands before what followed from it.
    return sorted(entries, key=lambda entry: (entry.at, entry.event is not None, entry.event.pk if entry.event else 0))


@dataclass(frozen=True)
class Promise:
    """A clock as the page shows it."""

    clock: Clock

    @property
    def is_paused(self) -> bool:
        return self.clock.state == "paused"

    @property
    def due_at(self) -> datetime | None:
        return self.clock.due_at


def promises(ticket: Ticket) -> list[Promise]:
    """The latest clock of each metric, without those that were never owed in the end."""
    latest: dict[str, Clock] = {}
    for clock in ticket.clocks.order_by("cycle"):
        latest[clock.metric] = clock
    shown = [clock for clock in latest.values() if clock.state in (*OPEN_CLOCK, "met") or clock.breached_at]
    order = ("first_reply", "next_reply", "resolution")
    return [Promise(clock) for clock in sorted(shown, key=lambda clock: order.index(clock.metric))]


def colleagues(ticket: Ticket) -> QuerySet[AbstractBaseUser]:
    """Whom this ticket may be given to: those of its store who see its queue."""
    members = Membership.objects.filter(store=ticket.store_id)
    if ticket.queue.is_restricted:
        leading = members.filter(role__in=("lead", "admin")).values("user")
        allowed = Q(pk__in=leading) | Q(queues=ticket.queue_id)
    else:
        allowed = Q(pk__in=members.values("user"))
    return get_user_model().objects.filter(allowed, is_active=True).distinct().order_by("name")


def other_tickets(ticket: Ticket, user: Viewer) -> tuple[list[Ticket], bool]:
    """The subscriber's latest other tickets, and whether there are more."""
    rows = Ticket.objects.visible_to(user).filter(subscriber=ticket.subscriber_id).exclude(pk=ticket.pk)
    found = list(with_scores(rows).order_by("-opened_at", "-pk")[: OTHERS_SHOWN + 1])
    return found[:OTHERS_SHOWN], len(found) > OTHERS_SHOWN


def queues_of(ticket: Ticket, user: Viewer) -> QuerySet[Queue]:
    return Queue.objects.visible_to(user).filter(store=ticket.store_id).order_by("position", "name")


def topic_choices(ticket: Ticket) -> list[Reason]:
    """Topics that an agent may still add: those of the store that do not stand on the ticket."""
    standing = ticket.topics.filter(rejected_at=None).values("reason")
    return list(
        Reason.objects.of_store(ticket.store_id)
        .filter(for_tickets=True)
        .exclude(pk__in=standing)
        .order_by("position", "label")
    )
