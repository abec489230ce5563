"""The alert queue under somebody's hands: keys of the chosen row, and a place that is kept when rows change."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from subscribers.enums import Role
from success.models import Alert
from success.services.alerts import assign_alert, start_alert
from tests.browser.conftest import settle
from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory
from tests.factories.tickets import make_ticket
from tickets.models import Queue, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def store():
    return StoreFactory()


@pytest.fixture
def manager(store):
    return MembershipFactory(store=store, role=Role.SUCCESS).user


@pytest.fixture
def alerts(store) -> list[Alert]:
    now = timezone.now()
    return [
        Alert.objects.create(
            store=store, subscriber=SubscriberFactory(store=store, name=name), due_at=now + timedelta(hours=hours)
        )
        for hours, name in enumerate(("Ana", "Bo", "Cy"), 1)
    ]


@pytest.fixture
def queue(page: Page, client, live_server, manager, alerts) -> Page:
    client.force_login(manager)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    # The test's server has no stream; what it would say is told by hand.
    page.route("**/live/", lambda route: route.fulfill(content_type="text/event-stream", body=": open\n\n"))
    page.goto(f"{live_server.url}/alerts/?view=unassigned")
    page.wait_for_function("window.htmx")
    return page


def active_row(page: Page) -> str | None:
    return page.evaluate("document.querySelector('[data-list-item][data-active]')?.id ?? null")


def test_a_assigns_the_chosen_row_alone_and_the_next_takes_its_place(queue, alerts, manager):
    queue.keyboard.press("a")  # no row is chosen
    queue.keyboard.press("j")
    queue.keyboard.press("j")
    assert active_row(queue) == f"alert-{alerts[1].pk}"
    queue.keyboard.press("a")
    expect(queue.locator(f"#alert-{alerts[1].pk}")).to_have_count(0)
    expect(queue.locator("[aria-label=Views] a", has_text="Mine")).to_have_text("Mine 1", use_inner_text=True)
    queue.wait_for_function("document.querySelector('[data-list-item][data-active]')")
    assert active_row(queue) == f"alert-{alerts[2].pk}"
    assert list(Alert.objects.order_by("due_at").values_list("owner", flat=True)) == [None, manager.pk, None]


def test_keys_choose_and_act_on_many_and_one_undo_takes_it_back(queue, alerts, manager):
    for key in ("j", "x", "j", "x"):
        queue.keyboard.press(key)
    expect(queue.locator("[data-selection-count]")).to_have_text("2 chosen")
    queue.keyboard.press("e")
    dialog = queue.locator("#dialog")
    expect(dialog.get_by_role("heading", name="Close 2 alerts")).to_be_visible()
    dialog.get_by_label("No action needed").check()
    dialog.get_by_role("button", name="Close the alert").or_(dialog.locator(".btn-primary")).first.click()
    expect(queue.locator("[data-list-item]")).to_have_count(1)
    expect(queue.locator(".selection")).to_be_hidden()
    queue.locator("[data-toast]").get_by_role("button", name="Undo").click()
    expect(queue.locator("[data-list-item]")).to_have_count(3)
    assert set(Alert.objects.values_list("status", flat=True)) == {"open"}


def test_shift_chooses_a_range_that_outlives_changes_elsewhere(queue, alerts, manager):
    boxes = queue.locator("[data-select]")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(queue.locator("[data-selection-count]")).to_have_text("3 chosen")
    assign_alert(alerts[1], actor=manager, owner=manager)
    queue.evaluate("document.body.dispatchEvent(new CustomEvent('changed:alert'))")
    expect(queue.locator("[data-selection-count]")).to_have_text("2 chosen")
    expect(queue.locator("#live-region")).to_have_text("alerts: 1 left")
    queue.keyboard.press("Escape")
    expect(queue.locator(".selection")).to_be_hidden()


def test_telephone_shows_the_next_act_and_chooses(queue, alerts):
    queue.set_viewport_size({"width": 390, "height": 800})
    row = queue.locator(f"#alert-{alerts[0].pk}")
    expect(row.get_by_role("link", name=f"Close the alert for {alerts[0].name}").first).to_be_visible()
    row.locator("[data-select]").click()
    expect(queue.locator(".selection")).to_be_visible()
    assert queue.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    queue.get_by_role("link", name="Flows").click()
    expect(queue).to_have_url(re.compile(r"/flows/$"))


def test_inbox_of_one_team_is_worked_by_the_same_keys(queue, store, alerts, manager, live_server, axe_violations):
    Queue.objects.create(store=store, key="support", name="Support", is_default=True)
    make_ticket("Where is it?", subscriber=alerts[0].subscriber)
    queue.goto(f"{live_server.url}/?view=unassigned")
    queue.wait_for_function("window.htmx")
    expect(queue.locator("[data-list-item]")).to_have_count(4)
    for key in ("j", "x", "k", "j", "j", "j", "j", "x", "a"):
        queue.keyboard.press(key)
    expect(queue.locator("[data-list-item]")).to_have_count(2)
    assert (Ticket.objects.get().assignee, Alert.objects.get(pk=alerts[0].pk).owner) == (manager, manager)
    assert axe_violations(queue) == []
    queue.locator("[data-toast]").get_by_role("button", name="Undo").click()
    expect(queue.locator("[data-list-item]")).to_have_count(4)


def test_change_elsewhere_keeps_the_chosen_row(queue, alerts, manager):
    queue.keyboard.press("j")
    queue.keyboard.press("j")
    start_alert(alerts[0], actor=manager)
    queue.evaluate("document.body.dispatchEvent(new CustomEvent('changed:alert'))")
    expect(queue.locator("[data-list-item]")).to_have_count(2)
    queue.wait_for_function("document.querySelector('[data-list-item][data-active]')")
    assert active_row(queue) == f"alert-{alerts[1].pk}"
    queue.keyboard.press("o")
    queue.wait_for_url(f"**/alerts/{alerts[1].pk}/")


def test_pages_are_accessible_and_fit(queue, alerts, flaws, live_server):
    person = alerts[0].subscriber_id
    for address in (f"/alerts/{alerts[0].pk}/", "/subscribers/", f"/subscribers/{person}/", "/alerts/", "/"):
        queue.goto(live_server.url + address)
        settle(queue)
        assert flaws(queue) == [], address


def test_dialog_asks_before_it_snoozes(queue, alerts, live_server):
    queue.goto(f"{live_server.url}/alerts/{alerts[0].pk}/")
    queue.wait_for_function("window.htmx")
    queue.keyboard.press("s")
    dialog = queue.locator("#dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Why it can wait").fill("Holiday")
    dialog.get_by_role("button", name="Snooze").click()
    expect(dialog).not_to_be_visible()
    expect(queue.locator("#alert-head")).to_contain_text("Snoozed")
