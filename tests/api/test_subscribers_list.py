"""`/api/v1/subscribers/`: what it shows, to whom, and at what cost."""

import pytest

from subscribers.models import Subscriber
from subscribers.selectors import cycle_index
from tests.api.conftest import NOW, Cast

URL = "/api/v1/subscribers/"


def test_subscriber_shows_cycle_and_subscriptions(cast: Cast) -> None:
    ana, eve = cast.subscriber(), cast.subscriber("eve@example.com")
    cast.subscribed(ana, billings=3)
    rows = {row["email"]: row for row in cast.bob.get(URL).json()["results"]}
    assert {email: row["cycle_index"] for email, row in rows.items()} == {"ana@example.com": 3, "eve@example.com": None}
    assert (rows["ana@example.com"]["cycle_index"], rows["eve@example.com"]["cycle_index"]) == (
        cycle_index(ana, NOW),
        cycle_index(eve, NOW),
    )
    (subscription,) = rows["ana@example.com"]["subscriptions"]
    assert (subscription["status"], subscription["price"], subscription["currency"]) == ("active", "20.00", "EUR")
    row = cast.bob.get(f"{URL}{ana.pk}/").json()
    assert row == rows["ana@example.com"]
    assert (row["store"], row["url"]) == ("tea", f"http://testserver/subscribers/{ana.pk}/")


def test_other_store_sees_nobody(cast: Cast) -> None:
    ana = cast.subscriber()
    assert cast.charlie.get(URL).json()["count"] == 0
    assert cast.charlie.get(f"{URL}{ana.pk}/").status_code == 404


def test_merged_person_is_shown_once(cast: Cast) -> None:
    ana = cast.subscriber()
    Subscriber.objects.create(store=cast.tea, email="old@example.com", merged_into=ana)
    assert [row["email"] for row in cast.bob.get(URL).json()["results"]] == ["ana@example.com"]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_at_any_length(cast: Cast, django_assert_num_queries, rows: int) -> None:
    for number in range(rows):
        cast.subscribed(cast.subscriber(f"{number}@example.com"))
    with django_assert_num_queries(5):  # session, user, count, page, subscriptions
        assert len(cast.bob.get(URL).json()["results"]) == rows


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("email=ANA@example.com", ["ana@example.com"]),
        ("email=ana", []),
        ("q=EXAMPLE", ["ana@example.com", "eve@example.com"]),
        ("q=ev", ["eve@example.com"]),
        ("q=%25", []),
        ("status=active", ["ana@example.com"]),
        ("status=cancelled", []),
        ("store=tea", ["ana@example.com", "eve@example.com"]),
        ("created_before=2000-01-01", []),
    ],
)
def test_filter_finds(cast: Cast, query: str, found: list[str]) -> None:
    cast.subscribed(cast.subscriber())
    cast.subscriber("eve@example.com")
    answer = cast.bob.get(f"{URL}?ordering=email&{query}")
    assert [row["email"] for row in answer.json()["results"]] == found


def test_list_is_only_read(cast: Cast) -> None:
    assert cast.bob.post(URL, {"email": "new@example.com"}).status_code == 405
