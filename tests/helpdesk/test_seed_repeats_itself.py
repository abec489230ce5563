"""The same seed makes the same store; a store that is there stays; a killed seed leaves nothing."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from helpdesk.demo import seed as module
from helpdesk.demo.seed import AlreadySeeded
from subscribers.models import Box, Reason, Store, Subscriber, SubscriptionEvent
from success.flows.starter import STARTER_FLOWS
from success.models import AlertEvent, Flow, RunEvent
from tests.helpdesk.seeding import NOW, seeded
from tickets.models import FieldValue, Message, Queue, Ticket, TicketEvent

pytestmark = pytest.mark.django_db


def content() -> list[list[tuple[object, ...]]]:
    """What the store says, without its ids."""
    return [
        list(Subscriber.objects.order_by("email").values_list("email", "name", "country", "created_at")),
        list(
            SubscriptionEvent.objects.order_by("occurred_at", "kind", "subscription__subscriber__email").values_list(
                "subscription__subscriber__email", "kind", "reason__key", "occurred_at"
            )
        ),
        list(
            Ticket.objects.order_by("opened_at", "subject").values_list(
                "subject", "status", "queue__key", "assignee__email", "opened_at", "next_due_at"
            )
        ),
        list(
            Message.objects.order_by("sent_at", "ticket__subject", "kind").values_list("text", "sent_at", "author_kind")
        ),
        list(
            FieldValue.objects.order_by("ticket__opened_at", "ticket__subject", "field__key").values_list(
                "ticket__subject", "field__key", "value"
            )
        ),
        list(
            AlertEvent.objects.order_by("occurred_at", "kind", "to_value", "alert__subscriber__email").values_list(
                "kind", "to_value"
            )
        ),
        list(
            RunEvent.objects.order_by("occurred_at", "kind", "run__subscriber__email").values_list(
                "kind", "occurred_at"
            )
        ),
    ]


def test_same_seed_same_content_also_when_replaced():
    seeded(60, 40)
    first = content()

    seeded(60, 40, replace=True)

    assert content() == first
    assert list(Ticket.objects.order_by("opened_at").values_list("pk", flat=True)) == list(range(1001, 1041))


def test_another_seed_another_store():
    seeded(40, 20)
    first = content()
    seeded(40, 20, number=2, replace=True)
    assert content() != first


def test_replacing_leaves_no_row_of_the_old_store_and_nothing_of_others_is_touched():
    other = Store.objects.create(key="other", name="Other")
    Queue.objects.create(store=other, key="support", name="Support")
    seeded(40, 20)
    reasons = list(Reason.objects.order_by("pk").values_list("pk", flat=True))

    seeded(30, 10, replace=True)

    assert Store.objects.filter(key="demo").count() == 1
    assert Queue.objects.filter(store=other).count() == 1
    assert list(Reason.objects.order_by("pk").values_list("pk", flat=True)) == reasons
    counts = [model.objects.count() for model in (Subscriber, Ticket, Flow)]
    assert counts == [30, 10, len(STARTER_FLOWS)]
    assert TicketEvent.objects.exclude(ticket__store__key="demo").count() == 0
    assert Box.objects.exclude(cycle__subscription__store__key="demo").count() == 0


def test_a_store_that_is_there_is_left_alone():
    seeded(20, 5)
    with pytest.raises(AlreadySeeded):
        seeded(99, 99)
    out = io.StringIO()
    call_command("seed_demo", stdout=out)
    assert "there already" in out.getvalue()
    assert Subscriber.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_a_seed_that_dies_half_way_leaves_nothing(monkeypatch):
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_alerts", dies)
        with pytest.raises(KeyboardInterrupt):
            seeded(20, 10)

    assert Store.objects.count() == 0
    assert seeded(20, 10).tickets == 10


@pytest.mark.parametrize(
    "arguments",
    [
        ["--subscribers", "0", "--tickets", "1"],
        ["--subscribers", "-1"],
        ["--tickets", "many"],
        ["--now", "yesterday"],
        ["--now", "2026-01-01T10:00:00"],
    ],
)
def test_impossible_wishes_are_refused(arguments):
    with pytest.raises(CommandError):
        call_command("seed_demo", *arguments)
    assert Store.objects.count() == 0


@pytest.mark.parametrize(("subscribers", "tickets"), [(0, 0), (1, 0), (1, 3), (5, 40)])
def test_tiny_stores_hold_exactly_what_was_asked_for(subscribers, tickets):
    out = io.StringIO()
    call_command("seed_demo", subscribers=subscribers, tickets=tickets, now=NOW, stdout=out)
    assert (Subscriber.objects.count(), Ticket.objects.count()) == (subscribers, tickets)
