"""After a damaged box: an apology in the thread, a new box without anybody's help, a word once that one is there."""

from datetime import timedelta

import pytest

from subscribers.enums import BoxKind, BoxStatus
from subscribers.models import Box, Connection, ProviderAction
from success.models import Alert, Run, Task
from tests.factories.people import MembershipFactory
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(world):
    """Her first box is delivered, and she writes that it is crushed."""
    ana = world.subscribe()
    world.pass_time(days=2)
    box = Box.objects.get()
    world.carry(box, BoxStatus.IN_TRANSIT)
    world.pass_time(days=2)
    world.carry(box)
    world.write(ana.subscriber, "My first box arrived crushed and two bags are open.", subject="My first box")
    return ana


def said(ana) -> list[str]:
    """What flows wrote into the thread."""
    messages = Message.objects.filter(ticket__subscriber=ana.subscriber, author_kind="system", kind="public")
    return [one.text.split("\n\n")[1][:40] for one in messages.order_by("pk")]


def test_a_new_box_goes_out_by_itself_and_its_arrival_is_asked_about(world, ana):
    assert said(ana) == ["I am sorry that your box arrived damaged"]
    assert not Box.objects.filter(kind=BoxKind.REPLACEMENT).exists()
    world.pass_time(hours=1.1)
    new = Box.objects.get(kind=BoxKind.REPLACEMENT)
    assert new.replaces == Run.objects.get(flow__key="damaged-box").box
    world.pass_time(days=2)
    world.carry(new, BoxStatus.IN_TRANSIT)
    world.pass_time(days=2)
    assert len(said(ana)) == 1
    world.carry(new)
    world.pass_time(hours=25)
    assert said(ana)[1:] == ["Your new box should be with you by now. "]
    assert [one.subject for one in world.inbox(ana.subscriber)].count("Re: My first box") == 2
    world.pass_time(days=4, hours=1)
    assert Task.objects.get(done_at=None).title.startswith("Ana Souza is silent since the damaged box")
    assert Alert.objects.get().is_live


def test_whoever_answers_is_read_by_a_person(world, ana):
    world.pass_time(hours=1.1)
    world.carry(Box.objects.get(kind=BoxKind.REPLACEMENT))
    world.pass_time(hours=25)
    world.write(ana.subscriber, "No, this one is broken as well!", answers=world.inbox(ana.subscriber)[-1])
    task = Task.objects.get(done_at=None)
    assert task.title == "Read what Ana Souza wrote, and make sure that it is settled"
    assert Ticket.objects.count() == 1


def test_it_stops_when_an_agent_says_that_nothing_is_damaged(world, ana):
    agent = MembershipFactory(store=world.store).user
    world.client.force_login(agent)
    ticket = Ticket.objects.get()
    topic = ticket.topics.get(reason__key="damaged")
    world.client.post(f"/tickets/{ticket.pk}/topics/reject/", {"topic": topic.reason_id, "reason": topic.reason_id})
    world.pass_time(hours=2)
    assert Run.objects.get(flow__key="damaged-box").exit_reason == "retracted"
    assert not Box.objects.filter(kind=BoxKind.REPLACEMENT).exists()


def test_what_costs_more_than_flows_may_give_is_asked_of_a_person(world, ana):
    ana.price = 400
    ana.save(update_fields=["price"])
    world.pass_time(hours=1.1)
    assert not ProviderAction.objects.filter(kind="replacement").exists()
    assert Task.objects.get().instructions == "It costs 400.00 USD, more than flows may give by themselves."
    assert Connection.objects.count() == 1
    world.pass_time(**{"seconds": timedelta(days=3, hours=1).total_seconds()})
    assert Run.objects.get(flow__key="damaged-box").is_live
