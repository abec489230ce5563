"""A store's own fields are filled in beside a ticket; what is needed to resolve it holds a person back, no machine."""

import pytest

from subscribers.errors import Refused
from tests.factories.tickets import TicketFieldFactory
from tests.tickets.conftest import HTMX, Desk, signed_in
from tickets.actions import perform
from tickets.bulk import jobs
from tickets.enums import BulkOutcome, TicketEventKind, TicketStatus
from tickets.fields.saving import delete_field, save_field
from tickets.fields.selectors import missing, values_by_ticket
from tickets.fields.setting import set_field
from tickets.models import FieldValue, Message, TicketEvent
from tickets.services.conversation import reply
from tickets.services.merging import merge, unmerge
from tickets.services.tickets import change_status, move
from tickets.wording import words_of

RESOLVE = {"kind": "status", "value": "resolved"}


@pytest.fixture
def order(desk: Desk):
    return TicketFieldFactory(store=desk.store, key="order-number", is_required=True, position=1)


@pytest.fixture
def damage(desk: Desk):
    return TicketFieldFactory(store=desk.store, key="damage", kind="choice", choices=["Lid", "Jar"])


def test_a_value_is_set_changed_and_emptied_with_its_history(desk, damage):
    ticket = desk.ticket()
    assert set_field(ticket, actor=desk.alice, key="damage", raw="lid") == ""
    assert set_field(ticket, actor=desk.alice, key="damage", raw=" LID ") is None
    assert set_field(ticket, actor=desk.alice, key="damage", raw="Jar") == "Lid"
    assert set_field(ticket, actor=None, key="damage", raw="") == "Jar"
    assert FieldValue.objects.count() == 0
    told = TicketEvent.objects.filter(kind=TicketEventKind.FIELD_CHANGED).order_by("pk")
    assert [(event.from_value, event.to_value) for event in told] == [("", "Lid"), ("Lid", "Jar"), ("Jar", "")]
    assert [words_of(event) for event in told] == [
        "set Damage to “Lid”",
        "changed Damage from “Lid” to “Jar”",
        "Damage was emptied (“Jar”)",
    ]


def test_a_choice_that_is_none_any_more_stays_until_it_is_changed(desk, damage):
    ticket = desk.ticket()
    set_field(ticket, actor=desk.alice, key="damage", raw="Lid")
    damage.choices = ["Jar"]
    save_field(damage)
    assert set_field(ticket, actor=desk.alice, key="damage", raw="Lid") is None
    damage.kind = "text"
    with pytest.raises(Refused, match="Make another field"):
        save_field(damage)
    assert delete_field(damage) == 1
    assert ticket.events.filter(kind=TicketEventKind.FIELD_CHANGED).count() == 1


def test_a_field_of_another_queue_is_shown_where_it_holds_a_value_alone(desk, alice):
    TicketFieldFactory(store=desk.store, key="legal", queues=[desk.closed], is_required=True)
    TicketFieldFactory(key="elsewhere")  # of another store
    ticket = desk.ticket()
    shown = lambda: [field.key for field in alice.get(ticket.get_absolute_url()).context["fields"]]  # noqa: E731
    assert shown() == []
    with pytest.raises(Refused):
        set_field(ticket, actor=desk.alice, key="legal", raw="x")
    assert missing(ticket) == []
    move(ticket, actor=desk.bob, queue=desk.closed)
    ticket.refresh_from_db()
    assert [field.key for field in missing(ticket)] == ["legal"]
    set_field(ticket, actor=desk.bob, key="legal", raw="§ 7")
    move(ticket, actor=desk.bob, queue=desk.support)
    assert shown() == ["legal"]
    assert set_field(ticket, actor=desk.alice, key="legal", raw="") == "§ 7"
    assert shown() == []


