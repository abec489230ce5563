"""A bad batch is found once, gathers its complaints and its broken promises, and asks a success manager."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from success.causes import services
from success.causes.enums import CauseState, Dimension
from success.causes.looking import gather, look_at, sweep
from success.enums import FactKind
from success.models import Alert, Cause, CauseLook
from tests.success.causes.conftest import BATCH, TODAY, Shop


@pytest.fixture
def cause(shop: Shop) -> Cause:
    (cause,) = look_at(shop.store, TODAY)
    return cause


def test_bad_batch_is_found_once_and_explained(shop: Shop, cause: Cause):
    assert (cause.dimension, cause.value, cause.count) == (Dimension.BATCH, BATCH, 12)
    assert cause.title == f"Quality: batch {BATCH}"
    assert cause.links.count() == 12
    assert cause.words[0][:3] == ["lid leaking", 12, 12]
    assert cause.q < 0.001
    alert = Alert.objects.get(about=cause.about)
    assert (alert.name, alert.people, alert.value_at_risk) == (cause.title, 12, 12 * 360)
    assert sweep(TODAY) == 0  # that day was looked at
    assert sweep(TODAY + timedelta(days=1)) == 0  # and that cause is open
    assert [Cause.objects.count(), Alert.objects.count(), CauseLook.objects.count()] == [1, 1, 2]


def test_nothing_is_found_where_nothing_rises(shop: Shop):
    before = TODAY - timedelta(days=15)
    assert look_at(shop.store, before) == []


def test_new_complaints_are_gathered_and_hands_are_obeyed(shop: Shop, cause: Cause):
    link = cause.links.select_related("ticket").first()
    services.unlink_ticket(cause, link.ticket, actor=shop.lead)
    boxes = shop.ship(2, 8, batch=BATCH)
    shop.complain(boxes[0], 0)
    shop.complain(boxes[1], 0, topic="billing")
    assert gather(cause.pk, TODAY + timedelta(days=1)) == 1
    assert gather(cause.pk, TODAY + timedelta(days=1)) == 0
    assert cause.links.filter(removed_at=None).count() == 12
    services.link_ticket(cause, link.ticket, actor=shop.lead)
    assert cause.links.filter(removed_at=None).count() == 13


def test_dismissed_is_not_named_again(shop: Shop, cause: Cause):
    services.dismiss(cause, actor=shop.lead, because="A test of ours")
    cause.refresh_from_db()
    assert cause.state == CauseState.DISMISSED
    assert not Alert.objects.live().exists()
    found = look_at(shop.store, TODAY + timedelta(days=1))
    assert [one.value for one in found if one.dimension == Dimension.BATCH] == []


def test_a_look_asks_the_same_of_the_database_whatever_the_size(shop: Shop):
    counts = []
    for day in (20, 19):
        shop.ship(day, 30)
        with CaptureQueriesContext(connection) as asked:
            look_at(shop.store, TODAY - timedelta(days=day))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_kinds_of_fact_gather_on_the_one_alert(shop: Shop, cause: Cause):
    alert = Alert.objects.get(about=cause.about)
    assert list(alert.evidence.values_list("kind", flat=True)) == [FactKind.RECURRING_CAUSE]
