"""The style guide is photographed in every size and both modes, and axe finds nothing on it."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = [1440, 1280, 1024, 390]


@pytest.fixture
def styleguide(page: Page, live_server, settings) -> Page:
    settings.DEMO = True
    page.goto(f"{live_server.url}/styleguide/")
    expect(page.get_by_role("heading", name="Styleguide", level=1)).to_be_visible()
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_styleguide_has_no_violation_and_nothing_sticks_out(styleguide, theme, axe_violations, pictures):
    styleguide.emulate_media(color_scheme=theme)
    expect(styleguide.locator("html")).to_have_attribute("data-theme", theme)
    for width in WIDTHS:
        styleguide.set_viewport_size({"width": width, "height": 900})
        styleguide.screenshot(path=pictures / f"styleguide-{theme}-{width}.png", full_page=True)
        assert styleguide.evaluate("document.documentElement.scrollWidth") == width
    for width in (1280, 390):
        styleguide.set_viewport_size({"width": width, "height": 900})
        assert axe_violations(styleguide) == []
    styleguide.set_viewport_size({"width": 1280, "height": 900})
    styleguide.keyboard.press("Control+k")
    styleguide.screenshot(path=pictures / f"palette-{theme}.png")
    assert axe_violations(styleguide) == []
    styleguide.keyboard.press("Escape")
    styleguide.keyboard.press("?")
    styleguide.screenshot(path=pictures / f"keyboard-help-{theme}.png")
    assert axe_violations(styleguide) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_sign_in_page_has_no_violation(page, live_server, settings, theme, axe_violations, pictures):
    settings.DEMO = True
    page.emulate_media(color_scheme=theme)
    page.goto(f"{live_server.url}/sign-in/")
    page.screenshot(path=pictures / f"sign-in-{theme}.png")
    assert axe_violations(page) == []


def test_theme_chosen_by_hand_stays_after_a_reload(styleguide):
    styleguide.emulate_media(color_scheme="light")
    styleguide.get_by_role("button", name="Dark", exact=True).first.click()
    styleguide.reload()
    assert styleguide.evaluate("document.documentElement.dataset.theme") == "dark"
