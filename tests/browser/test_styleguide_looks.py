"""The style guide in every size and both modes: nothing sticks out, and axe finds nothing on it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import AXE_COLOURS, AXE_OPTIONS, in_theme, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = [1440, 1024, 1280]


@pytest.fixture
def styleguide(page: Page, live_server, settings) -> Page:
    settings.DEMO = True
    page.goto(f"{live_server.url}/styleguide/")
    expect(page.get_by_role("heading", name="Styleguide", level=1)).to_be_visible()
    return page


def test_styleguide_has_no_violation_and_nothing_sticks_out(styleguide, axe_violations, pictures):
    for width in WIDTHS:
        styleguide.set_viewport_size({"width": width, "height": 900})
        assert overflow(styleguide) == 0, width
    for theme, options in (("dark", AXE_COLOURS), ("light", AXE_OPTIONS)):
        in_theme(styleguide, theme)
        styleguide.screenshot(path=pictures / f"styleguide-{theme}.png", full_page=True)
        assert axe_violations(styleguide, options) == [], theme
    for key, dialog in (("Control+k", "#palette"), ("?", "#keyboard-help")):
        styleguide.keyboard.press(key)
        expect(styleguide.locator(dialog)).to_be_visible()
        assert axe_violations(styleguide, within=dialog) == []
        in_theme(styleguide, "dark")
        assert axe_violations(styleguide, AXE_COLOURS, within=dialog) == []
        in_theme(styleguide, "light")
        styleguide.keyboard.press("Escape")
        expect(styleguide.locator(dialog)).to_be_hidden()
    styleguide.set_viewport_size({"width": 390, "height": 900})
    styleguide.reload()  # a script measures once
    expect(styleguide.get_by_role("heading", name="Styleguide", level=1)).to_be_visible()
    assert overflow(styleguide) == 0
    assert axe_violations(styleguide) == []  # what folds away on a telephone


def test_sign_in_page_has_no_violation(page, live_server, settings, flaws, pictures):
    settings.DEMO = True
    page.goto(f"{live_server.url}/sign-in/")
    page.screenshot(path=pictures / "sign-in.png")
    assert flaws(page) == []


def test_theme_chosen_by_hand_stays_after_a_reload(styleguide):
    styleguide.emulate_media(color_scheme="light")
    styleguide.get_by_role("button", name="Dark", exact=True).first.click()
    styleguide.reload()
    assert styleguide.evaluate("document.documentElement.dataset.theme") == "dark"
