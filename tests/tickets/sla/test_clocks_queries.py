"""What clocks cost: few statements, and as many for much as for little."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.sla import at, ticket_under_standard
from tickets.enums import Metric
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.sla.sweep import sweep_clocks

pytestmark = pytest.mark.django_db


def statements(ticket, change, when):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        apply(ticket, change, at=when)
    return [query["sql"].split()[0] for query in captured]


def test_opening_a_ticket_writes_three_statements_and_reads_one():
    assert statements(ticket_under_standard(), TicketChange.OPENED, at("10:00")) == [
        "SELECT",  # the store's policies and calendars
        "INSERT",  # the clocks
        "INSERT",  # their ledgers
        "UPDATE",  # the ticket's earliest due time
    ]


@pytest.fixture
def ticket():
    ticket = ticket_under_standard()
    apply(ticket, TicketChange.OPENED, at=at("10:00"))
    return ticket


def test_reply_writes_three_statements_and_reads_the_clocks(ticket):
    assert statements(ticket, TicketChange.AGENT_REPLIED, at("10:30")) == ["SELECT", "UPDATE", "INSERT", "UPDATE"]


def test_change_that_moves_no_clock_reads_the_clocks_alone(ticket):
    assert statements(ticket, TicketChange.CUSTOMER_REPLIED, at("10:30")) == ["SELECT"]
    assert statements(ticket, TicketChange.WORKING, at("10:30")) == ["SELECT"]


def test_retarget_of_all_clocks_writes_once(ticket):
    ticket.priority = 1
    assert statements(ticket, TicketChange.RETARGETED, at("10:30")) == [
        "SELECT",
        "SELECT",
        "UPDATE",
        "INSERT",
        "UPDATE",
    ]


@pytest.mark.parametrize("overdue", [1, 3])
def test_sweep_writes_as_much_for_one_as_for_three(overdue):
    for _ in range(overdue):
        apply(ticket_under_standard(), TicketChange.OPENED, at=at("10:00"))
    with CaptureQueriesContext(connection) as captured:
        assert sweep_clocks(now=at("12:30")).breached == overdue
    written = [query["sql"].split()[0] for query in captured if query["sql"].startswith(("UPDATE", "INSERT"))]
    told = sum("pg_notify" in query["sql"] for query in captured)
    assert (told, written) == (1, ["UPDATE", "INSERT", "INSERT", "INSERT"])  # the last: whose health is to be computed


def test_sweep_with_nothing_due_asks_three_questions():
    apply(ticket_under_standard(), TicketChange.OPENED, at=at("10:00"))
    with CaptureQueriesContext(connection) as captured:
        sweep_clocks(now=at("10:01"))
    assert [query["sql"].split()[0] for query in captured if "SAVEPOINT" not in query["sql"]] == ["SELECT"] * 3


def test_long_conversation_reads_its_clocks_in_one_query(ticket):
    apply(ticket, TicketChange.AGENT_REPLIED, at=at("10:01"))
    for minute in range(2, 40, 2):
        apply(ticket, TicketChange.CUSTOMER_REPLIED, at=at(f"10:{minute:02}"))
        apply(ticket, TicketChange.AGENT_REPLIED, at=at(f"10:{minute + 1:02}"))
    assert ticket.clocks.filter(metric=Metric.NEXT_REPLY).count() == 19
    assert statements(ticket, TicketChange.WAITING, at("11:00")) == ["SELECT", "UPDATE", "INSERT", "UPDATE"]
