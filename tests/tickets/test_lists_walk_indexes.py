"""Long lists of tickets are read in the order of an index: no list sorts, nor reads all, for its first page."""

import re

import pytest
from django.db import connection

from subscribers.models import Subscriber
from tests.factories.people import SubscriberFactory
from tests.factories.tickets import TicketFieldFactory
from tickets.filters import TicketFilter
from tickets.listing import for_list, tickets_of_view
from tickets.models import FieldValue, Ticket


@pytest.fixture
def many(desk):
    """8,000 tickets in two queues, one in twenty unresolved."""
    subscriber: Subscriber = SubscriberFactory(store=desk.store)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO tickets_ticket (store_id, queue_id, subscriber_id, subject, status, priority, channel,
                                           source_key, opened_at, updated_at, resolved_at, next_due_at, cycle_index,
                                           deleted_as, snoozed_for)
               SELECT %(store)s, CASE WHEN i %% 9 = 0 THEN %(closed)s ELSE %(support)s END, %(subscriber)s,
                      'Number ' || i, CASE WHEN i %% 20 = 0 THEN 'open' ELSE 'resolved' END, 3, 'mail',
                      '', now() - i * interval '1 minute', now(), CASE WHEN i %% 20 = 0 THEN NULL ELSE now() END,
                      CASE WHEN i %% 20 = 0 THEN now() + (i %% 500 - 250) * interval '1 minute' END, 1 + i %% 5, '', ''
               FROM generate_series(1, 8000) i""",
            {
                "store": desk.store.pk,
                "support": desk.support.pk,
                "closed": desk.closed.pk,
                "subscriber": subscriber.pk,
            },
        )
        cursor.execute("ANALYZE")
    return desk


def indexes(rows) -> list[str]:
    """The indexes of tickets that the first page is read by."""
    plan = for_list(rows)[:51].explain()
    assert "Sort" not in plan, plan
    assert "Seq Scan on tickets_ticket" not in plan, plan
    return re.findall(r"Index Scan using (\w+) on tickets_ticket", plan)


@pytest.mark.parametrize(
    ("view", "index"),
    [
        ("all", "ticket_newest"),
        ("resolved", "ticket_newest"),
        ("open", "ticket_open_by_due"),
        ("unassigned", "ticket_open_by_due"),
    ],
)
def test_view_is_read_in_order(many, view, index):
    for user in (many.alice, many.bob):
        assert indexes(tickets_of_view(view, user)) == [index]


@pytest.mark.parametrize("asked", [{}, {"ordering": ["-created_at"]}, {"status": ["resolved"]}])
def test_rest_list_is_read_in_order(many, asked):
    rows = TicketFilter(asked, queryset=Ticket.objects.visible_to(many.alice)).qs
    assert indexes(rows) == ["ticket_newest"]


def test_a_field_that_holds_something_is_found_by_its_value(many):
    order = TicketFieldFactory(store=many.store, key="order")
    values = [
        FieldValue(ticket_id=pk, field=order, value=f"N-{pk}") for pk in Ticket.objects.values_list("pk", flat=True)
    ]
    FieldValue.objects.bulk_create(values)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = tickets_of_view("all", many.alice)
    found = TicketFilter({"field": f"order=n-{values[77].ticket_id}"}, queryset=rows, user=many.alice).qs
    plan = for_list(found)[:51].explain()
    assert "field_value_of_tickets" in plan, plan
    assert "Seq Scan on tickets_ticket " not in plan, plan
