"""Where facts come from: for each kind the rows that hold them, as the sweep looks for them and a trial counts them.

A source knows its rows since a time, those of them that still hold (`standing`), the key of each (`prefix` and the
column behind it), and makes the fact of a row; receivers make the same fact of the same row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat, Substr
from django.utils import timezone

from subscribers.cancellation.enums import OPEN_SESSION, SessionState
from subscribers.enums import BoxStatus, CycleStatus, SubscriptionEventKind
from subscribers.models import Box, CancellationSession, CardExpiry, Cycle, SubscriptionEvent
from subscribers.selectors import skips_in_a_row
from success.enums import LIVE_ALERT, FactKind
from success.models import AlertRule, Cause, Evidence, HeldFact
from success.services.facts import NewFact
from tickets.enums import DAMAGED, GOOD_SCORES, Author, SatisfactionState
from tickets.models import Clock, Message, SatisfactionRequest, Ticket, TicketTopic

# Boxes that were expected longer ago are no news: what became of them is for the carrier's claims.
STALE_BOX = timedelta(days=30)
ASKED_AGAIN = timedelta(days=1)


def of_ticket(ticket: Ticket, kind: FactKind, observed_at: datetime, **fields: Any) -> NewFact:
    """A fact about a ticket: at most one of a kind."""
    return NewFact(
        ticket.store_id, ticket.subscriber_id, kind, f"ticket:{ticket.pk}", observed_at, ticket=ticket, **fields
    )


def damage(topic: TicketTopic) -> NewFact:
    ticket = topic.ticket
    data = {"words": topic.evidence, "confidence": topic.confidence, "source": topic.source}
    return of_ticket(ticket, FactKind.DAMAGED_BOX, topic.created_at, box=ticket.box, data=data)


def cycle_one(ticket: Ticket) -> NewFact:
    return of_ticket(ticket, FactKind.CYCLE_ONE_TICKET, ticket.opened_at, data={"subject": ticket.subject})


def breach(clock: Clock) -> NewFact:
    """The first promise that was broken to the writer of a ticket."""
    at = clock.breached_at or timezone.now()
    data = {"metric": clock.get_metric_display(), "due_at": at.isoformat(), "subject": clock.ticket.subject}
    # Complaints of an open cause break their promises together: all of it is on the cause's one alert.
    cause = Cause.objects.of_ticket(clock.ticket).first()
    about = {"about": cause.about, "title": cause.title} if cause else {}
    return of_ticket(clock.ticket, FactKind.SLA_BREACHED, at, data=data, **about)


def rating(ticket: Ticket, stars: int, comment: str, at: datetime) -> NewFact:
    words = [comment.strip()[:500]] if comment.strip() else []
    return of_ticket(ticket, FactKind.LOW_SATISFACTION, at, data={"rating": stars, "words": words})


def _of_cycle(cycle: Cycle, kind: FactKind, at: datetime, data: dict[str, Any]) -> NewFact:
    subscription = cycle.subscription
    data = {"cycle": cycle.index, "subscription": subscription.pk, **data}
    return NewFact(subscription.store_id, subscription.subscriber_id, kind, f"cycle:{cycle.pk}", at, data=data)


def failed_payment(event: SubscriptionEvent) -> NewFact:
    cycle: Any = event.cycle
    amount = cycle.subscription.price if cycle.amount is None else cycle.amount
    data = {
        "amount": f"{amount} {cycle.currency or cycle.subscription.currency}",
        "error": str(event.data.get("error") or "")[:300],
    }
    return _of_cycle(cycle, FactKind.PAYMENT_FAILED, event.occurred_at, data)


def second_skip(event: SubscriptionEvent) -> NewFact:
    cycle: Any = event.cycle
    data = {"in_a_row": skips_in_a_row(cycle.subscription, cycle), "reason": str(event.reason or "")}
    return _of_cycle(cycle, FactKind.SKIPPED_TWICE, event.occurred_at, data)


def leaving(session: CancellationSession) -> NewFact:
    data = {"reason": str(session.reason or ""), "channel": session.get_channel_display(), "cycle": session.cycle_index}
    return NewFact(
        session.store_id,
        session.subscriber_id,
        FactKind.CANCELLATION_STARTED,
        f"cancellation:{session.pk}",
        session.started_at,
        data={**data, "subscription": session.subscription_id},
    )


def expiring_card(expiry: CardExpiry) -> NewFact:
    subscription = expiry.subscription
    data = {
        "last4": expiry.method.last4,
        "expires_on": expiry.expires_on.isoformat(),
        "billing_at": expiry.billing_at.isoformat(),
        "days_left": max(0, (expiry.billing_at - expiry.noted_at).days),
        "subscription": subscription.pk,
    }
    kind, key = FactKind.CARD_EXPIRING, f"card:{expiry.pk}"
    return NewFact(subscription.store_id, subscription.subscriber_id, kind, key, expiry.noted_at, data=data)


def late_box(box: Box) -> NewFact:
    subscription = box.cycle.subscription
    zone = ZoneInfo(subscription.store.time_zone)
    expected: date = box.expected_on or timezone.now().date()
    # Late from the end of the day on which it was expected.
    at = datetime(expected.year, expected.month, expected.day, tzinfo=zone) + timedelta(days=1)
    until = box.delivered_at or timezone.now()
    data = {
        "days_late": max(0, (until.astimezone(zone).date() - expected).days),
        "expected_on": expected.isoformat(),
        "order": box.order_number,
        "carrier": box.carrier,
        "status": box.get_status_display(),
    }
    kind = FactKind.BOX_LATE
    return NewFact(subscription.store_id, subscription.subscriber_id, kind, f"box:{box.pk}", at, box=box, data=data)


def recorded(evidence: Evidence) -> NewFact:
    """A fact that nothing but its record tells of."""
    alert = evidence.alert
    return NewFact(
        alert.store_id,
        evidence.subscriber_id,
        FactKind(evidence.kind),
        evidence.source_key,
        evidence.observed_at,
        data=evidence.data,
        about=alert.about,
    )


Rows = QuerySet[Any]


@dataclass(frozen=True)
class Source:
    """`since(at)`: rows that became facts since then, oldest first. `standing`: which of them still ask for somebody.

    `store`: the lookup from a row to its store; `key`: the column behind the prefix of the key, and `prefix`.
    """

    kind: FactKind
    since: Callable[[datetime], Rows]
    fact: Callable[[Any], NewFact]
    store: str
    prefix: str = ""
    key: str = "pk"
    standing: Q | None = None

    def missing(self, look_back: timedelta, most: int) -> Rows:
        """Rows that no alert has, of stores that ask for them: receivers did not hear of them, or no rule asked."""
        rows = self.since(timezone.now() - look_back).filter(self.standing or Q(), asking(self.kind, self.store))
        return rows.exclude(self.heard())[:most]

    def heard(self) -> Q:
        key = Concat(Value(self.prefix), Cast(OuterRef(self.key), CharField()))
        held = HeldFact.objects.filter(kind=self.kind, source_key=key)
        if self.kind == FactKind.BOX_LATE:
            held = held.filter(held_at__gt=timezone.now() - ASKED_AGAIN)  # it may be later by now
        known = Evidence.objects.filter(kind=self.kind, source_key=key, retracted_at=None)
        return Q(Exists(known)) | Q(Exists(held))


def asking(kind: FactKind, store: str) -> Q:
    """Rows (by the name of their store's column) of stores whose rule asks for such facts: a store's own rules, on or
    off, stand before the shared ones."""
    rules = AlertRule.objects.filter(kind=kind)
    own = rules.exclude(store=None)
    asked = Q(**{f"{store}__in": own.filter(is_active=True).values("store")})
    if rules.filter(store=None, is_active=True).exists():
        asked |= ~Q(**{f"{store}__in": own.values("store")})
    return asked


def _damages(at: datetime) -> Rows:
    rows = TicketTopic.objects.filter(
        reason__key=DAMAGED, rejected_at=None, ticket__isnull=False, ticket__deleted_at=None, created_at__gte=at
    )
    return rows.select_related("ticket__subscriber", "ticket__box", "reason").order_by("created_at", "pk")


def _first_tickets(at: datetime) -> Rows:
    # As the signal: a ticket that only a machine wrote is no call for help.
    by_person = Message.objects.filter(ticket=OuterRef("pk"), automatic="").exclude(author_kind=Author.SYSTEM)
    rows = Ticket.objects.filter(Exists(by_person), cycle_index=1, opened_at__gte=at, deleted_at=None)
    return rows.select_related("subscriber").order_by("opened_at", "pk")


def _ratings(at: datetime) -> Rows:
    """Answers that say less than content; a changed one counts from its change."""
    told_at = Coalesce("changed_at", "rated_at")
    rows = SatisfactionRequest.objects.alias(told_at=told_at).filter(
        state=SatisfactionState.RATED, score__lt=min(GOOD_SCORES), told_at__gte=at, ticket__deleted_at=None
    )
    return rows.select_related("ticket__subscriber").order_by("told_at", "pk")


def rated(request: SatisfactionRequest) -> NewFact:
    at = request.changed_at or request.rated_at or timezone.now()
    return rating(request.ticket, request.score or 0, request.comment, at)


def _breaches(at: datetime) -> Rows:
    earlier = Clock.objects.filter(ticket=OuterRef("ticket"), breached_at__lt=OuterRef("breached_at"))
    rows = Clock.objects.filter(~Exists(earlier), breached_at__gte=at, ticket__deleted_at=None)
    return rows.select_related("ticket__subscriber").order_by("breached_at", "pk")


def _events(kind: SubscriptionEventKind, at: datetime) -> Rows:
    """The newest such event of each cycle, told since then and not about long ago."""
    later = SubscriptionEvent.objects.filter(cycle=OuterRef("cycle"), kind=kind, pk__gt=OuterRef("pk"))
    rows = SubscriptionEvent.objects.filter(
        ~Exists(later), kind=kind, recorded_at__gte=at, occurred_at__gte=at, cycle__isnull=False
    )
    # What a file told is history: nobody is called for it.
    rows = rows.exclude(data__has_key="import")
    return rows.select_related("cycle__subscription", "reason").order_by("recorded_at", "pk")


def _second_skips(at: datetime) -> Rows:
    """Skips beside another one that was told before, or is known without having been told."""
    next_to = Q(index=OuterRef("cycle__index") - 1) | Q(index=OuterRef("cycle__index") + 1)
    beside = Cycle.objects.filter(next_to, subscription=OuterRef("subscription"), status=CycleStatus.SKIPPED)
    told = SubscriptionEvent.objects.filter(
        Q(cycle__index=OuterRef("cycle__index") - 1) | Q(cycle__index=OuterRef("cycle__index") + 1),
        subscription=OuterRef("subscription"),
        kind=SubscriptionEventKind.SKIPPED,
        cycle__status=CycleStatus.SKIPPED,
    )
    before, later = told.filter(pk__lt=OuterRef("pk")), told.filter(pk__gt=OuterRef("pk"))
    rows = _events(SubscriptionEventKind.SKIPPED, at).filter(Exists(beside))
    return rows.filter(Q(Exists(before)) | ~Q(Exists(later)))


def _sessions(at: datetime) -> Rows:
    rows = CancellationSession.objects.filter(started_at__gte=at, subscriber__isnull=False)
    return rows.exclude(state=SessionState.BOUNCED).select_related("reason").order_by("started_at", "pk")


def _cards(at: datetime) -> Rows:
    rows = CardExpiry.objects.filter(noted_at__gte=at)
    return rows.select_related("subscription", "method").order_by("noted_at", "pk")


def _boxes(at: datetime) -> Rows:
    """Boxes that are, or were, later than their store's rule tolerates."""
    today = timezone.now().date()
    by_store = tolerances()
    shared = by_store.get(None)
    asked = Q(pk__in=[])
    for store_id, days in by_store.items():
        if store_id is not None:
            asked |= Q(cycle__subscription__store=store_id) & _late_by(days, today)
    if shared is not None:
        asked |= ~Q(cycle__subscription__store__in=[pk for pk in by_store if pk is not None]) & _late_by(shared, today)
    rows = Box.objects.filter(asked, expected_on__gte=at.date()).exclude(status=BoxStatus.CANCELLED)
    return rows.select_related("cycle__subscription__store").order_by("expected_on", "pk")


def _late_by(days: int, today: date) -> Q:
    undelivered = Q(delivered_at=None, expected_on__lte=today - timedelta(days=days))
    return undelivered | Q(delivered_at__gte=F("expected_on") + timedelta(days=days + 1))


def tolerances() -> dict[int | None, int]:
    """How many days late the first rule of each store, and of all others (None), looks at a box; at least one."""
    found: dict[int | None, int] = {}
    for store_id, conditions in AlertRule.objects.filter(kind=FactKind.BOX_LATE, is_active=True).values_list(
        "store_id", "conditions"
    ):
        days = max(1, int(float(conditions.get("measure") or 1)))
        found[store_id] = min(days, found.get(store_id, days))
    return found


def _recorded(kind: FactKind, at: datetime) -> Rows:
    rows = Evidence.objects.filter(kind=kind, observed_at__gte=at)
    return rows.select_related("alert").order_by("observed_at", "pk")


FAILED_NOW = Q(cycle__status=CycleStatus.FAILED)
# The more urgent first, so that no flow begins only to be superseded.
SOURCES = (
    Source(FactKind.DAMAGED_BOX, _damages, damage, "ticket__store", "ticket:", "ticket_id"),
    Source(
        FactKind.CANCELLATION_STARTED,
        _sessions,
        leaving,
        "store",
        "cancellation:",
        standing=Q(state__in=OPEN_SESSION),
    ),
    Source(
        FactKind.PAYMENT_FAILED,
        partial(_events, SubscriptionEventKind.BILLING_FAILED),
        failed_payment,
        "subscription__store",
        "cycle:",
        "cycle_id",
        FAILED_NOW,
    ),
    Source(FactKind.CYCLE_ONE_TICKET, _first_tickets, cycle_one, "store", "ticket:"),
    Source(FactKind.LOW_SATISFACTION, _ratings, rated, "store", "ticket:", "ticket_id"),
    Source(FactKind.SLA_BREACHED, _breaches, breach, "ticket__store", "ticket:", "ticket_id"),
    Source(
        FactKind.SKIPPED_TWICE,
        _second_skips,
        second_skip,
        "subscription__store",
        "cycle:",
        "cycle_id",
        Q(cycle__status=CycleStatus.SKIPPED),
    ),
    Source(
        FactKind.BOX_LATE,
        _boxes,
        late_box,
        "cycle__subscription__store",
        "box:",
        standing=Q(delivered_at=None),
    ),
    Source(
        FactKind.CARD_EXPIRING,
        _cards,
        expiring_card,
        "subscription__store",
        "card:",
        standing=Q(settled_at=None),
    ),
)
BY_KIND = {source.kind: source for source in SOURCES}


def source_of(kind: FactKind) -> Source:
    """Of kinds that other parts of success find out, what was recorded of them."""
    return BY_KIND.get(kind) or Source(kind, partial(_recorded, kind), recorded, "alert__store")


def over(kind: FactKind, rows: QuerySet[Any]) -> Rows:
    """Evidence of open alerts whose source (by the number in its key) is none of `rows` any more."""
    number = Cast(Substr("source_key", len(BY_KIND[kind].prefix) + 1), BigIntegerField())
    standing = Evidence.objects.filter(kind=kind, retracted_at=None, alert__status__in=LIVE_ALERT)
    return standing.annotate(number=number).filter(~Exists(rows.filter(pk=OuterRef("number"))))
