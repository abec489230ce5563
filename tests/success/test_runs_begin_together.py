"""Facts of many people at once begin the same runs as each by itself, in fewer statements."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from success.enums import FactKind
from success.models import Run
from success.services.facts import NewFact, record_all
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory


def told(store, person, kind: FactKind, number: int, box=None) -> NewFact:
    return NewFact(store.pk, person.pk, kind, f"{kind}:{number}", timezone.now(), box=box, subscriber=person)


@pytest.fixture
def facts(store) -> list[NewFact]:
    """Of people in no flow, of one with two facts, of one without a subscription, and of one forgotten."""
    people = [SubscriberFactory(store=store) for _ in range(5)]
    found = []
    for number, person in enumerate(people[:3]):
        box = BoxFactory(cycle=CycleFactory(subscription=SubscriptionFactory(subscriber=person)))
        found.append(told(store, person, FactKind.DAMAGED_BOX, number, box))
    found.append(told(store, people[0], FactKind.CYCLE_ONE_TICKET, 0))
    found.append(told(store, people[3], FactKind.CYCLE_ONE_TICKET, 3))
    people[4].redacted_at = timezone.now()
    people[4].save()
    found.append(told(store, people[4], FactKind.DAMAGED_BOX, 4))
    return found


def begun() -> list[tuple]:
    rows = Run.objects.order_by("subscriber", "pk").select_related("flow")
    return [
        (
            *(run.subscriber_id, run.flow.key, run.trigger_key, run.subscription_id, run.box_id, run.arm),
            run.alert_id is not None,
            list(run.steps.values_list("sequence", "state")),
            list(run.events.values_list("kind", "text")),
        )
        for run in rows
    ]


def test_together_is_one_by_one(facts):
    with transaction.atomic():
        for fact in facts:
            record_all([fact])
        alone = begun()
        transaction.set_rollback(True)
    record_all(facts)
    assert begun() == alone
    assert len(alone) == 4


def test_statements_do_not_grow_with_people(store):
    def statements(count: int) -> int:
        people = [SubscriberFactory(store=store) for _ in range(count)]
        for person in people:
            SubscriptionFactory(subscriber=person)
        with CaptureQueriesContext(connection) as asked:
            record_all([told(store, person, FactKind.CYCLE_ONE_TICKET, person.pk) for person in people])
        return len(asked)

    assert statements(2) == statements(6)
    assert Run.objects.count() == 8
