"""An import in a browser, from the file to its report: nothing sticks out, and axe finds nothing."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settle
from tests.browser.product import Product

pytestmark = pytest.mark.browser
ROWS = b"Email,Name,Since,Colour\nann@import.example,Ann,3/4/2026,red\nnobody,Bo,5/6/2026,blue\n"


def test_a_file_is_taken_in(page: Page, product: Product, flaws, pictures):
    def look(name):
        settle(page)
        page.screenshot(path=pictures / f"import-{name}.png")
        assert flaws(page, 1024) == [], name

    page.goto(f"{product.url}/sign-in/?next=/subscribers/imports/")
    page.get_by_label("Mail address").fill("admin@demo.example")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    look("list")
    page.get_by_label("CSV or XLSX file").set_input_files({"name": "p.csv", "mimeType": "text/csv", "buffer": ROWS})
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_role("link", name="Answer").click()
    look("columns")
    page.get_by_label("Dates such as 3/4/2026").select_option("dmy")
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Checked, and nothing is taken in yet")).to_be_visible()
    look("checked")
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_role("heading", name="Refused rows")).to_be_visible()
    expect(page.get_by_text("No alert, flow or mail was begun by it")).to_be_visible()
    look("done")
