"""The editor of a draft: what is stored as one works, what is told, and what waits until it is published."""

import pytest

from subscribers.models import Subscriber
from success.enums import StepKind
from success.flows.drafts import draft_of, published_of
from success.models import Flow, FlowStep
from tests.factories.people import SubscriberFactory
from tests.factories.tickets import make_ticket
from tickets.models import OutboundMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def flow(store) -> Flow:
    return Flow.objects.get(key="damaged-box")


@pytest.fixture
def desk(client, manager, flow):
    """The editor's pages of a fresh draft, for somebody who may edit it."""
    client.force_login(manager)
    client.post(f"/flows/{flow.pk}/edit/")

    def send(path: str = "", data=None, **headers):
        address = f"/flows/{flow.pk}/edit/{path}"
        return client.get(address, headers=headers) if data is None else client.post(address, data, headers=headers)

    return send


def keys(flow: Flow) -> list[str]:
    return list(draft_of(flow).steps.order_by("position").values_list("key", flat=True))


def step(flow: Flow, kind: str) -> FlowStep:
    return draft_of(flow).steps.filter(kind=kind).order_by("position").first()


def test_draft_begins_like_what_is_published_and_is_made_once(desk, client, flow):
    client.post(f"/flows/{flow.pk}/edit/")
    assert keys(flow) == list(published_of(flow).steps.order_by("position").values_list("key", flat=True))
    assert list(flow.versions.values_list("number", "status").order_by("number")) == [(1, "published"), (2, "draft")]
    assert desk().status_code == 200


@pytest.mark.parametrize("htmx", [True, False])
def test_step_is_put_in_changed_moved_and_taken_out(desk, flow, htmx):
    headers = {"HX-Request": "true", "HX-Target": "flow-steps"} if htmx else {}
    ok = 200 if htmx else 302
    before = keys(flow)
    first = draft_of(flow).steps.order_by("position").first()
    assert desk("steps/", {"kind": "wait", "after": first.pk}, **headers).status_code == ok
    assert keys(flow) == [before[0], "wait", *before[1:]]
    new = draft_of(flow).steps.get(key="wait")
    data = {"name": "Two days", "mode": "time", "hours": "2 days"}
    assert desk(f"steps/{new.pk}/", data, **headers).status_code == ok
    new.refresh_from_db()
    assert (new.key, new.config) == ("two-days", {"hours": 48})
    assert desk(f"steps/{new.pk}/up/move/", {}, **headers).status_code == ok
    assert keys(flow) == ["two-days", *before]
    assert desk(f"steps/{new.pk}/remove/", {}, **headers).status_code == ok
    assert keys(flow) == before


def test_every_kind_of_step_can_be_put_in_and_opened(desk, flow):
    for kind in StepKind.values:
        desk("steps/", {"kind": kind, "after": ""})
        page = desk(f"?step={draft_of(flow).steps.order_by('position').first().pk}")
        assert page.status_code == 200
    assert desk("steps/", {"kind": "moon"}).status_code == 302
    assert desk("steps/", {"kind": "mail", "after": draft_of(flow).steps.last().pk}).status_code == 302


def test_what_cannot_be_read_is_not_kept_and_said_at_the_step(desk, flow):
    wait = step(flow, "wait")
    answer = desk(f"steps/{wait.pk}/", {"name": "W", "mode": "time", "hours": "soon"}, **{"HX-Request": "true"})
    assert answer.status_code == 422
    assert "“soon” is no length of time" in answer.content.decode()
    assert step(flow, "wait").config == wait.config


def test_what_is_unfinished_is_kept_and_holds_publishing_back(desk, flow):
    mail = step(flow, "mail")
    answer = desk(f"steps/{mail.pk}/", {"name": "Mail", "text": "Hi {{ nickname }}"}, **{"HX-Request": "true"})
    assert "{{ nickname }} is not known here." in answer.content.decode()
    assert step(flow, "mail").config["text"] == "Hi {{ nickname }}"
    assert desk("publish/", {}).status_code == 422
    assert published_of(flow).number == 1


