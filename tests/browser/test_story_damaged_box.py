"""The main job on the real product: a mail becomes a ticket before one's eyes, is answered, and answered again."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.product import Product

pytestmark = pytest.mark.browser
WAIT = 60_000


def field(name: str, printed: str) -> str:
    [value] = re.findall(rf"^{name}: +(.*)$", printed, re.MULTILINE)
    return value


def test_damaged_box_is_answered_and_turned_into_retention(agent: Page, product: Product) -> None:
    agent.goto(f"{product.url}/?view=unassigned")
    expect(agent.locator("[data-connection]").first).to_have_attribute("data-state", "live", timeout=WAIT)
    agent.evaluate("window.neverReloaded = true")

    printed = product.manage("demo_mail", "damaged")
    address = re.findall(r"<(.+)>", field("From", printed))[0]
    [name] = product.rows("select name from subscribers_subscriber where email = %s", address)[0]
    row = agent.locator("tr", has_text=name).filter(has_text=field("Subject", printed))
    expect(row).to_have_count(1, timeout=WAIT)
    assert agent.evaluate("window.neverReloaded") is True

    row.get_by_role("link").click()
    expect(agent).to_have_url(re.compile(r"/tickets/\d+/$"))
    [ticket] = re.findall(r"\d+", agent.url.removeprefix(product.url))
    facts = agent.locator("#ticket-facts")
    running = facts.locator("[data-due]")
    expect(running).to_have_count(2)
    for promise in ("First reply", "Resolution"):
        expect(facts.get_by_text(promise, exact=True)).to_be_visible()
    expect(facts.locator("mark").first).to_be_visible()
    success = agent.locator("#success-panel")
    expect(success).to_contain_text("Damaged box", timeout=WAIT)
    expect(success).to_contain_text("Cycle-1 ticket")
    # One alert, whatever else stands on it by then: a newcomer may be known to need help already.
    [(status, reasons)] = product.rows(
        "select a.status, array(select e.kind from success_evidence e where e.alert_id = a.id)"
        " from success_alert a join subscribers_subscriber s on s.id = a.subscriber_id where s.email = %s",
        address,
    )
    assert status == "open"
    assert {"damaged_box", "cycle_one_ticket"} <= set(reasons)
    assert [
        flow
        for flow, status in product.rows(
            "select f.key, r.status from success_run r join success_flow f on f.id = r.flow_id"
            " join subscribers_subscriber s on s.id = r.subscriber_id where s.email = %s and f.kind = 'recovery'",
            address,
        )
        if status in ("active", "waiting")
    ] == ["damaged-box"]

    words = "I am so sorry. A new box leaves tomorrow."
    agent.keyboard.press("r")
    agent.keyboard.type(words)
    agent.keyboard.press("Control+Enter")
    expect(agent.locator("#thread .message-out", has_text=words)).to_have_count(1, timeout=WAIT)
    expect(agent.locator("#composer-text")).to_have_value("")
    # The promise is kept when the answer leaves, after the seconds in which it can be taken back.
    expect(facts.get_by_text("Met", exact=True)).to_have_count(1, timeout=WAIT)

    mailbox = agent.context.new_page()
    mail = mailbox.locator(".row-item", has_text=address).filter(has_text="so sorry")
    for _ in range(40):
        mailbox.goto(f"{product.url}/mailbox/")
        if mail.count():
            break
        mailbox.wait_for_timeout(500)
    mail.get_by_role("link").click()
    headers = mailbox.locator("pre").text_content()
    [answered] = re.findall(r"^In-Reply-To: <(.+)>$", headers, re.MULTILINE)
    thread = product.rows(
        "select r.reference from tickets_threadreference r join tickets_message m on m.id = r.message_id"
        " where m.ticket_id = %s order by m.id",
        ticket,
    )
    assert (answered,) in thread
    [(first,)] = product.rows(
        "select rfc822_id from tickets_message where ticket_id = %s and author_kind = 'subscriber'", ticket
    )
    assert f"<{first}>" in headers

    mailbox.get_by_label(f"Answer as {address}").fill("Thank you, that is kind.")
    mailbox.get_by_role("button", name="Send as the subscriber").click()
    expect(mailbox.locator("[data-toasts]")).to_contain_text(f"Sent as {address}")
    mailbox.close()

    expect(agent.locator("#thread .message-in")).to_have_count(2, timeout=WAIT)
    expect(agent.locator("#thread .message-in").last).to_contain_text("Thank you, that is kind.")
    expect(agent.locator("#live-region")).to_have_text(f"New message from {name}")
    expect(agent.locator("#ticket-head summary").first).to_contain_text("Open")
    assert product.rows(
        "select count(*) from tickets_ticket t join subscribers_subscriber s on s.id = t.subscriber_id"
        " where s.email = %s and t.opened_at > now() - interval '1 hour'",
        address,
    ) == [(1,)]
