"""Every list, panel and page asks a fixed number of questions, however many rows it shows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from subscribers.enums import TeamMode
from subscribers.models import Store
from tests.factories.people import MembershipFactory, SubscriberFactory
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.factories.tickets import QueueFactory, ReasonFactory
from tests.tickets.conftest import HTMX, Desk
from tickets.enums import TicketStatus
from tickets.models import Ticket
from tickets.search.indexing import sweep
from tickets.services.conversation import add_note, receive_message, reply
from tickets.services.messages import NewAttachment, NewMessage
from tickets.services.tickets import change_status
from tickets.services.topics import add_topic
from tickets.sla.starter import install_sla


def asked(look: Callable[[], Any]) -> list[str]:
    sweep()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert look().status_code == 200
    return [query["sql"] for query in queries.captured_queries]


def grow(desk: Desk, number: int) -> Ticket:
    """A ticket of everything: a subscriber, a queue and a colleague of its own, topics, messages with files, clocks."""
    subscriber = SubscriberFactory(store=desk.store)
    for index in (1, 2):
        BoxFactory(cycle=CycleFactory(subscription=SubscriptionFactory(subscriber=subscriber), index=index))
    colleague = MembershipFactory(store=desk.store).user
    queue = QueueFactory(store=desk.store)
    files = [NewAttachment(f"{name}.png", "image/png", b"x") for name in "ab"]
    ticket = desk.ticket(
        subscriber=subscriber, queue=queue, assignee=desk.alice, message=NewMessage(text="Hello", attachments=files)
    )
    for key in ("damaged", f"own-{number}"):
        add_topic(ticket, reason=ReasonFactory(key=key), actor=colleague)
    Ticket.objects.filter(pk=ticket.pk).update(cycle_index=1)
    return ticket


def talk(desk: Desk, ticket: Ticket, key: str) -> None:
    add_note(ticket, author=MembershipFactory(store=desk.store).user, text="Hm.")
    reply(ticket, author=MembershipFactory(store=desk.store).user, text="Sorry.", key=key)
    file = NewAttachment("c.png", "image/png", b"x")
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="Thanks", attachments=[file]))
    add_topic(ticket, reason=ReasonFactory(key=f"said-{key}"), actor=desk.bob)
    desk.ticket(subscriber=ticket.subscriber)


@pytest.mark.parametrize(
    "address",
    [
        "/?view=mine",
        "/tickets/?view=open",
        "/tickets/?view=all",
        "/tickets/?view=damaged",
        "/tickets/?view=cycle-one",
        "/tickets/?q=question",
        "/tickets/?assignee=me&topic=damaged&ordering=-updated_at",
    ],
)
def test_list_asks_the_same_for_one_row_and_for_three(desk, alice, address):
    Store.objects.update(team_mode=TeamMode.TWO)  # whose inbox is of tickets alone
    grow(desk, 0)
    response = alice.get(address)
    assert len(response.context["tickets"]) == 1
    one = asked(lambda: alice.get(address))
    for number in (1, 2):
        grow(desk, number)
    three = asked(lambda: alice.get(address))
    assert len(alice.get(address).context["tickets"]) == 3
    assert len(one) == len(three), "\n".join(three)
    assert len(three) <= 15, "\n".join(three)


def test_rows_alone_ask_the_same_for_one_and_for_three(desk, alice):
    headers = {**HTMX, "HX-Target": "ticket-rows"}
    grow(desk, 0)
    one = asked(lambda: alice.get("/tickets/", headers=headers))
    for number in (1, 2):
        grow(desk, number)
    three = asked(lambda: alice.get("/tickets/", headers=headers))
    assert len(one) == len(three)
    assert not [sql for sql in three if "COUNT(" in sql], "rows that come again count nothing"


@pytest.mark.parametrize("query", ["", "?part=live"])
def test_ticket_page_asks_the_same_for_a_short_and_a_long_thread(desk, alice, query):
    install_sla(desk.store)
    ticket = grow(desk, 0)
    talk(desk, ticket, "a")
    address = ticket.get_absolute_url() + query
    short = asked(lambda: alice.get(address))
    for key in ("b", "c"):
        talk(desk, ticket, key)
        change_status(ticket, actor=desk.alice, status=TicketStatus.RESOLVED)
    long = asked(lambda: alice.get(address))
    assert len(short) == len(long), "\n".join(long)
    assert len(long) <= 25


def test_subscriber_panel_asks_the_same_for_one_ticket_and_for_three(desk, alice):
    ticket = grow(desk, 0)
    address = f"/tickets/panel/subscriber/{ticket.subscriber_id}/"
    one = asked(lambda: alice.get(address))
    for key in ("one", "two"):
        add_topic(desk.ticket(subscriber=ticket.subscriber), reason=ReasonFactory(key=key), actor=desk.alice)
    assert len(one) == len(asked(lambda: alice.get(address)))
    assert len(alice.get(address).context["tickets"]) == 3
