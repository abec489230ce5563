"""The flow editor under somebody's hands: a draft from a ready-made flow, changed, looked at, published."""

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from subscribers.enums import Role
from success.enums import FlowKind, StepState
from success.flows.drafts import published_of
from success.flows.starter import install_flows
from success.models import Flow, Run, RunStep
from tests.browser.conftest import settle
from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def flow():
    store = StoreFactory()
    install_flows(store)
    return Flow.objects.get(store=store, key="cycle-one")


@pytest.fixture
def run(flow) -> Run:
    version = published_of(flow)
    run = Run.objects.create(
        store=flow.store,
        flow=flow,
        version=version,
        subscriber=SubscriberFactory(store=flow.store, name="Ana Souza"),
        is_recovery=flow.kind == FlowKind.RECOVERY,
        trigger_key="subscriber:1",
    )
    step = version.steps.order_by("position").first()
    RunStep.objects.create(run=run, step=step, sequence=1, state=StepState.WAITING, due_at=timezone.now())
    return run


@pytest.fixture
def desk(page: Page, client, live_server, flow) -> Page:
    client.force_login(MembershipFactory(store=flow.store, role=Role.SUCCESS).user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    # The test's server has no stream.
    page.route("**/live/", lambda route: route.fulfill(content_type="text/event-stream", body=": open\n\n"))
    page.goto(f"{live_server.url}/flows/")
    page.wait_for_function("window.htmx")
    return page


def card(page: Page, name: str):
    return page.locator(".flow-card").filter(has=page.get_by_role("heading", name=name, exact=True))


def test_draft_is_made_changed_looked_at_and_published(desk, live_server, flow, run):
    desk.goto(f"{live_server.url}/flows/{flow.pk}/")
    expect(desk.get_by_role("link", name="1 here now").first).to_be_visible()
    desk.get_by_role("button", name="Edit").click()
    expect(desk.get_by_role("heading", name="Draft of v2")).to_be_visible()

    # A wait is changed: kept as one types, and drawn at once.
    card(desk, "Settling").get_by_role("link", name="Edit").click()
    length = desk.get_by_label("How long")
    length.fill("9 days")
    expect(desk.locator("#draft-picture")).to_contain_text("9 days")
    desk.get_by_role("button", name="Done").click()
    expect(desk.locator("form.flow-form")).to_have_count(0)

    # A question is put in; what it lacks is told at the step, and holds publishing back.
    card(desk, "Settling").get_by_text("Add below").click()
    card(desk, "Settling").get_by_role("button", name="Question with yes and no").click()
    asked = card(desk, "Question")
    expect(asked).to_contain_text("“Question” is one of")
    expect(desk.locator("#draft-bar")).to_contain_text("1 thing to mend")
    asked.get_by_label("Question").last.select_option("customer_replied")
    expect(desk.locator("#draft-bar")).to_contain_text("It can run")
    desk.get_by_role("button", name="Done").click()
    expect(desk.locator("form.flow-form")).to_have_count(0)

    # A mail is looked at as Ana would get it.
    card(desk, "Care").get_by_role("link", name="Edit").click()
    desk.get_by_role("link", name="Preview").click()
    expect(desk.locator("#dialog")).to_contain_text("Hi Ana,")
    desk.keyboard.press("Escape")

    desk.get_by_role("link", name="Publish").click()
    dialog = desk.locator("#dialog")
    expect(dialog).to_contain_text("the wait became 9 days")
    expect(dialog).to_contain_text("The 1 run under way stays on its version")
    dialog.get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("Version 2 is published: new runs follow it.")).to_be_visible()
    run.refresh_from_db()
    assert (run.version.number, published_of(flow).number) == (1, 2)


def test_pages_are_accessible_and_fit(desk, live_server, flow, run, flaws):
    desk.goto(f"{live_server.url}/flows/{flow.pk}/")
    settle(desk)
    assert flaws(desk) == []
    desk.get_by_role("button", name="Edit").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Draft of v2")
    first = flow.versions.get(number=2).steps.filter(kind="mail").first()
    for address in (
        f"{flow.pk}/edit/?step={first.pk}&settings=1",
        f"{flow.pk}/history/",
        f"{flow.pk}/trial/",
        "new/",
        "",
    ):
        desk.goto(f"{live_server.url}/flows/{address}")
        settle(desk)
        assert flaws(desk) == [], address
