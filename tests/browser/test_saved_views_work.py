"""Lists that people keep, their columns, and the search box, by keyboard and by two people."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.product import Product

pytestmark = pytest.mark.browser
WAIT = 60_000


def sign_in(page: Page, product: Product, address: str) -> None:
    page.goto(f"{product.url}/sign-in/")
    page.get_by_label("Mail address").fill(address)
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible(timeout=WAIT)


def heads(page: Page) -> list[str]:
    return [words.strip() for words in page.locator(".list-table th").all_inner_texts() if words.strip()]


def test_a_view_is_saved_shared_and_opened_by_a_colleague(page, browser, product, signed_in, flaws):
    sign_in(page, product, "lead@demo.example")
    page.goto(f"{product.url}/tickets/?view=open&priority=normal")
    page.locator("h1").click()
    page.keyboard.press("v")
    dialog = page.get_by_role("dialog", name="Save this view")
    dialog.get_by_label("Name").fill("Normal for all")
    dialog.get_by_label("Everyone at").check()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Normal for all", level=1)).to_be_visible(timeout=WAIT)
    rail = page.get_by_role("group", name="Saved views").get_by_role("link", name="Normal for all")
    expect(rail).to_have_attribute("aria-current", "page")
    expect(rail.locator(".rail-count")).to_have_text(re.compile(r"^\d+\+?$"), timeout=WAIT)
    assert flaws(page, 1024) == []
    address = page.url

    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies(signed_in)
    colleague = context.new_page()
    colleague.goto(f"{product.url}/tickets/?view=all")
    colleague.keyboard.press("Control+k")
    colleague.get_by_role("combobox", name="Type a command or search").fill("normal for")
    colleague.keyboard.press("Enter")
    expect(colleague).to_have_url(address, timeout=WAIT)
    expect(colleague.get_by_role("heading", name="Normal for all", level=1)).to_be_visible()
    expect(colleague.get_by_role("link", name="Edit", exact=True)).to_have_count(0)
    context.close()

    page.goto(f"{address}?view=open&priority=normal,high")
    page.get_by_role("button", name="Update view").click()
    expect(page.get_by_role("status", name="Notices")).to_contain_text("“Normal for all” shows this from now on")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("dialog").get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Saved views", level=1)).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("link", name="Normal for all")).to_have_count(0)


def test_columns_are_chosen_and_stay(agent, product):
    agent.set_viewport_size({"width": 1440, "height": 900})
    agent.goto(f"{product.url}/tickets/?view=open")
    assert heads(agent) == ["No.", "Subject", "Topic", "Status", "Priority", "Due", "Queue", "Assignee", "Opened"]
    agent.locator(".columns-menu summary").click()
    agent.get_by_role("checkbox", name="Topic").uncheck()
    agent.get_by_role("checkbox", name="Channel").check()
    up = agent.get_by_role("button", name="Channel further left")
    up.focus()
    for _ in range(2):
        agent.keyboard.press("Enter")
    expect(up).to_be_focused()
    agent.get_by_role("button", name="Show these").click()
    expected = ["No.", "Subject", "Status", "Priority", "Due", "Queue", "Channel", "Assignee", "Opened"]
    expect(agent).to_have_url(re.compile("columns="), timeout=WAIT)
    assert heads(agent) == expected
    agent.goto(f"{product.url}/tickets/?view=open")
    assert heads(agent) == expected
    agent.locator(".columns-menu summary").click()
    agent.get_by_role("button", name="The usual ones").click()
    expect(agent.locator(".list-table th", has_text="Channel")).to_have_count(0, timeout=WAIT)


def test_search_is_completed_by_keyboard(agent, product, axe_violations):
    agent.goto(f"{product.url}/tickets/?view=all")
    box = agent.get_by_role("combobox", name="Search tickets")
    agent.locator("h1").click()
    agent.keyboard.press("/")
    expect(box).to_be_focused()
    agent.keyboard.type("is")
    option = agent.get_by_role("option", name="is:")
    expect(option).to_be_visible(timeout=WAIT)
    assert axe_violations(agent) == []
    agent.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id"))
    agent.keyboard.press("Enter")
    expect(box).to_have_value("is:")
    expect(agent.get_by_role("option", name="is:overdue")).to_be_visible(timeout=WAIT)
    agent.keyboard.type("over")
    expect(agent.get_by_role("option")).to_have_count(1, timeout=WAIT)
    agent.keyboard.press("ArrowDown")
    agent.keyboard.press("Enter")
    expect(box).to_have_value("is:overdue ")
    agent.keyboard.press("Enter")
    expect(agent).to_have_url(re.compile(r"q=is%3Aoverdue"), timeout=WAIT)
    agent.goto(f"{product.url}/tickets/?q=tga:vip")
    expect(agent.get_by_text("Did you mean “tag:”?")).to_be_visible()
    box.focus()
    agent.get_by_role("link", name="What the search understands").click()
    expect(agent.get_by_role("dialog", name="What the search understands")).to_contain_text("Opened before a day")
