"""Rules: what happens after a commit, why, how often, and what is refused; tried on the past before they are saved."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from subscribers.errors import Refused
from tests.factories.people import SubscriberFactory
from tests.factories.tickets import QueueFactory
from tests.tickets.conftest import signed_in
from tickets.enums import Automatic, Priority, RuleEvent, TicketEventKind, TicketStatus
from tickets.models import (
    BusinessCalendar,
    OutboundMail,
    RuleFiring,
    RuleTask,
    TicketEvent,
    TicketRule,
    TicketRuleVersion,
)
from tickets.rules import engine
from tickets.rules.conditions import CONDITIONS, check_conditions, facts_of, reasons
from tickets.rules.engine import MOST_CHAINED, apply_rules
from tickets.rules.loops import circle
from tickets.rules.saving import save_rule
from tickets.rules.starter import install_rules
from tickets.rules.trials import try_rule
from tickets.rules.words import LABELS
from tickets.services.conversation import receive_message, reply
from tickets.services.messages import NewMessage
from tickets.services.tickets import change_status, set_priority

URGENT = [{"kind": "priority", "value": 1}]
TAGGED = [{"kind": "add_tag", "value": "seen"}]


@pytest.fixture
def rule(desk):
    def make(name="Rule", event=RuleEvent.OPENED, actions=(), **fields):
        row = TicketRule(store=desk.store, name=name, event=event, actions=list(actions), **fields)
        save_rule(row, actor=desk.bob)
        return row

    return make


def writes(ticket, text="Still waiting", **fields):
    return receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text=text, **fields))


def test_a_ticket_is_raised_once_and_tells_why(desk, rule, alice):
    made = rule(
        "Broken glass", conditions={"words_any": ["broken", "crush*"], "queue": [desk.support.pk]}, actions=URGENT
    )
    ticket = desk.ticket("The jars came crushed and BROKEN!")
    other = desk.ticket("Where is it?")
    assert (ticket.priority, RuleTask.objects.count()) == (3, 2)
    assert (apply_rules(), RuleTask.objects.count()) == (2, 0)
    ticket.refresh_from_db()
    other.refresh_from_db()
    assert (ticket.priority, other.priority) == (1, 3)
    [firing] = RuleFiring.objects.all()
    assert (firing.rule, firing.version, firing.ticket, firing.done, firing.refused) == (made, 1, ticket, URGENT, [])
    assert [(one["condition"], one["found"]) for one in firing.because] == [
        ("queue", "Support"),
        ("words_any", "broken, crush*"),
    ]
    page = alice.get(ticket.get_absolute_url()).content.decode()
    assert "Rule “Broken glass” (Queue: Support; One of the words: broken, crush*)" in page
    assert apply_rules() == 0


def test_nothing_is_written_where_no_rule_waits(desk, rule):
    rule(event=RuleEvent.RATED, actions=URGENT)
    rule("Off", actions=URGENT, is_active=False)
    with CaptureQueriesContext(connection) as queries:
        desk.ticket()
    assert len([one for one in queries if "tickets_ruletask" in one["sql"]]) == 1
    assert RuleTask.objects.count() == 0


def test_each_event_asks_its_rules_in_order_until_one_stops(desk, rule):
    rule("Second", position=20, actions=TAGGED, event=RuleEvent.CUSTOMER_REPLIED)
    rule("First", position=10, actions=URGENT, event=RuleEvent.CUSTOMER_REPLIED)
    ticket = desk.ticket()
    writes(ticket)
    apply_rules()
    assert list(RuleFiring.objects.order_by("pk").values_list("rule__name", flat=True)) == ["First", "Second"]
    TicketRule.objects.filter(name="First").update(stops=True)
    writes(ticket)
    apply_rules()
    assert list(RuleFiring.objects.order_by("pk").values_list("rule__name", flat=True)) == ["First", "Second", "First"]
    writes(ticket, "Out of office", automatic=Automatic.AUTO_REPLY)
    assert RuleTask.objects.count() == 0


def test_what_one_rule_makes_the_next_one_sees_but_none_starts_another(desk, rule):
    rule("Urgent", position=1, actions=[*URGENT, {"kind": "status", "value": "on_hold"}])
    rule("Tag urgent ones", position=2, conditions={"priority": [1]}, actions=TAGGED)
    rule("On a status", event=RuleEvent.STATUS_CHANGED, actions=[{"kind": "note", "value": "Changed"}])
    ticket = desk.ticket()
    apply_rules()
    assert list(ticket.tags.values_list("name", flat=True)) == ["seen"]
    assert RuleTask.objects.count() == 0
    change_status(ticket, actor=desk.alice, status=TicketStatus.OPEN)
    apply_rules()
    assert ticket.messages.filter(kind="note").count() == 1


def test_at_most_so_often_a_day_and_no_more_after_many_without_a_person(desk, rule):
    made = rule(event=RuleEvent.CUSTOMER_REPLIED, actions=URGENT, most_a_day=2)
    ticket = desk.ticket()
    for _ in range(3):
        writes(ticket)
        set_priority(ticket, actor=desk.alice, priority=Priority.LOW)
        apply_rules()
    ticket.refresh_from_db()
    assert ticket.priority == Priority.LOW
    last = made.firings.order_by("-pk").first()
    assert (last.done, last.refused) == ([], ["It worked on this ticket 2 times within 24 hours already."])
    made.most_a_day = 99
    event = TicketEvent.objects.filter(ticket=ticket).order_by("-pk").first()
    later = event.occurred_at + timedelta(seconds=1)
    old = RuleFiring(rule=made, version=1, ticket=ticket, done=URGENT, fired_at=later)
    events = [TicketEvent(ticket=ticket, kind="noted", actor_kind="system") for _ in range(MOST_CHAINED)]
    for one in TicketEvent.objects.bulk_create(events):
        old.pk, old.event = None, one
        old.save(force_insert=True)
    worked = engine._Worked(ticket, timezone.now())
    assert worked.refusal(made) == "10 rules worked on this ticket since a person did."


def test_a_refused_action_costs_not_the_others(desk, rule):
    made = rule(actions=[*URGENT, *TAGGED])
    stored = [{"kind": "queue", "value": "gone"}, *URGENT]
    TicketRule.objects.filter(pk=made.pk).update(actions=stored)
    ticket = desk.ticket()
    apply_rules()
    [firing] = RuleFiring.objects.all()
    assert (firing.done, len(firing.refused)) == (URGENT, 1)
    ticket.refresh_from_db()
    assert ticket.priority == 1


def test_a_fault_is_put_off_and_given_up_visibly(desk, rule, monkeypatch):
    rule(actions=URGENT)
    desk.ticket()

    def fails(*_args, **_options):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(engine, "perform", fails)
    for attempt in range(len(engine.WAITS) + 1):
        RuleTask.objects.update(due_at=timezone.now())
        assert apply_rules() == 1
        assert RuleTask.objects.get().attempts == attempt + 1
    task = RuleTask.objects.get()
    assert (task.failed_at is not None, task.error) == (True, "RuntimeError: the disk is full")
    assert (apply_rules(), RuleFiring.objects.count()) == (0, 0)


def test_an_answer_goes_to_people_only_and_not_too_often(desk, rule, settings):
    settings.MAIL_ANSWERS_PER_DAY = 1
    rule(reply="Dear {{ name }}, {{ number }} is {{ unknown_to_all }}".replace("{{ unknown_to_all }}", "with us."))
    ticket = desk.ticket(name="Ana Souza")
    desk.ticket(message=NewMessage(text="Delivery failed", automatic=Automatic.BOUNCE))
    again = desk.ticket(subscriber=ticket.subscriber)
    apply_rules()
    [mail] = OutboundMail.objects.all()
    assert (mail.ticket, mail.is_automatic) == (ticket, True)
    assert mail.text.startswith(f"Dear Ana, {ticket.number} is with us.")
    refused = dict(RuleFiring.objects.values_list("ticket", "refused"))
    assert refused[ticket.pk] == []
    assert refused[again.pk][0].startswith("Answer: Held back: 1 automatic mails")
    assert [one for pk, one in refused.items() if pk not in (ticket.pk, again.pk)] == [
        ["Answer: A machine wrote it: nobody is answered."]
    ]


def test_time_in_a_status_is_waited_for_anew_each_time(desk, rule):
    early = desk.ticket()
    made = rule(
        event=RuleEvent.IN_STATUS,
        status=TicketStatus.PENDING,
        hours=24,
        actions=[{"kind": "status", "value": "resolved"}],
    )
    stays, leaves = desk.ticket(), desk.ticket()
    for ticket in (stays, leaves):
        change_status(ticket, actor=desk.alice, status=TicketStatus.PENDING)
    assert (RuleTask.objects.filter(rule=made).count(), apply_rules()) == (2, 0)
    writes(leaves)
    change_status(leaves, actor=desk.alice, status=TicketStatus.PENDING)
    first = RuleTask.objects.filter(ticket=leaves).order_by("pk").first()
    RuleTask.objects.filter(pk__in=[first.pk, RuleTask.objects.get(ticket=stays).pk]).update(due_at=timezone.now())
    assert apply_rules() == 2
    for ticket in (early, stays, leaves):
        ticket.refresh_from_db()
    assert [one.status for one in (early, stays, leaves)] == ["new", "resolved", "pending"]
    made.hours = 48
    assert save_rule(made, actor=desk.bob).waiting == 1
    task = RuleTask.objects.get(rule=made)
    assert (task.ticket, task.due_at - task.event.occurred_at) == (leaves, timedelta(hours=48))


def test_rules_that_would_go_round_are_refused(desk, rule):
    waits = {"event": RuleEvent.IN_STATUS, "hours": 1}
    back = rule("Back", status="open", actions=[{"kind": "status", "value": "pending"}], **waits)
    with pytest.raises(Refused) as refused:
        rule("Forth", status="pending", actions=[{"kind": "status", "value": "open"}], **waits)
    assert refused.value.message == "Tickets would go round in a circle: “Forth” → “Back”."
    with pytest.raises(Refused):
        rule("Same", status="on_hold", actions=[{"kind": "status", "value": "on_hold"}], **waits)
    back.is_active = False
    save_rule(back, actor=desk.bob)
    rule("Forth", status="pending", actions=[{"kind": "status", "value": "open"}], **waits)
    with pytest.raises(Refused, match="It does nothing yet"):
        rule("Nothing")


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=6), st.sampled_from("abcd"))
def test_circles_are_found_exactly(edges, target):
    def waiting(number, edge):
        actions = [{"kind": "status", "value": edge[1]}]
        return TicketRule(pk=number, name=str(number), event=RuleEvent.IN_STATUS, status=edge[0], actions=actions)

    others = [waiting(number, edge) for number, edge in enumerate(edges, 1)]
    reached, todo = set(), [target]
    while todo:
        if (here := todo.pop()) not in reached:
            reached.add(here)
            todo += [after for before, after in edges if before == here]
    assert bool(circle(waiting(99, ("a", target)), others)) == ("a" in reached)


def test_every_change_is_a_version(desk, rule):
    made = rule(actions=URGENT)
    assert save_rule(made, actor=desk.alice).is_new_version is False
    made.conditions = {"cycle": 1}
    save_rule(made, actor=desk.alice)
    versions = TicketRuleVersion.objects.order_by("number")
    assert [(one.number, one.actor, one.said["conditions"]) for one in versions] == [
        (1, desk.bob, {}),
        (2, desk.alice, {"cycle": 1}),
    ]


def test_tried_on_the_past(desk, rule):
    other = QueueFactory(store=desk.store)
    first, second = desk.ticket("It arrived broken"), desk.ticket("Broken!", queue=other)
    desk.ticket("All well")
    tried = TicketRule(store=desk.store, event=RuleEvent.OPENED, conditions={"words_any": ["broken"]}, actions=URGENT)
    with CaptureQueriesContext(connection) as few:
        found = try_rule(tried)
    assert (found.looked, found.met, found.tickets, found.busiest) == (3, 2, 2, 2)
    assert [(one.ticket, one.because) for one in found.examples] == [
        (second, ["One of the words: broken"]),
        (first, ["One of the words: broken"]),
    ]
    for _ in range(3):
        desk.ticket("broken")
    with CaptureQueriesContext(connection) as more:
        try_rule(tried)
    assert len(more) == len(few)
    change_status(first, actor=desk.alice, status=TicketStatus.PENDING)
    change_status(first, actor=desk.alice, status=TicketStatus.OPEN)
    TicketEvent.objects.filter(ticket=second).exists()
    waiting = TicketRule(store=desk.store, event=RuleEvent.STATUS_CHANGED, conditions={"status": ["pending"]})
    assert [one.ticket for one in try_rule(waiting).examples] == [first]
    assert RuleFiring.objects.count() == RuleTask.objects.count() == 0


def case(desk, ticket):
    calendar = BusinessCalendar.objects.create(store=desk.store, name="Always")
    for day in range(7):
        calendar.hours.create(weekday=day, opens="00:00", closes="23:59")
    return {
        "queue": ([desk.support.pk], [desk.closed.pk]),
        "status": (["new"], ["open"]),
        "assignee": ([0], [desk.alice.pk]),
        "priority": ([3], [1]),
        "channel": (["mail"], ["web"]),
        "language": (["de"], ["d"]),
        "country": (["AT"], ["DE"]),
        "tags_none": (["vip"], None),
        "tags_any": (None, ["vip"]),
        "fields": ({"order": [""]}, {"order": ["*"]}),
        "subscription": (["none"], ["active"]),
        "product": (None, [1]),
        "is_automatic": (False, True),
        "sender": (["@mail.example"], ["ail.example"]),
        "words_any": (["Größe"], ["gross"]),
        "words_all": (["grosse", "two weeks"], ["two", "month"]),
        "words_none": (["month"], ["two"]),
        "cycle": (None, 1),
        "topic": (None, ["damaged"]),
        "billing_within_hours": (None, 24),
        "box_within_hours": (None, 24),
        "business_hours": ({"calendar": calendar.pk, "open": True}, {"calendar": calendar.pk, "open": False}),
        "rating": (None, [1]),
        "metric": (None, ["resolution"]),
    }


def test_each_condition_holds_and_does_not(desk):
    person = SubscriberFactory(store=desk.store, email="ann@post.mail.example", language="de-AT", country="AT")
    ticket = desk.ticket("Falsche GRÖSSE, seit two weeks.", subscriber=person)
    facts = facts_of(ticket.events.get(kind=TicketEventKind.OPENED), ticket, timezone.now().replace(hour=12))
    cases = case(desk, ticket)
    assert cases.keys() == CONDITIONS.keys() == LABELS.keys()
    for name, (holds, fails) in cases.items():
        for value, expected in ((holds, True), (fails, False)):
            if value is not None:
                check_conditions({name: value})
                assert (reasons({name: value}, facts) is not None, name) == (expected, name)
    for wrong in ({"queue": []}, {"words_any": ["!"]}, {"moon": 1}, {"country": ["Austria"]}, []):
        with pytest.raises(ValueError, match=r"ondition|takes"):
            check_conditions(wrong)


def test_statements_a_ticket_do_not_grow_with_rules_that_do_not_match(desk, rule):
    rule("One", conditions={"words_any": ["never"], "tags_any": ["x"]}, actions=URGENT)
    desk.ticket()
    with CaptureQueriesContext(connection) as one:
        apply_rules()
    for number in range(5):
        rule(f"More {number}", conditions={"words_any": ["never"], "country": ["DE"]}, actions=URGENT)
    desk.ticket()
    with CaptureQueriesContext(connection) as many:
        apply_rules()
    assert len(many) == len(one) <= 20


def test_starter_rules_work(desk):
    install_rules(desk.store)
    install_rules(desk.store)
    assert TicketRule.objects.count() == 3
    ticket = desk.ticket("My lawyer will hear of this")
    apply_rules()
    ticket.refresh_from_db()
    assert (ticket.priority, list(ticket.tags.values_list("name", flat=True))) == (1, ["legal"])


def test_the_api_tells_rules_and_what_they_did(desk, rule):
    rule(actions=URGENT)
    desk.ticket()
    closed = desk.ticket(queue=desk.closed)
    apply_rules()
    alice, charlie = signed_in(desk.alice), signed_in(desk.charlie)
    [shown] = alice.get("/api/v1/ticket-rules/").json()["results"]
    assert (shown["name"], shown["event"], shown["actions"]) == ("Rule", "opened", URGENT)
    assert charlie.get("/api/v1/ticket-rules/").json()["results"] == []
    [firing] = alice.get("/api/v1/rule-firings/").json()["results"]
    assert firing["done"] == URGENT
    assert alice.get(f"/api/v1/rule-firings/?ticket={closed.pk}").json()["results"] == []
    assert len(signed_in(desk.bob).get("/api/v1/rule-firings/").json()["results"]) == 2
    with CaptureQueriesContext(connection) as one:
        alice.get("/api/v1/rule-firings/")
    desk.ticket()
    desk.ticket()
    apply_rules()
    with CaptureQueriesContext(connection) as three:
        alice.get("/api/v1/rule-firings/")
    assert len(three) == len(one)


def test_agents_answers_and_their_flows_differ(desk, rule):
    rule(event=RuleEvent.AGENT_REPLIED, actions=TAGGED)
    ticket = desk.ticket()
    reply(ticket, author=desk.alice, text="Soon.", key="a")
    apply_rules()
    assert RuleFiring.objects.count() == 1
