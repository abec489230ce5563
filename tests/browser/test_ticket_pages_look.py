"""Axe finds nothing on the agents' pages, nothing sticks out, and they are photographed."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.product import Product

pytestmark = pytest.mark.browser


def test_agents_pages_have_no_violation(agent: Page, product: Product, flaws, axe_violations, pictures):
    [(ticket,)] = product.rows(
        "select t.id from tickets_ticket t join tickets_tickettopic o on o.ticket_id = t.id"
        " where t.status = 'open' and o.rejected_at is null order by t.id limit 1"
    )
    pages = {
        "inbox": "/",
        "tickets": "/tickets/",
        "tickets-none": "/tickets/?status=open,new&q=nothing-of-this-kind",
        "ticket-new": "/tickets/new/",
        "mailbox": "/mailbox/",
        "ticket": f"/tickets/{ticket}/",
    }
    agent.set_viewport_size({"width": 1440, "height": 900})
    for name, path in pages.items():
        agent.goto(f"{product.url}{path}")
        if name == "ticket":
            expect(agent.locator("#success-panel")).to_be_visible()
        settle(agent)
        agent.screenshot(path=pictures / f"{name}-1440.png")
        assert flaws(agent, 1024) == [], name
    agent.keyboard.press("n")
    assert axe_violations(agent) == []
