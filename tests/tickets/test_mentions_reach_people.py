"""Colleagues who are named in a note: a row, a mail, the ticket followed; seen once they have its page open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.models import User
from tests.tickets.conftest import HTMX, signed_in
from tickets.mentions import mentioned, spans
from tickets.models import Follower, Mention, OutboundMail

PEOPLE = [
    User(pk=1, name="Ana Li", email="ana@tea.example"),
    User(pk=2, name="Ana Lima", email="lima@tea.example"),
    User(pk=3, name="Ana Li", email="other@tea.example"),
    User(pk=4, name="Bob", email="bob@tea.example"),
]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@Ana Lima, please", [2]),
        ("@ana li: and @BOB.", [1, 3, 4]),
        ("@other@tea.example", [3]),
        ("@Bobby", []),
        ("mail me at x@bob or @ bob", []),
        ("(@Bob) @Bob", [4]),
    ],
)
def test_names_are_found(text, who):
    assert [one.pk for one in mentioned(text, PEOPLE)] == who


@given(st.text(alphabet="@ab Bobİanli Lm.", max_size=40))
def test_places_are_in_order_and_within_the_text(text):
    ends = [edge for start, end, _ in spans(text, PEOPLE) for edge in (start, end)]
    assert (ends == sorted(ends), max(ends, default=0) <= len(text)) == (True, True)


def test_mention_tells_a_colleague_and_nobody_else(desk, alice):
    ticket = desk.ticket()
    text = "@Bob Keller <b>look</b>, @Charlie Stone and @Alice Martin too"
    alice.post(f"/tickets/{ticket.pk}/note/", {"key": "k", "text": text}, headers=HTMX)
    assert list(Mention.objects.values_list("user", "seen_at")) == [(desk.bob.pk, None)]
    assert list(Follower.objects.values_list("user", flat=True)) == [desk.bob.pk]
    sent = OutboundMail.objects.get(key__startswith="mention:")
    assert (sent.recipient, sent.subject) == (desk.bob.email, f"Alice Martin mentioned you on {ticket.number}")
    shown = alice.get(f"/tickets/{ticket.pk}/").content.decode()
    assert '<mark class="mention">@Bob Keller</mark> &lt;b&gt;look&lt;/b&gt;, @Charlie Stone' in shown
    alice.post(f"/tickets/{ticket.pk}/viewing/")
    assert Mention.objects.get().seen_at is None
    signed_in(desk.bob).post(f"/tickets/{ticket.pk}/viewing/")
    assert Mention.objects.get().seen_at is not None
    people = alice.get(f"/tickets/{ticket.pk}/colleagues/").json()["people"]
    assert people == [{"name": "Bob Keller", "insert": "Bob Keller"}]


def test_answer_to_the_customer_mentions_nobody(desk, alice):
    alice.post(f"/tickets/{desk.ticket().pk}/reply/", {"key": "k", "text": "@Bob Keller"}, headers=HTMX)
    assert Mention.objects.count() == 0
