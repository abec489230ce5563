"""The second skip brings a mail; its link opens a page that asks once; one click, and the boxes come less often."""

import json
import re

import pytest
from playwright.sync_api import expect

from helpdesk.local.process import until
from tests.browser.product import SECONDS, Product

pytestmark = pytest.mark.browser

# Somebody who skipped the last box, at whatever hour it is; the page on which they skip the next one.
PREPARE = """
import json
from django.utils import timezone
from subscribers.cancellation import links
from subscribers.models import Subscription
from subscribers.selectors import skips_in_a_row
from success.models import ContactPolicy, Flow, Run, Touch
from success.flows.contact import policy_of
from tickets.models import Ticket
store = Subscription.objects.first().store
policy_of(store.pk)
ContactPolicy.objects.filter(store=store).update(quiet_from="00:00", quiet_until="00:00")
Flow.objects.filter(key="second-skip").update(holdout_share=0)
rows = Subscription.objects.filter(
    store=store, status="active", provider="builtin", billing_interval="month", billing_interval_count=1,
    next_billing_at__gt=timezone.now(), subscriber__alerts=None, subscriber__tickets=None, subscriber__runs=None,
).exclude(subscriber__consents__granted=False).exclude(cycles__status="skipped").select_related("subscriber__store")
row = rows.order_by("pk").first()
row.subscriber.language = "en"
row.subscriber.save()
row.cycles.filter(index=row.cycles.filter(billed_at__isnull=False).order_by("-index").first().index).update(
    status="skipped", billed_at=None, amount=None
)
print("FOUND" + json.dumps({"page": f"{links.account_path(row.subscriber)}{row.pk}/skip/",
    "subscription": row.pk, "email": row.subscriber.email}))
"""


def test_skip_mail_page_click_and_the_rhythm_is_another(page, product: Product, axe_violations, pictures):
    said = product.manage("shell", "-v", "0", "-c", PREPARE)
    person = json.loads(said.partition("FOUND")[2].splitlines()[0])
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(product.url + person["page"])
    page.get_by_role("button", name="Confirm").click()

    def letters() -> list[str]:
        rows = product.rows(
            "SELECT text FROM tickets_outboundmail WHERE recipient = %s AND subject LIKE 'Would fewer boxes%%'"
            " AND state = 'sent'",
            person["email"],
        )
        return [row[0] for row in rows]

    until(lambda: bool(letters()), SECONDS)
    link = re.search(r"/offer/\S+", letters()[0])
    assert link is not None
    page.goto(product.url + link[0])
    expect(page.get_by_role("heading", name="Get a box every 2 months?")).to_be_visible()
    assert axe_violations(page) == []
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert width == 0
    page.screenshot(path=pictures / "offer-390.png", full_page=True)
    page.get_by_role("button", name="Yes, change it").click()
    expect(page.get_by_role("heading", name="Done: Get a box every 2 months")).to_be_visible()
    assert axe_violations(page) == []
    often = product.rows(
        "SELECT billing_interval, billing_interval_count FROM subscribers_subscription WHERE id = %s",
        person["subscription"],
    )
    assert often == [("month", 2)]
    done = product.rows(
        "SELECT actor_kind, state FROM subscribers_provideraction WHERE subscription_id = %s AND kind = %s",
        person["subscription"],
        "set_frequency",
    )
    assert done == [("subscriber", "done")]
