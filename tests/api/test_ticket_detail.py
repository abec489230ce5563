"""`GET /api/v1/tickets/<id>/`: a ticket with its thread."""

import pytest

from tests.api.conftest import Cast
from tickets.enums import Author, MessageKind
from tickets.models import Message


def test_thread_holds_notes_in_order(cast: Cast) -> None:
    ticket = cast.ticket()
    Message.objects.create(
        ticket=ticket,
        kind=MessageKind.NOTE,
        author_kind=Author.AGENT,
        author=cast.users.bob,
        text="Lost by the carrier.",
    )
    body = cast.alice.get(f"/api/v1/tickets/{ticket.pk}/").json()
    assert [(message["kind"], message["author"], message["text"]) for message in body["messages"]] == [
        ("public", None, "It is broken."),
        ("note", {"id": cast.users.bob.pk, "name": "Bob", "email": "bob@example.com"}, "Lost by the carrier."),
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_detail_costs_the_same_for_any_thread(cast: Cast, django_assert_num_queries, rows: int) -> None:
    ticket = cast.ticket()
    for number in range(rows):
        Message.objects.create(
            ticket=ticket, kind=MessageKind.NOTE, author_kind=Author.AGENT, author=cast.users.bob, text=str(number)
        )
    with django_assert_num_queries(9):  # session, user, ticket, topics, tags, fields, clocks, messages, attachments
        assert cast.alice.get(f"/api/v1/tickets/{ticket.pk}/").status_code == 200
