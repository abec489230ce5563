"""The ticket page and the lists under somebody's hands: drafts, files, keys, and updates that disturb nobody."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.product import Product
from tests.factories.pictures import png

pytestmark = pytest.mark.browser
WAIT = 60_000


def arrive(page: Page, product: Product, subject: str) -> None:
    """A new ticket of this subject, opened on the page."""
    product.send(subject, "Hello, I have a question about my box.")
    row = page.get_by_role("link", name=subject)
    expect(row).to_have_count(1, timeout=WAIT)
    row.click()
    expect(page.locator("#composer[data-ready]")).to_have_count(1)


def answer(product: Product, subject: str, text: str) -> None:
    """The customer writes again on that ticket."""
    product.send(text, text, answers=subject)


@pytest.fixture
def inbox(agent: Page, product: Product) -> Page:
    agent.goto(f"{product.url}/?view=unassigned")
    return agent


def test_draft_survives_a_reload_and_is_gone_after_it_was_sent(inbox, product):
    arrive(inbox, product, "Draft please")
    text = inbox.locator("#composer-text")
    inbox.keyboard.press("n")
    text.type("Half a thought")
    expect(inbox.locator("[data-saved]")).to_have_text("Draft saved")
    inbox.reload()
    expect(text).to_have_value("Half a thought")
    expect(inbox.locator("#composer")).to_have_class(re.compile("is-note"))
    inbox.get_by_role("button", name="Add note").click()
    expect(inbox.locator("#thread .message-note", has_text="Half a thought")).to_have_count(1)
    expect(text).to_have_value("")
    inbox.reload()
    expect(text).to_have_value("")


def test_empty_answer_says_so_and_files_and_text_stay(inbox, product):
    arrive(inbox, product, "Files please")
    inbox.locator("#composer-text").focus()
    inbox.keyboard.press("Control+Enter")
    expect(inbox.locator("#composer-errors")).to_have_text(re.compile("Write something before you send it."))
    assert len(inbox.errors) == 1  # Chromium's own line on the answer's status, 422
    inbox.errors.clear()
    photo = {"name": "lid.png", "mimeType": "image/png", "buffer": png()}
    inbox.locator(".composer-files").set_input_files([photo, {**photo, "name": "wrong.png"}])
    chosen = inbox.get_by_role("list", name="Files to send")
    expect(chosen.get_by_role("listitem")).to_contain_text(["lid.png", "wrong.png"])
    inbox.get_by_role("button", name="Do not send wrong.png").click()
    expect(chosen.get_by_role("listitem")).to_contain_text(["lid.png"])
    inbox.locator("#composer-text").fill("See the picture.")
    inbox.keyboard.press("Control+Enter")
    expect(inbox.locator("#thread .message-out .attachment-picture")).to_have_text(re.compile("lid.png"))
    expect(chosen).to_be_hidden()


def test_live_update_closes_no_menu_and_moves_nobody_who_writes(inbox, product):
    arrive(inbox, product, "Quiet please")
    text = inbox.locator("#composer-text")
    text.fill("I am still writ")
    before = text.bounding_box()
    answer(product, "Quiet please", "One more thing")
    expect(inbox.locator("#thread .message-in")).to_have_count(2, timeout=WAIT)
    expect(inbox.locator("#live-region")).to_have_text("New message from Robin")
    inbox.keyboard.type("ing")
    expect(text).to_have_value("I am still writing")
    assert text.bounding_box() == before

    inbox.keyboard.press("Escape")
    inbox.keyboard.press("p")
    menu = inbox.locator("#ticket-head details[open]")
    expect(menu).to_have_count(1)
    answer(product, "Quiet please", "And another thing")
    expect(inbox.locator("#thread .message-in")).to_have_count(3, timeout=WAIT)
    expect(menu).to_have_count(1)
    menu.get_by_role("button", name="High").click()
    expect(inbox.locator("#ticket-head summary", has_text="Priority")).to_contain_text("High")
    expect(inbox.locator("[data-toasts]")).to_contain_text("Priority high")


def test_thread_keeps_what_did_not_change(inbox, product):
    arrive(inbox, product, "Stay please")
    inbox.evaluate("window.first = document.querySelector('#thread .message')")
    answer(product, "Stay please", "Are you there")
    expect(inbox.locator("#thread .message-in")).to_have_count(2, timeout=WAIT)
    assert inbox.evaluate("window.first.isConnected") is True


def test_help_lists_the_keys_of_the_page(inbox, product):
    arrive(inbox, product, "Keys please")
    inbox.keyboard.press("?")
    keys = inbox.locator("#keyboard-help [data-page-keys] dl > div")
    expect(keys.filter(has_text="Reply")).to_contain_text("r")
    told = {row.locator("dt").inner_text(): row.locator("dd").inner_text() for row in keys.all()}
    assert told == {
        "Back to the list": "u",
        "Status": "s",
        "Take this ticket": "m",
        "Assignee": "a",
        "Priority": "p",
        "Queue": "v",
        "Resolve this ticket": "e",
        "Reply": "r",
        "Add a tag": "t",
        "Write an internal note": "n",
        "Insert a macro": "i",
        "Send": "Ctrl ↵",
    }


def test_resolve_and_reopen_by_key(inbox, product):
    arrive(inbox, product, "Done please")
    inbox.keyboard.press("e")
    expect(inbox.locator("#ticket-head summary").first).to_contain_text("Resolved")
    inbox.keyboard.press("e")
    expect(inbox.locator("#ticket-head summary").first).to_contain_text("Open")


def test_chosen_row_stays_chosen_when_the_list_renews(inbox, product):
    active = inbox.locator("[data-list-item][data-active]")
    inbox.keyboard.press("j")
    inbox.keyboard.press("j")
    chosen = active.get_attribute("id")
    product.send("Renew please", "Hello")
    expect(inbox.get_by_role("link", name="Renew please")).to_have_count(1, timeout=WAIT)
    expect(active).to_have_count(1)
    expect(active).to_have_attribute("id", chosen)
    inbox.keyboard.press("o")
    expect(inbox).to_have_url(f"{product.url}/tickets/{chosen.removeprefix('ticket-')}/")


def test_counts_of_the_views_are_live(inbox, product):
    count = inbox.locator("#ticket-views [aria-current=true] .count")
    before = int(count.inner_text())
    product.send("Count please", "Hello")
    expect(count).to_have_text(str(before + 1), timeout=WAIT)
