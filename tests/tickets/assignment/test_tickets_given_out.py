"""Waiting tickets find whoever is there: in turns or by load, up to a cap, never somebody away or offline."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from subscribers.enums import Role
from tests.factories.people import MembershipFactory, StoreFactory, SubscriberFactory
from tests.factories.tickets import QueueFactory, make_ticket
from tests.thorough import examples
from tickets.assignment.giving import give_waiting
from tickets.assignment.presence import heard, set_available, set_away
from tickets.assignment.returning import give_back, release_left
from tickets.enums import AssignMode, TicketEventKind, TicketStatus
from tickets.models import Presence, Taker, Ticket, TicketEvent
from tickets.services.tickets import assign, change_status
from tickets.wording import words_of

NAMES = ("Ada", "Ben", "Cleo", "Dora")


@pytest.fixture
def store(db):
    return StoreFactory()


@pytest.fixture
def queue(store):
    return QueueFactory(store=store, is_default=True, assign_by=AssignMode.ROUND_ROBIN)


@pytest.fixture
def team(store):
    return [MembershipFactory(store=store, user__name=name).user for name in NAMES[:3]]


@pytest.fixture
def opens(store, queue):
    def make(count=1, **fields):
        return [make_ticket(subscriber=SubscriberFactory(store=store), **fields) for _ in range(count)]

    return make


def owners(tickets):
    names = dict(Ticket.objects.filter(pk__in=[one.pk for one in tickets]).values_list("pk", "assignee__name"))
    return [names[one.pk] for one in tickets]


def why(ticket):
    event = TicketEvent.objects.filter(ticket=ticket, kind=TicketEventKind.ASSIGNED).order_by("-pk").first()
    return words_of(event)


def test_in_turns_to_whoever_is_there_and_says_why(opens, team):
    for person in team:
        heard(person)
    set_away(team[1])
    Presence.objects.filter(user=team[2]).update(seen_at=timezone.now() - timedelta(minutes=5))
    first = opens(2)
    assert give_waiting() == 2
    assert owners(first) == ["Ada", "Ada"]
    assert why(first[0]) == "Given to Ada, in turn (0 open)"
    set_available(team[1])
    heard(team[2])
    later = opens(3)
    give_waiting()
    assert owners(later) == ["Ben", "Cleo", "Ada"]


def test_what_finds_nobody_waits_until_somebody_comes(opens, team, django_capture_on_commit_callbacks, monkeypatch):
    asked = []
    monkeypatch.setattr("subscribers.later.current_app.send_task", lambda task, **_: asked.append(task))
    [ticket] = opens()
    assert (give_waiting(), owners([ticket])) == (0, [None])
    with django_capture_on_commit_callbacks(execute=True):
        heard(team[0])
    assert asked == ["tickets.tasks.give_tickets"]
    with django_capture_on_commit_callbacks(execute=True):
        heard(team[0])  # who was there is no news
    assert asked == ["tickets.tasks.give_tickets"]
    assert (give_waiting(), owners([ticket])) == (1, ["Ada"])


def test_away_until_a_time_ends_by_itself(opens, team):
    heard(team[0])
    set_away(team[0], until=timezone.now() + timedelta(hours=1))
    [ticket] = opens()
    assert give_waiting() == 0
    past = timezone.now() - timedelta(minutes=1)
    Presence.objects.update(away_since=past - timedelta(hours=1), away_until=past)
    assert (give_waiting(), owners([ticket])) == (1, ["Ada"])


def test_whoever_has_the_fewest_up_to_caps(opens, team, queue):
    queue.assign_by, queue.most_open = AssignMode.LEAST_LOADED, 2
    queue.save()
    for person in team:
        heard(person)
    Taker.objects.create(queue=queue, user=team[0], most_open=0)
    busy = opens()
    assign(busy[0], actor=None, assignee=team[1])
    tickets = opens(5)
    assert give_waiting() == 3
    assert owners(tickets) == ["Cleo", "Ben", "Cleo", None, None]
    assert why(tickets[0]) == "Given to Cleo, the fewest: 0 open"
    change_status(tickets[0], actor=team[2], status=TicketStatus.PENDING)
    assert give_waiting() == 1
    assert owners(tickets) == ["Cleo", "Ben", "Cleo", "Cleo", None]


def test_members_alone_where_a_queue_names_them_and_no_leads_else(opens, team, queue, store):
    lead = MembershipFactory(store=store, role=Role.LEAD, user__name="Lea").user
    heard(lead)
    [ticket] = opens()
    assert give_waiting() == 0
    queue.members.add(lead)
    heard(team[0])
    assert (give_waiting(), owners([ticket])) == (1, ["Lea"])


def test_given_back_by_hand_it_goes_to_somebody_else(opens, team):
    heard(team[0])
    [ticket] = opens()
    give_waiting()
    assign(ticket, actor=team[0], assignee=None)
    assert (give_waiting(), owners([ticket])) == (0, [None])
    heard(team[1])
    assert (give_waiting(), owners([ticket])) == (1, ["Ben"])


def test_nothing_is_taken_unless_the_queue_says_so(opens, team, queue):
    heard(team[0])
    [ticket] = opens()
    give_waiting()
    long_ago = timezone.now() - timedelta(minutes=31)
    set_away(team[0])
    Presence.objects.update(away_since=long_ago)
    Ticket.objects.update(waiting_since=long_ago)
    TicketEvent.objects.filter(kind=TicketEventKind.ASSIGNED).delete()
    assert (give_back(), owners([ticket])) == (0, ["Ada"])
    queue.give_back_minutes = 30
    queue.save()
    heard(team[1])
    assert give_back() == 1
    assert why(ticket) == "Given back to the queue: Ada not there for 30 minutes, and the customer waits"
    give_waiting()
    assert owners([ticket]) == ["Ben"]
    assert give_back() == 0


def test_what_is_answered_or_lately_handed_over_stays(opens, team, queue):
    queue.give_back_minutes = 30
    queue.save()
    long_ago = timezone.now() - timedelta(hours=2)
    Presence.objects.create(user=team[0], seen_at=long_ago)
    answered, handed = opens(2)
    for ticket in (answered, handed):
        assign(ticket, actor=None, assignee=team[0])
    Ticket.objects.filter(pk=answered.pk).update(waiting_since=None)
    Ticket.objects.filter(pk=handed.pk).update(waiting_since=long_ago)
    assert give_back() == 0


def test_whoever_left_leaves_their_tickets(opens, team):
    heard(team[0])
    heard(team[1])
    [ticket] = opens()
    assign(ticket, actor=None, assignee=team[0])
    team[0].is_active = False
    team[0].save()
    assert (release_left(), give_waiting(), owners([ticket])) == (1, 1, ["Ben"])


def test_statements_do_not_grow_with_tickets(opens, team):
    for person in team:
        heard(person)
    opens(1)
    with CaptureQueriesContext(connection) as first:
        give_waiting()
    opens(4)
    with CaptureQueriesContext(connection) as second:
        give_waiting()
    assert len(second) == len(first)


class InTurnsIsFair(TestCase):
    """Whoever comes and goes: of people who are there all along, none gets more than one more than another."""

    @settings(max_examples=examples(8), deadline=None)
    @given(st.lists(st.one_of(st.integers(1, 4), st.sampled_from(["ben", "cleo"])), max_size=8))
    def test_over_arrivals_and_presence(self, steps):
        store = StoreFactory()
        QueueFactory(store=store, is_default=True, assign_by=AssignMode.ROUND_ROBIN)
        people = {name.lower(): MembershipFactory(store=store, user__name=name).user for name in NAMES}
        person = SubscriberFactory(store=store)
        for user in people.values():
            heard(user)
        away = set()
        for step in steps:
            if isinstance(step, str):
                (set_available if step in away else set_away)(people[step])
                away ^= {step}
                continue
            before = set(Ticket.objects.filter(assignee=None).values_list("pk", flat=True))
            tickets = [make_ticket(subscriber=person) for _ in range(step)]
            give_waiting()
            given_to = set(Ticket.objects.filter(pk__in=[one.pk for one in tickets]).values_list("assignee", flat=True))
            assert before == set()
            assert given_to.isdisjoint(people[name].pk for name in away)
        counts = [Ticket.objects.filter(assignee=people[name]).count() for name in ("ada", "dora")]
        assert abs(counts[0] - counts[1]) <= 1


@pytest.mark.django_db(transaction=True)
def test_two_givers_at_once_give_nothing_twice(store, queue, team):
    queue.most_open = 4
    queue.save()
    for person in team:
        heard(person)
    tickets = [make_ticket(subscriber=SubscriberFactory(store=store)) for _ in range(14)]
    ready, given_out = Barrier(2), []

    def give():
        ready.wait(10)
        given_out.append(give_waiting())
        connections.close_all()

    threads = [Thread(target=give) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(given_out) == 12
    names = owners(tickets)
    assert [names.count(name) for name in (*NAMES[:3], None)] == [4, 4, 4, 2]
    assert TicketEvent.objects.filter(kind=TicketEventKind.ASSIGNED).count() == 12
