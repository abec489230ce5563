"""An answer taken back from its toast, and one that is scheduled and held because the customer writes first."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.product import Product
from tests.browser.test_ticket_page_lives import WAIT, answer, arrive

pytestmark = pytest.mark.browser


@pytest.fixture
def inbox(agent: Page, product: Product) -> Page:
    agent.goto(f"{product.url}/?view=unassigned")
    return agent


def answers(page: Page) -> Locator:
    """What a person of ours wrote: a machine acknowledged the customer's mail before."""
    return page.locator("#thread .message-out").filter(has_not=page.locator(".tag", has_text="Automatic reply"))


def test_undo_brings_the_answer_back_before_it_leaves(inbox, product):
    arrive(inbox, product, "Undo please")
    text, said = inbox.locator("#composer-text"), answers(inbox)
    text.fill("Too quik")
    inbox.keyboard.press("Control+Enter")
    undo = inbox.locator("[data-toast]").get_by_role("button", name="Undo")
    expect(said).to_contain_text("Leaves in a few seconds.")
    text.type("begun meanwhile")
    undo.click()
    expect(said).to_have_count(0)
    expect(text).to_have_value("Too quik\n\nbegun meanwhile")
    expect(text).to_be_focused()
    inbox.reload()
    expect(text).to_have_value("Too quik\n\nbegun meanwhile")
    text.fill("Quick enough")
    inbox.keyboard.press("Control+Enter")
    expect(said).to_have_text(re.compile("Leaving.*Quick enough", re.S))
    expect(said.locator(".delivery")).to_have_count(0, timeout=WAIT)
    expect(inbox.locator("#ticket-head")).to_contain_text("Pending")


def test_scheduled_answer_waits_for_a_person_once_the_customer_wrote(inbox, product, axe_violations):
    arrive(inbox, product, "Later please")
    inbox.locator("#composer-text").fill("It comes on Monday.")
    inbox.locator(".composer-copies summary").click()
    inbox.get_by_label("More addresses in copy").fill("dan@mail.example")
    inbox.keyboard.press("Enter")  # a field of the composer sends nothing
    expect(answers(inbox)).to_have_count(0)
    inbox.locator("summary[aria-label='Send later']").click()
    inbox.get_by_role("button", name="Tomorrow, 9:00").click()
    message = answers(inbox)
    expect(message).to_contain_text("Copy to dan@mail.example")
    expect(message).to_contain_text("unless the customer writes before")
    answer(product, "Later please", "Never mind")
    expect(message).to_contain_text("The customer wrote before this left.", timeout=WAIT)
    assert axe_violations(inbox) == []
    message.get_by_role("button", name="Send it anyway").click()
    expect(message.locator(".delivery")).to_have_count(0, timeout=WAIT)
