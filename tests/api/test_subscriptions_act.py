"""`/api/v1/subscriptions/` and `/api/v1/boxes/`: what they show, have done, and refuse."""

import pytest

from subscribers.models import Box, ProviderAction, Subscription
from tests.api.conftest import NOW, Cast

URL = "/api/v1/subscriptions/"


@pytest.fixture
def subscription(cast: Cast) -> Subscription:
    return cast.subscribed(cast.subscriber(), billings=2).cycle.subscription


@pytest.mark.parametrize("rows", [1, 3])
def test_list_and_detail_cost_the_same_at_any_length(cast: Cast, django_assert_num_queries, rows: int) -> None:
    boxes = [cast.subscribed(cast.subscriber(f"{number}@example.com"), billings=rows) for number in range(rows)]
    with django_assert_num_queries(4):  # session, user, count, page
        assert len(cast.bob.get(URL).json()["results"]) == rows
    with django_assert_num_queries(5):  # session, user, subscription, cycles, boxes
        row = cast.bob.get(f"{URL}{boxes[0].cycle.subscription_id}/").json()
    assert [cycle["index"] for cycle in row["cycles"]] == list(range(rows, 0, -1))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=active", 1),
        ("status=paused,cancelled", 0),
        ("provider=builtin", 1),
        ("subscriber=ANA@example.com", 1),
        ("external_id=nothing", 0),
        ("next_billing_before=2000-01-01", 0),
        ("ordering=next_billing_at", 1),
    ],
)
def test_list_is_filtered(cast: Cast, subscription: Subscription, query: str, found: int) -> None:
    assert cast.bob.get(f"{URL}?{query}").json()["count"] == found


def test_an_action_is_previewed_then_done_once_a_key(cast: Cast, subscription: Subscription) -> None:
    url = f"{URL}{subscription.pk}/actions/"
    wanted = {"kind": "pause", "params": {"days": 30}}
    shown = cast.bob.post(f"{url}preview/", wanted).json()
    assert (shown["before"]["status"], shown["after"]["status"], len(shown["lines"])) == ("active", "paused", 2)
    assert not ProviderAction.objects.exists()
    answers = [cast.bob.post(url, {**wanted, "key": "k1"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json() == cast.bob.get(url).json()[0]
    assert (answers[0].json()["state"], ProviderAction.objects.get().actor) == ("done", cast.users.bob)
    assert cast.bob.get(f"{URL}{subscription.pk}/").json()["status"] == "paused"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"kind": "pause"}, "key"),
        ({"kind": "dance", "key": "k"}, "kind"),
        ({"kind": "pause", "params": {"days": -1}, "key": "k"}, "days"),
        ({"kind": "resume", "key": "k"}, "subscription"),
        ({"kind": "skip", "cycle": 2**70, "key": "k"}, "cycle"),
        ({"kind": "replacement", "box": 0, "key": "k"}, "box"),
        ({"kind": "cancel", "reason": "nope", "key": "k"}, "reason"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(cast: Cast, subscription: Subscription, body: dict, wrong: str) -> None:
    answer = cast.bob.post(f"{URL}{subscription.pk}/actions/", body)
    assert (answer.status_code, list(answer.json())) == (400, [wrong])
    assert not ProviderAction.objects.exists()


def test_others_see_and_do_nothing(cast: Cast, subscription: Subscription) -> None:
    box = Box.objects.first()
    assert cast.charlie.get(URL).json()["count"] == 0
    asked = {"kind": "cancel", "key": "k"}
    assert cast.charlie.post(f"{URL}{subscription.pk}/actions/", asked).status_code == 404
    assert cast.charlie.post(f"/api/v1/boxes/{box.pk}/status/", {"status": "delivered"}).status_code == 404


def test_a_box_is_moved_on_by_reports(cast: Cast, subscription: Subscription) -> None:
    box = Box.objects.create(cycle=subscription.cycles.get(index=1))
    url = f"/api/v1/boxes/{box.pk}/status/"
    shipped = {"status": "in_transit", "carrier": "UPS", "tracking_number": "1Z", "key": "r1"}
    answers = [cast.bob.post(url, shipped) for _ in range(2)]
    assert [answer.json()["carrier"] for answer in answers] == ["UPS", "UPS"]
    assert box.events.count() == 1
    old = cast.bob.post(url, {"status": "label_purchased", "at": NOW.replace(year=2020).isoformat()}).json()
    assert (old["status"], box.events.count()) == ("in_transit", 2)
    assert cast.bob.post(url, {"status": "delivered"}).json()["status"] == "delivered"
    assert cast.bob.post(url, {"status": "lost"}).json() == {"status": ['"lost" is not a valid choice.']}
    assert list(cast.bob.post(url, {"status": "delivered", "at": "2999-01-01T00:00:00Z"}).json()) == ["at"]
