"""Why a promise is due then, opened on the real product's ticket page."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.product import Product

pytestmark = pytest.mark.browser
# A resolution that was paused: its ledger has all that there is to tell.
PAUSED = """
SELECT clock.ticket_id, clock.id FROM tickets_clock clock
WHERE clock.metric = 'resolution' AND clock.state = 'running'
  AND EXISTS (SELECT FROM tickets_clockevent event WHERE event.clock_id = clock.id AND event.kind = 'pause')
ORDER BY clock.id DESC LIMIT 1
"""


@pytest.fixture
def opened(agent: Page, product: Product) -> Locator:
    """The explanation of such a clock, opened by its button."""
    [(ticket, clock)] = product.rows(PAUSED)
    agent.goto(f"{product.url}/tickets/{ticket}/")
    button = agent.get_by_role("button", name="Resolution")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    why = agent.locator(f"#promise-{clock}")
    expect(why.get_by_role("listitem").first).to_contain_text("Started with", timeout=20_000)
    return why


def test_ledger_and_drawing_open_and_close(agent, opened, axe_violations):
    words = opened.get_by_role("list").inner_text()
    assert [
        word for word in ("Started", "Paused, waiting for the customer", "Running again", "Now:") if word not in words
    ] == []
    expect(opened.get_by_role("img")).to_have_count(1)
    assert opened.locator("rect.timeline-paused").count() >= 1
    assert axe_violations(agent) == []
    agent.get_by_role("button", name="Resolution").click()
    expect(opened).to_be_hidden()


def test_it_stays_open_and_is_true_after_a_change(agent, opened):
    agent.keyboard.press("p")
    agent.locator("#ticket-head details[open]").get_by_role("button", name="Urgent").click()
    expect(opened.get_by_text("Priority urgent")).to_have_count(1)
    expect(opened).to_be_visible()
    expect(agent.get_by_role("button", name="Resolution")).to_have_attribute("aria-expanded", "true")
