"""From the rows of a store to what is kept: facts as they were known at the time, harm told once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers.enums import SubscriptionEventKind
from subscribers.models import SubscriptionEvent
from success.evidence import keeping
from success.evidence.asking import ask_again
from success.evidence.facts import histories, people_of_flows
from success.evidence.flow_effect import effect_of
from success.evidence.hazards import hazards_of
from success.evidence.results import FACTS, FlowEffect, ServiceFindings, from_json
from success.models import Alert, Study, StudyPlan
from success.services.alerts import close_alert
from tests.factories.people import SubscriberFactory
from tests.factories.tickets import ReasonFactory, make_ticket
from tests.success.evidence.conftest import draw_people, live_through, planted
from tickets.models import Ticket, TicketTopic

pytestmark = pytest.mark.django_db


def test_rows_of_a_store_are_the_frame_that_was_planted(store):
    _early(store)
    frame = planted(300)
    live_through(store, frame)
    read = histories(store, timezone.now())
    found = read.frame.iloc[-300:].reset_index(drop=True)
    assert read.all_of_them == len(read.frame)
    for fact in FACTS:
        told, was = found[f"{fact}_at"], frame[f"{fact}_at"]
        assert list(told.isna()) == list(was.isna()), fact
        assert (told - was).abs().max() < 1e-6, fact
    assert list(found["left"]) == list(frame["left"])
    assert (found["days"] - frame["days"]).abs().max() < 1e-6
    assert (found["landmark"] == 30).all()
    assert {one.fact: one.exposed for one in hazards_of(found).facts} == {
        one.fact: one.exposed for one in hazards_of(frame).facts
    }


def _early(store):
    """A subscriber whose ticket, a year ago, is the first that the store knows of."""
    subscriber = SubscriberFactory(store=store)
    ticket = make_ticket(subscriber=subscriber)
    Ticket.objects.filter(pk=ticket.pk).update(opened_at=timezone.now() - timedelta(days=365))
    return subscriber


def test_what_says_that_they_leave_is_no_reason_to_leave(store):
    """Tickets that ask to cancel are no complaint; a cancellation counts from when it was said, unless taken back."""
    _early(store)
    frame = planted(6).assign(left=False, days=180.0, ticket_at=3.0, damage_at=float("nan"), slow_at=float("nan"))
    first, second, third, *_ = live_through(store, frame.assign(unhappy_at=float("nan"), days=200.0))
    ticket = Ticket.objects.get(subscriber=first.subscriber)
    TicketTopic.objects.create(ticket=ticket, reason=ReasonFactory(key="cancel"), source="agent")

    def says(subscription, kind, days):
        SubscriptionEvent.objects.create(
            subscription=subscription, kind=kind, occurred_at=subscription.started_at + timedelta(days=days)
        )

    for one in (second, third):
        one.cancels_at = timezone.now() + timedelta(days=9)
        one.save()
        says(one, SubscriptionEventKind.CANCELLATION_SCHEDULED, 20)
    says(third, SubscriptionEventKind.CANCELLATION_WITHDRAWN, 25)
    read = histories(store, timezone.now()).frame.set_index("person")
    assert read.loc[first.subscriber_id, "ticket_at"] != read.loc[first.subscriber_id, "ticket_at"]  # none
    assert (read.loc[second.subscriber_id, "days"], read.loc[second.subscriber_id, "left"]) == (20, True)
    assert (read.loc[third.subscriber_id, "days"], read.loc[third.subscriber_id, "left"]) == (180, False)


def test_a_night_keeps_what_was_found_and_tells_harm_once(store):
    _early(store)
    live_through(store, planted(400))
    good = draw_people(store, 1000, 0.9, 0.6)
    bad = draw_people(store, 1000, 0.6, 0.9)
    now = timezone.now()
    assert keeping.sweep(now) == 1
    assert keeping.sweep(now) == 0
    service = from_json(ServiceFindings, Study.objects.get(kind="service").found)
    damage = next(one for one in service.hazards.facts if one.fact == "damage")
    assert damage.ratio > 1.2
    effects = {one.flow_id: from_json(FlowEffect, one.found) for one in Study.objects.filter(kind="flow")}
    assert {pk: (one.helps, one.harms) for pk, one in effects.items()} == {
        good.pk: (True, False),
        bad.pk: (False, True),
    }
    alert = Alert.objects.get()
    assert (alert.about, alert.subscriber, alert.evidence.get().kind) == (f"flow:{bad.pk}", None, "flow_harms")
    close_alert(alert, actor=None, outcome="no_action")
    ask_again(store)
    later = timezone.now()
    assert keeping.sweep(later) == 1
    assert (Alert.objects.count(), Study.objects.filter(kind="service").count()) == (1, 2)
    plan = StudyPlan.objects.get()
    assert (plan.error, later < plan.due_at <= later + timedelta(days=1)) == ("", True)


def test_people_count_as_they_were_drawn_first(store):
    flow = draw_people(store, 20, 0.5, 0.5, share=0.5)
    for run in flow.runs.filter(arm="holdout")[:5]:  # they come again, treated by mistake: nothing changes
        run.pk, run.arm, run.trigger_key = None, "treated", f"again {run.trigger_key}"
        run.started_at += timedelta(days=10)
        run.ended_at = run.started_at
        run.save()
    [(pk, people)] = people_of_flows(store, timezone.now())
    effect = effect_of(people)
    assert (pk, effect.people, effect.held) == (flow.pk, 20, 10)
    assert [(one.kept, one.kept_held) for one in effect.arms] == [(5, 5)] * 3


def test_a_failure_is_seen_and_tried_again(store, monkeypatch):
    monkeypatch.setattr(keeping, "histories", lambda *_: 1 / 0)
    now = timezone.now()
    keeping.sweep(now)
    plan = StudyPlan.objects.get()
    assert (plan.attempts, "division" in plan.error, plan.due_at) == (1, True, now + timedelta(minutes=10))
    assert Study.objects.count() == 0


def test_reading_costs_as_many_statements_however_much_there_is(store):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            histories(store, timezone.now())
            list(people_of_flows(store, timezone.now()))
        return len(queries)

    _early(store)
    live_through(store, planted(2))
    draw_people(store, 4, 0.5, 0.5)
    first = cost()
    live_through(store, planted(9), seed=5)
    draw_people(store, 9, 0.5, 0.5)
    assert cost() == first
