"""The inbox and the list: views, filters in the address, words, pages, and what is said where nothing is found."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.enums import TeamMode
from tests.factories.people import SubscriberFactory
from tests.factories.tickets import ReasonFactory
from tests.tickets.conftest import HTMX
from tickets.enums import Priority, TicketStatus
from tickets.models import Ticket
from tickets.services.tickets import assign, change_status, set_priority
from tickets.services.topics import add_topic


def subjects(response) -> list[str]:
    return [ticket.subject for ticket in response.context["tickets"]]


def counts(response) -> dict[str, int | None]:
    return {view.key: count for view, count, _ in response.context["views"]}


def due(ticket: Ticket, **later: float) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(next_due_at=timezone.now() + timedelta(**later))


@pytest.fixture(autouse=True)
def two_teams(desk):
    """Agents have an inbox of tickets alone."""
    desk.store.team_mode = TeamMode.TWO
    desk.store.save()


@pytest.fixture
def tickets(desk):
    mine = desk.ticket(subject="Mine", assignee=desk.alice)
    due(mine, hours=9)
    nobodys = desk.ticket(subject="Nobody's")
    due(nobodys, hours=1)
    waiting = desk.ticket(subject="Waiting", assignee=desk.alice)
    change_status(waiting, actor=desk.alice, status=TicketStatus.PENDING)
    late = desk.ticket(subject="Late", assignee=desk.bob)
    due(late, hours=-1)
    done = desk.ticket(subject="Done", assignee=desk.alice)
    change_status(done, actor=desk.alice, status=TicketStatus.RESOLVED)
    return desk


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("mine", ["Mine"]),
        ("unassigned", ["Nobody's"]),
        ("due", ["Late", "Nobody's"]),
        ("waiting", ["Waiting"]),
        ("unheard-of", ["Mine"]),
    ],
)
def test_inbox_view_holds_what_it_names(tickets, alice, view, expected):
    response = alice.get("/", {"view": view})
    assert subjects(response) == expected
    assert counts(response) == {"mine": 1, "unassigned": 1, "due": 2, "waiting": 1}
    assert response.context["nav_counts"] == {"inbox": 1}


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("open", ["Late", "Nobody's", "Mine", "Waiting"]),
        ("overdue", ["Late"]),
        ("resolved", ["Done"]),
        ("all", ["Done", "Late", "Waiting", "Nobody's", "Mine"]),
    ],
)
def test_list_view_holds_what_it_names(tickets, alice, view, expected):
    response = alice.get("/tickets/", {"view": view})
    assert subjects(response) == expected
    assert counts(response) == {
        "open": 4,
        "overdue": 1,
        "cycle-one": 0,
        "damaged": 0,
        "snoozed": 0,
        "mentions": 0,
        "drafts": 0,
        "resolved": None,
        "all": None,
    }


def test_cycle_one_and_damaged_views(desk, alice):
    first = desk.ticket(subject="First box")
    Ticket.objects.filter(pk=first.pk).update(cycle_index=1)
    broken = desk.ticket(subject="Broken")
    add_topic(broken, reason=ReasonFactory(key="damaged", label="Damaged"), actor=desk.alice)
    assert subjects(alice.get("/tickets/", {"view": "cycle-one"})) == ["First box"]
    assert subjects(alice.get("/tickets/", {"view": "damaged"})) == ["Broken"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"status": "pending"}, ["Waiting"]),
        ({"status": "pending,resolved"}, ["Done", "Waiting"]),
        ({"assignee": "me"}, ["Done", "Waiting", "Mine"]),
        ({"assignee": "none"}, ["Nobody's"]),
        ({"queue": "support", "status": "new"}, ["Late", "Nobody's", "Mine"]),
        ({"queue": "nowhere"}, []),
        ({"status": "new", "ordering": "due_at"}, ["Late", "Nobody's", "Mine"]),
        ({"view": "all", "status": "new", "ordering": "created_at"}, ["Mine", "Nobody's", "Late"]),
    ],
)
def test_filters_narrow_the_list_and_stay_in_the_address(tickets, alice, asked, expected):
    response = alice.get("/tickets/", asked)
    assert subjects(response) == expected
    assert response.context["errors"] == {}


def test_priority_and_topic_filters(desk, alice):
    urgent = desk.ticket(subject="Urgent")
    set_priority(urgent, actor=desk.alice, priority=Priority.URGENT)
    late = desk.ticket(subject="Not here")
    add_topic(late, reason=ReasonFactory(key="late", label="Late"), actor=desk.alice)
    assert subjects(alice.get("/tickets/?priority=urgent")) == ["Urgent"]
    assert subjects(alice.get("/tickets/?topic=late")) == ["Not here"]


def test_menu_choice_changes_one_filter_and_keeps_the_rest(desk, alice):
    desk.ticket()
    response = alice.get("/tickets/?view=all&q=box&status=new&cursor=x")
    [status] = [menu for menu in response.context["menus"] if menu.name == "status"]
    assert status.chosen == "New"
    assert {choice.value: choice.url for choice in status.choices} == {
        "new": "?view=all&q=box",
        "open": "?view=all&q=box&status=new,open",
        "pending": "?view=all&q=box&status=new,pending",
        "on_hold": "?view=all&q=box&status=new,on_hold",
        "resolved": "?view=all&q=box&status=new,resolved",
    }
    assert status.clear_url == "?view=all&q=box"


def test_assignee_menu_offers_the_people_of_the_store(desk, alice):
    [assignee] = [menu for menu in alice.get("/tickets/").context["menus"] if menu.name == "assignee"]
    assert [choice.label for choice in assignee.choices] == ["Me", "Nobody", "Bob Keller"]


def test_filter_without_a_menu_is_shown_and_can_be_taken_away(desk, alice):
    ticket = desk.ticket()
    response = alice.get(f"/tickets/?subscriber={ticket.subscriber_id}&status=new")
    assert response.context["other_filters"] == [("subscriber", str(ticket.subscriber_id), "?status=new")]


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"status": "asleep"}, "“asleep” is none of new, open, pending, on_hold, resolved."),
        ({"ordering": "colour"}, "There is no order “colour”; these are "),
        ({"subscriber": "x"}, "A number, such as 1042."),
        ({"opened_after": "yesterday"}, "Enter a valid date/time."),
    ],
)
def test_wrong_filter_says_so_and_shows_no_ticket(desk, alice, asked, fault):
    desk.ticket()
    response = alice.get("/tickets/", asked)
    assert subjects(response) == []
    assert "This filter cannot be applied" in response.content.decode()
    assert fault in response.content.decode()


def test_search_finds_by_number_subject_and_customer(desk, alice):
    ana = SubscriberFactory(store=desk.store, name="Ana Souza", email="ana@mail.example")
    lid = desk.ticket(subject="A broken lid", subscriber=ana)
    desk.ticket(subject="Something else", name="Ben Okoye")
    for words in (lid.number, lid.number.lower(), str(lid.pk), "BROKEN", "souza", "ana@mail", " lid\x00 "):
        assert subjects(alice.get("/tickets/", {"q": words})) == ["A broken lid"], words


def test_search_finds_resolved_tickets_too(tickets, alice):
    assert subjects(alice.get("/tickets/?q=done")) == ["Done"]
    assert subjects(alice.get("/tickets/?q=done&view=open")) == []


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/", "Nothing waits for you"),
        ("/?view=unassigned", "Everything has somebody"),
        ("/?view=due", "Nothing here"),
        ("/tickets/", "Nothing here"),
        ("/tickets/?q=nothing", "Nothing found"),
        ("/tickets/?status=new", "No ticket fits"),
        ("/tickets/?status=asleep", "No ticket to show"),
    ],
)
def test_empty_list_says_what_to_do(desk, alice, address, title):
    found = re.findall(r'<p class="empty-title">(.*?)</p>', alice.get(address).content.decode())
    assert found == [title]


def test_pages_leave_none_out_while_tickets_arrive(desk, alice):
    subscriber = SubscriberFactory(store=desk.store)
    for number in range(52):
        desk.ticket(subject=f"Number {number}", subscriber=subscriber)
    first = alice.get("/tickets/?view=all")
    desk.ticket(subject="Later", subscriber=subscriber)
    second = alice.get("/tickets/", {"view": "all", "cursor": first.context["page"].next})
    assert [len(first.context["tickets"]), len(second.context["tickets"])] == [50, 2]
    assert {*subjects(first), *subjects(second)} == {f"Number {number}" for number in range(52)}
    Ticket.objects.filter(subject__in=subjects(second)).delete()
    again = alice.get("/tickets/", {"view": "all", "cursor": first.context["page"].next}).content.decode()
    assert "The list ends before this page" in again


def test_pages_of_a_search_go_on_and_back(desk, alice):
    subscriber = SubscriberFactory(store=desk.store)
    for number in range(33):
        desk.ticket(subject=f"Lid {number}", subscriber=subscriber)
    first = alice.get("/tickets/?q=lid")
    second = alice.get("/tickets/", {"q": "lid", "cursor": first.context["page"].next})
    assert subjects(first) + subjects(second) == [f"Lid {number}" for number in reversed(range(33))]
    back = alice.get("/tickets/", {"q": "lid", "cursor": second.context["page"].previous})
    assert subjects(back) == subjects(first)
    assert subjects(alice.get("/tickets/?q=lid&ordering=created_at"))[:2] == ["Lid 0", "Lid 1"]


@pytest.mark.parametrize("cursor", ["0", "x", "²"])
def test_a_cursor_that_is_none_is_the_first_page(desk, alice, cursor):
    desk.ticket(subject="One")
    assert subjects(alice.get("/tickets/", {"cursor": cursor})) == ["One"]
    assert subjects(alice.get("/tickets/", {"cursor": cursor, "q": "one"})) == ["One"]


def test_live_update_brings_rows_alone(desk, alice):
    ticket = desk.ticket(subject="Arrived")
    response = alice.get("/?view=unassigned", headers={**HTMX, "HX-Target": "ticket-rows"})
    page = response.content.decode()
    assert re.findall(r' id="([\w-]+)"', page) == ["ticket-rows", f"ticket-{ticket.pk}"]
    assert 'hx-get="/?view=unassigned" hx-trigger="changed:ticket from:body"' in page


def test_live_update_brings_counts_alone(desk, alice):
    desk.ticket(subject="Arrived")
    response = alice.get("/?view=unassigned", headers={**HTMX, "HX-Target": "ticket-views"})
    page = response.content.decode()
    assert re.findall(r' id="([\w-]+)"', page) == ["ticket-views"]
    assert 'hx-get="/?view=unassigned" hx-trigger="changed:ticket:counts from:body"' in page
    assert re.findall(r'class="count">(\d+)<', page) == ["0", "1", "0", "0"]


def test_new_tickets_are_bold_until_somebody_touches_them(desk, alice):
    ticket = desk.ticket()
    row = f'<tr id="ticket-{ticket.pk}" data-list-item class="is-unread">'
    assert row in alice.get("/tickets/").content.decode()
    assign(ticket, actor=desk.alice, assignee=desk.alice)
    change_status(ticket, actor=desk.alice, status=TicketStatus.OPEN)
    assert row not in alice.get("/tickets/").content.decode()
