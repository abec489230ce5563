"""What success hears in the demo store: of tickets, and of payments, skips and boxes that nobody wrote about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from helpdesk.demo.threads import Thread
from helpdesk.demo.world import Order, Parcel, Person
from helpdesk.models import User
from success.enums import FactKind
from tickets.enums import ClockState
from tickets.models import Clock

TOLERATED = timedelta(days=2)


@dataclass
class Fact:
    at: datetime
    kind: FactKind
    thread: Thread | None
    parcel: Parcel | None
    data: dict[str, Any]
    weight: int = 0
    retracted_at: datetime | None = None
    retracted_by: User | None = None
    settled: str = ""
    source: str = ""

    @property
    def key(self) -> str:
        return f"ticket:{self.thread.pk}" if self.thread else self.source


def facts_of(thread: Thread) -> list[Fact]:
    """What success hears of a ticket, the more urgent first."""
    facts = []
    if topic := thread.topics.get("damaged"):
        data = {"words": list(dict.fromkeys(topic.hit.because)), "confidence": topic.hit.confidence, "source": "rule"}
        fact = Fact(topic.at, FactKind.DAMAGED_BOX, thread, thread.parcel, data)
        fact.retracted_at, fact.retracted_by = topic.rejected_at, topic.rejected_by
        facts.append(fact)
    if thread.cycle_index == 1:
        facts.append(Fact(thread.opened_at, FactKind.CYCLE_ONE_TICKET, thread, None, {"subject": thread.subject}))
    return facts


def breach_of(thread: Thread, now: datetime) -> Fact | None:
    """The first promise to a subscriber that was broken. Its ticket's clocks have not been swept yet."""
    ended: list[tuple[datetime, Clock]] = []
    for clock in thread.clocks.clocks:
        due_at = clock.due_at if clock.state == ClockState.RUNNING else None
        if clock.breached_at or (due_at and due_at < now):
            ended.append((clock.breached_at or due_at or now, clock))
    if not ended:
        return None
    at, clock = min(ended, key=lambda one: one[0])
    data = {
        "metric": str(clock.get_metric_display()),
        "due_at": at.isoformat(),
        "subject": thread.subject,
        "at_risk": ["in their first cycle" if thread.cycle_index == 1 else "an alert is open"],
    }
    return Fact(at, FactKind.SLA_BREACHED, thread, None, data)


def facts_of_person(person: Person, parcels: list[Parcel], now: datetime) -> list[Fact]:
    """Payments that failed, second skips, late boxes."""
    found = [fact for order in person.orders for fact in (*_payments(order), *_skips(order))]
    found += [fact for parcel in parcels if (fact := _lateness(parcel, now))]
    return [fact for fact in found if fact.at <= now]


def _payments(order: Order) -> Iterator[Fact]:
    for turn in order.rounds:
        if turn.failed_at is None:
            continue
        data = {"cycle": turn.index, "amount": f"{order.line.price} USD", "error": "The card was declined"}
        fact = Fact(turn.failed_at, FactKind.PAYMENT_FAILED, None, None, data, source=f"cycle:{turn.pk}")
        if turn.billed_at is not None and turn.billed_at > turn.failed_at:
            fact.retracted_at, fact.settled = turn.billed_at, "It was paid"
        yield fact


def _skips(order: Order) -> Iterator[Fact]:
    in_a_row = 0
    for turn in order.rounds:
        in_a_row = in_a_row + 1 if turn.skipped_at else 0
        if turn.skipped_at and in_a_row > 1:
            data = {"in_a_row": in_a_row, "cycle": turn.index}
            yield Fact(turn.skipped_at, FactKind.SKIPPED_TWICE, None, None, data, source=f"cycle:{turn.pk}")


def _lateness(parcel: Parcel, now: datetime) -> Fact | None:
    at = parcel.expected_at + TOLERATED
    if at > now or (parcel.arrives_at is not None and parcel.arrives_at <= at):
        return None
    until = min(parcel.arrives_at or now, now)
    data = {
        "days_late": (until.date() - parcel.expected_at.date()).days,
        "expected_on": parcel.expected_at.date().isoformat(),
        "order": parcel.order_number,
        "carrier": parcel.carrier,
    }
    fact = Fact(at, FactKind.BOX_LATE, None, parcel, data, source=f"box:{parcel.pk}")
    if parcel.arrives_at is not None and parcel.arrives_at <= now:
        fact.retracted_at, fact.settled = parcel.arrives_at, "It arrived"
    return fact
