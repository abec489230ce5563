"""The pages of evidence: an answer or what is missing, for whoever works for the store, at one cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers.enums import Role
from success.evidence import keeping
from success.evidence.selectors import service_study, shown_flows
from success.evidence.wording import on_hazard, on_prediction, on_service
from success.models import StudyPlan
from tests.factories.flows import make_flow
from tests.factories.people import MembershipFactory, StoreFactory
from tests.success.evidence.conftest import draw_people, live_through, planted
from tests.success.evidence.test_stores_are_studied import _early

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(lead) -> Client:
    client = Client()
    client.force_login(lead)
    return client


def test_what_is_not_known_is_said_with_what_is_missing(store, client):
    make_flow(store, name="Alone")
    make_flow(store, name="Held", key="held", holdout_share=0.2)
    assert client.get("/insights/evidence/").context["said"] is None
    live_through(store, planted(20))
    draw_people(store, 60, 0.5, 0.5, name="Few")
    keeping.sweep()
    page = client.get("/insights/evidence/")
    assert page.context["said"].text == "We do not know yet: 0 of 50 cancellations needed."
    assert {one.flow.name: one.said.text for one, _ in page.context["flows"]} == {
        "Alone": "Nobody can know: no one is held out.",
        "Held": "We do not know yet: nobody has entered since people are held out.",
        "Few": "We do not know yet: 24 held out and 36 treated began 30 days ago or earlier.",
    }
    found = service_study(store)[1]
    assert {on_hazard(one).tone for one in found.hazards.facts} == {"unknown"}
    assert on_prediction(found.prediction).tone == "unknown"
    assert client.get("/insights/evidence/service/").status_code == 200


def test_what_is_known_is_said_with_its_interval(store, client):
    _early(store)
    live_through(store, planted(500, ticket=2.5))
    flow = draw_people(store, 1000, 0.9, 0.6, name="Good one")
    keeping.sweep()
    page = client.get("/insights/evidence/")
    found = service_study(store)[1]
    assert (page.context["said"].tone, page.context["said"]) == ("bad", on_service(found.hazards))
    [(shown, bar)] = page.context["flows"]
    assert shown.said.text == ("It works: after 30 days 30.0 more of 100 still subscribe than of those left alone.")
    assert (bar.zero, bar.low > 50) == (50, True)
    body = client.get("/insights/evidence/service/").content.decode()
    assert body.count("<tr><td>") == len(found.hazards.facts)
    assert client.get(f"/insights/evidence/flow/{flow.pk}/").context["rows"][0].treated == "90.0 % (540/600)"
    rows = client.get(f"/insights/evidence/flow/{flow.pk}/?format=csv").content.decode().splitlines()
    assert rows[0] == "flow,days,treated,treated_kept,held,held_kept,difference,low,high"
    assert rows[1].startswith(f"{flow.key},30,600,540,400,240,0.3")
    service = client.get("/insights/evidence/service/?format=csv").content.decode().splitlines()
    assert {row.split(",")[0] for row in service} >= {"hazard ratio", "still subscribed"}
    listed = client.get("/api/v1/evidence/").json()["results"]
    assert sorted((one["kind"], one["flow"]) for one in listed) == sorted(
        [("flow", flow.key), ("service", None)], key=str
    )


def test_others_see_nothing_and_agents_cannot_ask_again(store, client):
    flow = draw_people(store, 5, 0.5, 0.5)
    keeping.sweep()
    other = StoreFactory()
    stranger, agent = Client(), Client()
    stranger.force_login(MembershipFactory(store=other, role=Role.LEAD).user)
    agent.force_login(MembershipFactory(store=store, role=Role.AGENT).user)
    assert stranger.get(f"/insights/evidence/?store={store.pk}").context["store"] == other
    assert stranger.get(f"/insights/evidence/flow/{flow.pk}/").status_code == 404
    assert stranger.post(f"/insights/evidence/again/{store.pk}/").status_code == 404
    assert stranger.get("/api/v1/evidence/").json()["results"] == []
    assert agent.get(f"/insights/evidence/flow/{flow.pk}/").status_code == 200
    assert agent.post(f"/insights/evidence/again/{store.pk}/").status_code == 403
    assert Client().get("/insights/evidence/").status_code == 302
    before = timezone.now()
    StudyPlan.objects.filter(store=store).update(due_at=before + timedelta(days=1))
    assert client.post(f"/insights/evidence/again/{store.pk}/").status_code == 302
    assert before <= StudyPlan.objects.get(store=store).due_at <= timezone.now()


def test_pages_cost_the_same_however_much_there_is(store, client):
    def costs():
        found = []
        for page in ("/insights/evidence/", "/insights/evidence/service/", f"/insights/evidence/flow/{flow.pk}/"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            found.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/v1/evidence/").status_code == 200
        return [*found, len(queries)]

    flow = draw_people(store, 5, 0.5, 0.5)
    keeping.sweep()
    client.get("/insights/evidence/")
    first = costs()
    for _ in range(2):
        draw_people(store, 5, 0.5, 0.5)
        StudyPlan.objects.update(due_at=timezone.now())
        keeping.sweep()
    assert costs() == first
    assert len(shown_flows(store)) == 3
    assert max(first) <= 14
