"""Pages of lists: by keyset, bounded, the same forth and back, whatever is inserted meanwhile."""

from datetime import timedelta
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.models import Subscriber
from tests.api.conftest import NOW, Cast
from tests.thorough import examples

URL = "/api/v1/tickets/"


def walk(client, url: str, link: str = "next") -> list[list[int]]:
    pages = []
    while url:
        body = client.get(url).json()
        pages.append([row["id"] for row in body["results"]])
        url = body[link]
    return pages


@pytest.mark.parametrize(
    "order", ["created_at", "-created_at", "priority", "-priority", "due_at", "-due_at", "-priority,due_at"]
)
def test_pages_forth_and_back_are_the_whole_list(cast: Cast, order: str) -> None:
    for number in range(7):
        cast.ticket(
            at=NOW - timedelta(hours=number % 3),
            priority=number % 2 + 1,
            next_due_at=None if number % 3 == 0 else NOW + timedelta(hours=number % 2),
        )
    (whole,) = walk(cast.alice, f"{URL}?ordering={order}")
    pages = walk(cast.alice, f"{URL}?ordering={order}&page_size=2")
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert list(chain.from_iterable(pages)) == whole
    url = f"{URL}?ordering={order}&page_size=2"
    for _ in range(3):
        url = cast.alice.get(url).json()["next"]
    assert walk(cast.alice, url, "previous") == pages[::-1]


def test_insert_moves_no_row_to_another_page(cast: Cast) -> None:
    old = [cast.ticket(at=NOW - timedelta(hours=hour)).pk for hour in range(4)]
    first = cast.alice.get(f"{URL}?page_size=2").json()
    newer = cast.ticket(at=NOW + timedelta(hours=1)).pk
    second = cast.alice.get(first["next"]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == old
    assert (second["count"], second["next"]) == (5, None)
    back = cast.alice.get(second["previous"]).json()
    assert [row["id"] for row in back["results"]] == old[:2]
    assert [row["id"] for row in cast.alice.get(back["previous"]).json()["results"]] == [newer]


def test_page_is_bounded(cast: Cast) -> None:
    Subscriber.objects.bulk_create(Subscriber(store=cast.tea, email=f"{n}@example.com") for n in range(203))
    asked = {size: len(cast.alice.get(f"/api/v1/subscribers/?page_size={size}").json()["results"]) for size in (1, 500)}
    assert asked == {1: 1, 500: 200}
    assert len(cast.alice.get("/api/v1/subscribers/").json()["results"]) == 50


def test_cursor_of_another_order_is_refused(cast: Cast) -> None:
    for _ in range(2):
        cast.ticket()
    link = cast.alice.get(f"{URL}?page_size=1").json()["next"]
    cursor = link.partition("cursor=")[2].partition("&")[0]
    answer = cast.alice.get(f"{URL}?page_size=1&ordering=priority&cursor={cursor}")
    assert (answer.status_code, answer.json()) == (400, {"cursor": ["This cursor belongs to another order."]})


def test_cursor_shows_nobody_else_what_it_was_made_from(cast: Cast) -> None:
    for _ in range(2):
        cast.ticket()
    link = cast.alice.get(f"{URL}?page_size=1").json()["next"]
    assert cast.charlie.get(link).json()["results"] == []


def test_page_after_the_last_row_leads_back(cast: Cast) -> None:
    tickets = [cast.ticket(at=NOW - timedelta(hours=hour)) for hour in range(2)]
    link = cast.alice.get(f"{URL}?page_size=1").json()["next"]
    tickets[1].delete()
    body = cast.alice.get(link).json()
    assert (body["results"], body["next"]) == ([], None)
    assert walk(cast.alice, body["previous"]) == [[tickets[0].pk]]


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(["", "a", "A", "ä", "b c", "Z"]), min_size=1, max_size=8),
    order=st.sampled_from(["name", "-name", "created_at", "-created_at,name", "name,-email"]),
    size=st.integers(1, 4),
)
def test_pages_of_any_rows_are_the_whole_list(cast: Cast, names: list[str], order: str, size: int) -> None:
    Subscriber.objects.all().delete()
    for number, name in enumerate(names):
        Subscriber.objects.create(store=cast.tea, email=f"{number}@example.com", name=name, created_at=NOW)
    (whole,) = walk(cast.alice, f"/api/v1/subscribers/?ordering={order}")
    pages = walk(cast.alice, f"/api/v1/subscribers/?ordering={order}&page_size={size}")
    assert list(chain.from_iterable(pages)) == whole
    assert {len(page) for page in pages[:-1]} <= {size}
