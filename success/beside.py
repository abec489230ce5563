"""What stands beside an alert: the customer's open ticket, earlier alerts, contacts, and whether closing it worked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from subscribers.enums import ENDED_SUBSCRIPTION, PAID_CYCLE
from subscribers.lazy import lazily as _
from subscribers.models import Cycle, Subscriber, Subscription
from subscribers.models.stores import Viewer
from success.enums import AlertStatus, TouchDecision
from success.flows.contact import Desk
from success.models import Alert
from success.selectors import open_tickets
from success.touches import TouchRow, touch_rows, touches_of
from tickets.enums import Author, MessageKind, MessageState
from tickets.models import Message, Ticket

EARLIER_SHOWN, TOUCHES_SHOWN, LAST_WORDS = 5, 5, 2


@dataclass(frozen=True)
class Said:
    """One of the last public messages on a ticket."""

    author: str
    is_customer: bool
    text: str
    at: datetime


@dataclass(frozen=True)
class Talk:
    """The customer's open ticket with its last words, the oldest first."""

    ticket: Ticket
    words: Sequence[Said]
    others: int


def talk_of(alert: Alert, user: Viewer) -> Talk | None:
    """Two queries; None where no ticket of theirs is open for this reader."""
    if alert.subscriber_id is None:
        return None
    tickets = open_tickets([alert.subscriber_id], user).get(alert.subscriber_id, [])
    if not tickets:
        return None
    messages = Message.objects.filter(ticket=tickets[0], kind=MessageKind.PUBLIC).exclude(state=MessageState.WITHDRAWN)
    found = messages.select_related("author").defer("html").order_by("-created_at", "-pk")[:LAST_WORDS]
    words = [_said(message, alert) for message in reversed(found)]
    return Talk(tickets[0], words, len(tickets) - 1)


def _said(message: Message, alert: Alert) -> Said:
    is_customer = message.author_kind == Author.SUBSCRIBER
    author = message.from_name or str(alert.subscriber) if is_customer else str(message.author or alert.store)
    return Said(author, is_customer, message.visible_text or message.text, message.created_at)


HELD = {
    TouchDecision.HELD_COMPLAINT: _("Marketing and outreach are held back while this is open."),
    TouchDecision.HELD_RECOVERY: _("Marketing and outreach are held back while a recovery flow is under way."),
}


def held_words(person: Subscriber) -> str:
    """That outreach to somebody waits, and for what; "" where it does not."""
    if person.suppressed_until and person.suppressed_until > timezone.now():
        return gettext("All automatic mail is held until %(date_format)s.") % {
            "date_format": date_format(timezone.localtime(person.suppressed_until), "D j M")
        }
    verdict = Desk([person.pk], timezone.now()).holds_outreach(person)
    return HELD.get(verdict.decision, "") if verdict else ""


@dataclass(frozen=True)
class Since:
    """What became of the subscriber after an alert was closed: did it work?"""

    billed: int
    active: int
    ended: int

    @property
    def stayed(self) -> bool:
        return self.active > 0 and self.ended == 0


def since_closed(alert: Alert) -> Since | None:
    """Two queries; None while the alert is open, or where it is about nobody's subscription."""
    if alert.closed_at is None or alert.subscriber_id is None:
        return None
    theirs = Subscription.objects.filter(subscriber=alert.subscriber_id)
    states = list(theirs.values_list("status", "ended_at"))
    if not states:
        return None
    billed = Cycle.objects.filter(subscription__in=theirs, status__in=PAID_CYCLE, billed_at__gt=alert.closed_at)
    ended = sum(1 for _, ended_at in states if ended_at is not None and ended_at > alert.closed_at)
    return Since(billed.count(), sum(status not in ENDED_SUBSCRIPTION for status, _ in states), ended)


def earlier_alerts(alert: Alert, user: Viewer) -> list[Alert]:
    """Their other alerts, the latest first. One query; its reasons come with it as `standing`."""
    if alert.subscriber_id is None:
        return []
    rows = Alert.objects.visible_to(user).filter(Q(subscriber=alert.subscriber_id), ~Q(pk=alert.pk))
    closed = rows.filter(status=AlertStatus.CLOSED).select_related("owner").prefetch_related("evidence")
    return list(closed.order_by("-opened_at", "-pk")[:EARLIER_SHOWN])


def latest_touches(alert: Alert, user: Viewer) -> list[TouchRow]:
    """Two queries."""
    if alert.subscriber is None:
        return []
    return touch_rows(list(touches_of(alert.subscriber, user)[:TOUCHES_SHOWN]), user)
