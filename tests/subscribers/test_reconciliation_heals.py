"""What was never told is found at the provider, shown, and repaired by the same facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from subscribers.enums import BoxStatus, CycleStatus, DifferenceState, Provider, ReconciliationState, SubscriptionStatus
from subscribers.models import Connection, Difference, Reconciliation, Subscriber, Subscription
from subscribers.providers import base
from subscribers.providers.base import BoxTruth, CycleTruth, PersonTruth, Truth, TryAgain
from subscribers.services.people import know_customer
from subscribers.services.reconciliation import reconcile, request_reconciliation, sweep_reconciliations
from tests.factories.people import StoreFactory, SubscriberFactory

BEGAN = datetime(2026, 1, 10, 9, tzinfo=UTC)
ANA = PersonTruth("c1", "ana@example.com", "Ana")


def day(number: int) -> datetime:
    return BEGAN + timedelta(days=number)


BOX = BoxTruth(
    "f1",
    order_id="o1",
    carrier="UPS",
    tracking_number="1Z",
    reports=((BoxStatus.IN_TRANSIT, day(2), None), (BoxStatus.DELIVERED, day(5), None)),
)
TRUTH = Truth(
    external_id="77",
    person=ANA,
    at=day(80),
    told={
        "status": SubscriptionStatus.CANCELLED,
        "price": Decimal("24.00"),
        "currency": "EUR",
        "started_at": BEGAN,
        "billing_interval_count": 1,
    },
    status_since=day(70),
    revision=9,
    cycles=(
        CycleTruth(day(0), CycleStatus.BILLED, day(0), 1, amount=Decimal("24.00"), order_id="o1", boxes=(BOX,)),
        CycleTruth(day(31), CycleStatus.SKIPPED, day(20), 2),
        CycleTruth(day(59), CycleStatus.FAILED, day(59), 3),
    ),
    cursor="end",
)


class Remote:
    """A provider that knows what it is told to know."""

    key = Provider.RECHARGE

    def __init__(self, *truths: Truth) -> None:
        self.truths, self.seen, self.fails_at = truths, [], -1

    def count(self, connection, *, since):
        return len(self.truths)

    def reconcile(self, connection, *, since, cursor):
        self.seen.append((since, cursor))
        names = [truth.cursor for truth in self.truths]
        for number in range(names.index(cursor) + 1 if cursor else 0, len(self.truths)):
            if number == self.fails_at:
                self.fails_at = -1
                raise TryAgain("limit reached")
            yield self.truths[number]


@pytest.fixture
def connection(db) -> Connection:
    return Connection.objects.create(
        store=StoreFactory(currency="EUR"), provider=Provider.RECHARGE, domain="tea.example"
    )


def run(monkeypatch, connection, remote) -> Reconciliation:
    monkeypatch.setitem(base._PROVIDERS, Provider.RECHARGE, remote)
    job = request_reconciliation(connection)
    Reconciliation.objects.filter(pk=job.pk).update(claimed_until=None)
    assert reconcile(job.pk)
    job.refresh_from_db()
    return job


def test_a_subscription_that_nobody_told_of_is_made_whole(monkeypatch, connection):
    job = run(monkeypatch, connection, Remote(TRUTH))
    assert (job.state, job.read, job.expected, job.differences_found, job.repaired) == ("done", 1, 1, 1, 1)
    known = Subscription.objects.get()
    assert (known.subscriber.email, known.status, known.ended_at, known.started_at, known.price) == (
        "ana@example.com",
        "cancelled",
        day(70),
        BEGAN,
        Decimal("24.00"),
    )
    assert list(known.cycles.order_by("index").values_list("status", flat=True)) == ["billed", "skipped", "failed"]
    box = known.cycles.get(index=1).boxes.get()
    assert (box.status, box.delivered_at, box.carrier) == (BoxStatus.DELIVERED, day(5), "UPS")
    again = run(monkeypatch, connection, Remote(TRUTH))
    assert (again.read, again.differences_found) == (1, 0)
    connection.refresh_from_db()
    assert connection.last_reconciled_at == again.started_at


def test_each_field_that_differs_is_shown_and_repaired(monkeypatch, connection):
    run(monkeypatch, connection, Remote(TRUTH))
    paid = replace(TRUTH.cycles[2], status=CycleStatus.BILLED, at=day(61), amount=Decimal("24.00"))
    told = {**TRUTH.told, "price": Decimal("30.00")}
    job = run(monkeypatch, connection, Remote(replace(TRUTH, at=day(90), told=told, cycles=(paid,))))
    shown = list(job.differences.order_by("pk").values_list("object_kind", "field", "ours", "theirs", "state"))
    assert shown == [
        ("subscription", "price", "24.00", "30.00", DifferenceState.REPAIRED),
        ("cycle", "status", "failed", "billed", DifferenceState.REPAIRED),
        ("cycle", "amount", "none", "24.00", DifferenceState.REPAIRED),
    ]
    assert Subscription.objects.get().cycles.get(index=3).status == CycleStatus.RECOVERED


def test_what_cannot_be_any_more_is_shown_as_such(monkeypatch, connection):
    run(monkeypatch, connection, Remote(TRUTH))
    unpaid = replace(TRUTH.cycles[0], status=CycleStatus.SKIPPED, amount=None, boxes=())
    job = run(monkeypatch, connection, Remote(replace(TRUTH, cycles=(unpaid,))))
    difference = Difference.objects.get(reconciliation=job)
    assert (difference.field, difference.state, job.repaired) == ("status", DifferenceState.FAILED, 0)


def test_a_fault_with_one_stops_no_other_and_an_outage_goes_on_where_it_was(monkeypatch, connection, caplog):
    bad = replace(TRUTH, external_id="bad", told={"price": Decimal("-1")}, cursor="bad")
    good = replace(TRUTH, external_id="good", person=PersonTruth("c2", "bob@example.com"))
    remote = Remote(bad, good)
    remote.fails_at = 1
    job = run(monkeypatch, connection, remote)
    assert (job.state, job.read, job.error) == (ReconciliationState.QUEUED, 1, "limit reached")
    Reconciliation.objects.update(claimed_until=None)
    assert sweep_reconciliations() == 1
    job.refresh_from_db()
    assert (job.state, job.read, job.repaired, remote.seen) == ("done", 2, 1, [(None, ""), (None, "bad")])
    assert list(Subscription.objects.values_list("external_id", flat=True)) == ["good"]
    assert job.differences.get(external_id="bad").state == DifferenceState.FAILED


def test_one_at_a_time_and_every_night(monkeypatch, connection):
    monkeypatch.setitem(base._PROVIDERS, Provider.RECHARGE, Remote())
    assert request_reconciliation(connection) == request_reconciliation(connection)
    assert sweep_reconciliations() == 1
    assert sweep_reconciliations() == 0
    Reconciliation.objects.update(requested_at=BEGAN)
    Connection.objects.update(last_reconciled_at=BEGAN)
    assert sweep_reconciliations() == 1
    assert Reconciliation.objects.order_by("pk").last().since == BEGAN - timedelta(hours=6)


def test_somebody_known_by_a_number_becomes_themselves(connection):
    nobody = know_customer(connection, PersonTruth("7", ""))
    assert (nobody.email, nobody.undeliverable_at is None) == ("recharge-7@unknown.invalid", False)
    named = know_customer(connection, PersonTruth("7", "eve@example.com", "Eve"))
    assert (named, named.email, named.name, named.undeliverable_at) == (nobody, "eve@example.com", "Eve", None)
    other = know_customer(connection, PersonTruth("8", ""))
    known = SubscriberFactory(store=connection.store, email="Bob@example.com")
    assert know_customer(connection, PersonTruth("8", "bob@example.com")) == known
    assert Subscriber.objects.get(pk=other.pk).merged_into == known
