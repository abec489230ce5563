"""Somebody who is away gets nothing; once they say that they are available, a waiting ticket comes to them, live."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.product import Product

pytestmark = pytest.mark.browser
WAIT = 60_000

QUEUE = """
from helpdesk.models import User
from subscribers.models import Store
from tickets.models import Queue
store = Store.objects.get(key="demo")
queue, _ = Queue.objects.get_or_create(store=store, key="turns", defaults={"name": "In turns", "position": 90})
queue.assign_by = "round_robin"
queue.save()
queue.members.set(User.objects.filter(email="agent@demo.example"))
"""
TICKET = """
from subscribers.models import Store
from subscribers.services.people import identify
from tickets.models import Queue
from tickets.services.messages import NewMessage
from tickets.services.tickets import open_ticket
store = Store.objects.get(key="demo")
person = identify(store=store, email="turn@waiting.example", name="Tess Turner")
ticket = open_ticket(store=store, subscriber=person, subject="Whose turn is it?", channel="mail",
    queue=Queue.objects.get(store=store, key="turns"), message=NewMessage(text="Is anybody there?"))
print(f"TICKET={ticket.pk}")
"""
NAME = "select name from helpdesk_user where email = 'agent@demo.example'"


def say(page: Page, words: str) -> None:
    page.get_by_label("Your menu").click()
    page.get_by_role("button", name=words, exact=True).click()


def test_away_gets_nothing_and_available_gets_it_at_once(agent: Page, product: Product, axe_violations, pictures):
    product.manage("shell", "-v", "0", "-c", QUEUE)
    [(name,)] = product.rows(NAME)
    agent.goto(f"{product.url}/tickets/")
    mark = agent.locator("[data-availability]")
    expect(mark).to_have_attribute("data-availability", "available")
    say(agent, "Away")
    expect(mark).to_have_attribute("data-availability", "away")
    agent.get_by_label("Your menu").click()
    assert axe_violations(agent) == []
    agent.screenshot(path=pictures / "availability-1280.png")
    agent.keyboard.press("Escape")

    [ticket] = re.findall(r"TICKET=(\d+)", product.manage("shell", "-v", "0", "-c", TICKET))
    product.manage("shell", "-v", "0", "-c", "from tickets.tasks import give_tickets; give_tickets()")
    agent.goto(f"{product.url}/tickets/{ticket}/")
    expect(agent.locator("#ticket-head")).to_contain_text("Unassigned")
    agent.goto(f"{product.url}/who/")
    expect(agent.get_by_role("row", name=re.compile("^In turns"))).to_contain_text("0 / 1")
    for width in (1440, 1024, 390):
        agent.set_viewport_size({"width": width, "height": 900})
        assert agent.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        agent.screenshot(path=pictures / f"who-{width}.png", full_page=True)
    assert axe_violations(agent) == []

    agent.set_viewport_size({"width": 1280, "height": 800})
    agent.goto(f"{product.url}/tickets/{ticket}/")
    say(agent, "Available")
    expect(mark).to_have_attribute("data-availability", "available")
    # Nobody loads the page again: it hears of it.
    expect(agent.locator("#thread")).to_contain_text(f"Given to {name}, in turn", timeout=WAIT)
    expect(agent.locator("#ticket-head")).to_contain_text(name)
