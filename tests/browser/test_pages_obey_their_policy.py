"""Every kind of page in a real browser: none asks for what its Content-Security-Policy forbids."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.product import Product

pytestmark = pytest.mark.browser
MOST_PAGES = 30
LEFT_OUT = re.compile(r"/(sign-out|static|api|admin/logout|live)/|\.eml$|/attachments/|#|mailto:")
ADMIN = (
    "/admin/",
    "/admin/tickets/mailbox/",
    "/admin/tickets/mailbox/add/",
    "/admin/tickets/detectionrule/add/",
    "/admin/tickets/slapolicy/",
    "/admin/success/flow/",
    "/admin/subscribers/store/add/",
)


def kind_of(address: str) -> str:
    """Addresses that differ in numbers and in what follows a ? alone show the same kind of page."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "N", address.partition("?")[0])


def walk(page: Page, product: Product, *begin: str, follow: str) -> list[str]:
    """Opens one page of each kind that can be reached under `follow`; what the browser complained of."""
    waiting, known, wrong = list(begin), {kind_of(address) for address in begin}, []

    def note(message) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            wrong.append(f"{page.url}: {message.text[:300]}")

    page.on("console", note)
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
    opened = 0
    while waiting and opened < MOST_PAGES:
        page.goto(product.url + waiting.pop(0))
        opened += 1
        links = page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))")
        for link in links:
            if link.startswith(follow) and not LEFT_OUT.search(link) and kind_of(link) not in known:
                known.add(kind_of(link))
                waiting.append(link)
    page.errors.clear()
    return wrong


@pytest.fixture
def lead(page: Page, product: Product) -> Page:
    sign_in(page, product, "lead@demo.example")
    return page


def sign_in(page: Page, product: Product, address: str) -> None:
    page.goto(f"{product.url}/sign-in/")
    page.get_by_label("Mail address").fill(address)
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_pages_of_the_product_stay_within_the_strict_policy(lead, product):
    assert walk(lead, product, "/", "/mail/", "/styleguide/", "/nothing-here/", follow="/") == []


def test_admin_and_documentation_stay_within_theirs(page, product):
    sign_in(page, product, "admin@demo.example")
    wrong = walk(page, product, *ADMIN, "/api/v1/docs/", follow="/no-further/")
    expect(page.locator("#swagger-ui .opblock").first).to_be_attached(timeout=30_000)
    assert wrong == []
