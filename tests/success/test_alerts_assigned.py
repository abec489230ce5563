"""Alerts find their owners by the rule that opened them: in turns, by load, by portfolio; nobody who is away."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.enums import Role, TeamMode
from subscribers.errors import Refused
from success.enums import AlertOutcome, AssignBy, FactKind
from success.models import Alert, AlertRule, Duty, Portfolio
from success.reconcile import reconcile_alerts
from success.services.alerts import close_alert
from success.services.assignment import assign_waiting, hand_over, load_of, set_duty
from success.services.facts import record_fact
from tests.factories.people import MembershipFactory, SubscriberFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(store):
    store.team_mode = TeamMode.TWO
    store.save()
    MembershipFactory(store=store, role=Role.AGENT)
    MembershipFactory(store=store, role=Role.SUCCESS, user__is_active=False)
    return [MembershipFactory(store=store, role=Role.SUCCESS).user for _ in range(3)]


@pytest.fixture
def opens(store):
    """Opens alerts of a rule that assigns so."""

    def make(by, count=1, **fields):
        rule = AlertRule.objects.filter(kind=FactKind.DAMAGED_BOX)
        rule.update(assign=by, **fields)
        now = timezone.now()
        people = [SubscriberFactory(store=store, country=fields.get("country", "")) for _ in range(count)]
        return [
            record_fact(subscriber=one, kind=FactKind.DAMAGED_BOX, source_key=f"box:{one.pk}", observed_at=now)
            for one in people
        ]

    return make


def owners(alerts):
    return list(Alert.objects.filter(pk__in=[one.pk for one in alerts]).order_by("pk").values_list("owner", flat=True))


def test_in_turns_among_those_who_are_there(team, opens, store):
    set_duty(store, team[1], is_on_duty=False)
    alerts = opens(AssignBy.ROUND_ROBIN, 3)
    assert assign_waiting() == 3
    assert owners(alerts) == [team[0].pk, team[2].pk, team[0].pk]
    set_duty(store, team[1], is_on_duty=True)
    later = opens(AssignBy.ROUND_ROBIN, 2)
    assign_waiting()
    assert owners(later) == [team[1].pk, team[2].pk]


def test_whoever_has_the_fewest_gets_it_up_to_their_limit(team, opens, store, manager):
    first = opens(AssignBy.LEAST_LOADED, 3)
    assign_waiting()
    assert sorted(owners(first)) == [user.pk for user in (*team, manager)][:3]
    for user in (*team, manager):
        set_duty(store, user, is_on_duty=True, most_alerts=1)
    second = opens(AssignBy.LEAST_LOADED, 2)
    assert (assign_waiting(), owners(second)) == (1, [manager.pk, None])
    close_alert(first[0], actor=manager, outcome=AlertOutcome.SAVED)
    reconcile_alerts()
    assert owners(second) == [manager.pk, team[0].pk]
    assert {load.user.pk: load.to_do for load in load_of(store)} == dict.fromkeys(
        [user.pk for user in (*team, manager)], 1
    )


def test_a_person_who_is_away_gets_none_until_they_are_back(team, opens, store):
    set_duty(store, team[0], is_on_duty=True, away_until=timezone.now() + timedelta(days=1))
    alerts = opens(AssignBy.PERSON, assignee=team[0])
    assert (assign_waiting(), owners(alerts)) == (0, [None])
    Duty.objects.update(away_until=timezone.now())
    assert (assign_waiting(), owners(alerts)) == (1, [team[0].pk])


def test_portfolio_of_the_subscriber_or_whoever_is_there(team, store):
    AlertRule.objects.update(assign=AssignBy.PORTFOLIO)
    Portfolio.objects.create(store=store, name="Iberia", conditions={"countries": ["PT", "ES"]}).people.add(team[2])
    now = timezone.now()
    alerts = [
        record_fact(
            subscriber=SubscriberFactory(store=store, country=country),
            kind=FactKind.DAMAGED_BOX,
            source_key=f"box:{number}",
            observed_at=now,
        )
        for number, country in enumerate(["PT", "ES", "DE"])
    ]
    assign_waiting()
    assert owners(alerts) == [team[2].pk, team[2].pk, team[0].pk]


def test_whoever_leaves_leaves_their_alerts_to_the_others(team, opens, store):
    alerts = opens(AssignBy.PERSON, 2, assignee=team[0])
    assign_waiting()
    team[0].is_active = False
    team[0].save()
    AlertRule.objects.update(assign=AssignBy.NOBODY, assignee=None)
    reconcile_alerts()
    assert owners(alerts) == [team[1].pk, team[2].pk]


def test_handing_over_moves_all_of_them(team, opens, store):
    alerts = opens(AssignBy.PERSON, 2, assignee=team[0])
    assign_waiting()
    with pytest.raises(Refused):
        hand_over(store, owner=team[0], to=UserFactory(), actor=None)
    assert hand_over(store, owner=team[0], to=team[1], actor=team[0]) == 2
    assert owners(alerts) == [team[1].pk] * 2
