"""Two tickets of a list are answered with one text, which is taken back; tickets are linked and split."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
WAIT = 60_000


def test_two_are_answered_together_and_it_is_taken_back(agent, product, axe_violations):
    agent.goto(f"{product.url}/tickets/?view=open")
    boxes = agent.locator("[data-selectable] [data-select]")
    boxes.nth(0).click()
    boxes.nth(1).click()
    agent.locator("#bulk").get_by_role("button", name="Answer").click()
    dialog = agent.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Answer 2 tickets")
    dialog.get_by_label("Your answer").fill("Dear {{ first_name }}, we are on it.")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_text(re.compile(r"^Dear \w+, we are on it\.$"))).to_have_count(2)
    assert axe_violations(agent) == []
    dialog.get_by_role("button", name="Send to all").click()
    toast = agent.locator("[data-toast], .toast").filter(has_text="2 answers leave in a minute")
    expect(toast).to_be_visible(timeout=WAIT)
    expect(dialog).to_be_hidden()
    toast.get_by_role("button", name="Undo").click()
    expect(agent.locator("[data-toast], .toast").filter(has_text="2 answers taken back")).to_be_visible(timeout=WAIT)


def test_a_ticket_is_linked_and_no_longer(agent, product, axe_violations):
    agent.goto(f"{product.url}/tickets/?view=open")
    rows = agent.locator(
        "[data-selectable] [data-list-item] a.row-title, [data-selectable] [data-list-item] a[href^='/tickets/']"
    )
    other = rows.nth(1).get_attribute("href")
    agent.goto(product.url + rows.nth(0).get_attribute("href"))
    panel = agent.locator("#ticket-links")
    panel.get_by_label("What this ticket is to the other one").select_option("duplicate")
    panel.get_by_label("Number or address of the other ticket").fill("T-99999999")
    panel.get_by_role("button", name="Link", exact=True).click()
    expect(agent.get_by_text("You see no such ticket in this store.")).to_be_visible(timeout=WAIT)
    agent.errors.clear()  # Chromium's own line on the answer's status, 422
    panel.get_by_label("Number or address of the other ticket").fill(product.url + other)
    agent.keyboard.press("Enter")
    expect(panel).to_contain_text("Duplicate of", timeout=WAIT)
    expect(panel.locator(f"a[href='{other}']")).to_be_visible()
    assert axe_violations(agent) == []
    agent.errors.clear()  # axe writes styles of its own, which the policy refuses
    panel.get_by_role("button", name=re.compile("Remove the link")).click()
    expect(panel.locator(f"a[href='{other}']")).to_have_count(0, timeout=WAIT)


def test_a_message_is_split_off(agent, product, axe_violations):
    product.send("Two things", "Where is my box?")
    product.send("Re: Two things", "And my card is new.", answers="Two things")
    agent.goto(f"{product.url}/tickets/?view=open&ordering=-created_at")
    agent.get_by_role("link", name="Two things").first.click(timeout=WAIT)
    expect(agent.locator("#thread .message-in")).to_have_count(2, timeout=WAIT)
    agent.goto(agent.url.split("?")[0].rstrip("/") + "/split/")
    agent.get_by_role("checkbox").nth(1).check()
    agent.get_by_label("Subject").fill("A new card")
    assert axe_violations(agent) == []
    agent.errors.clear()  # axe writes styles of its own, which the policy refuses
    agent.get_by_role("button", name="Split").click()
    expect(agent.locator("#thread .message-in")).to_have_count(1, timeout=WAIT)
    expect(agent.locator("#ticket-links")).to_contain_text("Two things")
    expect(agent.get_by_role("heading", name="A new card")).to_be_visible()
