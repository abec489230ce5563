"""A sweep records what is due, at the time that it was due, and tells it once."""

import pytest

from tests.factories.sla import at, ticket_under_standard
from tickets import signals
from tickets.enums import Metric, TicketEventKind
from tickets.models import Clock, ClockEvent
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.sla.sweep import SweepResult, sweep_clocks

pytestmark = pytest.mark.django_db
FIRST, RESOLUTION = Metric.FIRST_REPLY, Metric.RESOLUTION


@pytest.fixture
def ticket():
    ticket = ticket_under_standard()
    apply(ticket, TicketChange.OPENED, at=at("10:00"))
    return ticket


@pytest.fixture
def facts():
    heard = []

    def hear(sender, signal, **fact):
        heard.append((sender, fact))

    signals.sla_breached.connect(hear)
    yield heard
    signals.sla_breached.disconnect(hear)


def history(ticket):
    return list(ticket.events.order_by("id").values_list("kind", "occurred_at", "to_value"))


def test_nothing_is_due_before_the_share(ticket):
    assert sweep_clocks(now=at("11:29")) == SweepResult()


def test_warns_once_at_the_share_of_the_target(ticket, facts):
    assert sweep_clocks(now=at("11:31")) == SweepResult(warned=1)
    assert sweep_clocks(now=at("11:32")) == SweepResult()
    first = ticket.clocks.get(metric=FIRST)
    assert (first.warned_at, first.breached_at) == (at("11:30"), None)
    assert history(ticket) == [(TicketEventKind.SLA_WARNED, at("11:30"), "First reply")]
    assert facts == []


def test_clock_due_at_this_instant_is_not_overdue(ticket):
    assert sweep_clocks(now=at("12:00")).breached == 0


def test_breach_is_recorded_at_the_due_time_and_told_once(ticket, facts):
    assert sweep_clocks(now=at("12:25")) == SweepResult(breached=1)
    assert sweep_clocks(now=at("12:26")) == SweepResult()
    first = ticket.clocks.get(metric=FIRST)
    assert first.breached_at == at("12:00")
    assert facts == [(Clock, {"clock": first, "ticket": ticket})]
    assert history(ticket) == [(TicketEventKind.SLA_BREACHED, at("12:00"), "First reply")]
    breach = first.events.get(kind="breach")
    assert (breach.occurred_at, breach.consumed_seconds) == (at("12:00"), 7200)


def test_breached_clock_goes_on_until_it_is_answered(ticket, facts):
    sweep_clocks(now=at("12:25"))
    apply(ticket, TicketChange.AGENT_REPLIED, at=at("13:00"))
    first = ticket.clocks.get(metric=FIRST)
    assert (first.met_at, first.breached_at, first.consumed_seconds) == (at("13:00"), at("12:00"), 3 * 3600)
    assert len(facts) == 1


def test_change_before_the_sweep_tells_the_breach_instead_of_it(ticket, facts):
    apply(ticket, TicketChange.AGENT_REPLIED, at=at("13:00"))
    assert sweep_clocks(now=at("13:01")) == SweepResult()
    assert facts == [(Clock, {"clock": ticket.clocks.get(metric=FIRST), "ticket": ticket})]


def test_paused_met_and_cancelled_clocks_are_left_alone(ticket):
    apply(ticket, TicketChange.AGENT_REPLIED, at=at("10:30"))
    apply(ticket, TicketChange.WAITING, at=at("10:30"))
    assert sweep_clocks(now=at("10:00", day=100)) == SweepResult()


def test_warns_again_of_no_clock_that_was_retargeted(ticket):
    sweep_clocks(now=at("11:31"))
    ticket.priority = 1
    apply(ticket, TicketChange.RETARGETED, at=at("11:31"))
    ticket.priority = 3
    apply(ticket, TicketChange.RETARGETED, at=at("11:31"))
    assert sweep_clocks(now=at("11:40")) == SweepResult()


def test_limit_leaves_the_later_due_to_the_next_sweep():
    tickets = [ticket_under_standard() for _ in range(3)]
    for minute, ticket in enumerate(tickets):
        apply(ticket, TicketChange.OPENED, at=at(f"10:0{minute}"))
    assert sweep_clocks(limit=2, now=at("12:30")).breached == 2
    assert [t.clocks.get(metric=FIRST).breached_at for t in tickets] == [at("12:00"), at("12:01"), None]
    assert sweep_clocks(limit=2, now=at("12:30")).breached == 1


def test_receiver_that_fails_leaves_the_breach_recorded(ticket, receivers_may_fail):
    def explode(**fact):
        raise RuntimeError("no alert today")

    signals.sla_breached.connect(explode)
    try:
        assert sweep_clocks(now=at("12:25")).breached == 1
    finally:
        signals.sla_breached.disconnect(explode)
    assert ClockEvent.objects.filter(kind="breach").count() == 1
    assert len(receivers_may_fail) == 1
