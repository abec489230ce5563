"""Filters and order of `GET /api/v1/tickets/`."""

from datetime import timedelta

import pytest

from tests.api.conftest import NOW, Cast

URL = "/api/v1/tickets/"


@pytest.fixture
def three(cast: Cast) -> Cast:
    """`one` new and urgent; `two` open, Bob's; `three` resolved, the youngest, in `legal`."""
    cast.ticket("one", NOW - timedelta(days=3), priority=1, subscriber=cast.subscriber("eve@example.com"))
    cast.ticket(
        "two",
        NOW - timedelta(days=2),
        status="open",
        assignee=cast.users.bob,
        cycle_index=2,
        next_due_at=NOW + timedelta(hours=4),
    )
    last = cast.ticket("three", NOW - timedelta(days=1), queue=cast.legal, status="resolved", resolved_at=NOW)
    last.topics.all().delete()
    return cast


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["three", "two", "one"]),
        ("status=new", ["one"]),
        ("status=new,open", ["two", "one"]),
        ("status=new&status=resolved", ["three", "one"]),
        ("priority=urgent", ["one"]),
        ("priority=urgent,normal&status=open", ["two"]),
        ("queue=legal", ["three"]),
        ("queue=legal,help", ["three", "two", "one"]),
        ("queue=nowhere", []),
        ("store=tea", ["three", "two", "one"]),
        ("store=soap", []),
        ("assignee=none", ["three", "one"]),
        ("assignee=BOB@example.com", ["two"]),
        ("assignee=me", []),
        ("subscriber=Eve@Example.com", ["one"]),
        ("subscriber=999999999", []),
        ("topic=damaged", ["two", "one"]),
        ("topic=late", []),
        ("cycle=2", ["two"]),
        ("channel=mail", ["three", "two", "one"]),
        ("channel=api", []),
        ("status=", ["three", "two", "one"]),
        ("ordering=created_at", ["one", "two", "three"]),
        ("ordering=-created_at", ["three", "two", "one"]),
        ("ordering=priority", ["one", "two", "three"]),
        ("ordering=-priority", ["three", "two", "one"]),
        ("ordering=due_at", ["two", "one", "three"]),
        ("ordering=-due_at", ["two", "three", "one"]),
        ("ordering=priority,-created_at", ["one", "three", "two"]),
        ("ordering=", ["three", "two", "one"]),
    ],
)
def test_filter_finds(three: Cast, query: str, found: list[str]) -> None:
    answer = three.alice.get(f"{URL}?{query}")
    assert answer.status_code == 200, answer.json()
    assert [ticket["subject"] for ticket in answer.json()["results"]] == found
    assert answer.json()["count"] == len(found)


def test_times_begin_inclusively_and_end_exclusively(three: Cast) -> None:
    middle = (NOW - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def found(query: str) -> list[str]:
        return [ticket["subject"] for ticket in three.alice.get(f"{URL}?{query}").json()["results"]]

    assert found(f"opened_after={middle}") == ["three", "two"]
    assert found(f"opened_before={middle}") == ["one"]
    assert found(f"opened_after={middle}&opened_before={middle}") == []
    assert found("resolved_after=2000-01-01") == ["three"]


def test_ticket_by_number_and_people_by_id(three: Cast) -> None:
    ticket = three.alice.get(f"{URL}?subscriber=eve@example.com").json()["results"][0]
    for query in (
        f"ticket={ticket['id']}",
        f"ticket=T-{ticket['id']}",
        f"ticket=t-{ticket['id']}",
        f"subscriber={ticket['subscriber']['id']}",
    ):
        assert [row["id"] for row in three.alice.get(f"{URL}?{query}").json()["results"]] == [ticket["id"]]
    assert [row["subject"] for row in three.bob.get(f"{URL}?assignee=me").json()["results"]] == ["two"]


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("colour=red", "colour", "There is no filter “colour” here; these are assignee, box,"),
        ("Status=new", "Status", "There is no filter “Status” here"),
        ("queue__store__key=tea", "queue__store__key", "There is no filter"),
        ("status=lost", "status", "“lost” is none of new, open, pending, on_hold, resolved."),
        ("status=new,lost", "status", "“lost” is none of"),
        ("priority=2", "priority", "“2” is none of urgent, high, normal, low."),
        ("ordering=subject", "ordering", "There is no order “subject”; these are created_at, due_at, priority,"),
        ("ordering=-created_at,secret", "ordering", "There is no order “secret”"),
        ("ordering=--created_at", "ordering", "There is no order “--created_at”"),
        ("ticket=abc", "ticket", "A number, such as 1042."),
        ("ticket=99999999999999999999", "ticket", "Ensure this value is less than or equal to 9223372036854775807."),
        ("subscriber=abc", "subscriber", "A number, such as 1042."),
        ("opened_after=yesterday", "opened_after", "Enter a valid date/time."),
        ("page_size=0", "page_size", "A number from 1 to 200."),
        ("page_size=many", "page_size", "A number from 1 to 200."),
        ("cursor=made-up", "cursor", "This is no cursor of ours: follow `next` and `previous`."),
        ("queue=a%00b", "queue", "A key holds no null character."),
        ("subscriber=a%00@b", "subscriber", "Null characters are not allowed."),
    ],
)
def test_wrong_query_is_refused_by_name(three: Cast, query: str, field: str, words: str) -> None:
    answer = three.alice.get(f"{URL}?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [field])
    (text,) = answer.json()[field]
    assert text[: len(words)] == words


def test_several_mistakes_are_told_at_once(three: Cast) -> None:
    answer = three.alice.get(f"{URL}?colour=red&status=lost&ordering=x")
    assert (answer.status_code, sorted(answer.json())) == (400, ["colour", "ordering", "status"])
