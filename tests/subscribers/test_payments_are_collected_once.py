"""A payment is a row before it is asked for, asked for outside of any transaction, and asked for once."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from subscribers.enums import ChargeState, CycleStatus, Provider
from subscribers.models import Charge, Connection, Subscription
from subscribers.providers.builtin import billing
from tests.factories.people import SubscriberFactory


@dataclass
class Bank:
    """Keeps what it collected by key, as real ones do; loses its answer when told to."""

    asked: list[str] = field(default_factory=list)
    collected: set[str] = field(default_factory=set)
    loses: bool = False
    was_atomic: list[bool] = field(default_factory=list)

    def collect(self, charge: Charge) -> billing.Outcome:
        self.asked.append(charge.key)
        self.was_atomic.append(connection.in_atomic_block)
        self.collected.add(charge.key)
        if self.loses:
            raise ConnectionError("no answer")
        return billing.Outcome(ChargeState.PAID)


@pytest.fixture
def bank(monkeypatch):
    made = Bank()
    monkeypatch.setitem(billing._COLLECTORS, "bank", made)
    return made


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_lost_is_asked_for_again_by_the_same_key(bank, caplog):
    subscriber = SubscriberFactory()
    now = timezone.now()
    Connection.objects.create(
        store=subscriber.store, provider=Provider.BUILTIN, domain="tea", options={"collector": "bank"}
    )
    Subscription.objects.create(
        store=subscriber.store,
        subscriber=subscriber,
        provider=Provider.BUILTIN,
        external_id="1",
        price=30,
        currency="EUR",
        started_at=now - timedelta(days=3),
        next_billing_at=now - timedelta(hours=1),
    )
    bank.loses = True
    billing.sweep_billing()
    charge = Charge.objects.get()
    assert (charge.state, charge.attempts, charge.asked_at is None) == (ChargeState.OPEN, 1, False)
    billing.sweep_billing()  # somebody may still be waiting for the answer
    bank.loses = False
    Charge.objects.update(next_attempt_at=timezone.now())
    billing.sweep_billing()
    charge = Charge.objects.select_related("cycle").get()
    assert (charge.state, charge.asked_at, charge.cycle.status) == (ChargeState.PAID, None, CycleStatus.BILLED)
    assert (bank.asked, len(bank.collected)) == ([charge.key, charge.key], 1)
    assert bank.was_atomic == [False, False]
