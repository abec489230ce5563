"""A ticket is resolved; its subscriber finds the question in their mail box, and one bad answer calls success."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.product import Product

pytestmark = pytest.mark.browser
WAIT = 60_000

# Answered and resolved; a day later it would be asked: that day is over, at whatever hour it is.
PREPARE = """
from datetime import timedelta
from django.utils import timezone
from helpdesk.models import User
from subscribers.models import Store
from subscribers.services.people import identify
from tickets.models import SatisfactionRequest, SatisfactionSettings
from tickets.services.conversation import reply
from tickets.services.messages import NewMessage
from tickets.services.tickets import open_ticket
store = Store.objects.get(key="demo")
SatisfactionSettings.objects.update(send_from="00:00", send_until="00:00")
person = identify(store=store, email="ines@content.example", name="Ines Prado")
ticket = open_ticket(store=store, subscriber=person, subject="My lid is missing", channel="mail",
    message=NewMessage(text="The jar came without its lid."))
reply(ticket, author=User.objects.get(email="agent@demo.example"), text="It is on its way.", key="s", status="resolved")
SatisfactionRequest.objects.filter(ticket=ticket).update(due_at=timezone.now() - timedelta(seconds=1))
print(f"TICKET={ticket.pk}")
"""


def test_mail_link_button_and_alert(agent: Page, product: Product, browser, axe_violations, pictures):
    [ticket] = re.findall(r"TICKET=(\d+)", product.manage("shell", "-v", "0", "-c", PREPARE))
    product.manage("shell", "-v", "0", "-c", "from tickets.satisfaction.asking import ask_due; ask_due()")
    mail = agent.locator(".row-item", has_text="ines@content.example").filter(has_text="How content are you")
    for _ in range(40):
        agent.goto(f"{product.url}/mailbox/")
        if mail.count():
            break
        agent.wait_for_timeout(500)
    mail.get_by_role("link").click()
    links = [one.get_attribute("href") or "" for one in agent.locator("main a[href*='/rate/']").all()]
    assert [link.rstrip("/")[-1] for link in links] == ["5", "4", "3", "2", "1"]

    def answers() -> list[tuple]:
        return product.rows(
            "select q.state, a.score, a.comment from tickets_satisfactionrequest q"
            " left join tickets_satisfactionrating a on a.request_id = q.id where q.ticket_id = %s order by a.id",
            ticket,
        )

    context = browser.new_context(viewport={"width": 390, "height": 844})  # somebody who has never signed in
    page = context.new_page()
    for link in links:  # as a mail scanner does
        page.goto(link)
    assert answers() == [("asked", None, None)]
    expect(page.get_by_label("Very bad")).to_be_checked()
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.screenshot(path=pictures / "satisfaction-390.png", full_page=True)
    page.get_by_label("Anything you want to tell us").fill("Three weeks for a lid.")
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("status")).to_contain_text("You said “Very bad”")
    assert axe_violations(page) == []
    assert answers() == [("rated", 1, "Three weeks for a lid.")]

    agent.goto(f"{product.url}/tickets/{ticket}/")
    expect(agent.locator("#thread")).to_contain_text("The customer rated our help “Very bad” (1 of 5)")
    expect(agent.locator("#success-panel")).to_contain_text("Bad satisfaction score", timeout=WAIT)
    standing = "select retracted_at is null from success_evidence where kind = 'low_satisfaction' and source_key = %s"
    assert product.rows(standing, f"ticket:{ticket}") == [(True,)]
    page.get_by_label("Good", exact=True).check()
    page.get_by_role("button", name="Change my answer").click()
    expect(page.get_by_role("status")).to_contain_text("You said “Good”")
    assert product.rows(standing, f"ticket:{ticket}") == [(False,)]
    context.close()
