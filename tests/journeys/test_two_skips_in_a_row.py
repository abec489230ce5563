"""The second box that is skipped in a row brings an offer of fewer boxes, which one click takes."""

import pytest

from subscribers.models import ProviderAction, Subscription
from success.enums import AlertOutcome, AlertStatus, FactKind
from success.models import Alert, Run
from tests.journeys.world import link_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(world) -> Subscription:
    """Two boxes paid and delivered; the third is skipped."""
    bea = world.subscribe(name="Bea Lang")
    world.pass_time(days=31)
    world.skip(bea)
    return bea


def test_the_second_skip_brings_an_offer_that_one_click_takes(world, bea, manager):
    asked = "Would fewer boxes suit you better?"
    assert asked not in world.subjects(bea.subscriber)
    world.pass_time(days=31)
    world.skip(bea)
    (letter,) = [one for one in world.inbox(bea.subscriber) if one.subject == asked]
    assert "List-Unsubscribe" in letter.extra_headers
    link = link_in(letter, "/offer/")
    alert = Alert.objects.get(evidence__kind=FactKind.SKIPPED_TWICE)
    assert alert.status == AlertStatus.OPEN

    assert "<li>A box: every 2 months instead of every month</li>" in world.get(link)
    before = ProviderAction.objects.filter(kind="set_frequency").count()
    for _ in range(2):
        assert "<h1>Done: Get a box every 2 months</h1>" in world.post(link, do="accept")
    bea.refresh_from_db()
    assert (bea.billing_interval, bea.billing_interval_count, before) == ("month", 2, 0)
    assert world.subjects(bea.subscriber)[-1] == "Done: Get a box every 2 months"
    run = Run.objects.get(flow__key="second-skip")
    alert.refresh_from_db()
    assert (run.outcome, alert.status, alert.outcome) == ("accepted", AlertStatus.CLOSED, AlertOutcome.SAVED)


def test_whoever_says_no_is_left_alone(world, bea):
    world.pass_time(days=31)
    world.skip(bea)
    link = link_in(world.inbox(bea.subscriber)[-1], "/offer/")
    assert "We will not ask again" in world.post(link, do="decline")
    count = len(world.inbox(bea.subscriber))
    world.pass_time(days=31)
    bea.refresh_from_db()
    assert (bea.billing_interval_count, Run.objects.get(flow__key="second-skip").outcome) == (1, "declined")
    assert len([one for one in world.subjects(bea.subscriber)[count:] if "fewer" in one]) == 0
