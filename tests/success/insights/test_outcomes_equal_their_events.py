"""Outcomes are what subscriptions' events say, however late they become known, and every number has its list."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.enums import CycleStatus, Role, SubscriptionStatus
from success.insights import keeping, sums
from success.insights.definitions import OUTCOMES
from success.insights.outcomes import Due, Happening, Session, Step, SubscriptionFacts, measure_subscription
from success.models import DayMark, MeasureMark, Measurement
from tests.factories.people import MembershipFactory, SubscriberFactory
from tests.factories.subscriptions import CycleFactory, SubscriptionFactory

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


STORY = SubscriptionFacts(
    started_at=START,
    ended_at=day(130),
    status="cancelled",
    cycles=[
        Due(1, "billed", day(0)),
        Due(2, "skipped", day(30)),
        Due(3, "recovered", day(60)),
        Due(4, "lost", day(90)),
        Due(5, "scheduled", day(140)),
    ],
    happenings=[
        Happening(day(65), "cancelled", "subscriber"),
        Happening(day(70), "reactivated", "subscriber"),
        Happening(day(130), "cancelled", "provider"),
    ],
    sessions=[Session(day(64), "accepted", "lost", True), Session(day(65), "cancelled", "lost", False)],
    steps=[Step(day(0), day(5)), Step(day(0), None)],
    others=[(day(100), day(120), True), (day(60), day(68), False)],
)


def found(facts: SubscriptionFacts) -> dict[str, list[tuple[int, Any, Any]]]:
    rows: dict[str, list[tuple[int, Any, Any]]] = {}
    for row in measure_subscription(facts):
        rows.setdefault(row.metric, []).append(((row.at - START).days, row.hit, row.cycle))
    return rows


def test_a_life_is_measured_as_it_is_defined():
    assert found(STORY) == {
        "active_subscriptions": [(0, None, None), (70, None, None)],
        "churn_voluntary": [(65, None, 3)],
        "churn_involuntary": [(130, None, 4)],
        "subscribers_lost": [(130, None, 4)],
        "renewal_rate": [(0, True, 1), (60, True, 3), (90, False, 4)],
        "skip_rate": [(0, False, 1), (30, True, 2), (60, False, 3), (90, False, 4)],
        "cycle_retention": [(0, True, 1), (0, True, 2), (0, False, 3)],
        "milestone_completion": [(0, True, None), (0, False, None)],
        "save_durable": [(64, False, 3), (65, False, 3)],
        "save_not_cancelled": [(64, True, 3), (65, False, 3)],
        "save_offer_accepted": [(64, True, 3)],
    }


@given(st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_in_which_facts_become_known_does_not_matter(data: st.DataObject):
    names = ("cycles", "happenings", "sessions", "steps", "others")
    shuffled = {name: data.draw(st.permutations(list(getattr(STORY, name)))) for name in names}
    told = SubscriptionFacts(**{**STORY.__dict__, **shuffled})
    assert sorted(map(str, measure_subscription(told))) == sorted(map(str, measure_subscription(STORY)))


@pytest.mark.django_db
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["cancelled", "failed", "reactivated", "cycle", "status", "end", "sweep", "delete"]),
            st.integers(1, 90),
        ),
        max_size=9,
    )
)
def test_sums_equal_a_recomputation_under_any_late_facts(steps: list[tuple[str, int]]):
    one = SubscriptionFactory(started_at=START)
    other = SubscriptionFactory(subscriber=one.subscriber, started_at=day(3))
    for number, (step, at) in enumerate(steps, 1):
        if step == "cycle":
            CycleFactory(subscription=one, index=number, status=CycleStatus.FAILED if at % 2 else CycleStatus.BILLED)
        elif step == "status":
            one.cycles.filter(status=CycleStatus.FAILED).update(status=CycleStatus.LOST)
        elif step == "end":
            other.status, other.ended_at = SubscriptionStatus.CANCELLED, day(at + 3)
            other.save()
        elif step == "sweep":
            keeping.sweep()
        elif step == "delete":
            one.cycles.all().delete()
        else:
            one.events.create(kind=step, occurred_at=day(at))
    out = StringIO()
    call_command("check_insights", stdout=out)
    assert out.getvalue().startswith("Equal to a recomputation")
    assert (MeasureMark.objects.count(), DayMark.objects.count(), sums.differences()) == (0, 0, [])


@pytest.mark.django_db
def test_every_number_equals_the_count_of_its_list():
    lead = MembershipFactory(role=Role.LEAD)
    people = [SubscriberFactory(store=lead.store) for _ in range(3)]
    for number, person in enumerate(people, 1):
        subscription = SubscriptionFactory(subscriber=person, started_at=START)
        for index in range(1, number + 1):
            CycleFactory(subscription=subscription, index=index)
        subscription.status, subscription.ended_at = SubscriptionStatus.CANCELLED, day(100 + number)
        subscription.save()
    SubscriptionFactory(subscriber=SubscriberFactory(), started_at=START)  # of another store
    keeping.sweep()
    client = Client()
    client.force_login(lead.user)
    seen = {}
    for definition in OUTCOMES:
        page = client.get(f"/insights/{definition.key}/?from=2026-01-01&to=2026-06-30&by=cycle").context
        listed = client.get(f"/subscribers/?figure={page['all'].behind}").context["page"].rows
        assert page["subjects"] == len(listed), definition.key
        seen[definition.key] = (page["all"].figure.number, page["all"].figure.hits, len(listed))
    assert {key: value for key, value in seen.items() if value[0]} == {
        "renewal_rate": (6, 6, 3),
        "skip_rate": (6, 0, 3),
        "cycle_retention": (6, 3, 3),
        "churn_voluntary": (3, 0, 3),
        "subscribers_lost": (3, 0, 3),
    }
    page = client.get("/insights/cycle_retention/?from=2026-01-01&to=2026-06-30").context
    ((month, row),) = page["cohorts"]
    assert (month.isoformat()[:7], [one.value for one in row]) == ("2026-01", ["67 %", "50 %", "0 %"])
    told = client.get("/api/v1/insights/renewal_rate/?from=2026-01-01&to=2026-06-30&by=cycle").json()
    assert (told["figure"]["number"], told["figure"]["amount"], told["before"]["amount"]) == (6, 1.0, None)
    assert (told["subjects"], sum(day["hits"] for day in told["days"]), len(told["days"])) == (3, 6, 181)
    assert {part["name"]: part["number"] for part in told["parts"]} == {"1": 3, "2": 2, "3": 1}
    for wrong in ("from=yesterday&to=2026-01-01", "from=2026-02-01&to=2026-01-01", "to=2026-01-01", "by=queue"):
        assert client.get(f"/api/v1/insights/renewal_rate/?{wrong}").status_code == 400, wrong
    assert client.get("/api/v1/insights/nothing/").status_code == 404
    assert Client().get("/api/v1/insights/renewal_rate/").status_code in (401, 403)
    assert client.get("/insights/?from=2026-01-01&to=2026-06-30").context["is_empty"] is False
    assert list(client.get("/subscribers/?figure=csat~2026-01-01~2026-01-02").context["errors"]) == ["figure"]
    assert Measurement.objects.filter(metric="active_subscriptions", until=None).count() == 1
