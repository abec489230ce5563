"""Each way to cancel in a real browser, in clicks: never more than three from the link to cancelled."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.product import Product

pytestmark = pytest.mark.browser

# Six running subscriptions of six people, each put where the test wants them; their links and addresses.
PREPARE = """
import json
from subscribers.cancellation import links
from subscribers.models import CancellationSettings, Subscriber, Subscription
CancellationSettings.objects.update(holdout_percent=0)
rows = Subscription.objects.filter(status="active", cancellation_sessions=None).order_by("subscriber", "pk")
found, places = {}, ["declined", "taken", "german", "mailed", "agent", "statutory"]
for row in rows.distinct("subscriber").select_related("subscriber__store"):
    if row.subscriber.subscriptions.exclude(status="cancelled").count() != 1 or len(found) == len(places):
        continue
    name = places[len(found)]
    german = name in ("german", "statutory")
    Subscriber.objects.filter(pk=row.subscriber_id).update(
        country="DE" if german else "US", region="", language="de" if german else "en"
    )
    found[name] = {
        "link": links.cancel_path(row), "person": row.subscriber_id, "email": row.subscriber.email,
        "name": row.subscriber.name, "subscription": row.pk,
    }
print("FOUND" + json.dumps(found))
"""


@pytest.fixture(scope="module")
def people(product: Product) -> dict[str, dict[str, str]]:
    said = product.manage("shell", "-v", "0", "-c", PREPARE)
    return json.loads(said.partition("FOUND")[2].splitlines()[0])


class Clicks:
    """Counts what a subscriber clicks."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()
        self.count += 1

    def choose(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).first.check()
        self.count += 1


@pytest.fixture
def phone(browser, product: Product):
    """A phone without scripts and without cookies: what is essential works all the same."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, base_url=product.url, locale="en-US"
    )
    yield context.new_page()
    context.close()


def status(product: Product, person: dict[str, str]) -> str:
    rows = product.rows("SELECT status FROM subscribers_subscription WHERE id = %s", person["subscription"])
    return rows[0][0]


def test_offers_declined(phone, product, people, axe_violations):
    person = people["declined"]
    phone.goto(person["link"])
    clicks = Clicks(phone)
    clicks.choose("Money")
    clicks.press("Continue")
    clicks.press("Cancel subscription")
    expect(phone.get_by_role("heading", name="is cancelled")).to_be_visible()
    expect(phone.get_by_text(re.compile("^C-[A-Z0-9]{8}$"))).to_be_visible()
    assert (clicks.count, status(product, person)) == (3, "cancelled")


def test_an_offer_taken_and_its_pages_are_accessible(page, product, people, axe_violations, pictures):
    person = people["taken"]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(product.url + person["link"])
    clicks = Clicks(page)
    page.get_by_label("Product", exact=True).first.check()
    page.get_by_label("Too much product").check()
    assert axe_violations(page) == []
    clicks.press("Continue")
    expect(page.get_by_role("heading", name="Another way, or cancel")).to_be_visible()
    assert axe_violations(page) == []
    page.screenshot(path=pictures / "cancel-offers-390.png", full_page=True)
    page.get_by_role("region", name="Pause for 60 days").get_by_role("button").click()
    expect(page.get_by_role("heading", name="Done: Pause for 60 days")).to_be_visible()
    assert status(product, person) == "paused"
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width == 0


def test_germany_in_one_click(phone, product, people):
    person = people["german"]
    phone.goto(person["link"])
    clicks = Clicks(phone)
    clicks.press("jetzt kündigen")
    expect(phone.get_by_role("heading", name="ist gekündigt")).to_be_visible()
    assert (clicks.count, status(product, person)) == (1, "cancelled")


def test_germany_without_a_link(phone, product, people):
    person = people["statutory"]
    phone.goto("/cancel/de/")
    phone.get_by_label("Ihr Name").fill(person["name"])
    phone.get_by_label("E-Mail-Adresse des Abos").fill(person["email"])
    clicks = Clicks(phone)
    clicks.press("jetzt kündigen")
    expect(phone.get_by_role("heading", name="Ihre Kündigung ist eingegangen")).to_be_visible()
    assert (clicks.count, status(product, person)) == (1, "cancelled")


def test_by_mail_address_and_a_broken_link_leads_there(phone, product, people):
    person = people["mailed"]
    phone.goto(person["link"][:-6] + "x/")
    expect(phone.get_by_role("heading", name="This link does not work")).to_be_visible()
    phone.get_by_role("link", name="Ask for a new link").click()
    phone.get_by_label("Your mail address").fill(person["email"])
    phone.get_by_role("button", name="Send me the link").click()
    expect(phone.get_by_role("heading", name="Look into your mail")).to_be_visible()
    find = "SELECT text FROM tickets_outboundmail WHERE recipient = %s AND text LIKE '%%/cancel/t/%%'"
    for _ in range(200):
        if mails := product.rows(find, person["email"]):
            break
        phone.wait_for_timeout(100)
    phone.goto(re.search(r"/cancel/t/\S+", mails[0][0])[0])
    clicks = Clicks(phone)
    clicks.press("Just cancel")
    expect(phone.get_by_role("heading", name="is cancelled")).to_be_visible()
    assert (clicks.count, status(product, person)) == (1, "cancelled")


def test_an_agent_for_somebody(agent, product, people):
    person = people["agent"]
    agent.goto(f"{product.url}/subscribers/{person['person']}/")
    agent.locator("summary", has_text="for them").click()
    agent.get_by_label("Reason optional").select_option("moving")
    agent.get_by_label("Their words optional").fill("Told me on the phone")
    agent.get_by_role("button", name="Cancel the subscription").click()
    expect(agent.get_by_text("Cancelled; the receipt")).to_be_visible()
    assert status(product, person) == "cancelled"
    rows = product.rows(
        "SELECT s.channel, s.words, u.email FROM subscribers_cancellationsession s"
        " JOIN helpdesk_user u ON u.id = s.actor_id WHERE s.subscription_id = %s",
        person["subscription"],
    )
    assert rows == [("agent", "Told me on the phone", "agent@demo.example")]
