"""Actions as data: all or nothing, twice is once, and taken back as far as nobody touched it since."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers.errors import Refused
from subscribers.models import Reason
from tests.thorough import examples
from tests.tickets.conftest import Desk
from tickets.actions import check_actions, perform, take_back, words_of
from tickets.models import Follower, Message, Tag, Ticket, TicketEvent, TicketTag, TicketTopic
from tickets.services import tickets as service

IN_TWO_DAYS = (datetime.now(UTC) + timedelta(days=2)).isoformat()
ACTIONS: list[Callable[[Desk], dict[str, Any]]] = [
    lambda desk: {"kind": "assign", "value": "me"},
    lambda desk: {"kind": "assign", "value": desk.bob.pk},
    lambda desk: {"kind": "assign", "value": None},
    lambda desk: {"kind": "queue", "value": "legal"},
    lambda desk: {"kind": "queue", "value": "support"},
    lambda desk: {"kind": "status", "value": "pending"},
    lambda desk: {"kind": "status", "value": "resolved"},
    lambda desk: {"kind": "priority", "value": 1},
    lambda desk: {"kind": "add_tag", "value": "vip"},
    lambda desk: {"kind": "remove_tag", "value": "VIP"},
    lambda desk: {"kind": "add_topic", "value": "taste"},
    lambda desk: {"kind": "snooze", "value": IN_TWO_DAYS},
    lambda desk: {"kind": "snooze", "value": "tomorrow"},
    lambda desk: {"kind": "snooze", "value": 5},
    lambda desk: {"kind": "snooze", "value": "delivery"},
    lambda desk: {"kind": "wake"},
    lambda desk: {"kind": "follow", "value": "me"},
    lambda desk: {"kind": "unfollow", "value": desk.bob.pk},
    lambda desk: {"kind": "note", "value": "Ask the warehouse."},
    lambda desk: {"kind": "spam"},
    lambda desk: {"kind": "delete"},
]
ONCE = {"assign", "queue", "status", "priority", "snooze", "wake", "spam", "delete"}
# The second takes back what the first did: done twice, they do it twice.
OPPOSITES = ({"snooze", "wake"}, {"add_tag", "remove_tag"}, {"follow", "unfollow"})


def state(ticket: Ticket) -> tuple[Any, ...]:
    row = Ticket.objects.filter(pk=ticket.pk).values().get()
    row.pop("updated_at")
    return (
        row,
        sorted(TicketTag.objects.filter(ticket=ticket).values_list("tag__name", flat=True)),
        sorted(Follower.objects.filter(ticket=ticket).values_list("user_id", flat=True)),
        sorted(TicketTopic.objects.filter(ticket=ticket, rejected_at=None).values_list("reason__key", flat=True)),
        Message.objects.filter(ticket=ticket).count(),
        TicketEvent.objects.filter(ticket=ticket).count(),
    )


@pytest.fixture
def topic(desk: Desk) -> Reason:
    reason, _ = Reason.objects.get_or_create(
        store=desk.store, key="taste", defaults={"label": "Taste", "for_tickets": True}
    )
    return reason


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(st.sampled_from(ACTIONS), max_size=6), as_machine=st.booleans())
def test_twice_is_once_and_what_is_refused_leaves_nothing(
    desk: Desk, topic: Reason, chosen: list[Callable[[Desk], dict[str, Any]]], as_machine: bool
) -> None:
    ticket = desk.ticket()
    actions, seen = [], set()
    for make in chosen:
        action = make(desk)
        kind = "spam" if action["kind"] == "delete" else action["kind"]
        if kind in seen & ONCE or any({kind, *seen} >= pair for pair in OPPOSITES):
            continue
        seen.add(kind)
        actions.append(action)
    actor: AbstractBaseUser | None = None if as_machine else desk.bob
    before = state(ticket)
    try:
        first = perform(ticket, actions, actor=actor, cause="a test")
    except Refused:
        assert state(ticket) == before
        return
    once = state(ticket)
    again = None
    if not {"spam", "delete"} & seen:  # what is in no list is left alone
        again = perform(ticket, actions, actor=actor, cause="a test")
        assert (again.done, again.inverse) == ([], [])
    assert state(ticket) == once
    caused = TicketEvent.objects.filter(ticket=ticket, data__cause="a test").count()
    assert caused == once[-1] - before[-1]
    undone = take_back(ticket, first.inverse, actor=actor or desk.bob, cause="undone")
    assert undone.left == []
    row, *others, messages, _ = state(ticket)
    assert others == list(before[1:-2])
    assert messages - before[-2] == ("note" in seen)
    for column in ("assignee_id", "queue_id", "priority", "deleted_at", "deleted_as", "snoozed_until"):
        assert row[column] == before[0][column]
    assert row["status"] in ("new", "open")


def test_an_undo_leaves_alone_what_changed_since(desk: Desk) -> None:
    ticket = desk.ticket()
    actions = [{"kind": "assign", "value": "me"}, {"kind": "priority", "value": 1}, {"kind": "add_tag", "value": "vip"}]
    done = perform(ticket, actions, actor=desk.bob)
    service.assign(ticket, actor=desk.bob, assignee=desk.alice)
    undone = take_back(ticket, done.inverse, actor=desk.bob)
    assert [action["kind"] for action in undone.left] == ["assign"]
    assert [action["kind"] for action in undone.done] == ["remove_tag", "priority"]
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.priority, ticket.tags.count()) == (desk.alice, 3, 0)


def test_a_refusal_names_the_action_and_leaves_nothing(desk: Desk) -> None:
    ticket = desk.ticket()
    actions = [{"kind": "add_tag", "value": "vip"}, {"kind": "snooze", "value": "delivery"}]
    before = state(ticket)
    with pytest.raises(Refused) as refused:
        perform(ticket, actions, actor=desk.alice)
    assert refused.value.message == "Snooze until the box is delivered: No box is on its way to this subscriber."
    assert (state(ticket), Tag.objects.count()) == (before, 0)


def test_an_agent_moves_nothing_out_of_their_own_sight(desk: Desk) -> None:
    with pytest.raises(Refused, match="You do not see this queue"):
        perform(desk.ticket(), [{"kind": "queue", "value": "legal"}], actor=desk.alice)


def test_a_cause_notes_once_whatever_was_said_since(desk: Desk) -> None:
    ticket, note = desk.ticket(), [{"kind": "note", "value": "Rule said so."}]
    perform(ticket, note, actor=None, cause="rule:7")
    perform(ticket, [{"kind": "note", "value": "Something else."}], actor=desk.alice)
    assert perform(ticket, note, actor=None, cause="rule:7").done == []
    assert perform(ticket, note, actor=None, cause="rule:8").done == note


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"kind": "delete"}, "Actions are a list"),
        (["delete"], "An action is an object"),
        ([{"kind": "explode"}], "'explode' is not an action"),
        ([{"kind": "queue", "value": "nowhere"}], "'queue' takes a queue's key"),
        ([{"kind": "assign", "value": 10**12}], "'assign' takes"),
        ([{"kind": "assign", "value": True}], "'assign' takes"),
        ([{"kind": "status", "value": "new"}], "'status' takes"),
        ([{"kind": "priority", "value": 5}], "'priority' takes"),
        ([{"kind": "add_tag", "value": "a,b"}], "'add_tag' takes"),
        ([{"kind": "snooze", "value": "someday"}], "'snooze' takes"),
        ([{"kind": "snooze", "value": "2026-03-31T09:00:00"}], "'snooze' takes"),
        ([{"kind": "note", "value": "  "}], "'note' takes a text"),
        ([{"kind": "delete", "value": 1}], "'delete' takes no value"),
        ([{"kind": "status", "value": "open"}, {"kind": "status", "value": "pending"}], "can be there once"),
        ([{"kind": "spam"}, {"kind": "delete"}], "deleted or it is spam"),
    ],
)
def test_what_is_no_action_is_refused_in_words(desk: Desk, raw: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_actions(raw, desk.store)


def test_words_say_what_will_be_done_in_its_order(desk: Desk) -> None:
    actions = [
        {"kind": "delete"},
        {"kind": "note", "value": "Broken\nagain"},
        {"kind": "add_tag", "value": "vip"},
        {"kind": "assign", "value": desk.bob.pk},
        {"kind": "priority", "value": 1},
        {"kind": "queue", "value": "support"},
    ]
    assert words_of(actions, desk.store) == (
        "Move to Support, assign to Bob Keller, priority urgent, add tag “vip”, note “Broken again”, delete"
    )


def test_a_deleted_ticket_takes_no_actions_but_those_that_bring_it_back(desk: Desk) -> None:
    ticket = desk.ticket()
    gone = perform(ticket, [{"kind": "delete"}], actor=desk.alice)
    assert gone.ticket.deleted_at <= timezone.now()
    with pytest.raises(Refused, match="in no list any more"):
        perform(ticket, [{"kind": "add_tag", "value": "vip"}], actor=desk.alice)
    assert perform(ticket, [{"kind": "restore"}], actor=desk.alice).ticket.deleted_as == ""
