"""Lists are narrowed, searched and shown by a store's own fields."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.tickets import TicketFieldFactory
from tests.thorough import examples
from tickets.fields.asking import Asked, read_all
from tickets.fields.setting import set_field
from tickets.list_query import read
from tickets.models import SavedView
from tickets.saved_views.asking import kept, missing
from tickets.search.offering import offers

HELD = [
    {"order": "A-1042", "weight": "12,50", "found": "Jar body", "sent": "yes"},
    {"order": "a-7", "weight": "3", "found": "Lid", "due": "2026-03-31"},
    {},
]


@pytest.fixture
def tickets(desk):
    store = desk.store
    TicketFieldFactory(store=store, key="order", label="Order number", position=1)
    TicketFieldFactory(store=store, key="weight", kind="number")
    TicketFieldFactory(store=store, key="found", label="Damage found in", kind="choice", choices=["Lid", "Jar body"])
    TicketFieldFactory(store=store, key="due", kind="date")
    TicketFieldFactory(store=store, key="sent", kind="checkbox")
    TicketFieldFactory(key="theirs")
    found = [desk.ticket() for _ in HELD]
    for ticket, held in zip(found, HELD, strict=True):
        for key, raw in held.items():
            set_field(ticket, actor=desk.alice, key=key, raw=raw)
    return found


ASKED = [
    ("order=A-1042", [0]),
    ("order=a-1042", [0]),
    ("weight=12.50", [0]),
    ("found=jar body", [0]),
    ("found=Jar body,found=Lid", [0, 1]),
    ("found=Lid,sent=yes", []),
    ("due=2026-03-31", [1]),
    ("sent=no", [1, 2]),
    ("sent=", [1, 2]),
    ("order=*", [0, 1]),
    ("order=", [2]),
    ("order=A,B", []),
    ("nothing=", []),
    ("theirs=", []),
]


@pytest.mark.parametrize(("asked", "numbers"), ASKED)
def test_the_address_narrows_a_list(desk, tickets, asked, numbers):
    address = QueryDict(mutable=True)
    address.update({"view": "all", "field": asked})
    query = read(address, desk.alice)
    assert sorted(tickets.index(one) for one in query.rows) == numbers
    assert (query.is_filtered, query.errors) == (True, {})


@pytest.mark.parametrize(
    ("words", "numbers", "problems"),
    [
        ("field:order=A-1042", [0], 0),
        ('field:"damage found in=jar body"', [0], 0),
        ('field:found="Jar body" question', [0], 0),
        ("field:sent", [0], 0),
        ("-field:sent", [1, 2], 0),
        ("field:weight=heavy", [], 1),
        ("field:theirs=1", [], 1),
    ],
)
def test_search_knows_them(desk, tickets, words, numbers, problems):
    query = read(QueryDict(mutable=True) | {"q": words}, desk.alice)
    assert sorted(tickets.index(one) for one in query.tickets) == numbers
    assert len(query.asked.problems) == problems


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("field:ord", [("field:order=", True)]),
        ("field:damage", [("field:found=", True)]),
        ("-field:found=j", [('-field:found="Jar body"', False)]),
        ('field:found="Jar b', [('field:found="Jar body"', False)]),
        ("field:sent=", [("field:sent=yes", False), ("field:sent=no", False)]),
        ("field:theirs", []),
    ],
)
def test_keys_and_values_are_offered(desk, tickets, typed, expected):
    with CaptureQueriesContext(connection) as asked:
        found = [(offer.insert, offer.goes_on) for offer in offers(typed, desk.alice)]
    assert (found, len(asked)) == (expected, 1)


def test_the_page_offers_them_as_a_menu_and_as_columns_in_no_more_statements(desk, alice, tickets):
    address = "/tickets/?view=all&columns=field.order,due,field.sent,field.gone&field=order=*"
    page = alice.get(address)
    assert [column.label for column in page.context["shows"]] == ["Subject", "Order number", "Due", "Sent"]
    assert [ticket.own_values.get("order", "") for ticket in page.context["tickets"]] == ["a-7", "A-1042"]
    assert '<td class="cell-fit max-w-48 truncate text-muted @max-4xl:hidden" title="Yes">Yes</td>' in (
        page.content.decode()
    )
    (menu,) = (one for one in page.context["menus"] if one.name == "field")
    assert menu.chosen == "Order number: filled in"
    assert [choice.label for choice in menu.choices][2:4] == ["Damage found in: Lid", "Damage found in: Jar body"]
    with CaptureQueriesContext(connection) as one:
        alice.get(address + "&ticket=" + str(tickets[0].pk))
    with CaptureQueriesContext(connection) as all_of_them:
        alice.get(address)
    assert len(one) == len(all_of_them)
    kept_columns = {"column": ["subject", "field.order"], "query": "view=all", "view": "all"}
    assert "columns=subject,field.order" in alice.post("/tickets/columns/", kept_columns).headers["Location"]


def test_a_kept_list_keeps_them_and_says_what_is_gone(desk, alice, tickets):
    asked = QueryDict("view=all&field=order=A-1042&field=found=Lid,gone=1&columns=field.order")
    query = kept(asked)
    assert QueryDict(query).getlist("field") == ["order=A-1042,found=Lid,gone=1"]
    assert missing(QueryDict(query), desk.alice) == ["The field “gone” is gone."]
    saved = SavedView.objects.create(owner=desk.alice, name="Mine", query=query)
    assert "The field “gone” is gone." in alice.get(saved.get_absolute_url()).content.decode()


NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True)
VALUES = st.text(alphabet="ab ,*1.", max_size=6).map(str.strip).map(lambda text: text.strip(", "))


@given(st.lists(st.builds(Asked, NAMES, VALUES), max_size=4, unique=True))
@settings(max_examples=examples(60))
def test_conditions_in_an_address_are_read_as_they_were_written(asked):
    assert read_all([",".join(map(str, asked))]) == asked
    assert read_all([str(one) for one in asked]) == asked
