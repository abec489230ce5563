"""The page of a ticket rule: no JSON on it, tried on the past unsaved, refused in words, kept with its versions."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from subscribers.enums import Role
from subscribers.models import Membership, Store
from tests.admin.conftest import Desk
from tests.factories.people import SubscriberFactory
from tests.factories.tickets import MailboxFactory, QueueFactory, TicketFieldFactory, make_ticket
from tickets.enums import RuleEvent
from tickets.models import RuleTask, Ticket, TicketRule


@pytest.fixture
def queue(tea: Store):
    queue = QueueFactory(store=tea, key="gifts", name="Gifts")
    MailboxFactory(queue=queue)
    return queue


def page(root: Desk, store: Store, **given) -> dict:
    return {
        "store": store.pk,
        "name": "Broken glass",
        "event": "opened",
        "position": 10,
        "most_a_day": 3,
        "is_active": "on",
        "do_priority": "1",
        "do_add_tag": "glass, fragile",
        "only_words_any": "broken\ncrush*",
        "versions-TOTAL_FORMS": 0,
        "versions-INITIAL_FORMS": 0,
        **given,
    }


def test_a_rule_is_made_changed_and_read_back(root: Desk, tea: Store, queue) -> None:
    assert root.post("tickets_ticketrule_add", **page(root, tea, only_queue=[queue.pk])).status_code == 302
    rule = TicketRule.objects.get()
    assert (rule.conditions, rule.actions) == (
        {"queue": [queue.pk], "words_any": ["broken", "crush*"]},
        [
            {"kind": "priority", "value": 1},
            {"kind": "add_tag", "value": "glass"},
            {"kind": "add_tag", "value": "fragile"},
        ],
    )
    shown = root.get("tickets_ticketrule_change", rule.pk)
    initial = shown.context["adminform"].form.initial
    names = ("only_words_any", "only_queue", "do_add_tag", "do_priority")
    assert [initial[name] for name in names] == ["broken\ncrush*", [queue.pk], "glass, fragile", 1]
    data = page(root, tea, event="in_status", status="pending", hours=24, only_words_any="", do_status="resolved")
    assert root.post("tickets_ticketrule_change", rule.pk, **data).status_code == 302
    rule.refresh_from_db()
    assert (rule.event, rule.status, rule.hours, rule.conditions) == (RuleEvent.IN_STATUS, "pending", 24, {})
    assert [one.number for one in rule.versions.order_by("number")] == [1, 2]
    listed = strip_tags(root.get("tickets_ticketrule_changelist").content.decode())
    assert "Pending for 24 h" in listed


def test_what_is_wrong_is_said(root: Desk, tea: Store, queue) -> None:
    def faults(**given) -> list[str]:
        answer = root.post("tickets_ticketrule_add", **page(root, tea, **given))
        assert answer.status_code == 200
        form = answer.context["adminform"].form
        return [text for texts in form.errors.values() for text in texts]

    assert faults(event="in_status") == ["Say which status, and for how long."] * 2
    assert faults(do_priority="", do_add_tag="") == ["It does nothing yet: say what it does."]
    assert faults(reply="Dear {{ nobody }}") == ["There is no variable “nobody”."]
    assert faults(only_country="Austria") == ["'country' takes a list of countries, two letters each."]
    assert TicketRule.objects.count() == 0


def test_it_is_tried_as_it_stands(root: Desk, tea: Store, queue) -> None:
    ticket = make_ticket("It came broken", subscriber=SubscriberFactory(store=tea))
    answer = root.client.post(reverse("admin:tickets_ticketrule_try"), page(root, tea))
    told = " ".join(strip_tags(answer.content.decode()).split())
    assert "It would have matched 1 time in the last 90 days, on 1 ticket." in told
    assert f"{ticket.number} A questionOne of the words: broken" in told
    wrong = root.client.post(reverse("admin:tickets_ticketrule_try"), page(root, tea, event=""))
    assert "When: This field is required." in strip_tags(wrong.content.decode())
    assert (TicketRule.objects.count(), RuleTask.objects.count(), Ticket.objects.get().priority) == (0, 0, 3)


def test_queue_says_how_it_gives_out(root: Desk, tea: Store, queue) -> None:
    person = Membership.objects.create(store=tea, user=root.user, role=Role.AGENT).user
    data = {
        "name": "Gifts",
        "position": 1,
        "assign_by": "round_robin",
        "most_open": 5,
        "give_back_minutes": 30,
        "takers-TOTAL_FORMS": 1,
        "takers-INITIAL_FORMS": 0,
        "takers-0-user": person.pk,
        "takers-0-most_open": 2,
        "automatic_answers-TOTAL_FORMS": 0,
        "automatic_answers-INITIAL_FORMS": 0,
    }
    assert root.post("tickets_queue_change", queue.pk, **data).status_code == 302
    queue.refresh_from_db()
    assert (queue.assign_by, queue.most_open, queue.give_back_minutes) == ("round_robin", 5, 30)
    assert [(one.user, one.most_open) for one in queue.takers.all()] == [(person, 2)]


def test_others_do_not_try(queue) -> None:
    assert Client().post(reverse("admin:tickets_ticketrule_try")).status_code == 302


def test_fields_are_asked_for_and_set(root: Desk, tea: Store, queue) -> None:
    TicketFieldFactory(store=tea, key="found", kind="choice", choices=["Lid", "Jar"])
    TicketFieldFactory(store=tea, key="weight", kind="number")
    TicketFieldFactory(store=tea, key="sent", kind="checkbox")
    given = {
        "only_fields-found": "=Lid",
        "only_fields-weight": "*",
        "only_fields-sent": "-",
        "do_set_field-weight": "=",
        "do_set_field-weight-value": "12,50",
        "do_set_field-found": "-",
    }
    wrong = root.refused("tickets_ticketrule_add", **page(root, tea, **given | {"do_set_field-weight-value": "heavy"}))
    assert wrong == ["Weight: Write a number, such as 12 or 12.5."]
    root.save("tickets_ticketrule_add", **page(root, tea, **given))
    rule = TicketRule.objects.get()
    assert rule.conditions["fields"] == {"found": ["Lid"], "weight": ["*"], "sent": [""]}
    set_to = [one["value"] for one in rule.actions if one["kind"] == "set_field"]
    assert set_to == ["found=", "weight=12.5"]
    shown = root.get("tickets_ticketrule_change", rule.pk).content.decode()
    for chosen in ('value="=Lid" selected', 'value="*" selected', 'value="12.5"'):
        assert chosen in shown
    root.save("tickets_ticketrule_change", rule.pk, **page(root, tea, **given, only_words_any=""))
    rule.refresh_from_db()
    assert rule.conditions == {"fields": {"found": ["Lid"], "weight": ["*"], "sent": [""]}}
