"""`GET /api/v1/tickets/`: what a ticket shows, to whom, and at what cost."""

from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from tests.api.conftest import NOW, Cast

URL = "/api/v1/tickets/"


def subjects(answer) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [ticket["subject"] for ticket in answer.json()["results"]]


def test_ticket_shows_words_topics_and_clocks(cast: Cast) -> None:
    ticket = cast.ticket(priority=2, cycle_index=1, assignee=cast.users.bob)
    body = cast.alice.get(URL).json()
    assert (body["count"], body["next"], body["previous"]) == (1, None, None)
    row = body["results"][0]
    (topic,), (clock,) = row.pop("topics"), row.pop("clocks")
    moment = NOW.isoformat().replace("+00:00", "Z")
    assert row == {
        "id": ticket.pk,
        "number": f"T-{ticket.pk}",
        "url": f"http://testserver/tickets/{ticket.pk}/",
        "store": "tea",
        "queue": "help",
        "subject": "Broken jar",
        "status": "new",
        "priority": "high",
        "channel": "mail",
        "assignee": {"id": cast.users.bob.pk, "name": "Bob", "email": "bob@example.com"},
        "subscriber": {"id": ticket.subscriber_id, "name": "Ana", "email": "ana@example.com"},
        "subscription": None,
        "box": None,
        "cycle_index": 1,
        "tags": [],
        "fields": {},
        "snoozed_until": None,
        "deleted_as": "",
        "source_key": "",
        "due_at": None,
        "waiting_since": None,
        "created_at": moment,
        "updated_at": moment,
        "resolved_at": None,
    }
    assert (topic["reason"], topic["label"], topic["evidence"]) == ("damaged", cast.damaged.label, ["broken"])
    assert (clock["metric"], clock["state"], clock["breached_at"]) == ("first_reply", "running", None)
    assert clock["due_at"] == (NOW + timedelta(hours=1)).isoformat().replace("+00:00", "Z")


def test_rejected_topic_is_not_shown(cast: Cast) -> None:
    cast.ticket().topics.update(rejected_at=NOW)
    assert cast.alice.get(URL).json()["results"][0]["topics"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_at_any_length(cast: Cast, django_assert_num_queries, rows: int) -> None:
    for number in range(rows):
        cast.ticket(f"No. {number}")
    with django_assert_num_queries(8):  # session, user, count, page, topics, tags, fields, clocks
        assert len(subjects(cast.alice.get(URL))) == rows


def test_restricted_queue_is_absent_from_lists_and_counts(cast: Cast) -> None:
    cast.ticket("Open to all")
    secret = cast.ticket("A lawyer writes", queue=cast.legal)
    assert subjects(cast.bob.get(URL)) == ["Open to all"]
    assert cast.bob.get(URL).json()["count"] == 1
    assert cast.bob.get(f"{URL}{secret.pk}/").status_code == 404
    assert subjects(cast.alice.get(URL + "?queue=legal")) == ["A lawyer writes"]
    cast.legal.members.add(cast.users.bob)
    assert cast.bob.get(f"{URL}{secret.pk}/").status_code == 200


def test_other_store_sees_nothing_and_404_says_as_much_as_for_no_ticket(cast: Cast) -> None:
    ticket = cast.ticket()
    assert cast.charlie.get(URL).json()["count"] == 0
    there, nowhere = cast.charlie.get(f"{URL}{ticket.pk}/"), cast.charlie.get(f"{URL}999999/")
    assert (there.status_code, there.json()) == (nowhere.status_code, nowhere.json())
    assert (there.status_code, there.json()) == (404, {"detail": "No Ticket matches the given query."})


def test_deleted_ticket_is_gone(cast: Cast) -> None:
    ticket = cast.ticket(deleted_at=NOW, deleted_as="deleted")
    assert cast.alice.get(f"{URL}{ticket.pk}/").status_code == 404
    assert cast.alice.get(URL).json()["count"] == 0


def test_token_opens_and_nothing_else_does(cast: Cast) -> None:
    cast.ticket()
    token = Token.objects.create(user=cast.users.alice)
    client = Client()
    assert client.get(URL).status_code == 401
    assert client.get(URL).json() == {"detail": "Authentication credentials were not provided."}
    assert client.get(URL, headers={"Authorization": "Token wrong"}).json() == {"detail": "Invalid token."}
    assert subjects(client.get(URL, headers={"Authorization": f"Token {token.key}"})) == ["Broken jar"]


@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/nowhere/", "/api/v1/tickets/seven/", "/api/v1/tickets/1/x/"])
def test_address_that_is_not_there_answers_in_json(cast: Cast, address: str) -> None:
    answer = cast.alice.get(address)
    assert answer.status_code == 404
    assert answer.json() == {"detail": "There is nothing at this address; /api/v1/docs/ lists what there is."}
    assert cast.alice.post(address, {}).status_code == 404


def test_address_without_slash_leads_to_the_one_with(cast: Cast) -> None:
    answer = cast.alice.get("/api/v1/tickets?status=new")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/api/v1/tickets/?status=new")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_ticket_is_not_changed_here(cast: Cast, method: str) -> None:
    ticket = cast.ticket()
    answer = getattr(cast.alice, method)(f"{URL}{ticket.pk}/", {"subject": "x"})
    assert answer.status_code == 405