def test_people_do_not_resolve_without_what_is_needed_and_machines_do(desk, order):
    tickets = [desk.ticket() for _ in range(3)]
    words = "Fill in “Order number” before you resolve it."
    with pytest.raises(Refused) as button:
        change_status(tickets[0], actor=desk.alice, status=TicketStatus.RESOLVED)
    assert (button.value.message, button.value.field) == (words, "fields.order-number")
    with pytest.raises(Refused, match=words):
        reply(tickets[0], author=desk.alice, text="Done.", key="k", status=TicketStatus.RESOLVED)
    with pytest.raises(Refused) as macro:
        perform(tickets[0], [RESOLVE], actor=desk.alice, cause="Close")
    assert (macro.value.message, macro.value.field) == (f"Set to resolved: {words}", "fields.order-number")
    set_field(tickets[1], actor=desk.alice, key="order-number", raw="1042")
    job = jobs.begin(actor=desk.alice, key="b", actions=[RESOLVE], ticket_ids=[one.pk for one in tickets[:2]])
    outcomes = job.items.order_by("pk").values_list("outcome", "why")
    assert list(outcomes) == [(BulkOutcome.REFUSED, f"Set to resolved: {words}"), (BulkOutcome.DONE, "")]
    assert perform(tickets[2], [RESOLVE], actor=None, cause="A rule").ticket.is_resolved
    assert Message.objects.filter(author_kind="agent").count() == 0


def test_what_is_merged_brings_what_the_other_lacks_and_takes_it_back(desk, order, damage):
    source, target = desk.ticket(), desk.ticket()
    for key, raw in (("order-number", "A-1"), ("damage", "Lid")):
        set_field(source, actor=desk.alice, key=key, raw=raw)
    set_field(target, actor=desk.alice, key="damage", raw="Jar")
    merged = merge(source, into=target, actor=desk.alice)
    assert values_by_ticket([target.pk])[target.pk] == {"order-number": "A-1", "damage": "Jar"}
    unmerge(merged, actor=desk.alice)
    assert values_by_ticket([source.pk, target.pk]) == {
        source.pk: {"order-number": "A-1", "damage": "Lid"},
        target.pk: {"damage": "Jar"},
    }


def test_it_is_filled_in_where_it_stands(desk, alice, order, damage):
    ticket = desk.ticket()
    address = f"/tickets/{ticket.pk}/fields/damage/"
    saved = alice.post(address, {"value": "jar"}, headers=HTMX)
    assert (saved.status_code, ticket.field_values.get().value) == (200, "Jar")
    assert '<option value="Jar" selected>' in saved.content.decode()
    wrong = alice.post(address, {"value": "Box"}, headers=HTMX)
    assert wrong.status_code == 422
    assert "Choose one of: Lid, Jar." in wrong.content.decode()
    whole = alice.post(f"/tickets/{ticket.pk}/fields/order-number/", {"value": "x" * 501})
    assert whole.status_code == 422
    assert "At most 500 characters." in whole.content.decode()
    assert alice.post(address, {"value": ""}).headers["Location"] == f"/tickets/{ticket.pk}/#field-damage"
    assert alice.post(f"/tickets/{ticket.pk}/fields/nothing/", {"value": "x"}).status_code == 404
    assert signed_in(desk.charlie).post(address, {"value": "Lid"}).status_code == 404
    assert ticket.field_values.count() == 0


def test_a_refusal_says_so_at_the_field(desk, alice, order):
    ticket = desk.ticket()
    address = f"/tickets/{ticket.pk}/status/"
    refused = alice.post(address, {"status": "resolved"}, headers=HTMX)
    assert refused.status_code == 422
    assert "Fill in “Order number” before you resolve it." in refused.content.decode()
    assert refused.content.decode().count("autofocus") == 1
    plain = alice.post(address, {"status": "resolved"})
    assert plain.headers["Location"] == f"/tickets/{ticket.pk}/?needs=order-number#field-order-number"
    assert "Needed to resolve the ticket." in alice.get(plain.headers["Location"]).content.decode()
    sent = {"text": "Done.", "key": "k", "then": "resolved"}
    answered = alice.post(f"/tickets/{ticket.pk}/reply/", sent, headers=HTMX)
    assert answered.status_code == 422
    assert 'id="ticket-fields" hx-swap-oob="true"' in answered.content.decode()
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.NEW
