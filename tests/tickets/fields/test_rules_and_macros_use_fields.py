"""Rules ask for fields and fill them in; macros, too; what they did is taken back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from subscribers.errors import Refused
from tests.factories.tickets import TicketFieldFactory
from tickets.actions import check_actions, perform, take_back, words_of
from tickets.enums import RuleEvent, TicketStatus
from tickets.fields.selectors import values_by_ticket
from tickets.fields.setting import set_field
from tickets.models import RuleFiring, TicketRule
from tickets.rules.conditions import check_conditions
from tickets.rules.engine import apply_rules
from tickets.rules.saving import save_rule
from tickets.rules.trials import try_rule
from tickets.rules.words import asks_words
from tickets.services.composing import Composed, send_reply

FILL = {"kind": "set_field", "value": "found=lid"}


@pytest.fixture(autouse=True)
def fields(desk):
    TicketFieldFactory(store=desk.store, key="found", kind="choice", choices=["Lid", "Jar"], is_required=True)
    TicketFieldFactory(store=desk.store, key="order", label="Order number")


def held(ticket):
    return values_by_ticket([ticket.pk]).get(ticket.pk, {})


def test_a_rule_asks_for_a_field_and_is_tried_on_the_past(desk):
    lid, jar, none = (desk.ticket() for _ in range(3))
    set_field(lid, actor=desk.alice, key="found", raw="Lid")
    set_field(jar, actor=desk.alice, key="found", raw="Jar")
    rule = TicketRule(
        store=desk.store, name="Lids", event=RuleEvent.OPENED, conditions={"fields": {"found": ["lid"], "order": [""]}}
    )
    with CaptureQueriesContext(connection) as asked:
        found = try_rule(rule)
    assert [(one.ticket, one.because) for one in found.examples] == [(lid, ["Fields: found: Lid"])]
    assert sum("tickets_fieldvalue" in query["sql"] for query in asked) == 1
    assert asks_words(rule.conditions) == "Fields: found: lid, order: empty"
    rule.conditions = {"fields": {"found": ["*"]}}
    assert [one.ticket for one in try_rule(rule).examples] == [jar, lid]
    for wrong in ({}, {"found": []}, {"found": "Lid"}, {"found": [1]}):
        with pytest.raises(ValueError, match="'fields' takes fields by key"):
            check_conditions({"fields": wrong})
    assert held(none) == {}


def test_a_rule_fills_in_and_says_so(desk):
    rule = TicketRule(store=desk.store, name="Fill", event=RuleEvent.OPENED, actions=[FILL])
    save_rule(rule, actor=desk.bob)
    ticket = desk.ticket()
    apply_rules()
    assert (held(ticket), RuleFiring.objects.get().done) == ({"found": "Lid"}, [FILL])
    assert words_of([FILL, {"kind": "set_field", "value": "order="}], desk.store) == (
        "Set Found to “lid”, empty Order number"
    )
    for wrong in ("found=Box", "nothing=1", "found", 3):
        with pytest.raises(ValueError, match="'set_field' takes a field's key"):
            check_actions([{"kind": "set_field", "value": wrong}], desk.store)


def test_what_was_filled_in_is_taken_back_unless_somebody_changed_it(desk):
    ticket = desk.ticket()
    resolve = {"kind": "status", "value": "resolved"}
    done = perform(ticket, [resolve, FILL], actor=desk.alice)  # filled in first, whatever the order
    assert (done.ticket.status, held(ticket)) == (TicketStatus.RESOLVED, {"found": "Lid"})
    assert perform(ticket, [FILL], actor=desk.alice).done == []
    assert len(take_back(ticket, done.inverse, actor=desk.alice).left) == 0
    assert held(ticket) == {}
    again = perform(ticket, [FILL], actor=desk.alice)
    set_field(ticket, actor=desk.bob, key="found", raw="Jar")
    assert len(take_back(ticket, again.inverse, actor=desk.alice).left) == 1
    assert held(ticket) == {"found": "Jar"}


def test_taking_a_reopening_back_asks_for_nothing(desk):
    ticket = desk.ticket()
    perform(ticket, [{"kind": "status", "value": "resolved"}], actor=None)
    opened = perform(ticket, [{"kind": "status", "value": "open"}], actor=desk.alice)
    assert take_back(ticket, opened.inverse, actor=desk.alice).ticket.is_resolved


def test_an_answer_with_a_macro_that_fills_in_may_resolve(desk):
    ticket = desk.ticket()
    answer = Composed(text="Sorry.", actions=[{"kind": "status", "value": "resolved"}], reply={"status": None})
    with pytest.raises(Refused, match="Fill in “Found”"):
        send_reply(ticket, answer, author=desk.alice, key="a")
    answer = Composed(text="Sorry.", actions=[*answer.actions, FILL], reply={"status": None})
    send_reply(ticket, answer, author=desk.alice, key="a")
    ticket.refresh_from_db()
    assert (ticket.status, held(ticket)) == (TicketStatus.RESOLVED, {"found": "Lid"})
