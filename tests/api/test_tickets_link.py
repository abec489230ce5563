"""`/api/v1/tickets/<id>/links/`: read, added, taken away."""

from tests.api.conftest import Cast
from tickets.enums import Author
from tickets.models import Message


def test_links_are_added_read_and_taken_away(cast: Cast) -> None:
    one, other = cast.ticket(), cast.ticket()
    address = f"/api/v1/tickets/{one.pk}/links/"
    asked = {"to": other.pk, "relation": "caused"}
    (made,) = cast.alice.post(address, asked, content_type="application/json").json()
    told = {"number": other.number, "subject": other.subject, "status": other.status}
    assert made == {"id": made["id"], "relation": "caused", "ticket": other.pk, **told}
    (seen,) = cast.alice.get(f"/api/v1/tickets/{other.pk}/links/").json()
    assert (seen["id"], seen["relation"], seen["ticket"]) == (made["id"], "cause", one.pk)
    itself = cast.alice.post(address, {"to": one.pk}, content_type="application/json")
    assert (itself.status_code, "with itself" in itself.content.decode()) == (400, True)
    assert cast.alice.post(address, {"to": 10**9}, content_type="application/json").status_code == 404
    assert cast.charlie.get(address).status_code == 404
    assert cast.alice.delete(f"{address}{made['id']}/").status_code == 204
    assert cast.alice.get(address).json() == []


def test_messages_are_split_off(cast: Cast) -> None:
    ticket = cast.ticket()
    address = f"/api/v1/tickets/{ticket.pk}/split/"
    refused = cast.alice.post(address, {"messages": [10**9]}, content_type="application/json")
    assert (refused.status_code, "Choose messages" in refused.content.decode()) == (400, True)
    for text in ("One", "Two"):
        Message.objects.create(ticket=ticket, author_kind=Author.SUBSCRIBER, subscriber=ticket.subscriber, text=text)
    going = Message.objects.get(ticket=ticket, text="Two")
    asked = {"messages": [going.pk], "subject": "The second", "queue": cast.legal.key}
    made = cast.alice.post(address, asked, content_type="application/json")
    assert (made.status_code, made.json()["subject"]) == (201, "The second")
    assert [message["text"] for message in made.json()["messages"]] == ["Two"]
    assert cast.bob.post(address, asked, content_type="application/json").status_code == 404
