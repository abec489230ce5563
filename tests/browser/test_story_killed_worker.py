"""`kill -9` of the worker while mail comes in and goes out: nothing is lost, nothing happens twice."""

import pytest
from playwright.sync_api import Page, expect

from helpdesk.local.process import until
from tests.browser.product import Product

pytestmark = pytest.mark.browser
WAIT = 90_000  # however busy the machine is; it takes some seconds
SUBJECTS = [f"Question {number} before the storm" for number in range(6)]


def tickets(product: Product) -> list[tuple[str, int]]:
    """Each subject with the number of messages that people wrote."""
    return product.rows(
        "select t.subject, count(m.id) from tickets_ticket t join tickets_message m on m.ticket_id = t.id"
        " where t.subject like %s and m.author_kind != 'system' group by t.id order by t.subject",
        "%before the storm",
    )


def test_killed_worker_loses_nothing_and_does_nothing_twice(agent: Page, product: Product) -> None:
    agent.goto(f"{product.url}/?view=unassigned")
    for number, subject in enumerate(SUBJECTS):
        product.send(subject, f"Dear people, this is number {number}.")
        if number == 3:
            product.kill_worker()
    assert until(lambda: len(tickets(product)) == len(SUBJECTS), WAIT / 1000)
    assert tickets(product) == [(subject, 1) for subject in SUBJECTS]

    agent.get_by_role("link", name=SUBJECTS[0]).click()
    agent.locator("#composer-text").fill("The storm has passed.")
    agent.keyboard.press("Control+Enter")
    product.kill_worker()
    expect(agent.locator("#thread .message-out", has_text="The storm has passed.")).to_have_count(1, timeout=WAIT)

    def outcome() -> list[tuple[str, int]]:
        return product.rows(
            "select state, count(*) from tickets_outboundmail where text like %s group by state",
            "%The storm has passed.%",
        )

    assert until(lambda: outcome() == [("sent", 1)], WAIT / 1000), outcome()
    agent.goto(f"{product.url}/mailbox/")
    expect(agent.locator(".row-item", has_text="The storm has passed.")).to_have_count(1)
    assert tickets(product) == [(subject, 2 if subject == SUBJECTS[0] else 1) for subject in SUBJECTS]
    assert product.said.count("worker   | ended by itself (killed by signal 9): started again") == 2
