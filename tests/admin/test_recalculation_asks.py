"""After an edit that moves due times: the question, its answers, and how far a recalculation is."""

import re

import pytest
from django.http import HttpResponse
from django.urls import reverse

from helpdesk.models import User
from subscribers.enums import Role
from subscribers.models import Membership, Store, Subscriber
from tests.admin.conftest import Desk, rows
from tests.admin.test_policy_page_makes_versions import body
from tickets.models import BusinessCalendar, Clock, Queue, Recalculation, SlaPolicy, Ticket
from tickets.sla import recalculation
from tickets.sla.changes import TicketChange
from tickets.sla.clocks import apply

ASK = reverse("admin:tickets_recalculation_ask")


@pytest.fixture
def clock(tea: Store, policy: SlaPolicy) -> Clock:
    """The open resolution of a ticket under the standard policy."""
    subscriber = Subscriber.objects.create(store=tea, email="ana@example.com")
    queue = Queue.objects.get(store=tea)
    ticket = Ticket.objects.create(store=tea, queue=queue, subscriber=subscriber, subject="x", channel="mail")
    apply(ticket, TicketChange.OPENED, at=ticket.opened_at)
    return ticket.clocks.get(metric="resolution")


def save(desk: Desk, policy: SlaPolicy, **changes: object) -> str:
    answer = desk.post("tickets_slapolicy_change", policy.pk, **body(policy, **changes))
    assert answer.status_code == 302, answer.context["adminform"].errors
    return answer.headers["Location"]


def asked(answer: HttpResponse) -> str:
    [title] = re.findall(r'id="ask-title"[^>]*>([^<]+)<', answer.content.decode())
    return title


def test_changed_promise_asks_how_many_clocks_follow(ada: Desk, policy: SlaPolicy, clock: Clock) -> None:
    address = save(ada, policy, resolution_normal_0="90 h")
    assert address == f"{ASK}?policy={policy.pk}"
    assert asked(ada.client.get(address)) == "1 open clock would be due at another time. Recalculate it?"
    assert not Recalculation.objects.exists()


def test_change_that_moves_nothing_asks_nothing(ada: Desk, policy: SlaPolicy, clock: Clock) -> None:
    listing = reverse("admin:tickets_slapolicy_changelist")
    assert save(ada, policy, name="Renamed") == listing
    assert save(ada, policy, resolution_low_0="90 h") == listing
    assert save(ada, policy, warn_percent=50) == listing


def test_deactivated_policy_asks_too(ada: Desk, policy: SlaPolicy, clock: Clock) -> None:
    assert save(ada, policy, is_active="") == f"{ASK}?policy={policy.pk}"


def test_changed_calendar_asks_for_its_policies(
    ada: Desk, calendar: BusinessCalendar, policy: SlaPolicy, clock: Clock
) -> None:
    kept = [
        {"id": row.pk, "calendar": calendar.pk, "weekday": row.weekday, "opens": row.opens, "closes": "10:00"}
        for row in calendar.hours.order_by("weekday")
    ]
    data = {"name": calendar.name, "time_zone": calendar.time_zone, "holidays_country": "", "holidays_region": ""}
    data |= rows("hours", kept) | {"hours-INITIAL_FORMS": len(kept)} | rows("exceptions", [])
    answer = ada.post("tickets_businesscalendar_change", calendar.pk, **data)
    assert answer.headers["Location"].startswith(f"{ASK}?policy=")
    assert asked(ada.client.get(answer.headers["Location"])).startswith("2 open clocks would be due at another time.")
    assert policy.versions.count() == 2


def test_yes_starts_it_and_shows_its_progress_until_it_is_over(ada: Desk, policy: SlaPolicy, clock: Clock) -> None:
    address = save(ada, policy, resolution_normal_0="90 h")
    answer = ada.client.post(address, {"policy": policy.pk})
    row = Recalculation.objects.get()
    assert answer.headers["Location"] == reverse("admin:tickets_recalculation_change", args=[row.pk])
    assert (row.requested_by, row.store, list(row.policies.all()), row.total) == (ada.user, policy.store, [policy], 2)
    page = ada.client.get(answer.headers["Location"]).content.decode()
    part = reverse("admin:tickets_recalculation_progress", args=[row.pk])
    assert (f'hx-get="{part}" hx-trigger="every 1s"' in page, 'aria-valuenow="0"' in page) == (True, True)
    due = clock.due_at
    recalculation.work(row.pk)
    clock.refresh_from_db()
    assert (clock.due_at > due, clock.target_seconds) == (True, 90 * 3600)
    done = ada.client.get(part).content.decode()
    assert "2 of 2 looked at · 1 changed" in done
    assert "hx-get" not in done
    assert [(str(row), row.done) for row in ada.get("tickets_recalculation_changelist").context["cl"].queryset] == [
        ("Changed promise: Standard (Done)", 2)
    ]


def test_errors_are_shown(ada: Desk, tea: Store) -> None:
    row = Recalculation.objects.create(store=tea, reason="x", error="T-1: ValueError: <no>")
    page = ada.get("tickets_recalculation_change", row.pk).content.decode()
    assert "T-1: ValueError: &lt;no&gt;" in page


def test_question_without_clocks_says_so(ada: Desk, policy: SlaPolicy) -> None:
    answer = ada.client.get(f"{ASK}?policy={policy.pk}")
    assert answer.headers["Location"] == reverse("admin:tickets_slapolicy_changelist")


def test_other_stores_are_not_asked_about(ada: Desk, root: Desk, soap: Store, tea: Store, policy: SlaPolicy) -> None:
    theirs = SlaPolicy.objects.get(store=soap, name="Standard")
    row = Recalculation.objects.create(store=soap, reason="x")
    pages = [
        f"{ASK}?policy={theirs.pk}",
        f"{ASK}?policy={policy.pk}&policy={theirs.pk}",
        ASK,
        f"{ASK}?policy=x",
        reverse("admin:tickets_recalculation_change", args=[row.pk]),
        reverse("admin:tickets_recalculation_progress", args=[row.pk]),
    ]
    assert [ada.client.get(page).status_code for page in pages] == [404] * len(pages)
    assert ada.client.post(ASK, {"policy": theirs.pk}).status_code == 404
    assert root.client.get(f"{ASK}?policy={policy.pk}&policy={theirs.pk}").status_code == 404
    assert Recalculation.objects.count() == 1


def test_agent_is_sent_to_sign_in(tea: Store, policy: SlaPolicy) -> None:
    agent = User.objects.create_user("agent@example.com", name="Agent")
    Membership.objects.create(store=tea, user=agent, role=Role.LEAD)
    desk = Desk(agent)
    answers = [desk.client.get(f"{ASK}?policy={policy.pk}"), desk.client.post(ASK, {"policy": policy.pk})]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert not Recalculation.objects.exists()
