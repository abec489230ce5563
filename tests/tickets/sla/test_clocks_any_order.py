"""Whatever happens to a ticket, in whatever order: what is true of clocks stays true."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.factories.sla import STANDARD, PolicyFactory, TicketFactory, at, version_of
from tests.factories.tickets import QueueFactory
from tests.thorough import examples
from tickets.enums import OPEN_CLOCK, ClockState, Metric, Priority, TicketEventKind, TicketStatus
from tickets.models import Ticket
from tickets.sla.business_time import Calendar
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.sla.ledger import replay
from tickets.sla.policies import policies_of
from tickets.sla.publishing import publish_calendar
from tickets.sla.sweep import sweep_clocks

OPENINGS = (TicketChange.OPENED, TicketChange.OPENED_BY_AGENT)
LATER = [change for change in TicketChange if change not in OPENINGS and change != TicketChange.RETARGETED]
# Minutes since the last change: mostly on, over nights and weekends too; at times a mail that comes late.
MINUTES = st.one_of(st.integers(0, 90), st.integers(0, 60 * 24 * 4), st.integers(-45, 0))
STATUS = {
    TicketChange.WAITING: TicketStatus.PENDING,
    TicketChange.WORKING: TicketStatus.OPEN,
    TicketChange.RESOLVED: TicketStatus.RESOLVED,
    TicketChange.REOPENED: TicketStatus.OPEN,
}


class AnyOrder(RuleBasedStateMachine):
    @initialize(change=st.sampled_from(OPENINGS))
    def open_ticket(self, change):
        self.ticket = TicketFactory()
        store, self.queues = self.ticket.store, [self.ticket.queue]
        version_of(PolicyFactory(store=store), STANDARD)
        promises = ([(Metric.FIRST_REPLY, None, 1), (Metric.RESOLUTION, None, 3, False)], [])
        for targets in promises:
            queue = QueueFactory(store=store)
            version_of(PolicyFactory(store=store, queue=queue, position=1), targets)
            self.queues.append(queue)
        self.now, self.latest, self.is_edited = at("10:00"), at("10:00"), False
        apply(self.ticket, change, at=self.now)

    def pass_time(self, minutes):
        self.now += timedelta(minutes=minutes)
        self.latest = max(self.latest, self.now)

    @rule(change=st.sampled_from(LATER), minutes=MINUTES)
    def change(self, change, minutes):
        self.pass_time(minutes)
        self.ticket.status = STATUS.get(change, self.ticket.status)
        if change == TicketChange.CUSTOMER_REPLIED:
            self.ticket.waiting_since = self.ticket.waiting_since or self.now
        elif change in (TicketChange.AGENT_REPLIED, TicketChange.RESOLVED):
            self.ticket.waiting_since = None
        apply(self.ticket, change, at=self.now)

    @rule(priority=st.sampled_from(Priority), queue=st.integers(0, 2), minutes=MINUTES)
    def retarget(self, priority, queue, minutes):
        self.pass_time(minutes)
        self.ticket.priority, self.ticket.queue = priority, self.queues[queue]
        apply(self.ticket, TicketChange.RETARGETED, at=self.now)

    @rule(day=st.integers(0, 4), retargets=st.booleans(), minutes=MINUTES)
    def edit_calendar(self, day, retargets, minutes):
        """A holiday comes or goes; open clocks follow only where somebody asks for it."""
        self.pass_time(minutes)
        calendar, date = self.ticket.store.calendars.get(), at("00:00", day=day).date()
        if not calendar.exceptions.filter(date=date).delete()[0]:
            calendar.exceptions.create(date=date)
        publish_calendar(calendar)
        self.is_edited = True
        if retargets:
            apply(self.ticket, TicketChange.RETARGETED, at=self.now)

    @rule(minutes=st.integers(0, 60 * 24))
    def sweep(self, minutes):
        self.pass_time(minutes)
        sweep_clocks(now=self.latest)
        for clock in self.ticket.clocks.filter(state=ClockState.RUNNING):
            assert clock.breached_at is not None or clock.due_at >= self.latest

    @invariant()
    def one_open_clock_a_metric_and_one_owed_reply(self):
        metrics = sorted(self.ticket.clocks.filter(state__in=OPEN_CLOCK).values_list("metric", flat=True))
        assert len(metrics) == len(set(metrics))
        assert metrics != [Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.RESOLUTION]
        assert metrics != [Metric.FIRST_REPLY, Metric.NEXT_REPLY]

    @invariant()
    def ticket_has_the_earliest_due_time(self):
        due = [clock.due_at for clock in self.ticket.clocks.filter(state__in=OPEN_CLOCK) if clock.due_at]
        assert Ticket.objects.get(pk=self.ticket.pk).next_due_at == min(due, default=None)

    @invariant()
    def ledger_tells_the_state(self):
        for clock in self.ticket.clocks.all():
            told = replay(clock.events.order_by("id"))
            assert vars(told) == {name: getattr(clock, name) for name in vars(told)}

    @invariant()
    def consumed_is_no_more_than_the_time_that_passed(self):
        office = policies_of(self.ticket.store_id).calendars
        for clock in self.ticket.clocks.select_related("version"):
            lines = list(clock.events.order_by("id"))
            # Whatever the calendar, no more than by the more generous of those that it was counted by.
            always = self.is_edited or any(not line.data.get("in_business_time", True) for line in lines)
            calendar = Calendar.always() if always else office[clock.version.calendar_id]
            passed = calendar.between(clock.started_at, self.latest)
            assert 0 <= clock.consumed_seconds <= lines[0].consumed_seconds + passed + 0.001

    @invariant()
    def breach_is_told_once_and_agrees_with_the_due_time(self):
        breaches = 0
        for clock in self.ticket.clocks.all():
            kinds = list(clock.events.values_list("kind", flat=True))
            breaches += kinds.count("breach")
            assert kinds.count("breach") <= 1
            if clock.state == ClockState.MET and clock.met_at > clock.due_at:
                assert clock.breached_at is not None
            if clock.state == ClockState.MET and clock.met_at <= clock.due_at:
                assert clock.breached_at != clock.due_at
        assert self.ticket.events.filter(kind=TicketEventKind.SLA_BREACHED).count() == breaches


@pytest.mark.django_db
def test_any_order_of_changes_leaves_the_invariants_true():
    run_state_machine_as_test(
        AnyOrder, settings=settings(max_examples=examples(6), stateful_step_count=14, deadline=None)
    )
