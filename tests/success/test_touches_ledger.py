"""The ledger of contacts, on pages and in the REST interface."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.enums import Role
from success.enums import TouchCategory, TouchDecision
from success.flows.engine import sweep_runs
from success.models import Touch
from tests.factories.people import MembershipFactory
from tests.factories.tickets import make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(newcomer, box) -> Touch:
    make_ticket("My box arrived crushed.", subscriber=newcomer)
    sweep_runs()
    return Touch.objects.get()


def hold(subscriber, number: int, decision=TouchDecision.CAPPED) -> Touch:
    return Touch.objects.create(
        store=subscriber.store,
        subscriber=subscriber,
        key=f"held:{number}",
        category=TouchCategory.MARKETING,
        decision=decision,
        reason="3 contacts within 168 h",
        occurred_at=timezone.now() + timedelta(minutes=number),
    )


def test_panel_tells_what_was_sent_and_what_was_held(client, manager, sent, newcomer):
    held = hold(newcomer, 1)
    client.force_login(manager)
    address = f"/alerts/panel/touches/{newcomer.pk}/"
    found = {show: client.get(f"{address}?show={show}").context["rows"] for show in ("all", "sent", "held")}
    assert {show: [row.touch for row in rows] for show, rows in found.items()} == {
        "all": [held, sent],
        "sent": [sent],
        "held": [held],
    }
    (row,) = found["sent"]
    assert (row.flow, row.step, row.url) == (
        "Damaged box recovery",
        "Apology",
        f"{sent.outbound_mail.ticket.get_absolute_url()}#message-{sent.outbound_mail.message_id}",
    )


def test_interface_lists_and_filters_them(client, manager, sent, newcomer):
    hold(newcomer, 1)
    client.force_login(manager)
    rows = client.get("/api/v1/touches/").json()["results"]
    assert [(row["decision"], row["was_sent"], row["flow"], row["step"]) for row in rows] == [
        ("capped", False, None, None),
        ("sent", True, "damaged-box", "apology"),
    ]
    counts = {
        asked: client.get(f"/api/v1/touches/?{asked}").json()["count"]
        for asked in ("sent=true", "decision=capped", "flow=damaged-box", "category=marketing", "subscriber=0815@x.de")
    }
    assert list(counts.values()) == [1, 1, 1, 1, 0]
    assert client.get("/api/v1/touches/?nonsense=1").status_code == 400


def test_outsider_sees_none(client, sent):
    client.force_login(MembershipFactory(role=Role.ADMIN).user)
    assert client.get("/api/v1/touches/").json()["count"] == 0
    assert client.get(f"/alerts/panel/touches/{sent.subscriber_id}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_costs_the_same_at_any_length(client, manager, newcomer, django_assert_num_queries, rows):
    for number in range(rows):
        hold(newcomer, number)
    client.force_login(manager)
    with django_assert_num_queries(4):  # session, user, subscriber; touches
        client.get(f"/alerts/panel/touches/{newcomer.pk}/")
    with django_assert_num_queries(4):  # session, user; count, touches
        assert len(client.get("/api/v1/touches/").json()["results"]) == rows
