"""A subscriber cancels unhindered, the reason is kept as data; a while later who agreed to it is asked once."""

import pytest

from subscribers.cancellation import links
from subscribers.cancellation.starter import install_cancellation
from subscribers.enums import ConsentCategory, SubscriptionStatus
from subscribers.models import CancellationSession, SubscriptionEvent
from subscribers.privacy.consent import set_consent
from subscribers.starter_reasons import install_reasons
from success.enums import AlertOutcome
from success.models import Alert, EntryRefusal, Run

pytestmark = pytest.mark.django_db

WORD = "May we ask how you are getting on without us?"


@pytest.fixture
def dora(world):
    install_reasons()
    install_cancellation(world.store)
    return world.subscribe(name="Dora Roth", country="US")


def cancel(world, subscription, reason: str) -> str:
    page = links.cancel_path(subscription)
    world.get(page)
    world.post(page, do="reason", reason=reason)
    return world.post(page, do="cancel", reason=reason)


def agree(subscription) -> None:
    set_consent(subscription.subscriber, ConsentCategory.MARKETING, True, source="checkout")


def test_it_is_done_in_a_few_clicks_and_its_reason_is_data(world, dora):
    assert "is cancelled" in cancel(world, dora, "too_expensive")
    dora.refresh_from_db()
    session = CancellationSession.objects.get()
    assert (dora.status, session.reason.key) == (SubscriptionStatus.CANCELLED, "too_expensive")
    assert SubscriptionEvent.objects.get(kind="cancelled").reason.key == "too_expensive"
    assert [one.outcome for one in Alert.objects.all()] == [AlertOutcome.LOST]


def test_whoever_agreed_is_asked_once_and_may_end_it(world, dora):
    agree(dora)
    cancel(world, dora, "too_much_product")
    world.pass_time(days=44)
    assert WORD not in world.subjects(dora.subscriber)
    for days in (2, 30, 30):
        world.pass_time(days=days)
    (letter,) = [one for one in world.inbox(dora.subscriber) if one.subject == WORD]
    assert "List-Unsubscribe-Post" in letter.extra_headers
    assert "Unsubscribe: http" in letter.body
    assert Run.objects.get(flow__key="win-back").outcome == "stayed away"


@pytest.mark.parametrize("case", ["silent", "harmed", "opted out later", "complains"])
def test_nobody_is_courted_who_should_not_be(world, dora, case):
    if case != "silent":
        agree(dora)
    cancel(world, dora, "damaged" if case == "harmed" else "too_expensive")
    if case == "opted out later":
        set_consent(dora.subscriber, ConsentCategory.MARKETING, False, source="a link")
    if case == "complains":
        world.write(dora.subscriber, "And my last box arrived crushed, too.")
    for days in (46, 10):
        world.pass_time(days=days)
    assert WORD not in world.subjects(dora.subscriber)
    if case in ("silent", "harmed"):
        assert EntryRefusal.objects.get(flow__key="win-back").reason == "Its entry conditions did not hold"
