"""However and in whatever order facts become known, figures are what a recomputation from the events gives."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.enums import Actor
from success.insights import keeping, sums
from success.insights.measuring import Promise, Question, Said, TicketFacts, Turn, measure
from success.models import DailyFigure, DayMark, MeasureMark, Measurement
from tests.factories.people import MembershipFactory
from tests.factories.tickets import make_ticket
from tickets.enums import Author, MessageKind, MessageState, TicketEventKind
from tickets.models import Message, Ticket
from tickets.services.discarding import delete, restore
from tickets.services.messages import NewMessage
from tickets.sla.business_time import Calendar

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def after(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def customer(hours: float, **fields: object) -> Said:
    return Said(after(hours), Author.SUBSCRIBER, **fields)


def agent(hours: float, by: int = 7) -> Said:
    return Said(after(hours), Author.AGENT, by)


def turn(hours: float, before: str, status: str, by: str = Actor.AGENT) -> Turn:
    return Turn(after(hours), status, by, before)


def seen(facts: TicketFacts, metric: str) -> list[tuple[object, ...]]:
    return [(row.seconds, row.hit) for row in measure(facts) if row.metric == metric]


def facts(**fields: object) -> TicketFacts:
    given = {"opened_at": MONDAY, "status": "open", "resolved_at": None, "by_agent": False, **fields}
    return TicketFacts(**given)


HOUR = 3600
STORY = facts(
    status="resolved",
    resolved_at=after(100),
    said=[
        customer(0),
        Said(after(0.1), Author.SYSTEM, is_automatic=True),
        agent(2),
        customer(10),
        customer(11),
        agent(14),
        customer(20, is_automatic=True),
        customer(60),
        agent(99, by=8),
    ],
    turns=[
        turn(2, "new", "pending"),
        turn(10, "pending", "open", Actor.SUBSCRIBER),
        turn(14, "open", "resolved"),
        turn(60, "resolved", "open", Actor.SUBSCRIBER),
        turn(70, "open", "on_hold"),
        turn(80, "on_hold", "open"),
        turn(100, "open", "resolved"),
    ],
    promises=[
        Promise("first_reply", "met", after(4), after(2), None),
        Promise("next_reply", "met", after(12), after(14), after(12)),
        Promise("resolution", "paused", None, None, None),
        Promise("resolution", "cancelled", None, None, None),
    ],
    questions=[Question(after(15), after(16), 4, 3, 7), Question(after(101), None, None, 3, 7)],
    calendar=Calendar.from_dict({"tz": "UTC", "hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed")}}),
)


def test_a_story_is_measured_as_it_is_defined():
    found = {metric: seen(STORY, metric) for metric in {row.metric for row in measure(STORY)}}
    assert found == {
        "contacts": [(None, None)],
        "backlog": [(None, None), (None, None)],
        "first_response": [(2 * HOUR, None)],
        "next_response": [(4 * HOUR, None), (39 * HOUR, None)],
        "first_resolution": [(14 * HOUR, None)],
        "full_resolution": [(100 * HOUR, None)],
        "requester_wait": [((2 + 4 + 10 + 10 + 20) * HOUR, None)],
        "agent_work": [((2 + 4 + 10 + 20) * HOUR, None)],
        "reopen_rate": [(None, True), (None, False)],
        "one_touch": [(None, False)],
        "unanswered": [(None, False)],
        "sla_first": [(None, True)],
        "sla_next": [(None, False)],
        "csat": [(None, True)],
        "csat_response": [(None, True), (None, False)],
    }
    first = next(row for row in measure(STORY) if row.metric == "full_resolution")
    assert first.business_seconds == 24 * HOUR  # three days of eight hours; Thursday and Friday are closed


@pytest.mark.parametrize(
    ("story", "metric", "expected"),
    [
        (facts(said=[customer(0), agent(1)], is_gone=True), "first_response", []),
        (facts(said=[customer(0, is_automatic=True), agent(1)]), "first_response", []),
        (facts(said=[customer(0), agent(1)], by_agent=True), "first_response", []),
        (facts(said=[customer(0), Said(after(1), Author.SYSTEM)]), "first_response", []),
        (facts(said=[agent(0), customer(2), agent(3)]), "next_response", [(HOUR, None)]),
        (
            facts(said=[customer(0), agent(1), customer(2)], turns=[turn(3, "open", "resolved")], resolved_at=after(3)),
            "next_response",
            [],
        ),
        (
            facts(turns=[turn(1, "new", "resolved"), turn(200, "resolved", "open", Actor.SUBSCRIBER)]),
            "reopen_rate",
            [(None, False)],
        ),
        (facts(turns=[turn(1, "new", "resolved"), turn(2, "resolved", "open")]), "reopen_rate", [(None, False)]),
        (facts(status="resolved", resolved_at=after(5)), "unanswered", [(None, True)]),
        (facts(promises=[Promise("resolution", "paused", None, None, after(3))]), "sla_resolution", [(None, False)]),
        (facts(promises=[Promise("resolution", "cancelled", None, None, after(3))]), "sla_resolution", []),
    ],
)
def test_edges_are_decided(story: TicketFacts, metric: str, expected: list[object]):
    assert seen(story, metric) == expected


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_in_which_facts_become_known_does_not_matter(data: st.DataObject):
    shuffled = {
        name: data.draw(st.permutations(list(getattr(STORY, name))))
        for name in ("turns", "said", "promises", "questions")
    }
    told = TicketFacts(**{**STORY.__dict__, **shuffled})
    assert sorted(map(str, measure(told))) == sorted(map(str, measure(STORY)))


def checked() -> str:
    out = StringIO()
    call_command("check_insights", stdout=out)
    return out.getvalue()


@pytest.mark.django_db
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["ask", "answer", "resolve", "reopen", "delete", "restore", "sweep"]), st.integers(0, 90)
        ),
        max_size=9,
    )
)
def test_sums_equal_a_recomputation_under_any_late_facts(steps: list[tuple[str, int]]):
    ticket = make_ticket(opened_at=MONDAY)
    colleague = MembershipFactory(store=ticket.store).user
    for step, hours in steps:
        if step in ("ask", "answer"):
            kind = Author.AGENT if step == "answer" else Author.SUBSCRIBER
            Message.objects.create(
                ticket=ticket,
                author_kind=kind,
                author=colleague if step == "answer" else None,
                kind=MessageKind.PUBLIC,
                state=MessageState.SAID,
                created_at=after(hours),
            )
        elif step in ("resolve", "reopen"):
            before, status = ("open", "resolved") if step == "resolve" else ("resolved", "open")
            kind = TicketEventKind.RESOLVED if step == "resolve" else TicketEventKind.REOPENED
            ticket.events.create(
                kind=kind, actor_kind=Actor.SUBSCRIBER, from_value=before, to_value=status, occurred_at=after(hours)
            )
        elif step == "sweep":
            keeping.sweep()
        else:
            (delete if step == "delete" else restore)(Ticket.objects.get(pk=ticket.pk), actor=colleague)
    assert checked().startswith("Equal to a recomputation")
    assert (MeasureMark.objects.count(), DayMark.objects.count(), sums.differences()) == (0, 0, [])


@pytest.mark.django_db
def test_a_wrong_row_is_found_and_put_right():
    make_ticket(opened_at=MONDAY)
    keeping.sweep()
    assert DailyFigure.objects.filter(metric="contacts", dimension="").count() == 1
    Measurement.objects.filter(metric="contacts").delete()
    with pytest.raises(Exception, match="1 measurements"):
        call_command("check_insights", "--repair", stdout=StringIO())
    assert checked().startswith("Equal to a recomputation")


@pytest.mark.django_db
def test_measuring_asks_as_much_for_three_tickets_as_for_one():
    counts = []
    for number in (1, 3):
        for _ in range(number):
            make_ticket(message=NewMessage(text="Hello"))
        with CaptureQueriesContext(connection) as queries:
            keeping.sweep()
        counts.append(len(queries))
    assert counts[0] == counts[1]
