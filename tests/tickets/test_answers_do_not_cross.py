"""An answer that would cross what its writer has not seen is held; of two sent at once, exactly one goes."""

import threading

import pytest
from django.db import connection

from tests.tickets.conftest import HTMX, signed_in
from tickets.models import Message, OutboundMail
from tickets.services.conversation import add_note, post_system_message, receive_message, reply
from tickets.services.crossing import Crossed
from tickets.services.messages import NewMessage


def send(client, ticket, seen, headers=HTMX, **data):
    return client.post(
        f"/tickets/{ticket.pk}/reply/", {"key": "k1", "text": "Mine", "seen": seen, **data}, headers=headers
    )


def test_newer_answer_holds_it_until_its_writer_decides(desk, alice):
    ticket = desk.ticket()
    seen = alice.get(f"/tickets/{ticket.pk}/").context["seen"]
    add_note(ticket, author=desk.bob, text="A note holds nothing.")
    post_system_message(ticket, text="Nor does a machine.", key="m")
    reply(ticket, author=desk.alice, text="Nor does one's own.", key="own")
    reply(ticket, author=desk.bob, text="Bob was quicker.", key="b")
    held = send(alice, ticket, seen, then="resolved")
    shown = held.content.decode()
    assert (held.status_code, held.headers["HX-Retarget"]) == (409, "#composer-errors")
    assert ("Bob was quicker." in shown, "Nor does" in shown) == (True, False)
    assert (ticket.messages.filter(text="Mine").count(), 'name="then" value="resolved"' in shown) == (0, True)

    newest = ticket.messages.last().pk
    assert f'name="seen" value="{newest}"' in shown
    assert send(alice, ticket, newest, then="resolved").status_code == 200
    assert OutboundMail.objects.filter(key=f"reply:{ticket.pk}:k1").count() == 1
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="One more thing"))
    assert send(alice, ticket, newest).status_code == 200  # a retried request has been sent already
    assert send(alice, ticket, newest, key="k2").status_code == 409


def test_without_scripts_the_page_asks(desk, alice):
    ticket = desk.ticket()
    seen = alice.get(f"/tickets/{ticket.pk}/").context["seen"]
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="One more thing"))
    held = send(alice, ticket, seen, headers={})
    shown = held.content.decode()
    assert (held.status_code, ">Mine</textarea>" in shown, "Send anyway" in shown) == (409, True, True)


@pytest.mark.django_db(transaction=True)
def test_of_two_sent_at_once_exactly_one_goes(desk):
    ticket = desk.ticket()
    seen = ticket.messages.get().pk
    ready, outcomes = threading.Barrier(2), []

    def answer(author):
        try:
            ready.wait(10)
            outcomes.append(reply(ticket, author=author, text=str(author), key=str(author), seen=seen).text)
        except Crossed as crossed:
            outcomes.append([one.text for one in crossed.messages])
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[one]) for one in (desk.alice, desk.bob)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    [sent] = Message.objects.exclude(author=None).values_list("text", flat=True)
    assert sorted(outcomes, key=str) == sorted([sent, [sent]], key=str)


def test_who_is_there_and_who_writes_is_seen_by_the_others(desk, alice):
    ticket, bob = desk.ticket(), signed_in(desk.bob)
    address = f"/tickets/{ticket.pk}/viewing/"
    assert alice.post(address, {}).content.decode().strip() == ""
    assert "Alice Martin is looking at this ticket" in bob.post(address, {"writing": "reply"}).content.decode()
    assert "Bob Keller is writing a reply" in alice.get(f"/tickets/{ticket.pk}/").content.decode()
    bob.post(address, {"writing": "nonsense"})
    assert "Bob Keller is looking" in alice.get(address).content.decode()
    bob.post(address, {"gone": "1"})
    assert alice.get(address).content.decode().strip() == ""
