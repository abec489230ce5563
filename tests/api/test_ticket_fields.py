"""A store's own fields: which there are, what tickets hold, and how they are set."""

from tests.api.conftest import Cast
from tests.factories.tickets import TicketFieldFactory
from tickets.models import FieldValue, Ticket

JSON = "application/json"


def test_fields_are_listed_read_and_set(cast: Cast, django_assert_num_queries) -> None:
    store = cast.ticket().store
    TicketFieldFactory(store=store, key="order", label="Order number", position=1, is_required=True)
    TicketFieldFactory(store=store, key="found", kind="choice", choices=["Lid", "Jar"], queues=[cast.legal])
    TicketFieldFactory(store=store, key="sent", kind="checkbox", position=3)
    TicketFieldFactory(store=store, key="weight", kind="number", position=2)
    TicketFieldFactory(key="theirs")
    with django_assert_num_queries(5):  # session, user, count, page, queues
        listed = cast.alice.get("/api/v1/ticket-fields/").json()["results"]
    assert [one["key"] for one in listed] == ["order", "weight", "sent", "found"]
    assert listed[3] == {
        "id": listed[3]["id"],
        "store": "tea",
        "key": "found",
        "label": "Found",
        "kind": "choice",
        "choices": ["Lid", "Jar"],
        "queues": ["legal"],
        "is_required": False,
        "is_active": True,
        "position": 100,
    }
    assert cast.charlie.get("/api/v1/ticket-fields/").json()["count"] == 0

    ticket = Ticket.objects.get()
    address = f"/api/v1/tickets/{ticket.pk}/fields/"
    refused = cast.alice.patch(address, {"order": "1", "weight": "heavy", "found": "Lid", "no": 1}, content_type=JSON)
    assert (refused.status_code, FieldValue.objects.count()) == (400, 0)
    assert refused.json() == {
        "weight": ["Write a number, such as 12 or 12.5."],
        "found": ["“Found” is not asked on tickets of this queue."],
        "no": ["There is no field “no”."],
    }
    done = cast.alice.patch(address, {"order": "A-1", "weight": 12.50, "sent": True}, content_type=JSON)
    assert (done.status_code, done.json()) == (200, {"order": "A-1", "weight": "12.5", "sent": True})
    assert cast.alice.patch(address, ["order"], content_type=JSON).status_code == 400
    assert cast.charlie.patch(address, {"order": ""}, content_type=JSON).status_code == 404
    emptied = cast.alice.patch(address, {"order": None, "sent": False}, content_type=JSON)
    assert emptied.json() == {"weight": "12.5"}
    assert cast.alice.get(f"/api/v1/tickets/{ticket.pk}/").json()["fields"] == {"weight": "12.5"}
    assert cast.alice.get("/api/v1/tickets/?field=weight=12.50").json()["count"] == 1
    assert cast.alice.get("/api/v1/tickets/?field=weight=").json()["count"] == 0

    status = {"actions": [{"kind": "status", "value": "resolved"}]}
    held = cast.alice.post(f"/api/v1/tickets/{ticket.pk}/actions/", status, content_type=JSON)
    said = "Set to resolved: Fill in “Order number” before you resolve it."
    assert (held.status_code, held.json()) == (400, {"fields.order": [said]})


def test_a_ticket_is_opened_with_values_or_not_at_all(cast: Cast) -> None:
    TicketFieldFactory(store=cast.subscriber().store, key="order")
    new = {"store": "tea", "subscriber": {"email": "ana@example.com"}, "text": "Hello", "fields": {"order": "A-1"}}
    made = cast.alice.post("/api/v1/tickets/", new, content_type=JSON)
    assert (made.status_code, made.json()["fields"]) == (201, {"order": "A-1"})
    wrong = cast.alice.post("/api/v1/tickets/", new | {"fields": {"moon": 1}}, content_type=JSON)
    assert (wrong.status_code, wrong.json()) == (400, {"fields": {"moon": ["There is no field “moon”."]}})
    assert Ticket.objects.count() == 1
