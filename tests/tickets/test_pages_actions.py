"""What is done on a ticket, by htmx and by a plain form: both do the same, and both say what they did."""

import json

import pytest
from django.contrib.messages import get_messages

from tests.factories.people import StoreFactory
from tests.factories.tickets import QueueFactory, ReasonFactory
from tests.tickets.conftest import HTMX
from tickets.services.topics import add_topic


@pytest.fixture
def ticket(desk):
    return desk.ticket()


def said(response) -> tuple[str, str]:
    """The toast of an answer, or the message that a redirect leaves behind, with its level."""
    if "HX-Trigger" in response.headers:
        toast = json.loads(response.headers["HX-Trigger"])["toast"]
        return toast["text"], toast["level"]
    [message] = get_messages(response.wsgi_request)
    return str(message), message.level_tag


def cases(desk):
    wanted = QueueFactory(store=desk.store, key="returns", name="Returns")
    broken = ReasonFactory(key="damaged", label="Damaged delivery")
    return {
        "assign": ({"assignee": desk.bob.pk}, ("assignee", desk.bob), "Given to Bob Keller"),
        "status": ({"status": "on_hold"}, ("status", "on_hold"), "On hold"),
        "priority": ({"priority": "1"}, ("priority", 1), "Priority urgent"),
        "queue": ({"queue": wanted.pk}, ("queue", wanted), "Moved to Returns"),
        "topics/add": ({"reason": broken.pk}, None, "Marked as damaged delivery"),
    }


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
@pytest.mark.parametrize("action", ["assign", "status", "priority", "queue", "topics/add"])
def test_action_changes_the_ticket_and_says_so(desk, ticket, alice, action, headers):
    data, changed, words = cases(desk)[action]
    response = alice.post(f"/tickets/{ticket.pk}/{action}/", data, headers=headers)
    assert said(response) == (words, "success")
    ticket.refresh_from_db()
    if changed:
        assert getattr(ticket, changed[0]) == changed[1]
    if headers:
        assert response.status_code == 200
        assert response.content.decode().count('hx-swap-oob="true"') == 5
    else:
        assert (response.status_code, response.url) == (302, ticket.get_absolute_url())


def test_taking_and_giving_back(desk, ticket, alice):
    address = f"/tickets/{ticket.pk}/assign/"
    assert said(alice.post(address, {"assignee": desk.alice.pk}, headers=HTMX))[0] == "It is yours"
    assert said(alice.post(address, {"assignee": ""}, headers=HTMX))[0] == "Given to nobody"
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_topic_is_corrected_in_one_click(desk, ticket, alice):
    reason = ReasonFactory(key="damaged", label="Damaged delivery")
    add_topic(ticket, reason=reason, actor=desk.bob)
    response = alice.post(f"/tickets/{ticket.pk}/topics/reject/", {"reason": reason.pk}, headers=HTMX)
    assert said(response) == ("Not about damaged delivery any more", "success")
    assert [topic.decided_by for topic in ticket.topics.exclude(rejected_at=None)] == [desk.alice]


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
@pytest.mark.parametrize(
    ("action", "data", "words"),
    [
        ("status", {"status": "asleep"}, "There is no such status."),
        ("status", {}, "There is no such status."),
        ("priority", {"priority": "7"}, "There is no such priority."),
        ("priority", {"priority": "high"}, "There is no such priority."),
    ],
)
def test_wrong_value_is_refused_and_changes_nothing(ticket, alice, action, data, words, headers):
    before = (ticket.status, ticket.priority)
    response = alice.post(f"/tickets/{ticket.pk}/{action}/", data, headers=headers)
    assert response.status_code == (422 if headers else 302)
    assert said(response) == (words, "error")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority) == before


def test_change_that_the_state_forbids_is_refused(ticket, alice):
    address = f"/tickets/{ticket.pk}/status/"
    alice.post(address, {"status": "open"}, headers=HTMX)
    response = alice.post(address, {"status": "new"}, headers=HTMX)
    assert (response.status_code, said(response)[1]) == (422, "error")
    ticket.refresh_from_db()
    assert ticket.status == "open"


@pytest.mark.parametrize(
    ("action", "field"),
    [("assign", "assignee"), ("queue", "queue"), ("topics/add", "reason"), ("topics/reject", "reason")],
)
@pytest.mark.parametrize("value", ["999999", "9" * 30])
def test_row_that_is_not_there_is_not_found(ticket, alice, action, field, value):
    assert alice.post(f"/tickets/{ticket.pk}/{action}/", {field: value}).status_code == 404


def test_rows_of_another_store_are_not_found(ticket, alice):
    elsewhere = StoreFactory()
    queue, reason = QueueFactory(store=elsewhere), ReasonFactory(store=elsewhere, key="own")
    assert alice.post(f"/tickets/{ticket.pk}/queue/", {"queue": queue.pk}).status_code == 404
    assert alice.post(f"/tickets/{ticket.pk}/topics/add/", {"reason": reason.pk}).status_code == 404


@pytest.mark.parametrize("action", ["reply", "note", "assign", "status", "priority", "queue", "topics/add"])
def test_looking_changes_nothing(ticket, alice, action):
    assert alice.get(f"/tickets/{ticket.pk}/{action}/").status_code == 405
