"""Whatever the order and however often facts arrive, a history ends in the state of the history in order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from subscribers.enums import BoxStatus, Provider, SubscriptionStatus
from subscribers.models import Box, Cycle, Subscription
from subscribers.services import boxes, cycles
from subscribers.services import subscriptions as facts
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import ProductFactory
from tests.thorough import examples

BEGIN = datetime(2026, 1, 31, 9, tzinfo=UTC)
CYCLES = range(1, 4)
KINDS = [
    "pause",
    "resume",
    "cancel",
    "reactivate",
    "price",
    "product",
    "quantity",
    "frequency",
    "next_billing",
    "cancels_at",
    "snapshot",
    "billed",
    "failed",
    "lost",
    "skip",
    "unskip",
    "box",
]
REPORTS = [BoxStatus.LABEL_PURCHASED, BoxStatus.IN_TRANSIT, BoxStatus.DELAYED, BoxStatus.DELIVERED, BoxStatus.CANCELLED]

history = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 5)), min_size=1, max_size=14)


def tell(subscriber, products, kind: str, number: int, at: datetime, key: str) -> None:
    """One fact of a story, as a provider's event would have it recorded."""
    known = Subscription.objects.get(subscriber=subscriber)
    cycle_number = 1 + number % len(CYCLES)
    starts_at = BEGIN + timedelta(days=30 * (cycle_number - 1))
    # Of some nobody tells an end: it follows from how often it was billed then.
    ends_at = starts_at + timedelta(days=30) if cycle_number == 1 else None
    dates = {"expected_at": starts_at, "at": starts_at, "ends_at": ends_at}
    cycle = cycles.know_cycle(known, index=cycle_number, **dates)
    price = Decimal(20 + number)
    match kind:
        case "pause":
            resumes_at = at + timedelta(days=number) if number else None
            facts.record_pause(known, at=at, resumes_at=resumes_at, source_key=key)
        case "resume":
            facts.record_resume(known, at=at, source_key=key)
        case "cancel":
            facts.record_cancellation(known, at=at, source_key=key)
        case "reactivate":
            facts.record_reactivation(known, at=at, next_billing_at=at + timedelta(days=1), source_key=key)
        case "price":
            facts.record_price(known, at=at, price=price, source_key=key)
        case "product":
            facts.record_product(known, at=at, product=products[number % 2], price=price, source_key=key)
        case "quantity":
            facts.record_quantity(known, at=at, quantity=1 + number, source_key=key)
        case "frequency":
            facts.record_frequency(known, at=at, billing=("week", 1 + number), source_key=key)
        case "next_billing":
            facts.record_next_billing(known, at=at, next_billing_at=at + timedelta(days=number), source_key=key)
        case "cancels_at":
            facts.record_scheduled_cancellation(known, at=at, cancels_at=at + timedelta(9), source_key=key)
        case "snapshot":
            status = (SubscriptionStatus.ACTIVE, SubscriptionStatus.PAUSED, SubscriptionStatus.CANCELLED)[number % 3]
            told = {"status": status, "price": price, "next_billing_at": at + timedelta(days=number)}
            facts.record_snapshot(known, at=at, told=told, revision=int(at.timestamp()), source_key=key)
        case "billed":
            cycles.record_billing(cycle, at=at, amount=price, currency="EUR", source_key=key)
        case "failed":
            cycles.record_failed_billing(cycle, at=at, error="declined", source_key=key)
        case "lost":
            cycles.record_lost_billing(cycle, at=at, source_key=key)
        case "skip":
            cycles.record_skip(cycle, at=at, source_key=key)
        case "unskip":
            cycles.record_unskip(cycle, at=at, source_key=key)
        case "box":
            box = boxes.know_box(cycle, at=starts_at, fulfillment_id=f"f{cycle_number}")
            boxes.record_box_status(box, status=REPORTS[number % len(REPORTS)], at=at, source_key=key)


def live(story, subscriber, products, order) -> dict[str, object]:
    """Have the facts told in this order; everything that the database then says of the subscription."""
    told = {"price": Decimal(20), "currency": "EUR", "product_id": products[0].pk}
    facts.record_start(
        store=subscriber.store,
        subscriber=subscriber,
        provider=Provider.SHOPIFY,
        external_id="1",
        at=BEGIN,
        told=told,
        source_key="start",
    )
    for place in order:
        kind, number = story[place]
        # Two facts of one moment now and then: which was first is not known, but always decided alike.
        tell(subscriber, products, kind, number, BEGIN + timedelta(days=place // 2, hours=1), f"event:{place}")
    subscription = Subscription.objects.get(subscriber=subscriber)
    skipped = ("id", "subscription_id", "subscriber_id", "store_id", "created_at", "cycle_id", "sequence")
    state = {name: value for name, value in vars(subscription).items() if name not in skipped and name[0] != "_"}
    parts = [*Cycle.objects.filter(subscription=subscription), *Box.objects.filter(cycle__subscription=subscription)]
    for part in parts:
        name = getattr(part, "index", None) or part.fulfillment_id
        state |= {(name, key): value for key, value in vars(part).items() if key not in skipped and key[0] != "_"}
    Subscription.objects.all().delete()
    return state


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=history, seed=st.integers(0, 10_000))
@example(story=[*[("pause", 0)] * 5, ("frequency", 0), ("frequency", 0), ("frequency", 1)], seed=0)
def test_any_order_and_duplication_end_alike(db, story, seed):
    subscriber = SubscriberFactory()
    products = [ProductFactory(store=subscriber.store) for _ in range(2)]
    places = list(range(len(story)))
    shuffled = [*places, *Random(seed).choices(places, k=3)]
    Random(seed).shuffle(shuffled)
    assert live(story, subscriber, products, shuffled) == live(story, subscriber, products, places)
