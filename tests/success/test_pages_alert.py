"""The page of an alert: its reasons, its run as a path, its history, and what stays hidden from whom."""

import pytest
from django.utils.html import escape

from subscribers.enums import Role
from success.flows.engine import complete_task, sweep_runs
from success.models import Alert, Run, Task
from tests.factories.people import MembershipFactory
from tests.factories.tickets import make_ticket
from tickets.models import Queue
from tickets.services.topics import reject_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(newcomer, box):
    return make_ticket("My box arrived crushed.", subscriber=newcomer, subject="Crushed")


@pytest.fixture
def alert(ticket) -> Alert:
    sweep_runs()
    return Alert.objects.get()


@pytest.fixture
def visit(client, manager, alert):
    client.force_login(manager)
    return lambda query="": client.get(f"/alerts/{alert.pk}/{query}")


def states(steps) -> list[tuple[str, str]]:
    return [(step.title, step.state) for step in steps]


def test_priority_is_explained_by_its_reasons(visit):
    words = visit().context["priority_words"]
    assert words == "80 = damaged box 50 + cycle-1 ticket 30: urgent · 360.00 USD a year at risk · due within 4 h"


def test_reasons_quote_the_words_and_link_the_ticket(visit, ticket, box):
    answer = visit()
    damage, first = answer.context["facts"]
    assert (damage.evidence.kind, damage.words, damage.evidence.box) == ("damaged_box", ["arrived crushed"], box)
    assert (first.evidence.kind, first.subject) == ("cycle_one_ticket", "Crushed")
    assert f'href="{ticket.get_absolute_url()}"' in answer.content.decode()


def test_reason_that_was_taken_back_stands_last(visit, ticket, manager):
    reject_topic(ticket, reason=ticket.topics.get(reason__key="damaged").reason, actor=manager)
    answer = visit()
    assert [(one.evidence.kind, one.evidence.retracted_at is None) for one in answer.context["facts"]] == [
        ("cycle_one_ticket", True),
        ("damaged_box", False),
    ]
    assert answer.context["priority_words"].startswith("30 = cycle-1 ticket 30: normal")


def test_run_is_drawn_with_its_arms(visit):
    (drawn,) = visit().context["runs"]
    assert states(drawn.path) == [
        ("Tell the agent", "done"),
        ("Apology", "done"),
        ("Replacement", "current"),
        ("Time to arrive", "next"),
        ("Did they write", "next"),
        ("Time to answer", "next"),
        ("Still here", "next"),
    ]
    arms = [[(arm.answer, arm.is_taken, states(arm.steps)) for arm in step.arms] for step in drawn.path if step.arms]
    assert arms == [
        [("yes", None, [("Look", "next")]), ("no", None, [("Check in", "next")])],
        [("yes", None, [("Recovered", "next")]), ("no", None, [("Lost", "next")])],
    ]


def test_steps_say_what_came_of_them(visit, manager, ticket):
    complete_task(Task.objects.get(), actor=manager)
    sweep_runs()
    (drawn,) = visit().context["runs"]
    told = [(step.title, step.result) for step in drawn.path[:4]]
    assert told == [
        ("Tell the agent", "Written on the ticket"),
        ("Apology", "Sent"),
        ("Replacement", "Done"),
        ("Time to arrive", ""),
    ]
    assert drawn.path[2].task.done_by == manager
    mail = ticket.messages.get(author_kind="system", kind="public")
    assert drawn.path[1].message_url == f"{ticket.get_absolute_url()}#message-{mail.pk}"


def test_failing_step_shows_its_error(visit, alert):
    Run.objects.get().steps.filter(step__key="replacement").update(attempts=2, error="Timeout: no answer")
    (drawn,) = visit().context["runs"]
    assert drawn.path[2].result == "Failed 2 times, is tried again: Timeout: no answer"


def test_open_task_is_shown_with_its_button(visit):
    (task,) = visit().context["tasks"]
    assert task.title == "Arrange a replacement for Ana Souza"
    assert f'action="/alerts/tasks/{task.pk}/done/"' in visit().content.decode()


def test_history_is_newest_first(visit):
    titles = [event["title"] for event in visit().context["events"]]
    assert titles == ["Reason added: cycle-1 ticket", "Reason added: damaged box", "Opened: damaged box"]


def test_ticket_of_a_queue_that_is_not_seen_is_left_out_with_its_words(client, visit, ticket, agent):
    secret = Queue.objects.create(store=ticket.store, key="legal", name="Legal", is_restricted=True)
    ticket.queue = secret
    ticket.subject = "Something secret"
    ticket.save()
    client.force_login(agent)
    answer = visit()
    assert [(fact.is_seen, fact.words, fact.subject) for fact in answer.context["facts"]] == [(False, [], "")] * 2
    assert answer.context["runs"][0].ticket is None
    text = answer.content.decode()
    assert "Something secret" not in text
    assert f'href="{ticket.get_absolute_url()}"' not in text


def test_live_answer_is_parts_without_the_note(visit):
    text = visit("?part=live").content.decode()
    assert [part in text for part in ('id="alert-head"', 'id="alert-body"', 'id="alert-past"')] == [True] * 3
    assert ('id="note-text"' in text, "<html" in text) == (False, False)


def test_page_escapes_what_customers_wrote(client, manager, newcomer, box):
    make_ticket("arrived crushed", subscriber=newcomer, subject="<script>alert(1)</script>")
    client.force_login(manager)
    text = client.get(f"/alerts/{Alert.objects.get().pk}/").content.decode()
    assert "<script>alert(1)" not in text
    assert escape("<script>alert(1)</script>") in text


def test_outsider_does_not_find_it(client, alert):
    client.force_login(MembershipFactory(role=Role.ADMIN).user)
    assert client.get(f"/alerts/{alert.pk}/").status_code == 404


def test_agent_of_a_store_with_two_teams_may_read_but_not_act(client, visit, store, agent):
    store.team_mode = "two"
    store.save()
    client.force_login(agent)
    answer = visit()
    assert (answer.status_code, answer.context["may_act"], "/close/" in answer.content.decode()) == (200, False, False)


@pytest.mark.parametrize("tickets", [1, 3])
def test_page_costs_the_same_whatever_it_shows(client, manager, newcomer, box, django_assert_num_queries, tickets):
    for _ in range(tickets):
        make_ticket("My box arrived crushed.", subscriber=newcomer)
    sweep_runs()
    client.force_login(manager)
    with django_assert_num_queries(25):
        client.get(f"/alerts/{Alert.objects.get().pk}/")
