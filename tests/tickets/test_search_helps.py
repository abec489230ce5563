"""What the search box offers while somebody types, and what it says of operators that are none."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.tickets import ReasonFactory, TicketFieldFactory
from tests.tickets.conftest import HTMX
from tickets.models import Tag
from tickets.search.finding import ask
from tickets.search.offering import OPERATORS, VALUES, offers, unknown
from tickets.search.parsing import KEYS, parse


def told(typed, user):
    return [offer.insert for offer in offers(typed, user)]


def test_help_knows_every_operator_and_each_example_is_understood(desk):
    assert {one.key for one in OPERATORS} == KEYS
    TicketFieldFactory(store=desk.store, key="order-number")
    for one in OPERATORS:
        asked = ask(parse(one.example), desk.alice)
        assert (asked.problems, asked.search.unknown) == ([], ()), one


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ta", ["tag:"]),
        ("-TA", ["-tag:"]),
        ("t-", ["T-"]),
        ("t", ["T-", "tag:", "topic:", "to:"]),
        ("lid", []),
        ("tag:", ['tag:"big box"', "tag:vip"]),
        ("-tag:V", ["-tag:vip"]),
        ('tag:"big b', ['tag:"big box"']),
        ("queue:su", ["queue:support"]),
        ("queue:le", []),
        ("assignee:", ["assignee:me", "assignee:nobody", 'assignee:"Alice Martin"', 'assignee:"Bob Keller"']),
        ("to:kel", ['to:"Bob Keller"']),
        ("topic:dam", ["topic:damaged"]),
        ("is:over", ["is:overdue"]),
        ("status:wait", []),
        ("status:pend", ["status:pending"]),
        ("priority:u", ["priority:urgent"]),
        ("cycle:1", ["cycle:1"]),
        ("has:ph", ["has:photo"]),
        ("from:ana", []),
        ("nothing:x", []),
        ('a"b"c', []),
    ],
)
def test_offers_begin_as_what_is_typed(desk, typed, expected):
    for name in ("vip", "big box"):
        Tag.objects.create(store=desk.store, name=name)
    Tag.objects.create(store=desk.charlie.memberships.get().store, name="vip of others")
    ReasonFactory(key="damaged", label="Damaged")
    with CaptureQueriesContext(connection) as asked:
        assert told(typed, desk.alice) == expected
    assert len(asked) <= 1


def test_every_offer_is_understood(desk):
    Tag.objects.create(store=desk.store, name="big box")
    ReasonFactory(key="damaged", label="Damaged")
    for key in VALUES:
        for offer in offers(f"{key}:", desk.alice):
            asked = ask(parse(offer.insert), desk.alice)
            assert (asked.problems, len(asked.search.operators)) == ([], 1), offer


@settings(max_examples=40)
@given(typed=st.text(max_size=90))
def test_anything_may_be_typed(typed):
    for key in ("", "is:", "-cycle:", "status:"):
        offers(f"{key}{typed}" if key else typed.replace(":", ""), None)


def test_operator_that_is_none_is_said_and_searched_as_a_word(desk, alice):
    desk.ticket(subject="About tga:vip")
    page = alice.get("/tickets/", {"q": "tga:vip"})
    assert page.context["problems"] == [
        "“tga:” is no operator, so it was searched as a word. Did you mean “tag:”?",
    ]
    assert [ticket.subject for ticket in page.context["tickets"]] == ["About tga:vip"]
    assert unknown(["colour"]) == ["“colour:” is no operator, so it was searched as a word."]
    for words in ("http://shop.example/x", "Re:box", "10:30", "a:b", "lid: broken", "from:ana"):
        assert unknown(parse(words).unknown) == [], words


def test_pages_of_the_help(desk, alice):
    assert alice.get("/tickets/search/offers/", {"typed": "is:ov"}).json() == {
        "offers": [{"insert": "is:overdue", "label": "is:overdue", "hint": "", "goes_on": False}]
    }
    part = alice.get("/tickets/search/help/", headers=HTMX).content.decode()
    assert (part.count("<dt>"), "<html" in part) == (len(OPERATORS) + 5, False)
    assert alice.get("/tickets/search/help/").status_code == 200
