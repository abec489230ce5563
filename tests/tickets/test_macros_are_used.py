"""Macros: who is offered which, what one says to whom, and what is done with the answer, all or nothing."""

import json
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from subscribers.enums import BoxStatus
from tests.factories.subscriptions import BoxFactory, CycleFactory, SubscriptionFactory
from tests.tickets.conftest import HTMX, signed_in
from tickets.admin.macros import read_actions, write_actions
from tickets.macros.starter import STARTERS, install_macros
from tickets.macros.variables import LOOK_UP, VARIABLES, Facts, check
from tickets.models import Draft, Macro, MacroText, MacroUse

RESOLVE = {"kind": "status", "value": "resolved"}
TAG = {"kind": "add_tag", "value": "late box"}


def macro(desk, name="Sorry", text="Sorry, {{ first_name|there }}.", **fields) -> Macro:
    made = Macro.objects.create(store=desk.store, name=name, **fields)
    if text:
        MacroText.objects.create(macro=made, text=text)
    return made


def names(client, ticket) -> list[str]:
    folders = client.get(f"/tickets/{ticket.pk}/macros/").context["folders"]
    return [one.macro.name for _, macros in folders for one in macros]


def test_everyone_sees_what_is_theirs_and_fits(desk, alice):
    ticket = desk.ticket()
    macro(desk, "For all")
    macro(desk, "Off", is_active=False)
    macro(desk, "Bob's", audience="own", owner=desk.bob)
    macro(desk, "Legal", audience="queue", queue=desk.closed)
    macro(desk, "Support", audience="queue", queue=desk.support)
    macro(desk, "Urgent", shown_when={"priority": [1]})
    macro(desk, "Normal", shown_when={"priority": [3]})
    assert names(alice, ticket) == ["For all", "Normal", "Support"]
    assert names(signed_in(desk.bob), ticket) == ["Bob's", "For all", "Normal", "Support"]
    preview = f"/tickets/{ticket.pk}/macros/{Macro.objects.get(name='Legal').pk}/"
    assert signed_in(desk.bob).get(preview).status_code == 404  # another queue's
    assert signed_in(desk.charlie).get(f"/tickets/{ticket.pk}/macros/").status_code == 404


def test_text_is_in_the_customers_language_with_their_facts(desk, alice):
    ticket = desk.ticket()
    ticket.subscriber.language = "de-AT"
    ticket.subscriber.save()
    cycle = CycleFactory(subscription=SubscriptionFactory(subscriber=ticket.subscriber))
    soon = timezone.now().date() + timedelta(days=3)
    BoxFactory(cycle=cycle, status=BoxStatus.PLANNED, ships_on=soon, shipped_at=None, delivered_at=None)
    made = macro(desk, text="Hello")
    said = "Hallo {{ first_name }}, {{ tracking_link|bald }}: {{ next_box_date }}. {{ carrier }}{{ agent_name }}"
    MacroText.objects.create(macro=made, language="de", text=said)
    offered = alice.get(f"/tickets/{ticket.pk}/macros/{made.pk}/").context["offered"]
    assert offered.text.startswith("Hallo Ana, bald: ")
    assert (offered.text.endswith(". {{ carrier }}Alice Martin"), offered.missing) == (True, ("carrier",))


def test_answer_and_actions_are_one_and_the_use_is_counted(desk, alice):
    ticket, made = desk.ticket(), macro(desk, actions=[TAG, RESOLVE])
    data = {"key": "k", "text": "Sorry, Ana.", "then": "pending", "macro-reply": made.pk}
    data["action-reply"] = [json.dumps(one) for one in made.actions]
    for _ in range(2):  # a retried request does nothing twice
        assert alice.post(f"/tickets/{ticket.pk}/reply/", data, headers=HTMX).status_code == 200
    ticket.refresh_from_db()
    assert (ticket.status, list(ticket.tags.values_list("name", flat=True))) == ("resolved", ["late box"])
    assert list(MacroUse.objects.values_list("macro", "user", "times")) == [(made.pk, desk.alice.pk, 1)]
    alice.post(f"/tickets/{ticket.pk}/reply/", {**data, "key": "k2"}, headers=HTMX)
    shown = alice.get(f"/tickets/{ticket.pk}/macros/{made.pk}/").context["offered"].macro
    assert (shown.used, shown.used_by_me) == (2, 2)


