"""Who sees what: a restricted queue is nowhere for those outside it, another store's ticket does not exist."""

import pytest

from subscribers.enums import TeamMode
from subscribers.models import Store
from tests.factories.people import SubscriberFactory
from tests.tickets.conftest import signed_in
from tickets.models import Attachment, Message
from tickets.services.messages import NewAttachment, NewMessage

ACTIONS = [
    "reply",
    "note",
    "assign",
    "take",
    "hand-over",
    "status",
    "priority",
    "queue",
    "topics/add",
    "topics/reject",
    "fields/order",
]


@pytest.fixture
def hidden(desk):
    """A ticket of the restricted queue, with a file."""
    file = NewAttachment("photo.png", "image/png", b"picture")
    return desk.ticket(queue=desk.closed, message=NewMessage(text="Secret words", attachments=[file]))


def test_restricted_queue_is_in_no_list_and_no_count(desk, hidden, alice):
    Store.objects.update(team_mode=TeamMode.TWO)  # whose inbox is of tickets alone
    for address in ("/?view=unassigned", "/tickets/", "/tickets/?view=all", f"/tickets/?q={hidden.number}"):
        response = alice.get(address)
        assert list(response.context["tickets"]) == []
        assert {count for _, count, _ in response.context["views"]} <= {0, None}
    assert list(signed_in(desk.bob).get("/tickets/").context["tickets"]) == [hidden]


def test_restricted_queue_is_in_no_menu_and_no_move(desk, alice):
    ticket = desk.ticket()
    [queues] = [menu for menu in alice.get("/tickets/").context["menus"] if menu.name == "queue"]
    assert [choice.value for choice in queues.choices] == ["support"]
    assert alice.get(ticket.get_absolute_url()).context["queues"] == [desk.support]
    assert alice.post(f"/tickets/{ticket.pk}/queue/", {"queue": desk.closed.pk}).status_code == 404


def test_restricted_ticket_is_in_no_panel(desk, hidden, alice):
    panel = f"/tickets/panel/subscriber/{hidden.subscriber_id}/"
    assert alice.get(panel).context["tickets"] == []
    assert signed_in(desk.bob).get(panel).context["tickets"] == [hidden]


def test_other_tickets_beside_a_ticket_leave_out_hidden_ones(desk, hidden, alice):
    ticket = desk.ticket(subscriber=hidden.subscriber)
    assert alice.get(ticket.get_absolute_url()).context["others"] == []
    assert signed_in(desk.bob).get(ticket.get_absolute_url()).context["others"] == [hidden]


@pytest.mark.parametrize("who", ["alice", "charlie"])
def test_ticket_out_of_sight_is_not_found_anywhere(desk, hidden, who):
    client = signed_in(getattr(desk, who))
    file = Attachment.objects.get()
    addresses = [hidden.get_absolute_url(), f"{hidden.get_absolute_url()}?part=live"]
    addresses += [f"/tickets/{hidden.pk}/attachments/{file.token}/"]
    assert [client.get(address).status_code for address in addresses] == [404] * 3
    posted = [client.post(f"/tickets/{hidden.pk}/{action}/", {"text": "x", "key": "k"}) for action in ACTIONS]
    assert [response.status_code for response in posted] == [404] * len(ACTIONS)
    assert Message.objects.count() == 1


def test_colleague_of_another_store_finds_no_panel(desk):
    subscriber = SubscriberFactory(store=desk.store)
    assert signed_in(desk.charlie).get(f"/tickets/panel/subscriber/{subscriber.pk}/").status_code == 404


def test_nobody_is_asked_to_sign_in(desk, client):
    ticket = desk.ticket()
    for address in ("/", "/tickets/", "/tickets/new/", ticket.get_absolute_url(), "/mailbox/"):
        response = client.get(address)
        assert (response.status_code, response.url) == (302, f"/sign-in/?next={address}")


def test_ticket_is_given_to_no_stranger(desk, alice):
    ticket = desk.ticket()
    alice.post(f"/tickets/{ticket.pk}/assign/", {"assignee": desk.charlie.pk})
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_ticket_moved_into_a_restricted_queue_is_gone_for_the_others(desk):
    ticket = desk.ticket()
    bob = signed_in(desk.bob)
    response = bob.post(f"/tickets/{ticket.pk}/queue/", {"queue": desk.closed.pk}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert signed_in(desk.alice).get(ticket.get_absolute_url()).status_code == 404
