"""Keys, the palette, menus, dialogs and toasts on the style guide, which needs no rows."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def styleguide(page: Page, live_server, settings) -> Page:
    settings.DEMO = True
    page.goto(f"{live_server.url}/styleguide/")
    page.wait_for_function("window.Alpine && window.htmx")
    return page


def active_row(page: Page) -> str | None:
    return page.evaluate("document.querySelector('[data-list-item][data-active]')?.id ?? null")


def test_j_and_k_walk_the_rows_and_o_opens_one(styleguide):
    styleguide.keyboard.press("j")
    assert active_row(styleguide) == "ticket-T-1048"
    styleguide.keyboard.press("j")
    styleguide.keyboard.press("j")
    styleguide.keyboard.press("k")
    assert active_row(styleguide) == "ticket-T-1047"
    styleguide.keyboard.press("o")
    expect(styleguide).to_have_url(re.compile("#T-1047$"))


def test_slash_searches_and_keys_stay_letters_while_typing(styleguide):
    styleguide.keyboard.press("/")
    styleguide.keyboard.type("jar")
    expect(styleguide.get_by_role("combobox", name="Search tickets")).to_have_value("jar")
    assert active_row(styleguide) is None
    styleguide.keyboard.press("Escape")
    styleguide.keyboard.press("j")
    assert active_row(styleguide) == "ticket-T-1048"


def test_r_writes_a_reply_and_n_a_note(styleguide):
    styleguide.keyboard.press("r")
    reply = styleguide.get_by_label("Reply to Priya")
    expect(reply).to_be_focused()
    styleguide.keyboard.press("Escape")
    styleguide.keyboard.press("n")
    expect(styleguide.locator(".composer")).to_have_class("composer is-note")


def test_palette_finds_a_command_of_the_page_by_typing(styleguide):
    styleguide.keyboard.press("Control+k")
    styleguide.keyboard.type("theme da")
    expect(styleguide.locator("#palette").get_by_role("option", selected=True)).to_have_text("Theme: dark")
    styleguide.keyboard.press("Enter")
    expect(styleguide.locator("html")).to_have_attribute("data-theme", "dark")
    expect(styleguide.locator("#palette")).not_to_be_visible()


def test_palette_offers_to_search_for_what_it_does_not_know(styleguide):
    styleguide.keyboard.press("Control+k")
    styleguide.keyboard.type("zxq")
    expect(styleguide.locator("#palette").get_by_role("option")).to_have_text(["Search tickets for “zxq”"])


def test_menu_closes_by_escape_and_gives_the_focus_back(styleguide):
    summary = styleguide.locator("summary", has_text="Open").first
    summary.click()
    menu = styleguide.locator("details[open]")
    expect(menu).to_have_count(1)
    styleguide.keyboard.press("ArrowDown")
    expect(menu.locator(".menu-item").first).to_be_focused()
    styleguide.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(summary).to_be_focused()


def test_dialog_opens_and_closes(styleguide):
    styleguide.get_by_role("button", name="Open a dialog").click()
    dialog = styleguide.get_by_role("dialog", name="Cancel Priya's subscription?")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).not_to_be_visible()


def test_toast_comes_by_event_and_can_be_dismissed(styleguide):
    styleguide.evaluate("htmx.trigger(document.body, 'toast', {text: 'Saved', level: 'success'})")
    card = styleguide.locator("[data-toasts] [data-toast]")
    expect(card).to_have_text("Saved")
    card.get_by_role("button", name="Dismiss").click()
    expect(card).to_have_count(0)


def test_due_time_turns_overdue_without_a_reload(styleguide):
    styleguide.evaluate(
        "document.querySelector('[data-due]').dataset.due = new Date(Date.now() - 90 * 60000).toISOString()"
    )
    styleguide.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    first = styleguide.locator("[data-due]").first
    expect(first).to_have_attribute("data-state", "overdue")
    expect(first.locator("[data-words]")).to_have_text("1 h 30 min over")