def test_what_cannot_be_done_sends_nothing(desk, alice):
    ticket = desk.ticket()
    data = {"key": "k", "text": "Moved.", "action-reply": json.dumps({"kind": "queue", "value": "gone"})}
    assert alice.post(f"/tickets/{ticket.pk}/reply/", data, headers=HTMX).status_code == 422
    open_place = alice.post(
        f"/tickets/{ticket.pk}/reply/", {"key": "k", "text": "On {{ next_box_date }}."}, headers=HTMX
    )
    assert "Fill in {{ next_box_date }} before you send it." in open_place.content.decode()
    assert ticket.messages.count() == 1


def test_actions_survive_in_the_draft_and_can_be_done_alone(desk, alice):
    ticket, made = desk.ticket(), macro(desk, text="", actions=[TAG])
    told = {"kind": "note", "text": "", "action-note": json.dumps(TAG), "macro-note": made.pk}
    alice.post(f"/tickets/{ticket.pk}/draft/", told)
    assert (Draft.objects.get().actions, Draft.objects.get().macros) == ([TAG], [made.pk])
    assert "Add tag “late box”" in alice.get(f"/tickets/{ticket.pk}/").content.decode()
    assert alice.post(f"/tickets/{ticket.pk}/macros/{made.pk}/apply/", headers=HTMX).status_code == 200
    assert ticket.tags.get().name == "late box"


def test_list_asks_the_same_for_one_and_for_three(desk, alice):
    ticket = desk.ticket()

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            alice.get(f"/tickets/{ticket.pk}/macros/")
        return len(queries)

    condition = {"topic": ["damaged"], "box_within_hours": 5}
    macro(desk, text="{{ product }} {{ next_box_date }}", shown_when={"priority": [3]})
    macro(desk, "x", shown_when=condition)
    one = asked()
    for number in range(3):
        macro(desk, f"More {number}", text="{{ product }}", shown_when={"priority": [3]})
        macro(desk, f"x {number}", shown_when=condition)
    assert asked() == one


def test_api_lists_and_applies(desk):
    ticket, made = desk.ticket(), macro(desk, actions=[RESOLVE])
    client = APIClient()
    client.force_authenticate(desk.alice)
    assert [one["name"] for one in client.get("/api/v1/macros/").data["results"]] == ["Sorry"]
    address, data = f"/api/v1/macros/{made.pk}/apply/", {"ticket": ticket.pk, "key": "k", "seen": 0}
    crossed = client.post(address, data, format="json")
    assert (crossed.status_code, crossed.data["messages"]) == (409, [ticket.messages.get().pk])
    data["seen"] = ticket.messages.get().pk
    done = [client.post(address, data, format="json").data["message"] for _ in range(2)]
    assert done == [ticket.messages.last().pk] * 2
    ticket.refresh_from_db()
    assert (ticket.status, ticket.messages.last().text) == ("resolved", "Sorry, Ana.")
    client.force_authenticate(desk.charlie)
    assert client.post(address, data, format="json").status_code == 404


def test_starters_are_whole_and_installed_once(desk):
    install_macros(desk.store)
    Macro.objects.filter(name="How to cancel").update(is_active=False)
    install_macros(desk.store)
    assert Macro.objects.filter(store=desk.store).count() == len(STARTERS)
    for text in MacroText.objects.all():
        check(text.text)
    assert {frozenset(one.texts) for one in STARTERS if one.texts} == {frozenset({"en", "de", "es"})}
    assert set(LOOK_UP) == set(VARIABLES) == set(Facts(desk.ticket(), desk.alice))


def test_actions_as_lines_come_back_as_they_were():
    actions = [TAG, {"kind": "priority", "value": 2}, {"kind": "add_tag", "value": "2026"}, {"kind": "spam"}]
    assert read_actions(write_actions(actions)) == actions
    assert read_actions("assign:") == [{"kind": "assign", "value": None}]
