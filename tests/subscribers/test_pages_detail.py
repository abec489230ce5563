"""The page of a subscriber: subscriptions, boxes, history, consent; others' parts by their addresses."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.enums import BoxStatus, ConsentCategory, CycleStatus, SubscriptionEventKind
from subscribers.history import history
from subscribers.models import BoxEvent, Consent, Reason, SubscriptionEvent
from subscribers.wording import frequency_words
from tests.factories.people import MembershipFactory, SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return SubscriberFactory(name="Ana Souza", email="ana@mail.example")


@pytest.fixture
def visit(client, person):
    client.force_login(MembershipFactory(store=person.store).user)
    return lambda: client.get(f"/subscribers/{person.pk}/")


def event(subscription, kind, ago: int, **fields) -> None:
    at = timezone.now() - timedelta(days=ago)
    SubscriptionEvent.objects.create(subscription=subscription, kind=kind, occurred_at=at, **fields)


def test_shows_subscriptions_boxes_and_consent(visit, person):
    subscription = SubscriptionFactory(subscriber=person)
    first = CycleFactory(subscription=subscription)
    CycleFactory(subscription=subscription, index=2, status=CycleStatus.SKIPPED)
    box = BoxFactory(cycle=first, order_number="#5001", tracking_url="https://carrier.example/1", carrier="Post")
    Consent.objects.create(subscriber=person, category=ConsentCategory.MARKETING, granted=False, source="checkout")
    answer = visit()
    (card,) = answer.context["cards"]
    assert [(cycle.index, cycle.status) for cycle in card.cycles] == [(2, "skipped"), (1, "billed")]
    assert [box for _, box in answer.context["boxes"]] == [box]
    text = answer.content.decode()
    assert [words in text for words in ("ana@mail.example", "#5001", "https://carrier.example/1", "checkout")] == [
        True
    ] * 4


def test_parts_of_others_come_by_address(visit, person):
    text = visit().content.decode()
    assert f'hx-get="/alerts/panel/subscriber/{person.pk}/"' in text
    assert f'hx-get="/tickets/panel/subscriber/{person.pk}/"' in text


def test_somebody_without_subscription_has_a_page(visit):
    answer = visit()
    assert (answer.status_code, answer.context["cards"], answer.context["events"]) == (200, [], [])


def test_history_tells_subscription_and_boxes_in_one_line_of_time(person):
    subscription = SubscriptionFactory(subscriber=person)
    cycle = CycleFactory(subscription=subscription)
    box = BoxFactory(cycle=cycle, order_number="#5001")
    reason = Reason.objects.create(key="too_much", label="Too much product", for_skips=True)
    event(subscription, SubscriptionEventKind.STARTED, 9, actor_kind="subscriber")
    event(subscription, SubscriptionEventKind.BILLED, 8, cycle=cycle, data={"amount": "30.00"})
    BoxEvent.objects.create(box=box, status=BoxStatus.IN_TRANSIT, occurred_at=timezone.now() - timedelta(days=7))
    BoxEvent.objects.create(box=box, status=BoxStatus.DELIVERED, occurred_at=timezone.now() - timedelta(days=6))
    event(subscription, SubscriptionEventKind.SKIPPED, 2, cycle=cycle, reason=reason, actor_kind="subscriber")
    event(subscription, SubscriptionEventKind.BILLING_FAILED, 1, cycle=cycle, data={"error": "card declined"})
    lines, has_more = history(person)
    assert has_more is False
    assert [(line.title, line.detail) for line in lines] == [
        ("Cycle 1: billing failed", "card declined"),
        ("Cycle 1: skipped", "Too much product · by the subscriber"),
        ("Box #5001: delivered", ""),
        ("Cycle 1: billed", "30.00 EUR"),
        ("Started", "by the subscriber"),
    ]


def test_history_is_cut_and_says_so(person):
    subscription = SubscriptionFactory(subscriber=person)
    for ago in range(4):
        event(subscription, SubscriptionEventKind.PAUSED, ago)
    lines, has_more = history(person, limit=3)
    assert (len(lines), has_more) == (3, True)


@pytest.mark.parametrize(
    ("billed", "delivered", "words"),
    [
        (("month", 1), ("month", 1), "monthly"),
        (("week", 2), ("week", 2), "every 2 weeks"),
        (("year", 1), ("month", 1), "billed yearly, delivered monthly"),
    ],
)
def test_frequency_in_words(billed, delivered, words):
    fields = dict(zip(("billing_interval", "billing_interval_count"), billed, strict=True))
    fields |= dict(zip(("delivery_interval", "delivery_interval_count"), delivered, strict=True))
    assert frequency_words(SubscriptionFactory.build(subscriber=None, store=None, product=None, **fields)) == words


@pytest.mark.parametrize("rows", [1, 3])
def test_page_costs_the_same_whatever_it_shows(visit, person, django_assert_num_queries, rows):
    for _ in range(rows):
        subscription = SubscriptionFactory(subscriber=person)
        BoxFactory(cycle=CycleFactory(subscription=subscription))
        event(subscription, SubscriptionEventKind.STARTED, 1)
    with django_assert_num_queries(11):
        assert len(visit().context["cards"]) == rows


def test_outsider_does_not_find_them(client, person):
    client.force_login(MembershipFactory().user)
    assert client.get(f"/subscribers/{person.pk}/").status_code == 404
