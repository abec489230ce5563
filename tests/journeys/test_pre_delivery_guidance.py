"""Two days before a first box ships its subscriber learns when it comes and how it is used; once, and nobody else."""

from datetime import timedelta

import pytest

from subscribers.cancellation import links
from subscribers.enums import ConsentCategory
from subscribers.models import Box, Product
from subscribers.privacy.links import unsubscribe_url
from subscribers.services.actions import request_action
from success.models import Touch
from tests.factories.subscriptions import ProductFactory

pytestmark = pytest.mark.django_db

GUIDANCE = {
    "en": "Warm the pot first, then three minutes at 80 °C.",
    "de": "Erst die Kanne wärmen, dann drei Minuten bei 80 °C.",
}


@pytest.fixture
def tea(store) -> Product:
    return ProductFactory(store=store, name="Tea Box", guidance=GUIDANCE)


def guidance(world, person) -> list:
    return [one for one in world.inbox(person) if "first delivery" in one.subject or "erste Lieferung" in one.subject]


def test_it_comes_two_days_before_with_the_boxs_own_days(world, tea):
    ana = world.subscribe(in_days=6, product=tea)
    ben = world.subscribe(name="Ben Weber", in_days=6, product=tea, language="de")
    box = Box.objects.get(cycle__subscription=ana)
    arrives = f"{box.expected_on:%A}"
    ships = (box.ships_on - timezone_date(world)).days
    world.pass_time(days=ships - 3)
    assert guidance(world, ana.subscriber) == []
    world.pass_time(days=1)
    world.pass_time(days=2)
    (letter,) = guidance(world, ana.subscriber)
    assert letter.subject == f"Your first delivery should arrive {arrives}: here is how to use it"
    assert f"should arrive {arrives}." in letter.body
    assert GUIDANCE["en"] in letter.body
    (brief,) = guidance(world, ben.subscriber)
    assert brief.subject.startswith("Ihre erste Lieferung kommt voraussichtlich am ")
    assert GUIDANCE["de"] in brief.body
    world.pass_time(days=40)  # the second box is no first one
    assert len(guidance(world, ana.subscriber)) == 1


def timezone_date(world):
    return world.clock.now().date()


def test_it_follows_the_box_when_its_day_moves(world, tea):
    ana = world.subscribe(in_days=6, product=tea)
    old = Box.objects.get(cycle__subscription=ana).ships_on
    request_action(
        subscriber=ana.subscriber,
        subscription=ana,
        kind="set_next_billing",
        params={"at": (ana.next_billing_at + timedelta(days=5)).isoformat()},
        key="later",
        actor_kind="subscriber",
    )
    new = Box.objects.get(cycle__subscription=ana).ships_on
    assert new == old + timedelta(days=5)
    world.pass_time(days=(new - timezone_date(world)).days - 3)
    assert guidance(world, ana.subscriber) == []
    world.pass_time(days=1)
    assert len(guidance(world, ana.subscriber)) == 1


def cancel(world, ana) -> None:
    page = links.cancel_path(ana)
    world.post(page, do="start")
    world.post(page, do="cancel")


def pause(world, ana) -> None:
    account = links.account_path(ana.subscriber)
    world.client.post(f"{account}{ana.pk}/pause/", {"to": "60", "key": "k"})


def skip(world, ana) -> None:
    world.skip(ana)


def opt_out(world, ana) -> None:
    world.post(unsubscribe_url(ana.subscriber, ConsentCategory.SUCCESS))


def complain(world, ana) -> None:
    world.write(ana.subscriber, "The sample that you sent me arrived crushed.", subject="Crushed")


@pytest.mark.parametrize("meanwhile", [cancel, pause, skip, opt_out, complain])
def test_nobody_gets_it_who_should_not(world, tea, meanwhile):
    ana = world.subscribe(in_days=6, product=tea)
    meanwhile(world, ana)
    for days in (4, 2, 6):
        world.pass_time(days=days)
    assert guidance(world, ana.subscriber) == []
    if meanwhile in (complain,):
        assert sorted(Touch.objects.exclude(decision="sent").values_list("decision", flat=True).distinct()) in (
            ["held_complaint"],
            ["held_recovery"],
        )
