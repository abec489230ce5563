"""The most specific rules of a place count; changes are versions; risks are named; reasons keep their meaning."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from helpdesk.models import User
from subscribers.cancellation.admin import is_far
from subscribers.cancellation.declarations import cancel
from subscribers.cancellation.enums import SessionChannel
from subscribers.cancellation.policies import policy_at, publish, risks, rules_in, rules_of
from subscribers.cancellation.reasons import reason_of_key
from subscribers.cancellation.sessions import give_reason, open_session
from subscribers.models import CancellationPolicy, CancellationSession, Reason
from tests.factories.people import MembershipFactory
from tests.subscribers.cancellation.conftest import subscribe

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("country", "region", "name"),
    [
        ("US", "CA", "California"),
        ("US", "US-NY", "New York"),
        ("us", "massachusetts", "Massachusetts"),
        ("US", "TX", "United States"),
        ("DE", "", "Germany"),
        ("FR", "", "European Union"),
        ("GB", "", "United Kingdom"),
        ("JP", "CA", "Everywhere"),
        ("", "", "Everywhere"),
    ],
)
def test_the_most_specific_counts(store, country, region, name):
    assert policy_at(store, country, region).policy.name == name


def test_a_stores_own_row_stands_before_the_shared_one(store):
    publish(CancellationPolicy(store=store, name="Ours", country="FR"), actor=None)
    assert policy_at(store, "FR").policy.name == "Ours"
    assert policy_at(None, "FR").policy.name == "European Union"


@pytest.mark.django_db(transaction=True)
def test_those_who_ask_first_at_once_are_all_answered():
    together = Barrier(4)

    def ask(country: str) -> tuple[str, int]:
        together.wait()
        try:
            version = policy_at(None, country)
            return version.policy.name, version.number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, ["JP", "DE", "US", "JP"]))
    assert answers == [("Everywhere", 1), ("Germany", 1), ("United States", 1), ("Everywhere", 1)]


def test_some_rules_hold_where_all_are_switched_off(store):
    CancellationPolicy.objects.update(is_active=False)
    assert policy_at(store, "JP").policy.name == "Everywhere"


def test_a_change_is_a_new_version_and_sessions_keep_theirs(store, subscription):
    before = open_session(subscription, channel=SessionChannel.PORTAL)
    policy = before.policy_version.policy
    policy.offer_pages = 0
    version = publish(policy, actor=None)
    assert (version.number, publish(policy, actor=None).number) == (2, 2)
    before.refresh_from_db()
    assert rules_in(before.policy_version).offer_pages == 1
    assert open_session(subscribe(store), channel=SessionChannel.PORTAL).policy_version == version


def test_risky_rules_are_named(store):
    germany = CancellationPolicy.objects.get(country="DE")
    assert risks(rules_of(germany)) == []
    germany.page_form, germany.offer_pages, germany.final_label = "steps", 1, "Weiter"
    assert len(risks(rules_of(germany))) == 3


@pytest.fixture
def root(client, db):
    client.force_login(User.objects.create_superuser("root@example.com", name="Root"))


def form_of(policy: CancellationPolicy, **changed: object) -> dict[str, object]:
    names = [field.name for field in policy._meta.fields if field.editable and field.name != "id"]
    values = {name: getattr(policy, name) for name in names} | changed
    data = {
        name: "on" if value is True else value
        for name, value in values.items()
        if value is not None and value is not False
    }
    return data | {"versions-TOTAL_FORMS": 0, "versions-INITIAL_FORMS": 0}


def test_the_admin_asks_before_a_risk_is_taken(client, root, store):
    germany = CancellationPolicy.objects.get(country="DE")
    address = f"/admin/subscribers/cancellationpolicy/{germany.pk}/change/"
    risky = form_of(germany, page_form="steps", offer_pages=1)
    answer = client.post(address, risky)
    assert list(answer.context["adminform"].form.errors) == ["confirm_risks"]
    assert "taken for an obstruction" in answer.content.decode()
    assert client.post(address, risky | {"confirm_risks": "on"}).status_code == 302
    germany.refresh_from_db()
    assert (germany.version, germany.offer_pages) == (2, 1)


def test_the_admin_asks_before_a_reason_means_something_else(client, root, store, subscription):
    session = open_session(subscription, channel=SessionChannel.PORTAL)
    cancel(give_reason(session, reason=reason_of_key(store, "moving")))
    moving = Reason.objects.get(key="moving")
    address = f"/admin/subscribers/reason/{moving.pk}/change/"
    data = {
        "label": "Bad packaging",
        "position": 1,
        "is_active": "on",
        "parent": moving.parent_id,
        "for_cancellations": "on",
        "labels-TOTAL_FORMS": 0,
        "labels-INITIAL_FORMS": 0,
    }
    answer = client.post(address, data)
    assert (answer.status_code, "has been used: 1 cancellations" in answer.content.decode()) == (200, True)
    assert client.post(address, data | {"label": "Moving away"}).status_code == 302
    assert client.post(address, data | {"confirm_new_label": "on"}).status_code == 302
    assert (is_far("Moving", "Moving away"), is_far("Too expensive", "Too much product")) == (False, True)


def test_the_api_cancels_with_the_same_rights_and_once(client, store, subscription):
    user = MembershipFactory(store=store).user
    client.force_login(user)
    address = f"/api/v1/subscriptions/{subscription.pk}/cancellation/"

    def post(**said: object):
        return client.post(address, said, content_type="application/json")

    assert post(reason="delicious").json() == {"reason": ["This is none of the reasons for cancelling."]}
    first = post(reason="too_expensive", words="Too dear", key="a-1")
    assert (first.status_code, first.json()["state"], first.json()["channel"]) == (201, "cancelled", "api")
    again = post(key="a-1")
    assert (again.status_code, again.json()["reference"]) == (200, first.json()["reference"])
    client.force_login(MembershipFactory().user)
    assert post().status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_whatever_they_show(client, store, django_assert_num_queries, rows):
    client.force_login(MembershipFactory(store=store).user)
    person = subscribe(store).subscriber
    for _ in range(rows):
        cancel(open_session(subscribe(store), channel=SessionChannel.PORTAL))
        cancel(open_session(subscribe(store, subscriber=person), channel=SessionChannel.PORTAL))
    with django_assert_num_queries(11):
        page = client.get("/cancellations/")
    assert len(page.context["sessions"]) == 2 * rows
    with django_assert_num_queries(10):
        client.get(f"/cancellations/panel/{person.pk}/")
    session = CancellationSession.objects.first()
    assert client.get(f"/cancellations/{session.pk}/").status_code == 200
    assert client.get("/cancellations/?since=nonsense").context["sessions"] == []
