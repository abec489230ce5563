"""Axe finds nothing on the agents' pages, nothing sticks out, and they are photographed in both modes."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.product import Product

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_agents_pages_have_no_violation(agent: Page, product: Product, theme, axe_violations, pictures):
    agent.emulate_media(color_scheme=theme)
    [(ticket,)] = product.rows(
        "select t.id from tickets_ticket t join tickets_tickettopic o on o.ticket_id = t.id"
        " where t.status = 'open' and o.rejected_at is null order by t.id limit 1"
    )
    pages = {
        "inbox": "/",
        "tickets": "/tickets/",
        "tickets-none": "/tickets/?status=open,new&q=nothing-of-this-kind",
        "ticket": f"/tickets/{ticket}/",
        "ticket-new": "/tickets/new/",
        "mailbox": "/mailbox/",
    }
    for name, path in pages.items():
        agent.set_viewport_size({"width": 1440, "height": 900})
        agent.goto(f"{product.url}{path}")
        if name == "ticket":
            expect(agent.locator("#success-panel")).to_be_visible()
        agent.screenshot(path=pictures / f"{name}-{theme}-1440.png")
        assert axe_violations(agent) == [], name
        for width in (1024, 390):
            agent.set_viewport_size({"width": width, "height": 844})
            agent.screenshot(path=pictures / f"{name}-{theme}-{width}.png")
            assert agent.evaluate("document.documentElement.scrollWidth") == width, name
    agent.goto(f"{product.url}/tickets/{ticket}/")
    agent.keyboard.press("n")
    assert axe_violations(agent) == []
