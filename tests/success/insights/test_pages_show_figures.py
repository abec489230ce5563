"""The pages of insights: figures with their lists, for whoever may see their tickets."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscribers.enums import Role
from success.insights import keeping
from success.insights.behind import words_of
from success.insights.definitions import BY_KEY, DIMENSIONS
from success.insights.selectors import Figure, Period, by_day
from tests.factories.people import MembershipFactory, SubscriberFactory
from tests.factories.tickets import QueueFactory, make_ticket
from tickets.models import Ticket
from tickets.services.conversation import reply
from tickets.services.tickets import resolve

SOME = [
    *zip(("contacts", "first_response", "full_resolution", "one_touch", "backlog"), DIMENSIONS, strict=True),
    ("reopen_rate", "queue"),
]


@pytest.fixture
def lead(db: None) -> Any:
    return MembershipFactory(role=Role.LEAD)


@pytest.fixture
def client(lead: Any) -> Client:
    client = Client()
    client.force_login(lead.user)
    return client


def answered(lead: Any, number: int = 1) -> list[Ticket]:
    made = []
    for key in range(number):
        ticket = make_ticket(
            subscriber=SubscriberFactory(store=lead.store), opened_at=timezone.now() - timedelta(hours=key + 1)
        )
        reply(ticket, author=lead.user, text="Hello", key="a")
        made.append(resolve(ticket, actor=lead.user))
    keeping.sweep()
    return made


def around() -> tuple[Any, Any, str]:
    today = timezone.localdate()
    first, last = today - timedelta(days=3), today + timedelta(days=1)
    return first, last, f"from={first}&to={last}"


def test_every_figure_equals_the_count_of_its_list(client: Client, lead: Any):
    answered(lead, 3)
    first, last, asked = around()
    for key, by in SOME:
        definition = BY_KEY[key]
        page = client.get(f"/insights/{key}/?{asked}&by={by}").context
        listed = client.get(f"/tickets/?figure={page['all'].behind}").context["tickets"]
        assert page["subjects"] == len(listed)
        for row in page["rows"] if not definition.repeats else ():
            assert row.figure.number == len(client.get(f"/tickets/?figure={row.behind}").context["tickets"]), key
    assert page["period"] == Period(first, last)
    found = client.get(f"/tickets/?figure={words_of('contacts', first, last)}").context["tickets"]
    assert len(found) == 3


def test_agents_see_the_figures_of_their_queues(client: Client, lead: Any):
    answered(lead)
    hidden = QueueFactory(store=lead.store, is_restricted=True)
    make_ticket(subscriber=SubscriberFactory(store=lead.store), queue=hidden)
    keeping.sweep()
    agent, stranger = MembershipFactory(store=lead.store, role=Role.AGENT).user, MembershipFactory(role=Role.LEAD).user
    first, last, _ = around()
    seen = [
        sum(figure.number for _, figure in by_day(user, "contacts", Period(first, last)))
        for user in (lead.user, agent, stranger)
    ]
    assert seen == [2, 1, 0]


def test_pages_ask_as_much_for_three_tickets_as_for_one(client: Client, lead: Any):
    _, _, asked = around()
    for address in ("/insights/", "/insights/first_response/"):
        counts = []
        for number in (1, 2):
            answered(lead, number)
            client.get(f"{address}?{asked}")
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"{address}?{asked}").status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1], address


def test_days_come_as_csv_and_wrong_figures_are_said_to_be_wrong(client: Client, lead: Any):
    answered(lead)
    _, _, asked = around()
    lines = client.get(f"/insights/contacts/?{asked}&format=csv").content.decode().splitlines()
    assert lines[0] == "day,number,hits,median,p90,business_median,business_p90"
    assert sum(int(line.split(",")[1]) for line in lines[1:]) == 1
    assert client.get("/insights/nothing/").status_code == 404
    assert list(client.get("/tickets/?figure=csat~yesterday").context["errors"]) == ["figure"]


def test_an_empty_store_says_when_there_will_be_something(client: Client):
    assert client.get("/insights/").context["is_empty"] is True
    assert client.get("/insights/csat/?days=90").context["line"] is None


def test_a_share_has_wilsons_interval():
    low, high = Figure(BY_KEY["csat"], number=10, hits=9).interval or (0, 0)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
