"""What every helpdesk gets wrong somewhere, each by its name; further ones stand where their subject is tested."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory
from tests.factories.sla import HOUR, CalendarFactory, PolicyFactory, TicketFactory, at, version_of
from tests.factories.tickets import MailboxFactory, QueueFactory, make_ticket
from tickets.enums import ClockState, Metric, TicketStatus
from tickets.services.conversation import receive_message, reply
from tickets.services.messages import NewMessage
from tickets.services.tickets import change_status, resolve
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply
from tickets.sla.sweep import sweep_clocks

pytestmark = pytest.mark.django_db
FIRST, NEXT, RESOLUTION = Metric.FIRST_REPLY, Metric.NEXT_REPLY, Metric.RESOLUTION
LUNCH = [(day, *hours) for day in range(5) for hours in (("09:00", "12:00"), ("13:00", "17:00"))]
NIGHT = [(day, "22:00", "06:00") for day in range(5)]


@pytest.fixture
def store():
    """Promises in calendar time, so that stories can be told at the time that it is now."""
    store = StoreFactory()
    MailboxFactory(queue=QueueFactory(store=store, is_default=True))
    targets = [(FIRST, None, 2, False), (NEXT, None, 4, False), (RESOLUTION, None, 24, False)]
    version_of(PolicyFactory(store=store), targets)
    return store


@pytest.fixture
def alice(store):
    return MembershipFactory(store=store).user


def opened(store, **fields):
    return make_ticket(subscriber=SubscriberFactory(store=store), **fields)


def clock(ticket, metric, cycle=1):
    return ticket.clocks.get(metric=metric, cycle=cycle)


def states(ticket):
    return {(clock.metric, clock.cycle): clock.state for clock in ticket.clocks.all()}


def opened_under(hours, moment, promised=2, **calendar):
    """A ticket opened at `moment` under a first reply within `promised` hours of a calendar."""
    ticket = TicketFactory()
    office = CalendarFactory(store=ticket.store, hours=hours, **calendar)
    version_of(PolicyFactory(store=ticket.store), [(FIRST, None, promised)], office)
    apply(ticket, TicketChange.OPENED, at=moment)
    return ticket


@pytest.mark.parametrize(
    ("hours", "opens", "promised", "due"),
    [
        (LUNCH, at("11:30"), 2, at("14:30")),  # over lunch
        (LUNCH, at("12:30"), 1, at("14:00")),  # during lunch
        (LUNCH, at("09:00"), 3, at("12:00")),  # due exactly at closing time: then, not after lunch
        (LUNCH, at("17:00"), 1, at("10:00", day=1)),  # opened exactly at closing time
        (LUNCH, at("16:30", day=4), 1, at("09:30", day=7)),  # over the weekend
        (NIGHT, at("23:00"), 3, at("02:00", day=1)),  # past midnight
        (NIGHT, at("05:00", day=5), 2, at("23:00", day=7)),  # Friday's night ends on Saturday
    ],
)
def test_lunch_nights_and_closing_times(hours, opens, promised, due):
    assert clock(opened_under(hours, opens, promised), FIRST).due_at == due


@pytest.mark.parametrize(
    ("opens", "due"),
    [
        # 29 March 2026 skips 02:00 to 03:00 in Berlin, 25 October 2026 has it twice.
        (datetime(2026, 3, 28, 22, 30, tzinfo=UTC), datetime(2026, 3, 29, 2, 30, tzinfo=UTC)),
        (datetime(2026, 10, 24, 21, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_days_of_23_and_25_hours_have_so_many(opens, due):
    whole_days = [(day, "00:00", "24:00") for day in range(7)]
    assert clock(opened_under(whole_days, opens, 4, time_zone="Europe/Berlin"), FIRST).due_at == due


def test_mail_that_was_received_earlier_counts_from_then_and_is_overdue_at_once(store):
    received = timezone.now() - timedelta(hours=3)
    ticket = opened(store, opened_at=received)
    assert (clock(ticket, FIRST).started_at, clock(ticket, FIRST).due_at) == (received, received + timedelta(hours=2))
    assert sweep_clocks().breached == 1
    assert clock(ticket, FIRST).breached_at == received + timedelta(hours=2)


def test_mail_dated_in_the_future_counts_from_now(store):
    before = timezone.now()
    ticket = opened(store, opened_at=before + timedelta(days=3))
    assert before <= clock(ticket, FIRST).started_at <= timezone.now()


def test_message_dated_long_ago_owes_a_reply_since_it_arrived(store, alice):
    ticket = opened(store)
    reply(ticket, author=alice, text="Here you are.", key="1")
    before = timezone.now()
    old = NewMessage(text="Thanks, but …", sent_at=before - timedelta(days=9))
    receive_message(ticket, subscriber=ticket.subscriber, message=old)
    assert before <= clock(ticket, NEXT).started_at <= timezone.now()


def test_thanks_then_resolve_cancels_the_next_reply(store, alice):
    ticket = opened(store)
    reply(ticket, author=alice, text="Here you are.", key="1")
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="Thanks!"))
    resolve(ticket, actor=alice)
    assert states(ticket) == {
        (FIRST, 1): ClockState.MET,
        (NEXT, 1): ClockState.CANCELLED,
        (RESOLUTION, 1): ClockState.MET,
    }
    assert clock(ticket, NEXT).breached_at is None


def test_ticket_opened_by_an_agent_owes_the_next_public_reply(store, alice):
    ticket = opened(store, actor=alice)
    assert clock(ticket, FIRST).state == ClockState.RUNNING
    reply(ticket, author=alice, text="As promised on the phone: …", key="1")
    assert clock(ticket, FIRST).state == ClockState.MET


def test_reopened_ticket_has_a_new_resolution_and_keeps_the_old_one(store, alice):
    ticket = opened(store)
    reply(ticket, author=alice, text="Here you are.", key="1", status=TicketStatus.RESOLVED)
    met_at = clock(ticket, RESOLUTION).met_at
    receive_message(ticket, subscriber=ticket.subscriber, message=NewMessage(text="It broke again."))
    assert (clock(ticket, RESOLUTION).met_at, clock(ticket, RESOLUTION, 2).consumed_seconds) == (met_at, 0)
    assert clock(ticket, RESOLUTION, 2).state == ClockState.RUNNING


def test_answer_while_paused_resumes_first(store, alice):
    ticket = opened(store)
    change_status(ticket, actor=alice, status=TicketStatus.PENDING)
    reply(ticket, author=alice, text="Here you are.", key="1", status=TicketStatus.RESOLVED)
    kinds = clock(ticket, RESOLUTION).events.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["start", "pause", "resume", "met"]


def test_wait_that_ends_outside_hours_goes_on_at_the_next_opening():
    ticket = TicketFactory()
    version_of(PolicyFactory(store=ticket.store), [(RESOLUTION, None, 4)])
    apply(ticket, TicketChange.OPENED, at=at("15:00"))
    apply(ticket, TicketChange.WAITING, at=at("16:00"))
    apply(ticket, TicketChange.WORKING, at=at("21:00", day=1))
    assert clock(ticket, RESOLUTION).due_at == at("12:00", day=2)


def test_pause_and_resume_outside_hours_move_nothing():
    ticket = TicketFactory()
    version_of(PolicyFactory(store=ticket.store), [(RESOLUTION, None, 4)])
    apply(ticket, TicketChange.OPENED, at=at("15:00"))
    due = clock(ticket, RESOLUTION).due_at
    apply(ticket, TicketChange.WAITING, at=at("18:00"))
    apply(ticket, TicketChange.WORKING, at=at("08:00", day=1))
    assert (clock(ticket, RESOLUTION).due_at, clock(ticket, RESOLUTION).consumed_seconds) == (due, 2 * HOUR)


def test_pause_after_the_breach_stays_breached_and_is_not_told_again(store, alice):
    ticket = opened(store, opened_at=timezone.now() - timedelta(hours=30))
    assert sweep_clocks().breached == 2
    for status in (TicketStatus.PENDING, TicketStatus.OPEN):
        change_status(ticket, actor=alice, status=status)
    assert sweep_clocks().breached == 0
    resolution = clock(ticket, RESOLUTION)
    assert resolution.breached_at == resolution.started_at + timedelta(hours=24)
    assert resolution.events.filter(kind="breach").count() == 1


def test_overdue_clock_that_is_retargeted_stays_due_when_it_was():
    ticket = opened_under([(day, "09:00", "17:00") for day in range(5)], at("09:00"))
    version_of(ticket.store.sla_policies.get(), [(FIRST, None, 1)])
    apply(ticket, TicketChange.RETARGETED, at=at("13:00"))
    assert (clock(ticket, FIRST).due_at, clock(ticket, FIRST).breached_at) == (at("11:00"), at("11:00"))
    version_of(ticket.store.sla_policies.get(), [(FIRST, None, 6)])
    apply(ticket, TicketChange.RETARGETED, at=at("13:30"))
    assert (clock(ticket, FIRST).due_at, clock(ticket, FIRST).breached_at) == (at("15:00"), at("11:00"))
