"""The list of subscribers: whom it shows, and what each row tells."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from subscribers.enums import PAID_CYCLE, BoxStatus, SubscriptionStatus
from subscribers.models import Box, Cycle, Subscriber, Subscription
from subscribers.models.stores import Viewer
from subscribers.wording import frequency_words


@dataclass(frozen=True)
class View:
    """A list that people come back to: `?view=key`."""

    key: str
    label: str
    icon: str


VIEWS = (
    View("all", "All", "users"),
    View("active", "Active", "repeat"),
    View("cycle-one", "Cycle 1", "ticket"),
    View("paused", "Paused", "circle-pause"),
    View("ended", "Ended", "ban"),
    View("none", "Never subscribed", "user-x"),
)


def subscribers_of_view(key: str, user: Viewer) -> QuerySet[Subscriber]:
    """Those whom the person may see, the newest first; nobody who was merged into another or forgotten."""
    people = Subscriber.objects.visible_to(user).filter(merged_into=None, redacted_at=None)
    return people.filter(_condition(key)).order_by("-created_at", "-pk")


def _condition(key: str) -> Q:
    theirs = Subscription.objects.filter(subscriber=OuterRef("pk"))
    active = Exists(theirs.filter(status=SubscriptionStatus.ACTIVE))
    paused = Exists(theirs.filter(status=SubscriptionStatus.PAUSED))
    paid = Cycle.objects.filter(subscription__subscriber=OuterRef("pk"), status__in=PAID_CYCLE)
    # In cycle 1 is who has no second billing; the question stops at the second row.
    second_billing = Exists(paid.order_by("billed_at")[1:2])
    return {
        "all": Q(),
        "active": Q(active),
        "cycle-one": Q(active) & ~Q(second_billing),
        "paused": Q(paused) & ~Q(active),
        "ended": Q(Exists(theirs)) & ~Q(active) & ~Q(paused),
        "none": ~Q(Exists(theirs)),
    }[key]


@dataclass(frozen=True)
class Entry:
    """One row: a subscriber with the subscription that counts most and the box that comes next."""

    subscriber: Subscriber
    subscription: Subscription | None
    billings: int
    more: int
    next_box: Box | None

    @property
    def cycle(self) -> int | None:
        """As `selectors.cycle_index` counts it now: successful billings, at least 1."""
        return max(1, self.billings) if self.subscription else None

    @property
    def frequency(self) -> str:
        return frequency_words(self.subscription) if self.subscription else ""


def entries(people: Sequence[Subscriber]) -> list[Entry]:
    """The rows of these people, in their order. Two queries, whatever their number."""
    by_person: dict[int, list[Subscription]] = {person.pk: [] for person in people}
    counted = (
        Subscription.objects.filter(subscriber__in=by_person)
        .select_related("product")
        .annotate(paid=Count("cycles", filter=Q(cycles__status__in=PAID_CYCLE)))
        .order_by(F("ended_at").desc(nulls_first=True), "-started_at", "-pk")
    )
    for subscription in counted:
        by_person[subscription.subscriber_id].append(subscription)
    boxes = _next_boxes([theirs[0].pk for theirs in by_person.values() if theirs])
    return [_entry(person, by_person[person.pk], boxes) for person in people]


def _entry(person: Subscriber, theirs: Sequence[Subscription], boxes: dict[int, Box]) -> Entry:
    if not theirs:
        return Entry(person, None, 0, 0, None)
    billings = sum(getattr(subscription, "paid", 0) for subscription in theirs)
    return Entry(person, theirs[0], billings, len(theirs) - 1, boxes.get(theirs[0].pk))


def _next_boxes(subscriptions: Sequence[int]) -> dict[int, Box]:
    """The first box that has not arrived, by subscription."""
    coming = (
        Box.objects.filter(cycle__subscription__in=subscriptions)
        .exclude(status__in=(BoxStatus.DELIVERED, BoxStatus.CANCELLED, BoxStatus.FAILURE))
        .select_related("cycle")
        .order_by("cycle__subscription", "cycle__index", "sequence", "pk")
        .distinct("cycle__subscription")
    )
    return {box.cycle.subscription_id: box for box in coming}
