"""HTML mail in a real browser: nothing runs, nothing leaves unasked, its frame fits, its photographs can be seen."""

import re
import smtplib
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, Route, expect

from helpdesk.local.instance import Instance
from tests.browser.product import SUPPORT, Product
from tests.factories.pictures import png

pytestmark = pytest.mark.browser
WAIT = 60_000
HOSTILE = """
<script>top.harmed = 1</script><img src=x onerror="top.harmed = 1"><svg onload="top.harmed = 1"></svg>
<iframe src="https://evil.example/frame"></iframe><link rel="stylesheet" href="https://evil.example/style.css">
<style>@import "https://evil.example/import.css"; body { background: url(https://evil.example/background) }</style>
<meta http-equiv="refresh" content="0; url=https://evil.example/away"><base href="https://evil.example/">
<form action="https://evil.example/form"><input autofocus onfocus="top.harmed = 1"><button>Sign in again</button></form>
<a href="javascript:top.harmed = 1">Click me</a> <a href="data:text/html,<script>top.harmed=1</script>">Or me</a>
<div style="position:fixed;inset:0;background-image:url(https://evil.example/cover)">Cover</div>
<video src="https://evil.example/video" autoplay></video><object data="https://evil.example/object"></object>
<img src="http://remote.example/banner.png" alt="Our banner" width="300" height="80">
<img src="https://remote.example/count.gif" width="1" height="1">
<p>The lid: <img src="cid:lid@mail.example" alt="The lid"></p>
<blockquote>What you wrote before.</blockquote>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=top.harmed=1&gt;">
"""


def arrive(page: Page, product: Product, subject: str, markup: str) -> None:
    """A mail of this markup with two photographs, one of them shown in it; its ticket is opened."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Robin <robin@mail.example>", SUPPORT, subject
    mail.set_content("The lid: [The lid]")
    mail.add_alternative(f"<p>Before.</p>{markup}", subtype="html")
    mail.get_payload()[1].add_related(png(640, 480), "image", "png", cid="<lid@mail.example>", filename="lid.png")
    mail.add_attachment(png(400, 600, (60, 90, 200)), maintype="image", subtype="png", filename="corner.png")
    mail.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="form.pdf\u202efdp.exe")
    with smtplib.SMTP("127.0.0.1", Instance(product.data).smtp_port, timeout=10) as server:
        server.send_message(mail)
    page.goto(f"{product.url}/?view=unassigned")
    row = page.get_by_role("link", name=subject)
    expect(row).to_have_count(1, timeout=WAIT)
    row.click()


@pytest.fixture
def outside(agent: Page, product: Product) -> list[str]:
    """The addresses elsewhere that the browser asks for; each is answered by a picture."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=png(300, 80), content_type="image/png")

    agent.context.route(lambda url: not url.startswith((product.url, "data:")), answer)
    return asked


def await_picture(page: Page, words: str, width: int) -> None:
    """Looked at from outside the frame: inside it not even a test may run a script."""
    page.wait_for_function(
        "([words, width]) => document.querySelector('iframe[data-mail]').contentDocument"
        "?.querySelector(`img[alt='${words}']`)?.naturalWidth === width",
        arg=[words, width],
    )


def test_hostile_mail_runs_nothing_and_asks_for_pictures_only_when_told(agent, product, outside):
    agent.on("dialog", lambda dialog: pytest.fail(f"the mail said {dialog.message}"))
    arrive(agent, product, "Look at this please", HOSTILE)
    frame = agent.frame_locator("iframe[data-mail]")
    expect(frame.get_by_text("1 remote picture not loaded")).to_be_visible(timeout=WAIT)
    expect(frame.get_by_alt_text("The lid")).to_be_visible(timeout=WAIT)
    await_picture(agent, "The lid", 640)
    for link in ("Click me", "Or me"):
        frame.get_by_text(link).click()
    assert frame.locator("script, form, input, iframe, object, video, link, base, svg").count() == 0
    assert outside == []
    assert agent.evaluate("window.harmed") is None
    frame.get_by_role("link", name="Show images").click()
    await_picture(agent, "Our banner", 300)
    assert outside == ["https://remote.example/banner.png"]
    agent.reload()
    await_picture(agent, "Our banner", 300)
    assert set(outside) == {"https://remote.example/banner.png"}
    assert agent.evaluate("window.harmed") is None


def test_frame_is_as_tall_as_its_mail_and_photographs_are_looked_at(
    agent, product, outside, flaws, axe_violations, pictures
):
    arrive(agent, product, "Crushed lid, two photographs", HOSTILE)
    frame = agent.frame_locator("iframe[data-mail]")
    element = agent.locator("iframe[data-mail].is-ready")
    expect(element).to_have_count(1, timeout=WAIT)

    def await_fit() -> None:
        agent.wait_for_function(
            "() => { const frame = document.querySelector('iframe[data-mail]');"
            " return Math.abs(frame.contentDocument.body.getBoundingClientRect().height - frame.clientHeight) <= 1; }"
        )

    await_fit()
    folded = element.bounding_box()["height"]
    frame.get_by_text("Show what was quoted").click()
    expect(frame.get_by_text("What you wrote before.")).to_be_visible(timeout=WAIT)
    agent.wait_for_function(f"document.querySelector('iframe[data-mail]').clientHeight > {folded}")
    await_fit()

    agent.get_by_role("button", name="As text").click()
    expect(agent.locator(".message-in .message-body")).to_have_text("The lid: [The lid]")
    agent.get_by_role("link", name="Formatted").click()
    expect(element).to_be_visible(timeout=WAIT)
    assert flaws(agent) == []
    agent.screenshot(path=pictures / "mail-html.png")

    harmful = agent.get_by_role("link", name="form.pdffdp.exe")
    expect(harmful).to_contain_text("can run something")
    agent.get_by_role("link", name=re.compile("corner.png")).click()
    dialog = agent.get_by_role("dialog")
    expect(dialog.get_by_alt_text("Picture corner.png")).to_have_js_property("naturalHeight", 600)
    agent.keyboard.press("ArrowRight")
    expect(dialog.get_by_alt_text("Picture lid.png")).to_have_js_property("naturalWidth", 640)
    assert axe_violations(agent) == []
    agent.screenshot(path=pictures / "mail-photographs.png")
    agent.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
