"""After an edit, open clocks are brought to the new promise where somebody asks for it: each counted, each once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from subscribers.errors import Refused
from tests.factories.people import StoreFactory, UserFactory
from tests.factories.sla import HOUR, CalendarFactory, PolicyFactory, TicketFactory, at
from tests.factories.tickets import QueueFactory
from tests.thorough import examples
from tickets.enums import ClockState, Metric, Priority, RecalculationState
from tickets.models import Clock, ClockEvent, Ticket
from tickets.sla import recalculation
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.sla.policies import Target
from tickets.sla.publishing import publish_calendar, publish_version
from tickets.sla.recalculation import affected, start, sweep, work

FIRST, RESOLUTION = Metric.FIRST_REPLY, Metric.RESOLUTION
NOW = at("16:30")


class Office:
    """A store with a calendar, two queues with a policy each, and tickets opened on that Monday at 16:00."""

    def __init__(self, tickets=3):
        self.store = StoreFactory()
        self.calendar = CalendarFactory(store=self.store)
        self.queues = [QueueFactory(store=self.store), QueueFactory(store=self.store)]
        self.policies = [PolicyFactory(store=self.store, queue=queue) for queue in self.queues]
        for policy in self.policies:
            self.promise(policy)
        self.tickets = [TicketFactory(queue=self.queues[0]) for _ in range(tickets)]
        self.tickets.append(TicketFactory(queue=self.queues[1]))
        for ticket in self.tickets:
            apply(ticket, TicketChange.OPENED, at=at("16:00"))

    def promise(self, policy, first=2, resolution=8):
        targets = {
            (FIRST, None): Target(round(first * HOUR), in_business_time=True),
            (RESOLUTION, None): Target(round(resolution * HOUR), in_business_time=True),
        }
        return publish_version(policy, calendar=self.calendar, targets=targets, warn_at_share=0.5)


@pytest.fixture
def office(db):
    return Office()


def dues(ticket):
    return dict(ticket.clocks.order_by("pk").values_list("metric", "due_at"))


def done(of, **fields):
    row = start(of, requested_by=None, reason="Holiday added", **fields)
    work(row.pk, NOW)
    row.refresh_from_db()
    return row


def test_nothing_edited_changes_nothing(office):
    assert affected(office.store, NOW) == 0
    row = done(office.store)
    assert (row.state, row.total, row.done, row.changed, row.per_cent) == (RecalculationState.DONE, 8, 8, 0, 100)
    assert set(ClockEvent.objects.values_list("kind", flat=True)) == {"start"}


def test_edit_alone_moves_no_clock_and_a_recalculation_does(office):
    before = dues(office.tickets[0])
    office.promise(office.policies[0], first=4)
    assert dues(office.tickets[0]) == before
    assert (affected(office.store, NOW), affected([office.policies[0]], NOW), affected([office.policies[1]], NOW)) == (
        3,
        3,
        0,
    )
    row = done(office.store)
    assert (row.changed, row.error) == (3, "")
    assert affected(office.store, NOW) == 0
    assert ClockEvent.objects.filter(kind="retarget", data__cause="Holiday added").count() == 6


def test_clock_keeps_what_it_used_up_and_counts_on_by_the_new_calendar(office):
    office.calendar.exceptions.create(date=at("00:00", day=1).date(), label="Flood")
    publish_calendar(office.calendar)
    ticket, moment = office.tickets[0], at("12:00", day=1)
    Clock.objects.exclude(ticket=ticket).delete()
    assert affected(office.store, moment) == 1
    apply(ticket, TicketChange.RETARGETED, at=moment, cause="Flood")
    # What was overdue stays due when it was; of the resolution 4 of 8 hours are left, from Wednesday on.
    assert dues(ticket) == {FIRST: at("10:00", day=1), RESOLUTION: at("13:00", day=2)}


def test_paused_clock_is_counted_by_when_it_would_be_due(office):
    ticket = office.tickets[0]
    apply(ticket, TicketChange.WAITING, at=at("16:30"))
    Clock.objects.exclude(ticket=ticket, metric=RESOLUTION).delete()
    office.promise(office.policies[0], resolution=9)
    assert affected(office.store, NOW) == 1
    assert done(office.store).changed == 1
    clock = ticket.clocks.get(metric=RESOLUTION)
    assert (clock.state, clock.target_seconds, clock.due_at) == (ClockState.PAUSED, 9 * HOUR, None)


def test_clock_whose_policy_is_off_is_cancelled(office):
    office.policies[0].is_active = False
    office.policies[0].save()
    assert affected([office.policies[0]], NOW) == 6
    assert done([office.policies[0]]).changed == 6
    assert Clock.objects.filter(state=ClockState.CANCELLED).count() == 6


def test_policies_limit_it(office):
    for policy in office.policies:
        office.promise(policy, first=4)
    row = done([office.policies[1]])
    assert (row.done, row.changed, list(row.policies.all())) == (8, 1, [office.policies[1]])
    assert affected(office.store, NOW) == 3


def test_met_and_cancelled_clocks_and_other_stores_are_left_alone(office):
    other = Office(tickets=0)
    apply(office.tickets[0], TicketChange.AGENT_REPLIED, at=at("16:10"))
    for each in (office, other):
        each.promise(each.policies[0], first=4)
        each.promise(each.policies[1], first=4)
    assert affected(office.store, NOW) == 3
    assert done(office.store).total == 7
    assert affected(other.store, NOW) == 1


def test_what_cannot_be_asked_for_is_refused(office):
    with pytest.raises(Refused, match="No policy was chosen"):
        start([], requested_by=None, reason="")
    with pytest.raises(Refused, match="several stores"):
        start([*office.policies, PolicyFactory()], requested_by=None, reason="")


def test_row_says_who_asked_and_why(office):
    lead = UserFactory()
    row = start(office.store, requested_by=lead, reason="  May Day\nadded ")
    assert (row.requested_by, row.reason, row.state, row.per_cent) == (lead, "May Day added", "queued", 0)


def test_counting_asks_as_much_for_many_as_for_few(db):
    def queries(tickets):
        office = Office(tickets)
        office.promise(office.policies[0], first=4)
        with CaptureQueriesContext(connection) as captured:
            assert affected(office.store, NOW) == tickets
        return len(captured)

    assert queries(1) == queries(6) == 5


def test_killed_worker_is_resumed_and_each_clock_is_done_once(office, monkeypatch):
    monkeypatch.setattr(recalculation, "BATCH", 1)
    office.promise(office.policies[0], first=4)
    row = start(office.store, requested_by=None, reason="Edited")
    judge, judged = recalculation._judge, []

    def killed_in_the_third(*args):
        judged.append(args)
        if len(judged) == 3:
            raise KeyboardInterrupt  # whatever ends a process, nothing handles it
        return judge(*args)

    with monkeypatch.context() as killing:
        killing.setattr(recalculation, "_judge", killed_in_the_third)
        with pytest.raises(KeyboardInterrupt):
            work(row.pk, NOW)
    row.refresh_from_db()
    assert (row.state, row.done, row.changed, row.per_cent) == (RecalculationState.RUNNING, 4, 2, 50)
    assert sweep(NOW) == 1
    row.refresh_from_db()
    assert (row.state, row.done, row.changed) == (RecalculationState.DONE, 8, 3)
    assert [
        clock.events.filter(kind="retarget").count() for clock in Clock.objects.filter(metric=FIRST).order_by("ticket")
    ] == [
        1,
        1,
        1,
        0,
    ]
    assert sweep(NOW) == 0


def test_one_tickets_fault_is_noted_and_stops_no_other(office, monkeypatch, caplog):
    office.promise(office.policies[0], first=4)
    change = recalculation.apply

    def explode(ticket, *args, **fields):
        if ticket.pk == office.tickets[1].pk:
            raise RuntimeError("odd")
        change(ticket, *args, **fields)

    monkeypatch.setattr(recalculation, "apply", explode)
    row = done(office.store)
    assert (row.state, row.changed) == (RecalculationState.DONE, 2)
    assert row.error == f"{office.tickets[1].number}: RuntimeError: odd\n"


def test_fault_of_the_whole_is_kept(office, monkeypatch, caplog):
    def explode(*args):
        raise RuntimeError("nothing works")

    monkeypatch.setattr(recalculation, "_judge", explode)
    row = done(office.store)
    assert (row.state, row.error) == (RecalculationState.FAILED, "RuntimeError: nothing works")


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_clock_once():
    office = Office(tickets=12)
    office.promise(office.policies[0], first=4)
    row = start(office.store, requested_by=None, reason="Edited")
    begin = threading.Barrier(2)

    def run():
        try:
            begin.wait(20)
            work(row.pk, NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(run), pool.submit(run)]:
            future.result(30)
    work(row.pk, NOW)
    row.refresh_from_db()
    assert (row.state, row.done, row.changed) == (RecalculationState.DONE, 26, 12)
    assert ClockEvent.objects.filter(kind="retarget").count() == 24


@pytest.mark.django_db
@given(
    st.lists(st.tuples(st.sampled_from(Priority), st.integers(0, 3000)), min_size=1, max_size=4),
    st.integers(1, 20),
    st.integers(1, 20),
    st.booleans(),
)
@settings(max_examples=examples(8), deadline=None)
def test_as_many_change_as_were_counted(tickets, first, resolution, holiday):
    with transaction.atomic():
        office, moment = Office(tickets=0), at("11:00", day=2)
        for priority, minutes in tickets:
            ticket = TicketFactory(queue=office.queues[0], priority=priority)
            apply(ticket, TicketChange.OPENED, at=at("10:00") + timedelta(minutes=minutes))
        if holiday:
            office.calendar.exceptions.create(date=at("00:00", day=1).date())
        office.promise(office.policies[0], first=first, resolution=resolution)
        counted, before = affected(office.store, moment), dict(Clock.objects.values_list("pk", "due_at"))
        for ticket in Ticket.objects.all():
            apply(ticket, TicketChange.RETARGETED, at=moment)
        assert sum(due != before[pk] for pk, due in Clock.objects.values_list("pk", "due_at")) == counted
        assert affected(office.store, moment) == 0
        transaction.set_rollback(True)
