"""Milestones follow from facts: the same whether each was heard as it came, in any order, or all are read anew."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from subscribers.enums import BoxStatus, CycleStatus
from subscribers.models import Subscriber, Subscription
from subscribers.services.boxes import know_box, record_box_status
from subscribers.services.cycles import know_cycle, record_billing, record_refund
from subscribers.services.subscriptions import record_cancellation, record_pause, record_resume
from success.enums import FactKind
from success.health import tell, work
from success.health.stale import mark
from success.milestones.check import differences
from success.milestones.compute import Asked, standing_of
from success.milestones.engagement import confirm_use, take_back
from success.milestones.enums import Anchor, EngagementSource, MilestoneState, Predicate
from success.milestones.facts import BoxRow, CycleRow, Life, pauses_of
from success.milestones.services import FIELDS
from success.milestones.starter import install_milestones
from success.models import AlertRule, Evidence, Milestone, MilestoneEvent, MilestoneProgress
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.thorough import examples

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, 9, tzinfo=UTC)


def asked(predicate: Predicate, number: int = 1, anchor: Anchor = Anchor.STARTED, days=(10, 4, 14)) -> Asked:
    return Asked(1, predicate, number, "", anchor, *days)


def life(**fields) -> Life:
    given = {"status": "active", "price": 30, "currency": "EUR", "started_at": START, "ended_at": None}
    return Life(
        pk=1, subscriber_id=1, store_id=1, product_id=1, **{"paused_at": None, "cancels_at": None, **given, **fields}
    )


def box(pk: int, delivered_at: datetime | None, kind: str = "regular") -> BoxRow:
    return BoxRow(pk, kind, "delivered" if delivered_at else "in_transit", START, delivered_at, None)


@pytest.mark.parametrize(
    ("day", "state", "next_day"),
    [(0, "on_track", 14), (13.9, "on_track", 14), (14, "behind", 24), (24, "stuck", None), (90, "stuck", None)],
)
def test_time_alone_makes_it_behind_then_stuck(day: float, state: str, next_day: int | None) -> None:
    found = standing_of(asked(Predicate.BOX_DELIVERED), life(), START + day * DAY)
    assert (found.state, found.due_at) == (state, START + next_day * DAY if next_day else None)
    assert (found.target_at, found.behind_at, found.stuck_at) == (START + 10 * DAY, START + 14 * DAY, START + 24 * DAY)


def test_a_pause_does_not_count() -> None:
    paused = life(pauses=pauses_of([(True, START + 5 * DAY), (False, START + 25 * DAY)], None))
    assert standing_of(asked(Predicate.BOX_DELIVERED), paused, START + 30 * DAY).target_at == START + 30 * DAY
    going_on = life(paused_at=START + 5 * DAY, pauses=pauses_of([], START + 5 * DAY))
    found = standing_of(asked(Predicate.BOX_DELIVERED), going_on, START + 300 * DAY)
    assert (found.state, found.target_at, found.due_at) == (MilestoneState.ON_TRACK, None, None)


def cycle(number: int, day: int, amount: int = 30, refunded: int = 0) -> CycleRow:
    at = START + day * DAY
    return CycleRow(number, number, CycleStatus.BILLED, at, amount, "", refunded, at)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        (asked(Predicate.BOX_DELIVERED, 2), (40, "box:8")),
        (asked(Predicate.RENEWED, 1), (30, "cycle:2")),
        (asked(Predicate.RENEWED, 3), None),
        (asked(Predicate.ORDER_VALUE, 60), (60, "cycle:3")),
        (asked(Predicate.SUBSCRIBED_DAYS, 45), (45, "subscription:1")),
        (asked(Predicate.USE_CONFIRMED), None),
    ],
)
def test_predicates_are_reached_by_their_fact(wanted: Asked, reached: tuple[int, str] | None) -> None:
    lived = life(
        boxes=[box(7, START + 5 * DAY), box(9, START + 12 * DAY, "replacement"), box(8, START + 40 * DAY)],
        cycles=[cycle(1, 0), cycle(2, 30, refunded=20), cycle(3, 60)],
    )
    found = standing_of(wanted, lived, START + 100 * DAY)
    told = ((found.achieved_at - START).days, found.evidence) if found.achieved_at else None
    assert told == reached


def test_what_ends_before_is_abandoned_and_a_late_arrival_still_counts() -> None:
    ended = life(ended_at=START + 3 * DAY, status="cancelled")
    assert standing_of(asked(Predicate.BOX_DELIVERED), ended, START + 9 * DAY).state == MilestoneState.ABANDONED
    ended.boxes.append(box(7, START + 5 * DAY))
    assert standing_of(asked(Predicate.BOX_DELIVERED), ended, START + 9 * DAY).state == MilestoneState.ACHIEVED


@pytest.fixture
def path(db) -> None:
    install_milestones()


def states(subscription: Subscription) -> dict[str, str]:
    rows = MilestoneProgress.objects.asked_for().filter(subscription=subscription)
    return dict(rows.values_list("milestone__key", "state"))


def billed(subscription: Subscription, number: int, day: int) -> None:
    at = START + day * DAY
    record_billing(
        know_cycle(subscription, index=number, expected_at=at, at=at), at=at, amount=30, source_key=f"b{number}{day}"
    )


def delivered(subscription: Subscription, number: int, day: int) -> None:
    at = START + day * DAY
    one = know_cycle(subscription, index=number, expected_at=START + 30 * (number - 1) * DAY, at=START)
    record_box_status(know_box(one, at=at, fulfillment_id=f"f{number}"), status=BoxStatus.DELIVERED, at=at)


def refunded(subscription: Subscription, number: int, day: int) -> None:
    at = START + day * DAY
    one = know_cycle(subscription, index=number, expected_at=START + 30 * (number - 1) * DAY, at=START)
    record_refund(one, at=at, amount=30, source_key=f"r{number}{day}")


def used(subscription: Subscription, number: int, day: int) -> None:
    told, _ = confirm_use(subscription, source=EngagementSource.API, occurred_at=START + day * DAY)
    if number == 2:
        take_back(told)


def paused(subscription: Subscription, number: int, day: int) -> None:
    record_pause(subscription, at=START + day * DAY, source_key=f"p{day}")
    if number > 1:
        record_resume(subscription, at=START + (day + 7) * DAY, source_key=f"u{day}")


def cancelled(subscription: Subscription, number: int, day: int) -> None:
    if number == 3:
        record_cancellation(subscription, at=START + (day + 60) * DAY, source_key="c")


def redefined(subscription: Subscription, number: int, day: int) -> None:
    Milestone.objects.filter(key="third-box").update(number=number, target_days=day, is_active=number != 2)


FACTS = st.tuples(
    st.sampled_from([billed, billed, delivered, delivered, refunded, used, paused, cancelled, redefined]),
    st.integers(1, 3),
    st.integers(1, 120),
)


@settings(
    max_examples=examples(5),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(facts=st.lists(FACTS, min_size=1, max_size=7), at=st.integers(1, 200))
def test_what_was_heard_fact_by_fact_is_what_is_read_anew(path, facts, at: int) -> None:
    now = START + at * DAY
    with transaction.atomic():
        subscription = SubscriptionFactory(subscriber=SubscriberFactory(), started_at=START)
        work.find_unknown()  # of whom nothing was ever told
        work.sweep(now)
        for tell_of, number, day in facts:
            tell_of(subscription, number, day)
            if tell_of is redefined:
                mark(subscription.subscriber_id)
            work.sweep(now)
        assert list(differences(now)) == []
        kept = rows_of(subscription)
        MilestoneProgress.objects.all().delete()
        work.compute_all(now=now)
        assert rows_of(subscription) == kept
        transaction.set_rollback(True)


def rows_of(subscription: Subscription) -> list[tuple]:
    rows = MilestoneProgress.objects.asked_for().filter(subscription=subscription).order_by("milestone")
    return list(rows.values_list("milestone__key", *FIELDS))


def test_late_ones_are_told_once_and_taken_back_when_achieved(path, store) -> None:
    AlertRule.objects.update_or_create(
        store=None, kind=FactKind.MILESTONE_BEHIND, defaults={"weight": 20, "due_within": DAY, "is_active": True}
    )
    now = datetime.now(UTC)
    subscriber = SubscriberFactory(store=store)
    subscription = SubscriptionFactory(subscriber=subscriber, started_at=now - 15 * DAY)
    first = CycleFactory(subscription=subscription)
    work.find_unknown()
    for _ in range(2):
        work.sweep()
    assert states(subscription)["first-box"] == MilestoneState.BEHIND
    told = Evidence.objects.filter(kind=FactKind.MILESTONE_BEHIND)
    assert [(one.data["milestone"], one.retracted_at) for one in told] == [("first-box", None)]
    parcel = BoxFactory(cycle=first, status=BoxStatus.IN_TRANSIT, delivered_at=None, shipped_at=now - 3 * DAY)
    record_box_status(parcel, status=BoxStatus.DELIVERED, at=now)
    work.sweep()
    assert states(subscription)["first-box"] == MilestoneState.ACHIEVED
    assert [one.retracted_at is not None for one in told.all()] == [True]
    assert list(
        MilestoneEvent.objects.filter(progress__subscription=subscription, progress__milestone__key="first-box")
        .order_by("pk")
        .values_list("from_state", "to_state", "evidence")
    ) == [("", "behind", ""), ("behind", "achieved", f"box:{parcel.pk}")]
    assert tell.tell_all() == 0


def test_old_failures_are_no_news(path, store) -> None:
    subscriber = SubscriberFactory(store=store)
    subscription = SubscriptionFactory(subscriber=subscriber, started_at=datetime.now(UTC) - 400 * DAY)
    work.find_unknown()
    work.sweep()
    assert (states(subscription)["first-box"], Evidence.objects.count()) == (MilestoneState.STUCK, 0)


def test_a_sweep_reads_only_what_is_due(path) -> None:
    people = [SubscriptionFactory(started_at=datetime.now(UTC)).subscriber for _ in range(3)]
    work.find_unknown()
    assert work.sweep() == 3
    assert work.due(10, datetime.now(UTC)) == []
    MilestoneProgress.objects.filter(subscriber=people[1]).update(due_at=datetime.now(UTC) - DAY)
    assert work.due(10, datetime.now(UTC)) == [people[1].pk]
    assert Subscriber.objects.count() == 3
