"""One mail to many by a flow: to whom it may go, by day, as often as is good, and not to those who are left alone for
the comparison. Every contact that was made or not stands in the ledger. And milestones begin flows by themselves."""

from datetime import timedelta

import pytest

from subscribers.enums import ConsentCategory
from subscribers.models import Box, Subscriber, Subscription
from subscribers.privacy.consent import set_consent
from subscribers.privacy.links import unsubscribe_url
from success.enums import TouchCategory, Trigger
from success.milestones.links import first_use_path
from success.milestones.starter import install_milestones
from success.models import ContactCap, ContactPolicy, Flow, Run
from tests.factories.flows import make_flow
from tests.factories.people import SubscriberFactory
from tests.factories.subscriptions import SubscriptionFactory

pytestmark = pytest.mark.django_db

MANY = 24


@pytest.fixture
def people(world) -> list[Subscription]:
    """Many active Germans, and one elsewhere; the flows that ship are silent, so that nothing else is written."""
    Flow.objects.update(is_active=False)
    quiet = {"quiet_from": "21:00", "quiet_until": "08:00"}
    policy, _ = ContactPolicy.objects.update_or_create(store=world.store, defaults=quiet)
    ContactCap.objects.create(policy=policy, category=TouchCategory.MARKETING, most=1, hours=168)
    names = [SubscriberFactory(store=world.store, country="DE", time_zone="UTC") for _ in range(MANY)]
    names.append(SubscriberFactory(store=world.store, country="FR", time_zone="UTC"))
    return [SubscriptionFactory(subscriber=one) for one in names]


def wave(world, subject: str, **fields) -> Flow:
    mail = ("ask", "mail", {"subject": subject, "text": "Hi {{ first_name|there }}, try it.", "if_held": "wait"})
    return make_flow(
        world.store,
        mail,
        trigger=Trigger.SEGMENT,
        category=TouchCategory.MARKETING,
        segment_continues=True,
        entry=["consented"],
        exits=["opted_out"],
        segment=[{"field": "subscriber.country", "op": "is", "value": "DE"}, "still_subscribed"],
        **fields,
    )


def test_it_goes_to_those_who_may_get_it_by_day_and_once(world, people, manager):
    def got(subject: str) -> set[int]:
        return {place for place, one in enumerate(people) if world.subjects(one.subscriber).count(subject) == 1}

    def decisions(flow: Flow, *places: int) -> list[str]:
        rows = world.ask("/api/v1/touches/", flow=flow.key, page_size="100")["results"]
        asked = {people[place].subscriber_id for place in places}
        return sorted({row["decision"] for row in rows if row["subscriber"]["id"] in asked})

    silent, refuser, complainer, sleeper = range(4)
    for place, one in enumerate(people):
        if place != silent:
            set_consent(one.subscriber, ConsentCategory.MARKETING, place != refuser, source="checkout")
    world.write(people[complainer].subscriber, "My box arrived crushed.")  # and nobody has answered yet
    Subscriber.objects.filter(pk=people[sleeper].subscriber_id).update(time_zone="Pacific/Auckland")  # night there
    world.client.force_login(manager)

    spring = wave(world, "A new tea this spring", holdout_share=0.4)
    world.enrol()
    drawn = Run.objects.filter(flow=spring).values_list("subscription", "arm")
    arms = {next(place for place, one in enumerate(people) if one.pk == pk): arm for pk, arm in drawn}
    assert sorted(arms) == list(range(complainer, MANY))
    treated = {place for place, arm in arms.items() if arm == "treated"}
    assert decisions(spring, *(arms.keys() - treated)) == ["held_out"]
    assert got("A new tea this spring") == treated - {complainer, sleeper}
    if sleeper in treated:
        assert decisions(spring, sleeper) == ["held_quiet"]
    if complainer in treated:
        assert decisions(spring, complainer) == ["held_complaint"]
    world.pass_time(hours=12)
    assert got("A new tea this spring") == treated - {complainer}

    again = wave(world, "And another one")
    world.pass_time(hours=36)
    world.enrol()
    told = treated - {complainer}
    assert decisions(again, *told) == ["capped"]
    assert got("And another one") == set(arms) - told - {complainer, sleeper}
    leaver = max(told)
    world.post(unsubscribe_url(people[leaver].subscriber, ConsentCategory.MARKETING))
    world.pass_time(days=6)
    world.enrol()
    world.pass_time(hours=12)  # by now it was day for everybody
    assert got("And another one") == set(arms) - {complainer, leaver}
    assert got("A new tea this spring") == told  # once, though the segment was looked at again


def test_a_milestone_begins_a_flow_once(world):
    install_milestones()
    Flow.objects.update(is_active=False)
    mail = ("well-done", "mail", {"subject": "Well done", "text": "You are on your way."})
    make_flow(world.store, mail, trigger=Trigger.MILESTONE_ACHIEVED, reenter_after=timedelta(hours=1))
    ana = world.subscribe()
    world.watch()
    assert world.subjects(ana.subscriber) == []
    counts = []
    world.pass_time(days=3)
    world.carry(Box.objects.get())  # the first box is there
    for _ in range(2):
        world.watch()
        counts.append(world.subjects(ana.subscriber).count("Well done"))
    world.pass_time(days=1)
    for _ in range(2):
        world.post(first_use_path(ana))  # and used
        world.watch()
        counts.append(world.subjects(ana.subscriber).count("Well done"))
    assert counts == [1, 1, 2, 2]
