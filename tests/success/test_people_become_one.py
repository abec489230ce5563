"""Two people turn out to be one: alerts, reasons, runs, contacts and tickets are one person's, and nothing is lost."""

import pytest
from django.utils import timezone

from subscribers import signals
from subscribers.models import Subscriber
from success.enums import LIVE_RUN, FactKind, TouchCategory, TouchDecision
from success.flows.entry import enter_by_hand
from success.models import Alert, Evidence, Flow, Run, Touch
from success.services.facts import record_fact
from tests.factories.flows import make_flow
from tests.factories.people import SubscriberFactory
from tests.factories.tickets import make_ticket

pytestmark = pytest.mark.django_db
LATER = ("later", "wait", {"hours": 1000})


def become_one(former: Subscriber, known: Subscriber) -> None:
    signals.subscribers_merged.send(sender=Subscriber, former=former, subscriber=known)


def fact(person: Subscriber, kind: FactKind, key: str) -> None:
    record_fact(subscriber=person, kind=kind, source_key=key, observed_at=timezone.now())


@pytest.mark.parametrize("both_have_alerts", [True, False])
def test_everything_is_of_one_person(store, manager, both_have_alerts):
    Flow.objects.update(is_active=False)
    alone, shared = make_flow(store, LATER), make_flow(store, LATER)
    former, known = SubscriberFactory(store=store), SubscriberFactory(store=store)
    fact(former, FactKind.HANDED_OVER, "ticket:1:1")
    if both_have_alerts:
        fact(known, FactKind.CANCELLATION_STARTED, "cancellation:2")
        weight = Alert.objects.get(subscriber=known).score + Alert.objects.get(subscriber=former).score
    enter_by_hand(alone, former, actor=manager)
    for person in (former, known):
        enter_by_hand(shared, person, actor=manager)
    Touch.objects.create(
        store=store, subscriber=former, channel="mail", category=TouchCategory.SUCCESS, decision=TouchDecision.SENT,
        key="one",
    )  # fmt: skip
    ticket = make_ticket("Hello", subscriber=former)
    become_one(former, known)
    alert = Alert.objects.live().get()
    assert (alert.subscriber, Alert.objects.filter(subscriber=former).exists()) == (known, False)
    assert set(alert.evidence.filter(retracted_at=None).values_list("subscriber", flat=True)) == {known.pk}
    if both_have_alerts:
        assert (alert.score, alert.evidence.count()) == (weight, 2)
        assert Alert.objects.exclude(pk=alert.pk).get().subscriber == known
    live = Run.objects.filter(status__in=LIVE_RUN).order_by("flow")
    assert [(run.flow, run.subscriber) for run in live] == [(alone, known), (shared, known)]
    assert Run.objects.filter(subscriber=known).count() == 3
    assert Touch.objects.get().subscriber == known
    ticket.refresh_from_db()
    assert ticket.subscriber == known
    assert not Evidence.objects.filter(subscriber=former).exists()
