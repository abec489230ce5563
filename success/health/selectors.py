"""Reads of health for pages and other parts of success. A fixed number of statements, whatever the number of rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from subscribers.models import Subscriber
from subscribers.models.stores import Viewer
from success.health.enums import OF_SERVICE, HealthWord, Side, SignalKind
from success.models import Health, HealthEvent
from tickets.models import Ticket


@dataclass(frozen=True)
class Reason:
    """A signal that counts. `points`: below zero for what speaks against it. `key`: the row, such as ticket:1042."""

    kind: SignalKind
    at: datetime
    key: str
    points: float

    @property
    def side(self) -> Side:
        return Side.SERVICE if self.kind in OF_SERVICE else Side.SUCCESS

    @property
    def about(self) -> tuple[str, int]:
        name, _, pk = self.key.partition(":")
        return name, int(pk)


@dataclass(frozen=True)
class HealthOf:
    """How one subscriber fares. `number` from 0 to 100, None where nothing runs that could be lost."""

    number: int | None
    word: HealthWord
    success: int | None
    service: int | None
    reasons: Sequence[Reason]
    changed_at: datetime | None

    @property
    def limits(self) -> Side | None:
        """The side that the number is; None where they are level."""
        if self.success is None or self.service is None or self.success == self.service:
            return None
        return Side.SERVICE if self.service < self.success else Side.SUCCESS


UNKNOWN = HealthOf(None, HealthWord.NONE, None, None, (), None)


def health_of(subscribers: Iterable[int]) -> dict[int, HealthOf]:
    """The health of each of these subscribers, the heaviest reasons first. One statement."""
    ids = list(subscribers)
    found = {row.pk: of_row(row) for row in Health.objects.filter(subscriber__in=ids)}
    return {pk: found.get(pk, UNKNOWN) for pk in ids}


def of_row(row: Health) -> HealthOf:
    return HealthOf(row.number, HealthWord(row.word), row.success, row.service, reasons_in(row.signals), row.changed_at)


def reasons_in(stored: Iterable[Sequence[object]]) -> list[Reason]:
    """What counted, of a current row or of one of history; what speaks against it first, the heaviest before."""
    found = [
        Reason(SignalKind(str(kind)), datetime.fromisoformat(str(at)), str(key), float(str(points)))
        for kind, at, key, points in stored
        if points
    ]
    return sorted(found, key=lambda one: (one.points > 0, -abs(one.points)))


@dataclass(frozen=True)
class LinkedReason:
    """As a page shows it: without a link for whom the row is not."""

    reason: Reason
    words: str
    url: str
    is_good: bool

    @property
    def weight(self) -> float:
        """Its points without their sign."""
        return abs(self.reason.points)


def linked(subscriber: Subscriber, reasons: Sequence[Reason], user: Viewer) -> list[LinkedReason]:
    """At most one statement."""
    tickets = [reason.about[1] for reason in reasons if reason.about[0] == "ticket"]
    seen = {}
    if tickets:
        rows = Ticket.objects.visible_to(user).filter(pk__in=tickets)
        seen = {ticket.pk: ticket.number for ticket in rows.only("pk", "queue")}
    return [_linked(subscriber, reason, seen) for reason in reasons]


def _linked(subscriber: Subscriber, reason: Reason, seen: Mapping[int, str]) -> LinkedReason:
    name, pk = reason.about
    page = reverse("subscriber-detail", args=[subscriber.pk])
    words, url = "", ""
    if name == "ticket" and pk in seen:
        words, url = seen[pk], reverse("ticket-detail", args=[pk])
    elif name == "box":
        words, url = "Box", f"{page}#box-{pk}"
    elif name == "session":
        words, url = "Cancellation", reverse("cancellation-detail", args=[pk])
    elif name == "milestone":
        words, url = "Milestone", f"{page}#milestone-{pk}"
    elif name in ("cycle", "subscription"):
        words, url = "Subscription", page
    return LinkedReason(reason, words, url, reason.points > 0)


@dataclass(frozen=True)
class Past:
    """One number of before, and since when."""

    at: datetime
    number: int


def history_of(subscriber: int, days: int = 90, now: datetime | None = None) -> list[Past]:
    """The numbers of these days in order, the first at the window's start where it was known. Two statements."""
    now = now or timezone.now()
    start = now - timedelta(days=days)
    rows = HealthEvent.objects.filter(subscriber=subscriber, number__isnull=False)
    columns = ("occurred_at", "number")
    before = rows.filter(occurred_at__lt=start).order_by("-occurred_at", "-pk").values_list(*columns)[:1]
    within = rows.filter(occurred_at__gte=start, occurred_at__lte=now).order_by("occurred_at", "pk")
    past = [
        Past(max(at, start), number) for at, number in (*before, *within.values_list(*columns)) if number is not None
    ]
    return [*past, Past(now, past[-1].number)] if past else []


def with_word(subscribers: "QuerySet[Subscriber]", words: Iterable[str]) -> "QuerySet[Subscriber]":
    """Those whose health has one of these words."""
    wanted = Health.objects.filter(subscriber=OuterRef("pk"), word__in=list(words))
    return subscribers.filter(Exists(wanted))
