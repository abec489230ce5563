"""The composer under two people's hands: drafts, files, macros by keyboard alone, who is there, answers that cross."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.product import Product
from tests.browser.test_ticket_page_lives import WAIT, arrive
from tests.factories.pictures import png

pytestmark = pytest.mark.browser


@pytest.fixture
def inbox(agent: Page, product: Product) -> Page:
    agent.goto(f"{product.url}/?view=unassigned")
    return agent


@pytest.fixture
def elsewhere(browser: Browser, signed_in, browser_context_args) -> Iterator[BrowserContext]:
    """Another browser of the same person."""
    context = browser.new_context(**browser_context_args)
    context.add_cookies(signed_in)
    yield context
    context.close()


@pytest.fixture
def lead(browser: Browser, product: Product, browser_context_args) -> Iterator[Page]:
    """A colleague's browser."""
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    page.goto(f"{product.url}/sign-in/")
    page.get_by_label("Mail address").fill("lead@demo.example")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("h1")).to_be_visible()
    yield page
    context.close()


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator("#composer[data-ready]")).to_have_count(1)
    return page


def test_draft_and_its_file_are_there_in_another_browser(inbox, product, elsewhere, lead):
    arrive(inbox, product, "Elsewhere please")
    inbox.locator("#composer-text").type("Begun here")
    photo = {"name": "lid.png", "mimeType": "image/png", "buffer": png()}
    inbox.locator(".composer-files").set_input_files([photo])
    expect(inbox.locator("[data-files=reply] input[name=uploaded]")).to_have_count(1)
    expect(inbox.locator("[data-saved]")).to_have_text("Draft saved")
    opened(lead, inbox.url).keyboard.press("m")
    other = opened(elsewhere.new_page(), inbox.url)
    expect(other.locator("#composer-text")).to_have_value("Begun here")
    expect(other.get_by_role("list", name="Files to send")).to_contain_text("lid.png")
    other.locator("#composer-text").fill("Gone on there")
    expect(other.locator("[data-saved]")).to_have_text("Draft saved")
    inbox.bring_to_front()
    inbox.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(inbox.locator("#composer-text")).to_have_value("Gone on there")


def test_macro_is_sent_and_resolves_by_keyboard_alone(inbox, product, axe_violations):
    arrive(inbox, product, "Card please")
    inbox.keyboard.press("r")
    inbox.keyboard.type("/")
    search = inbox.get_by_role("combobox", name="Search macros")
    expect(search).to_be_focused()
    inbox.keyboard.type("take urg")
    expect(inbox.locator("[data-macro][aria-selected=true]")).to_have_text(re.compile("Take it, urgent"))
    expect(inbox.locator("[data-macro-preview]")).to_contain_text("Assign to me")
    assert axe_violations(inbox) == []
    inbox.errors.clear()  # axe writes styles of its own, which the policy refuses
    search.fill("payment")
    expect(inbox.locator("[data-macro-preview]")).to_contain_text("You can change your card here")
    inbox.keyboard.press("Enter")
    expect(inbox.locator("#composer-text")).to_have_value(re.compile("You can change your card here"))
    expect(inbox.locator("[data-actions=reply]")).to_contain_text("Add tag “billing”")
    inbox.keyboard.press("Control+Enter")
    expect(inbox.locator("#thread .message-out", has_text="You can change your card here")).to_have_count(
        1, timeout=WAIT
    )
    expect(inbox.locator("#composer-text")).to_have_value("")


def test_two_browsers_see_each_other_and_an_answer_that_crosses_is_held(inbox, product, lead, axe_violations):
    arrive(inbox, product, "Both please")
    viewers = inbox.locator("#viewers")
    expect(viewers).to_have_text("")
    opened(lead, inbox.url)
    expect(viewers.locator(".viewer")).to_have_count(1, timeout=WAIT)
    expect(viewers).to_contain_text("is looking at this ticket")
    lead.locator("#composer-text").type("The lead was quicker.")
    expect(viewers).to_contain_text("is writing a reply", timeout=WAIT)
    inbox.locator("#composer-text").type("I was slower.")
    lead.keyboard.press("Control+Enter")
    expect(lead.locator("#thread .message-out", has_text="The lead was quicker.")).to_have_count(1, timeout=WAIT)

    inbox.keyboard.press("Control+Enter")
    held = inbox.locator("[data-held]")
    expect(held).to_contain_text("The lead was quicker.")
    inbox.errors.clear()  # Chromium's own line on the answer's status, 409
    assert axe_violations(inbox) == []
    inbox.errors.clear()
    held.get_by_role("button", name="Go on editing").click()
    expect(held).to_have_count(0)
    inbox.locator("#composer-text").fill("I agree with that.")
    inbox.keyboard.press("Control+Enter")
    expect(inbox.locator("#thread .message-out", has_text="I agree with that.")).to_have_count(1, timeout=WAIT)
    lead.close()
    expect(viewers).to_have_text("", timeout=WAIT)


def test_colleague_is_named_from_the_keyboard(inbox, product):
    arrive(inbox, product, "Mention please")
    inbox.keyboard.press("n")
    inbox.keyboard.type("Please look, @")
    people = inbox.get_by_role("listbox", name="Colleagues")
    expect(people).to_be_visible()
    inbox.keyboard.press("ArrowDown")
    name = people.get_by_role("option", selected=True).inner_text()
    inbox.keyboard.press("Enter")
    expect(inbox.locator("#composer-text")).to_have_value(f"Please look, @{name} ")
    inbox.keyboard.press("Control+Enter")
    expect(inbox.locator("#thread .message-note .mention")).to_have_text(f"@{name}", timeout=WAIT)
