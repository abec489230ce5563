"""Several workers sweep at once, and changes come in between: each breach is told once, and nobody waits for long."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from tests.factories.sla import PolicyFactory, TicketFactory, at, version_of
from tests.factories.tickets import QueueFactory
from tickets import signals
from tickets.enums import Metric, TicketEventKind
from tickets.models import ClockEvent, Ticket, TicketEvent
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.sla.sweep import SweepResult, sweep_clocks

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 20  # a test that hangs so long has failed


def tickets_opened(count):
    queue = QueueFactory()
    version_of(PolicyFactory(store=queue.store), [(Metric.FIRST_REPLY, None, 2)])
    tickets = TicketFactory.create_batch(count, queue=queue)
    for ticket in tickets:
        apply(ticket, TicketChange.OPENED, at=at("10:00"))
    return tickets


def in_thread(pool, work):
    def run():
        try:
            return work()
        finally:
            connection.close()

    return pool.submit(run)


def test_second_sweep_passes_what_the_first_holds():
    tickets_opened(3)
    holding, let_go = threading.Event(), threading.Event()

    def wait(**fact):
        holding.set()
        assert let_go.wait(SECONDS)

    signals.sla_breached.connect(wait)
    try:
        with ThreadPoolExecutor(1) as pool:
            first = in_thread(pool, lambda: sweep_clocks(now=at("12:30")))
            assert holding.wait(SECONDS)
            assert sweep_clocks(now=at("12:30")) == SweepResult()
            let_go.set()
            assert first.result(SECONDS) == SweepResult(breached=3)
    finally:
        let_go.set()
        signals.sla_breached.disconnect(wait)
    assert sweep_clocks(now=at("12:30")) == SweepResult()
    assert ClockEvent.objects.filter(kind="breach").count() == 3


def test_two_workers_share_the_work_and_tell_each_breach_once():
    tickets_opened(60)
    told, begin = [], threading.Barrier(2)

    def tell(clock, **fact):
        told.append(clock.pk)

    def sweep():
        begin.wait(SECONDS)
        return sum(sweep_clocks(limit=7, now=at("12:30")).breached for _ in range(12))

    signals.sla_breached.connect(tell)
    try:
        with ThreadPoolExecutor(2) as pool:
            done = [in_thread(pool, sweep), in_thread(pool, sweep)]
            swept = sum(future.result(SECONDS) for future in done)
    finally:
        signals.sla_breached.disconnect(tell)
    assert swept + sweep_clocks(now=at("12:30")).breached == 60
    assert (len(told), len(set(told))) == (swept, swept)
    assert TicketEvent.objects.filter(kind=TicketEventKind.SLA_BREACHED).count() == 60
    assert ClockEvent.objects.filter(kind="breach").count() == 60


def test_ticket_that_is_being_changed_is_left_to_the_change():
    (ticket,) = tickets_opened(1)
    told = []

    def tell(clock, **fact):
        told.append(clock.pk)

    signals.sla_breached.connect(tell)
    try:
        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            locked = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
            assert in_thread(pool, lambda: sweep_clocks(now=at("12:30"))).result(SECONDS) == SweepResult()
            apply(locked, TicketChange.AGENT_REPLIED, at=at("12:30"))
        assert sweep_clocks(now=at("12:31")) == SweepResult()
    finally:
        signals.sla_breached.disconnect(tell)
    assert told == [ticket.clocks.get().pk]
    assert list(ticket.clocks.get().events.order_by("id").values_list("kind", flat=True)) == ["start", "breach", "met"]
