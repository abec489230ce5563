"""What happened to a subscriber's subscriptions and boxes, in words and in one line of time."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from subscribers.enums import Actor, BoxStatus, SubscriptionEventKind
from subscribers.models import BoxEvent, Subscriber, SubscriptionEvent

LOOKS = {
    SubscriptionEventKind.STARTED: ("sparkles", "link"),
    SubscriptionEventKind.BILLED: ("circle-check", "good"),
    SubscriptionEventKind.BILLING_FAILED: ("credit-card", "bad"),
    SubscriptionEventKind.BILLING_RECOVERED: ("undo-2", "good"),
    SubscriptionEventKind.BILLING_LOST: ("circle-x", "bad"),
    SubscriptionEventKind.SKIPPED: ("skip-forward", "warn"),
    SubscriptionEventKind.UNSKIPPED: ("undo-2", "plain"),
    SubscriptionEventKind.PAUSED: ("circle-pause", "warn"),
    SubscriptionEventKind.RESUMED: ("circle-play", "good"),
    SubscriptionEventKind.FREQUENCY_CHANGED: ("repeat", "link"),
    SubscriptionEventKind.PRICE_CHANGED: ("banknote", "plain"),
    SubscriptionEventKind.PRODUCT_CHANGED: ("package", "plain"),
    SubscriptionEventKind.QUANTITY_CHANGED: ("package", "plain"),
    SubscriptionEventKind.RESCHEDULED: ("calendar-clock", "plain"),
    SubscriptionEventKind.DISCOUNTED: ("badge-percent", "link"),
    SubscriptionEventKind.GIFT_GIVEN: ("gift", "link"),
    SubscriptionEventKind.REFUNDED: ("undo-2", "warn"),
    SubscriptionEventKind.CANCELLATION_SCHEDULED: ("calendar-x", "bad"),
    SubscriptionEventKind.CANCELLATION_WITHDRAWN: ("calendar-check", "good"),
    SubscriptionEventKind.CANCELLED: ("ban", "bad"),
    SubscriptionEventKind.EXPIRED: ("calendar-x", "plain"),
    SubscriptionEventKind.FAILED: ("circle-x", "bad"),
    SubscriptionEventKind.STALE: ("circle-x", "bad"),
    SubscriptionEventKind.REACTIVATED: ("rotate-ccw", "good"),
}
BOX_LOOKS = {
    BoxStatus.DELIVERED: ("package-check", "good"),
    BoxStatus.FAILURE: ("package-x", "bad"),
    BoxStatus.DELAYED: ("clock-alert", "warn"),
    BoxStatus.ATTEMPTED: ("door-open", "warn"),
}
# Where a box is, its own row tells; of its way this is worth a line.
TOLD = (BoxStatus.DELAYED, BoxStatus.ATTEMPTED, BoxStatus.DELIVERED, BoxStatus.FAILURE)


@dataclass(frozen=True)
class Line:
    """One line of a history, as templates/partials/history.html shows it."""

    at: datetime
    icon: str
    tone: str
    title: str
    detail: str = ""


def history(subscriber: Subscriber, *, limit: int = 30) -> tuple[list[Line], bool]:
    """The latest lines, newest first, and whether there are more. Two queries."""
    events = (
        SubscriptionEvent.objects.filter(subscription__subscriber=subscriber)
        .exclude(kind=SubscriptionEventKind.OBSERVED)
        .select_related("cycle", "actor", "reason", "subscription")
        .order_by("-occurred_at", "-pk")
    )
    boxes = (
        BoxEvent.objects.filter(box__cycle__subscription__subscriber=subscriber, status__in=TOLD)
        .select_related("box__cycle")
        .order_by("-occurred_at", "-pk")
    )
    lines = [_of_subscription(event) for event in events[: limit + 1]] + [
        _of_box(event) for event in boxes[: limit + 1]
    ]
    lines.sort(key=lambda line: line.at, reverse=True)
    return lines[:limit], len(lines) > limit


def _of_subscription(event: SubscriptionEvent) -> Line:
    icon, tone = LOOKS.get(SubscriptionEventKind(event.kind), ("circle", "plain"))
    title = event.get_kind_display()
    if event.cycle is not None:
        title = gettext("Cycle %(index)s: %(lower)s%(title)s") % {
            "index": event.cycle.index,
            "lower": title[0].lower(),
            "title": title[1:],
        }
    by = ""
    if event.actor is not None:
        by = gettext("by %(actor)s") % {"actor": event.actor}
    elif event.actor_kind == Actor.SUBSCRIBER:
        by = gettext("by the subscriber")
    said = [event.reason.label if event.reason else "", _data_words(event), by]
    return Line(event.occurred_at, icon, tone, title, " · ".join(map(str, filter(None, said))))


def _data_words(event: SubscriptionEvent) -> str:
    """What an event keeps beside its kind: an amount, or why a payment failed."""
    if amount := event.data.get("amount"):
        return f"{amount} {event.subscription.currency}"
    return str(event.data.get("error", ""))


def _of_box(event: BoxEvent) -> Line:
    status = BoxStatus(event.status)
    icon, tone = BOX_LOOKS.get(status, ("package", "plain"))
    box = event.box
    name = (
        gettext("Box %(order_number)s") % {"order_number": box.order_number}
        if box.order_number
        else gettext("Box of cycle %(index)s") % {"index": box.cycle.index}
    )
    expected: date | None = event.expected_on
    detail = (
        gettext("Expected %(expected)s") % {"expected": f"{expected:%-d %b}"}
        if expected and status == BoxStatus.DELAYED
        else ""
    )
    return Line(event.occurred_at, icon, tone, f"{name}: {status.label.lower()}", detail)