def test_settings_wait_until_they_are_published(desk, flow):
    data = {
        "trigger": "segment",
        "segment-0-ask": "compare",
        "segment-0-field": "subscriber.language",
        "segment-0-op": "is",
        "segment-0-value": "de",
        "entry-0-ask": "still_subscribed",
        "exits": ["cancelled", "replied"],
        "category": "success",
        "holdout": "12.5",
        "holdout_steps": ["mail"],
        "rank": "5",
        "reenter_after": "2 weeks",
    }
    SubscriberFactory(store=flow.store, language="de")
    page = desk("settings/", data, **{"HX-Request": "true", "HX-Target": "flow-settings"})
    assert (page.status_code, page.context["editor"].matches) == (200, 1)
    flow.refresh_from_db()
    assert (flow.trigger, flow.exits, flow.holdout_share) == ("damaged_box", flow.exits, 0)
    said = " ".join(desk("publish/").context["editor"].changes)
    assert "Left alone to compare: 12.5 % (was nobody)." in said
    desk("publish/", {})
    flow.refresh_from_db()
    assert (flow.trigger, flow.exits, flow.entry) == ("segment", ["cancelled", "replied"], ["still_subscribed"])
    assert (flow.holdout_share, flow.rank, flow.reenter_after.days) == (0.125, 5, 14)


def test_nonsense_in_settings_is_refused(desk, flow):
    data = {"trigger": "moon", "category": "success", "rank": "x", "holdout": "500", "exits": ["never"]}
    page = desk("settings/", data, **{"HX-Request": "true", "HX-Target": "flow-settings"})
    assert page.status_code == 422
    assert sorted(page.context["settings_form"].errors) == ["exits", "holdout", "rank", "trigger"]


def test_discarded_draft_leaves_what_is_published(desk, flow):
    assert desk("discard/").status_code == 200
    desk("discard/", {})
    assert (draft_of(flow), published_of(flow).number, flow.events.last().kind) == (None, 1, "discarded")
    assert desk("steps/", {"kind": "mail"}).status_code == 404


def test_preview_is_what_the_subscriber_would_read(desk, flow, newcomer):
    Subscriber.objects.filter(pk=newcomer.pk).update(language="de")
    mail = step(flow, "mail")
    mail.config = {"text": "Hi {{ first_name|there }}", "translations": {"de": {"text": "Hallo {{ first_name }}"}}}
    mail.save()
    shown = desk(f"steps/{mail.pk}/preview/?person={newcomer.pk}").context["preview"]
    assert (shown.text, shown.language, shown.ticket, shown.missing) == ("Hallo Ana", "German", None, [])
    ticket = make_ticket("My box arrived crushed.", subscriber=newcomer)
    shown = desk(f"steps/{mail.pk}/preview/?person={newcomer.pk}&q=Ana").context["preview"]
    assert (shown.ticket, shown.subject) == (ticket, f"Re: {ticket.subject}")


def test_test_goes_to_who_asks_and_to_nobody_else(desk, flow, newcomer, manager):
    mail = step(flow, "mail")
    before = OutboundMail.objects.count()
    desk(f"steps/{mail.pk}/test/", {"person": newcomer.pk})
    (sent,) = OutboundMail.objects.order_by("-pk")[: OutboundMail.objects.count() - before]
    assert (sent.recipient, sent.subscriber, sent.subject[:6]) == (manager.email, None, "[Test]")


def test_flow_begins_with_a_ready_made_one_or_empty(client, manager, store):
    client.force_login(manager)
    page = client.get("/flows/new/?like=damaged-box")
    assert page.context["like"].name == "Damaged box recovery"
    client.post("/flows/new/", {"like": "damaged-box", "name": "Mine", "kind": "recovery", "trigger": "damaged_box"})
    made = Flow.objects.get(name="Mine")
    assert keys(made) == [key for key, _, _ in page.context["like"].steps]
    client.post("/flows/new/", {"name": "Empty", "kind": "outreach", "trigger": "box_shipped"})
    assert keys(Flow.objects.get(name="Empty")) == ["end"]
    assert client.post("/flows/new/", {"name": "", "kind": "x"}).status_code == 422
    client.post(f"/flows/{made.pk}/duplicate/")
    assert Flow.objects.get(name="Mine (copy)").is_active is False


def test_published_version_cannot_be_changed_by_its_steps_numbers(desk, flow):
    first = published_of(flow).steps.first()
    assert desk(f"steps/{first.pk}/remove/", {}).status_code == 404
