"""The first ticket in somebody's first cycle opens an alert and a recovery flow beside the routine answer."""

import pytest

from success.enums import AlertStatus, FactKind
from success.models import Alert, Run, Task
from tickets.enums import TicketStatus
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_it_is_looked_at_answered_and_asked_about(world, agent, manager):
    eve = world.subscribe(name="Eve Marsh")
    world.write(eve.subscriber, "How do I open the tin?", subject="The tin")
    ticket = Ticket.objects.get()
    alert = Alert.objects.get()
    assert [one.kind for one in alert.evidence.all()] == [FactKind.CYCLE_ONE_TICKET]
    world.client.force_login(manager)
    page = world.get(alert.get_absolute_url())
    assert "Look at Eve Marsh&#x27;s first ticket" in page
    world.client.post(f"/alerts/tasks/{Task.objects.get().pk}/done/", {"result": "done"})

    world.client.force_login(agent)
    world.client.post(f"/tickets/{ticket.pk}/reply/", {"text": "Turn it to the left.", "key": "k", "then": "resolved"})
    world.work()
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.RESOLVED
    world.pass_time(hours=1)
    texts = [one.body for one in world.inbox(eve.subscriber)]
    assert sum("You are new with us, so I wanted to ask in person" in one for one in texts) == 1
    world.pass_time(days=6)
    alert.refresh_from_db()
    assert (Run.objects.get(flow__key="cycle-one").outcome, alert.status) == ("recovered", AlertStatus.CLOSED)


def test_a_later_ticket_opens_none(world):
    eve = world.subscribe(name="Eve Marsh")
    world.pass_time(days=31)
    world.write(eve.subscriber, "How do I open the tin?", subject="The tin")
    assert Ticket.objects.count() == 1
    assert not Alert.objects.exists()
