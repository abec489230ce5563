"""Whoever meets every milestone but is served badly is at risk; an alert says so, until they are better."""

import pytest

from subscribers.models import Box
from success.health.settings import install_health
from success.milestones.links import first_use_path
from success.milestones.starter import install_milestones
from tickets.models import Ticket
from tickets.sla.starter import install_sla

pytestmark = pytest.mark.django_db

MET = ["first-box", "first-renewal", "first-use"]


@pytest.fixture
def ana(world):
    """A month with us: boxes that came in time, use that she confirmed, a renewal."""
    install_sla(world.store)
    install_milestones()
    install_health()
    ana = world.subscribe()
    world.pass_time(days=3)
    world.carry(Box.objects.get())
    world.post(first_use_path(ana))
    world.watch()
    world.pass_time(days=29)
    world.carry(Box.objects.latest("pk"))
    world.watch()
    return ana


def test_broken_promises_outweigh_every_milestone(world, ana, manager, agent):
    def health() -> dict:
        (found,) = world.ask("/api/v1/health/", subscriber=ana.subscriber.email)["results"]
        return found

    def standing() -> list[tuple[str, list[str]]]:
        rows = world.ask("/api/v1/alerts/")["results"]
        return [(row["status"], [one["kind"] for one in row["evidence"] if not one["retracted_at"]]) for row in rows]

    world.client.force_login(manager)
    achieved = world.ask("/api/v1/milestones/", subscriber=ana.subscriber.email, state="achieved")["results"]
    assert sorted(one["milestone"] for one in achieved) == MET
    assert (health()["word"], health()["number"], standing()) == ("healthy", 100, [])

    world.write(ana.subscriber, "When does the next box come?", subject="Next box")
    world.write(ana.subscriber, "And which tea is in it?", subject="Which tea")
    for days in (3, 2):  # nobody answers
        world.pass_time(days=days)
        world.watch()
    now = health()
    assert (now["word"], now["success"], now["service"]) == ("at_risk", 100, now["number"])
    assert {one["kind"] for one in now["reasons"] if one["points"] < 0} == {"sla_breached", "slow_resolution"}
    assert standing() == [("open", ["health_falling"])]
    (alert,) = world.ask("/api/v1/alerts/")["results"]
    page = world.get(f"/alerts/{alert['id']}/")
    assert "From 100 to 45 · at risk · SLA breached (3) · slow resolution (2)" in page

    world.client.force_login(agent)
    for ticket in Ticket.objects.all():
        answer = {"text": "I am sorry that it took so long. On Friday.", "key": f"k{ticket.pk}", "then": "resolved"}
        world.client.post(f"/tickets/{ticket.pk}/reply/", answer)
    for days in (30, 30, 30):
        world.pass_time(days=days)
        world.carry(Box.objects.latest("pk"))
        world.watch()
    world.client.force_login(manager)
    assert (health()["word"], standing()) == ("healthy", [("closed", [])])
    assert world.ask(f"/api/v1/alerts/{alert['id']}/")["outcome"] == "auto_resolved"
