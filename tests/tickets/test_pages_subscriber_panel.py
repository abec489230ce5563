"""A subscriber's tickets, for their page."""

from tests.factories.people import SubscriberFactory
from tests.factories.tickets import ReasonFactory
from tickets.services.topics import add_topic


def test_panel_lists_their_tickets_newest_first(desk, alice):
    ana = SubscriberFactory(store=desk.store)
    first, second = desk.ticket(subject="First", subscriber=ana), desk.ticket(subject="Second", subscriber=ana)
    desk.ticket(subject="Somebody else's")
    add_topic(first, reason=ReasonFactory(key="late", label="Arrives late"), actor=desk.alice)
    response = alice.get(f"/tickets/panel/subscriber/{ana.pk}/")
    assert response.context["tickets"] == [second, first]
    assert "Arrives late" in response.content.decode()
    assert "All their tickets" not in response.content.decode()


def test_panel_without_tickets_says_so(desk, alice):
    ana = SubscriberFactory(store=desk.store)
    assert "No ticket yet" in alice.get(f"/tickets/panel/subscriber/{ana.pk}/").content.decode()


def test_panel_shows_twenty_and_leads_to_all(desk, alice):
    ana = SubscriberFactory(store=desk.store)
    for _ in range(21):
        desk.ticket(subscriber=ana)
    response = alice.get(f"/tickets/panel/subscriber/{ana.pk}/")
    assert len(response.context["tickets"]) == 20
    assert f"/tickets/?view=all&amp;subscriber={ana.pk}" in response.content.decode()
    assert len(alice.get(f"/tickets/?view=all&subscriber={ana.pk}").context["tickets"]) == 21
