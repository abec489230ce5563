"""The list of subscribers: who is on it, by view and words, what a row tells, and at what cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.directory import VIEWS
from subscribers.enums import BoxStatus, CycleStatus
from subscribers.models import Subscriber
from subscribers.selectors import cycle_index
from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return StoreFactory()


@pytest.fixture
def visit(client, store):
    client.force_login(MembershipFactory(store=store).user)

    def get(query: str = "", **headers):
        return client.get(f"/subscribers/{query}", headers=headers)

    return get


def names(answer) -> list[str]:
    return [entry.subscriber.name for entry in answer.context["entries"]]


def subscribed(store, name: str, billings: int, **fields) -> Subscriber:
    person = SubscriberFactory(store=store, name=name)
    subscription = SubscriptionFactory(subscriber=person, **fields)
    for index in range(1, billings + 1):
        CycleFactory(subscription=subscription, index=index, billed_at=subscription.started_at)
    return person


def ended(**fields) -> dict:
    return {"status": "cancelled", "ended_at": timezone.now(), **fields}


@pytest.fixture
def cast(store):
    subscribed(store, "New", 1)
    subscribed(store, "Unbilled", 0)
    subscribed(store, "Loyal", 3)
    subscribed(store, "Resting", 2, status="paused")
    subscribed(store, "Gone", 1, **ended())
    SubscriberFactory(store=store, name="Asked")
    back = subscribed(store, "Back", 2, **ended())
    SubscriptionFactory(subscriber=back)


def test_newest_are_first(visit, store):
    now = timezone.now()
    for days, name in ((3, "Old"), (1, "New"), (2, "Middle")):
        SubscriberFactory(store=store, name=name, created_at=now - timedelta(days=days))
    assert names(visit()) == ["New", "Middle", "Old"]


def test_views_hold_what_they_say(visit, cast):
    held = {view.key: sorted(names(visit(f"?view={view.key}"))) for view in VIEWS}
    assert held == {
        "all": ["Asked", "Back", "Gone", "Loyal", "New", "Resting", "Unbilled"],
        "active": ["Back", "Loyal", "New", "Unbilled"],
        "cycle-one": ["New", "Unbilled"],
        "paused": ["Resting"],
        "ended": ["Gone"],
        "none": ["Asked"],
    }


def test_cycle_is_the_one_that_tickets_are_judged_by(visit, cast):
    now = timezone.now()
    entries = visit().context["entries"]
    assert [entry.cycle for entry in entries] == [cycle_index(entry.subscriber, now) for entry in entries]


def test_row_shows_the_subscription_that_counts(visit, store):
    person = subscribed(store, "Ana", 2, **ended(started_at=timezone.now()))
    active = SubscriptionFactory(subscriber=person, billing_interval_count=2, delivery_interval_count=2)
    cycle = CycleFactory(subscription=active, index=3, status=CycleStatus.SCHEDULED)
    coming = {"shipped_at": None, "delivered_at": None}
    BoxFactory(cycle=CycleFactory(subscription=active))
    box = BoxFactory(cycle=cycle, status=BoxStatus.PLANNED, **coming)
    BoxFactory(cycle=cycle, sequence=2, status=BoxStatus.PLANNED, **coming)
    (entry,) = visit().context["entries"]
    assert (entry.subscription, entry.more, entry.cycle, entry.next_box) == (active, 1, 3, box)
    assert entry.frequency == "every 2 months"


@pytest.mark.parametrize(
    ("words", "found"), [("ana", ["Ana Lang"]), ("LANG", ["Ana Lang"]), ("x@", ["Bo"]), ("zz", [])]
)
def test_words_find_names_and_addresses(visit, store, words, found):
    SubscriberFactory(store=store, name="Ana Lang", email="someone@mail.example")
    SubscriberFactory(store=store, name="Bo", email="x@mail.example")
    assert names(visit(f"?q={words}")) == found


def test_filter_of_the_rest_interface_works_here_too(visit, cast):
    assert sorted(names(visit("?status=cancelled"))) == ["Back", "Gone"]
    wrong = visit("?status=nonsense")
    assert (names(wrong), list(wrong.context["errors"])) == ([], ["status"])


def test_merged_and_forgotten_are_not_listed(visit, store):
    kept = SubscriberFactory(store=store, name="Kept")
    SubscriberFactory(store=store, merged_into=kept)
    SubscriberFactory(store=store, redacted_at=timezone.now())
    assert names(visit()) == ["Kept"]


def test_search_as_you_type_gets_the_rows_alone(visit, cast):
    text = visit("?q=Loyal", **{"HX-Request": "true", "HX-Target": "subscriber-rows"}).content.decode()
    assert (text.strip().startswith('<div id="subscriber-rows"'), "<html" in text) == (True, False)


def test_pages_neither_repeat_nor_leave_out(visit, store):
    now = timezone.now()
    Subscriber.objects.bulk_create(Subscriber(store=store, email=f"{n}@x.example", created_at=now) for n in range(101))
    shown = [entry.subscriber.pk for number in (1, 2, 3) for entry in visit(f"?page={number}").context["entries"]]
    assert sorted(shown) == sorted(Subscriber.objects.values_list("pk", flat=True))


def test_other_stores_are_not_shown(visit):
    SubscriberFactory()
    assert names(visit()) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_at_any_length(visit, store, django_assert_num_queries, rows):
    for number in range(rows):
        person = subscribed(store, f"P{number}", 1)
        BoxFactory(cycle=person.subscriptions.get().cycles.get())
    with django_assert_num_queries(8):  # session, user, people, subscriptions, boxes, mail, kept lists, requests
        assert len(names(visit())) == rows
