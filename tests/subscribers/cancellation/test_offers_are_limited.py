"""Offers: for whom they are, in which order, how often, and never beyond what a store wants to spend."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from subscribers.cancellation.arms import arm_of
from subscribers.cancellation.enums import OfferKind, SessionChannel
from subscribers.cancellation.offers import candidates
from subscribers.cancellation.reasons import choices, reason_of_key
from subscribers.cancellation.sessions import accept, give_reason, open_session, show_offers
from subscribers.errors import Refused
from subscribers.models import CancellationSession, Offer
from tests.factories.people import SubscriberFactory
from tests.subscribers.cancellation.conftest import subscribe


def began(subscription, key: str = "too_expensive"):
    session = open_session(subscription, channel=SessionChannel.PORTAL)
    return give_reason(session, reason=reason_of_key(subscription.store, key))


def kinds(subscription, key: str = "too_expensive") -> list[str]:
    return [candidate.offer.kind for candidate in candidates(began(subscription, key))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("too_expensive", ["frequency", "pause", "discount"]),
        ("money", []),
        ("arrives_too_early", ["skip", "frequency"]),
        ("customer_service", ["contact"]),
        ("other", []),
    ],
)
def test_offers_follow_the_reason(subscription, reason, shown):
    assert kinds(subscription, reason) == shown


@pytest.mark.django_db
def test_an_offer_for_the_level_above_is_for_all_below(store, subscription):
    offer = Offer.objects.get(store=store, kind=OfferKind.SKIP)
    offer.reasons.set([reason_of_key(store, "money")])
    assert kinds(subscription, "billing") == ["skip", "contact"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "condition", [{"min_cycle": 3}, {"max_cycle": 1}, {"min_price": 31}, {"max_price": 29}, {"is_active": False}]
)
def test_conditions_keep_an_offer_back(store, subscription, condition):
    Offer.objects.filter(store=store, kind=OfferKind.DISCOUNT).update(**condition)
    assert "discount" not in kinds(subscription)


@pytest.mark.django_db
def test_after_an_offer_taken_none_comes_for_a_while(store, subscription):
    session = began(subscription)
    show_offers(session)
    accept(session, Offer.objects.get(store=store, kind=OfferKind.DISCOUNT))
    assert kinds(subscription) == []
    CancellationSession.objects.filter(state="accepted").update(ended_at=timezone.now() - timedelta(days=101))
    assert "discount" in kinds(subscription)


@pytest.mark.django_db
def test_what_was_not_shown_cannot_be_taken(store, subscription):
    session = began(subscription)
    show_offers(session)
    with pytest.raises(Refused, match="not offered"):
        accept(session, Offer.objects.get(store=store, kind=OfferKind.CONTACT))
    assert subscription.actions.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [{"monthly_count": 1}, {"monthly_amount": Decimal("23.99")}])
def test_a_month_that_is_spent_shows_nothing_more(store, limit):
    discount = Offer.objects.get(store=store, kind=OfferKind.DISCOUNT)
    first, second = subscribe(store), subscribe(store)
    session = began(first)
    show_offers(session)
    Offer.objects.filter(pk=discount.pk).update(**limit)
    accept(session, discount)
    assert "discount" not in kinds(second)
    CancellationSession.objects.filter(state="accepted").update(ended_at=timezone.now() - timedelta(days=32))
    assert "discount" in kinds(second)


@pytest.mark.django_db(transaction=True)
def test_of_those_who_want_the_last_one_at_once_one_gets_it(store):
    discount = Offer.objects.get(store=store, kind=OfferKind.DISCOUNT)
    sessions = [began(subscribe(store)) for _ in range(4)]
    for session in sessions:
        show_offers(session)
    Offer.objects.filter(pk=discount.pk).update(monthly_count=1)

    def take(session) -> str:
        try:
            return accept(session, discount.pk).state
        except Refused as refused:
            return refused.message
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(take, sessions))
    assert said == ["This offer is not available any more."] * 3 + ["accepted"]


@pytest.mark.django_db
def test_reasons_are_shuffled_for_each_and_other_comes_last(store):
    orders = {tuple(choice.key for choice in choices(store, "de", str(seed))) for seed in range(20)}
    assert len(orders) > 5
    assert {order[-1] for order in orders} == {"other"}
    again = choices(store, "de", "1")
    assert again == choices(store, "de", "1")
    assert "Geld" in [choice.label for choice in again]


def test_the_share_without_offers_is_kept_for_good():
    people = [SubscriberFactory.build(pk=pk, store__pk=1, store_id=1) for pk in range(2000)]
    held = {person.pk for person in people if arm_of(person, 10) == "no_offers"}
    assert 140 < len(held) < 260
    assert held <= {person.pk for person in people if arm_of(person, 20) == "no_offers"}


@pytest.mark.django_db
def test_two_subscriptions_of_one_person_get_one_offer(store, subscription):
    other = subscribe(store, subscriber=subscription.subscriber)
    sessions = [began(one) for one in (subscription, other)]
    for session in sessions:
        show_offers(session)
    accept(sessions[0], Offer.objects.get(store=store, kind=OfferKind.DISCOUNT))
    with pytest.raises(Refused):
        accept(sessions[1], Offer.objects.get(store=store, kind=OfferKind.PAUSE))
