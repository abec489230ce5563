"""A store's own field: defined in the admin, asked for by resolving, filled in, seen by a colleague, found."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.product import Product
from tests.browser.test_saved_views_work import sign_in

pytestmark = pytest.mark.browser
WAIT = 60_000


def define(page: Page, product: Product) -> None:
    sign_in(page, product, "admin@demo.example")
    page.goto(f"{product.url}/admin/tickets/ticketfield/add/")
    page.get_by_label("Label").fill("Invoice number")
    page.get_by_label("Store").select_option(label="Larkspur Tea")
    page.get_by_label("Billing").check()  # of whose tickets no other test resolves any
    page.get_by_label("needed to resolve").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully")).to_be_visible(timeout=WAIT)


def test_a_needed_field_is_asked_for_filled_in_seen_and_found(page, browser, product, signed_in, flaws):
    define(page, product)
    page.errors.clear()  # the admin's own pages are looked at elsewhere
    product.send("Invoice please", "I need an invoice for my box.")
    page.goto(f"{product.url}/?view=unassigned")
    page.get_by_role("link", name="Invoice please").click()
    expect(page.locator("#composer[data-ready]")).to_have_count(1)
    field = page.get_by_label("Invoice number")
    expect(field).to_have_count(0)
    page.locator("summary[data-key=v]").click()
    page.get_by_role("button", name="Billing", exact=True).click()
    expect(field).to_be_visible()

    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies(signed_in)
    colleague = context.new_page()
    colleague.goto(page.url)
    expect(colleague.get_by_label("Invoice number")).to_have_value("")

    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(field).to_be_focused()
    expect(page.locator("#field-invoice-number-error")).to_have_text("Fill in “Invoice number” before you resolve it.")
    page.locator("#composer-text").fill("Here it is.")
    page.get_by_role("button", name="Send and resolve").click()
    expect(page.locator("#composer-errors")).to_have_text(re.compile("Fill in “Invoice number”"))
    expect(field).to_be_focused()
    assert len(page.errors) == 2  # Chromium's own lines on the answers' status, 422
    page.errors.clear()
    assert flaws(page, 1024) == []

    field.fill("  R-2026  17 ")
    field.press("Enter")
    expect(field).to_have_value("R-2026 17")
    expect(page.locator("#live-region")).to_have_text("“Invoice number” is saved")
    expect(colleague.get_by_label("Invoice number")).to_have_value("R-2026 17", timeout=WAIT)
    context.close()
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()

    page.goto(f"{product.url}/tickets/?view=all")
    page.get_by_role("combobox", name="Search tickets").fill("field:inv")
    page.get_by_role("option", name="Invoice number").click()
    page.keyboard.type('"R-2026 17"')
    page.keyboard.press("Enter")
    expect(page.locator("tr[data-list-item]")).to_have_count(1)
    page.goto(f"{product.url}/tickets/?view=all&columns=number,subject,field.invoice-number")
    page.locator("summary", has_text="Fields").click()
    page.get_by_role("link", name="Invoice number: filled in").click()
    expect(page.locator("tr[data-list-item]")).to_contain_text("R-2026 17")
