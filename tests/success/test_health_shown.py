"""Health and milestones as people and programs see them, and the ways in which first use is told."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from subscribers.cancellation.links import account_path
from subscribers.models import Membership, Store, Subscription
from success.flows.texts import Facts, render
from success.health import work
from success.health.preview import preview
from success.health.score import Weight
from success.health.settings import install_health, settings_of
from success.milestones.enums import EngagementSource
from success.milestones.links import first_use_path
from success.milestones.starter import install_milestones
from success.models import Engagement, Health, HealthWeight, Run
from tests.factories.people import MembershipFactory, SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.factories.tickets import make_ticket


@pytest.fixture
def path(store: Store) -> None:
    install_milestones()
    install_health()


def subscribed(store: Store, complaint: bool = True) -> Subscription:
    subscription = SubscriptionFactory(
        subscriber=SubscriberFactory(store=store), started_at=timezone.now() - timedelta(days=20)
    )
    BoxFactory(cycle=CycleFactory(subscription=subscription))
    if complaint:
        make_ticket("It arrived broken.", subscriber=subscription.subscriber)
    work.find_unknown()
    work.sweep()
    return subscription


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_panel_names_every_reason_and_links_what_may_be_seen(path, store, agent) -> None:
    subscription = subscribed(store)
    person = subscription.subscriber
    health = Health.objects.get(subscriber=person)
    [ticket] = person.tickets.all()
    address = reverse("subscriber-health-panel", args=[person.pk])
    page = signed_in(agent).get(address)
    assert page.context["health"].number == health.number == health.service
    told = {(one.reason.kind, one.url) for one in page.context["reasons"]}
    assert ("damaged_box", ticket.get_absolute_url()) in told
    assert "the lower side counts" in page.content.decode()
    # Of a queue that a colleague does not see, the reason stays and its ticket is not named.
    ticket.queue.is_restricted = True
    ticket.queue.save()
    hidden = signed_in(agent).get(address)
    assert {(one.reason.kind, one.url) for one in hidden.context["reasons"] if one.reason.kind == "damaged_box"} == {
        ("damaged_box", "")
    }
    stranger = MembershipFactory().user
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(stranger).post(reverse("health-set-use", args=[subscription.pk])).status_code == 404


def test_agent_confirms_first_use_and_takes_it_back(path, store, agent) -> None:
    subscription = subscribed(store, complaint=False)
    client, address = signed_in(agent), reverse("health-set-use", args=[subscription.pk])

    def state() -> str:
        return subscription.milestones.get(milestone__key="first-use").state

    for do, wanted in (("confirm", "achieved"), ("confirm", "achieved"), ("take_back", "behind")):
        client.post(address, {"do": do}, headers={"HX-Request": "true"})
        assert state() == wanted
    assert [one.actor for one in Engagement.objects.all()] == [agent]


def test_subscriber_confirms_by_link_and_by_account_only_by_a_post(path, store) -> None:
    subscription = subscribed(store, complaint=False)
    link, client = first_use_path(subscription), Client()
    assert (client.get(link).status_code, Engagement.objects.count()) == (200, 0)
    assert client.post(link).status_code == 302
    account = account_path(subscription.subscriber)
    token = account.rstrip("/").rpartition("/")[2]
    own = reverse("confirm-use-account", args=[token, subscription.pk])
    assert own in client.get(account).content.decode()
    assert client.get(own).context["is_known"]
    client.post(own)
    assert [one.source for one in Engagement.objects.all()] == [EngagementSource.LINK]
    other = subscribed(store, complaint=False)
    assert client.get(reverse("confirm-use-account", args=[token, other.pk])).status_code == 404
    assert client.get(link[:-2] + "/").status_code == 404


def test_interface_lists_tells_and_costs_the_same(path, store, agent) -> None:
    api = APIClient()
    api.force_login(agent)

    def cost(address: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = api.get(address)
        return len(queries), len(answer.json()["results"])

    subscription = subscribed(store)
    addresses = ("/api/v1/health/?word=at_risk,watch,critical,healthy", "/api/v1/milestones/?milestone=first-box")
    first = [cost(address) for address in addresses]
    subscribed(store)
    subscribed(store)
    assert [count for _, count in first] == [1, 1]
    assert [cost(address) for address in addresses] == [(queries, 3) for queries, _ in first]
    row = api.get(f"/api/v1/health/{subscription.subscriber_id}/").json()
    assert (row["number"], row["reasons"][0]["side"]) == (
        Health.objects.get(pk=row["subscriber"]["id"]).number,
        "service",
    )

    told = {"subscription": subscription.pk, "kind": "use_confirmed", "key": "a1"}
    assert [api.post("/api/v1/milestones/facts/", told, format="json").status_code for _ in range(2)] == [201, 200]
    early = told | {"occurred_at": "2001-01-01T00:00:00Z", "key": "a2"}
    assert api.post("/api/v1/milestones/facts/", early, format="json").json().keys() == {"occurred_at"}
    stranger = APIClient()
    stranger.force_login(MembershipFactory().user)
    assert stranger.post("/api/v1/milestones/facts/", told | {"key": "a3"}, format="json").status_code == 400
    assert stranger.get("/api/v1/health/").json()["results"] == []


def test_list_of_subscribers_narrows_by_health_and_costs_the_same(path, store, agent) -> None:
    poor = subscribed(store).subscriber
    subscribed(store, complaint=False)
    client = signed_in(agent)
    Health.objects.filter(pk=poor.pk).update(word="at_risk", number=44)
    page = client.get("/subscribers/?health=at-risk")
    assert [entry.subscriber for entry in page.context["entries"]] == [poor]
    assert "At risk" in page.content.decode()
    assert client.get("/subscribers/?health=sunny").context["errors"].keys() == {"health"}


def test_panels_cost_the_same_whatever_they_show(path, store, agent) -> None:
    client = signed_in(agent)

    def cost(subscription: Subscription) -> int:
        address = reverse("subscriber-health-panel", args=[subscription.subscriber_id])
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    one = subscribed(store)
    first = cost(one)
    for _ in range(2):
        make_ticket("It arrived broken.", subscriber=one.subscriber)
        SubscriptionFactory(subscriber=one.subscriber)
    work.sweep()
    assert cost(one) == first


def test_preview_says_who_would_be_at_risk_and_stores_nothing(path, store) -> None:
    poor, well = subscribed(store), subscribed(store, complaint=False)
    weights, scale = settings_of(store)
    before = list(Health.objects.order_by("pk").values_list("number", "word"))
    found = preview(store, {**weights, "damaged_box": Weight(0, None, 1)}, scale)
    assert [move.subscriber_id for move in found.leaving] == [poor.subscriber_id]
    assert (found.people, found.joined, sum(band.then for band in found.bands)) == (2, 0, 2)
    assert list(Health.objects.order_by("pk").values_list("number", "word")) == before
    harsh = preview(store, weights, scale._replace(risk_until=85, healthy_from=95))
    assert [move.subscriber_id for move in harsh.joining] == [well.subscriber_id]


def test_admin_tries_a_weight_and_saving_it_marks_everybody(path, store) -> None:
    subscription = subscribed(store)
    root = get_user_model().objects.create_superuser("root@staff.example", name="Root", password="x")
    Membership.objects.create(store=store, user=root, role="admin")
    client = signed_in(root)
    row = HealthWeight.objects.get(kind="damaged_box")
    form = {"points": 0, "half_life_days": "", "most": 1, "is_active": "on", "try-store": store.pk}
    tried = client.post(f"/admin/success/healthweight/{row.pk}/try/", form)
    assert [move.subscriber_id for move in tried.context["found"].leaving] == [subscription.subscriber_id]
    row.refresh_from_db()
    assert row.points == 30
    assert client.post(f"/admin/success/healthweight/{row.pk}/change/", form).status_code == 302
    work.sweep()
    assert Health.objects.get(subscriber=subscription.subscriber).word == "healthy"


def test_mails_know_the_link(path, store) -> None:
    subscription = subscribed(store, complaint=False)
    run = Run(store=store, subscriber=subscription.subscriber)
    link = render("{{ first_use_link }}", Facts(run))
    assert Client().get(urlsplit(link).path).context["is_known"] is False
