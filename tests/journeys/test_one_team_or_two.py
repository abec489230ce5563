"""One inbox while one team works for the store, two halves as soon as its lead says so; work goes from one to the
other and comes back."""

import re

import pytest

from subscribers.enums import Role
from success.models import Alert
from tests.factories.people import MembershipFactory
from tickets.models import Ticket
from tickets.sla.starter import install_sla

pytestmark = pytest.mark.django_db


@pytest.fixture
def eve(world):
    """New with us, she writes: a ticket, and an alert beside it."""
    install_sla(world.store)
    eve = world.subscribe(name="Eve Marsh")
    world.write(eve.subscriber, "How do I open the tin?", subject="The tin")
    return eve


def test_the_same_work_is_seen_by_one_team_and_then_by_two(world, eve, agent, manager):
    lead = MembershipFactory(store=world.store, role=Role.LEAD).user
    ticket, alert = Ticket.objects.get(), Alert.objects.get()

    def rows(user) -> list[str]:
        world.client.force_login(user)
        page = world.get("/", view="unassigned")
        return sorted(set(re.findall(r'<tr id="((?:ticket|alert)-\d+)"', page)))

    told, asked = f"alert-{alert.pk}", f"ticket-{ticket.pk}"
    both = [told, asked]
    assert [rows(one) for one in (agent, manager, lead)] == [both, both, both]

    world.client.force_login(lead)
    world.post("/team/", store=str(world.store.pk), mode="two")
    assert [rows(one) for one in (agent, manager, lead)] == [[asked], [told], both]

    world.client.force_login(manager)
    world.post(f"/alerts/{alert.pk}/to-service/", note="Please send her a new tin.")
    assert [rows(one) for one in (agent, manager, lead)] == [[asked], [], [asked]]
    world.client.force_login(agent)
    assert "Handed over by success: Please send her a new tin." in world.get(f"/tickets/{ticket.pk}/")
    world.post(f"/tickets/{ticket.pk}/reply/", text="A new one is on its way.", key="k", then="resolved")
    assert [rows(one) for one in (agent, manager)] == [[], [told]]

    world.client.force_login(agent)
    world.post(f"/alerts/from-ticket/{ticket.pk}/", note="She thinks of leaving.")
    world.client.force_login(manager)
    assert "She thinks of leaving." in world.get(f"/alerts/{alert.pk}/")

    world.client.force_login(lead)
    world.post("/team/", store=str(world.store.pk), mode="one")
    assert [rows(one) for one in (agent, manager, lead)] == [[told], [told], [told]]
