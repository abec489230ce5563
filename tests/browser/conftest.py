"""A real Chromium: Debian's, else Playwright's own. Without one the browser tests skip, and say so."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.product import Product

PICTURES = Path(__file__).resolve().parents[2] / "test-results"
# What axe is asked: WCAG 2.0 to 2.2, A and AA, and its own good practice.
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# What may differ between the themes of one page: they change colours alone.
AXE_COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
TELEPHONE = 390
# What comes within half a second on a quiet machine comes later on one that runs two of these and a worker.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In CI a test of a browser that fails is tried once more, and the run tells which: a machine may be too busy."""
    for item in items:
        if "CI" in os.environ and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def chromium_path() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], playwright) -> dict[str, Any]:
    path = chromium_path()
    if path is None and not Path(playwright.chromium.executable_path).exists():
        pytest.skip("no Chromium: install Debian's chromium, set CHROMIUM, or run `playwright install chromium`")
    # Playwright's loop runs in this thread from here to the end of the session. Django takes it for an async
    # caller and refuses the database; nothing here shares a connection between tasks.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    found = {"executable_path": path} if path else {}
    return {**browser_type_launch_args, **found, "args": ["--no-sandbox", "--force-color-profile=srgb"]}


@pytest.fixture(scope="session")
def base_url() -> None:
    """None: tests name the live server. pytest-base-url's own fixture warns under pytest 9."""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": {"width": 1280, "height": 800},
        "locale": "en-GB",
        "timezone_id": "UTC",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def page(page: Page) -> Page:
    """A page whose JavaScript errors fail the test."""
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda message: message.type == "error" and page.errors.append(message.text))
    yield page
    assert page.errors == []


@pytest.fixture
def axe_violations():
    """What axe finds on a page, each as "rule: first element"."""

    def look(page: Page, options: dict[str, Any] = AXE_OPTIONS, within: str | None = None) -> list[str]:
        before = list(getattr(page, "errors", ()))
        found = Axe().run(page, within, options).response["violations"]
        page.errors = before  # axe writes styles of its own, which the policy refuses
        return [
            f"{one['id']} ×{len(one['nodes'])}: {one['nodes'][0]['html'][:160]} {one['nodes'][0]['any'][:1]}"
            for one in found
        ]

    return look


@pytest.fixture
def flaws(axe_violations):
    """What is wrong with a page as it stands: what axe finds by day, of the colours by night, and what sticks out."""

    def look(page: Page, *widths: int) -> list[str]:
        in_theme(page, "light")
        found = axe_violations(page)
        in_theme(page, "dark")
        found += [f"dark: {one}" for one in axe_violations(page, AXE_COLOURS)]
        in_theme(page, "light")
        return found + sticking_out(page, *widths)

    return look


def in_theme(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme)
    if page.locator("html[data-theme]").count():  # pages for subscribers follow their browser alone
        expect(page.locator("html")).to_have_attribute("data-theme", theme)


def sticking_out(page: Page, *widths: int) -> list[str]:
    """The widths, and a telephone's, at which the page is wider than its window; it is as wide as before at the end."""
    before, found = page.viewport_size, []
    for width in (*widths, TELEPHONE):
        page.set_viewport_size({**before, "width": width})
        if overflow(page) > 0:
            page.reload()  # what a script measured once may be too wide; a telephone does not change its width
            settle(page)
            if overflow(page) > 0:
                found.append(f"{page.url} sticks out at {width} px")
    page.set_viewport_size(before)
    return found


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def settle(page: Page) -> None:
    """Until the page's scripts are there, and what it loads by itself."""
    page.wait_for_function(
        "() => window.htmx && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
    )


@pytest.fixture(scope="session")
def pictures() -> Path:
    PICTURES.mkdir(exist_ok=True)
    return PICTURES


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, browser) -> Iterator[Product]:
    """The real thing, shared by the session's tests; asked for after a browser, so that nothing starts without one."""
    product = Product(tmp_path_factory.mktemp("product") / "data")
    try:
        product.wait_until_ready()
        yield product
    finally:
        product.stop()


@pytest.fixture(scope="session")
def signed_in(product: Product, browser) -> list[dict[str, Any]]:
    """The cookies of the demo's agent, who signs in once, by the form."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{product.url}/sign-in/")
    page.get_by_label("Mail address").fill("agent@demo.example")
    page.get_by_label("Password").fill("demo")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Inbox", level=1)).to_be_visible()
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def agent(signed_in: list[dict[str, Any]], page: Page) -> Page:
    """A page of the real product, for the demo's agent."""
    page.context.add_cookies(signed_in)
    return page
