"""The first page: one inbox for one team, each half its own for two, and work that goes from one to the other."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.enums import Role, TeamMode
from subscribers.errors import Refused
from success import split
from success.enums import AlertOutcome, AlertStatus
from success.models import Alert, SplitNote
from success.services.alerts import close_alert
from success.services.handing_over import to_service, to_success
from tests.factories.people import MembershipFactory, SubscriberFactory
from tests.factories.subscriptions import SubscriptionFactory
from tests.factories.tickets import make_ticket
from tests.success.test_pages_queue import make_alert
from tickets.enums import TicketStatus
from tickets.models import Ticket
from tickets.services.tickets import assign, change_status

pytestmark = pytest.mark.django_db


def put(store, kind, hours, person) -> str:
    """A ticket or alert of somebody, due in so many hours (None: never); its name in the list."""
    due = timezone.now() + timedelta(hours=hours) if hours is not None else None
    if kind == "alert":
        return f"alert-{make_alert(store, owner=person, due_at=due).pk}"
    ticket = make_ticket("Where is it?", subscriber=SubscriberFactory(store=store))
    Ticket.objects.filter(pk=ticket.pk).update(next_due_at=due, assignee=person)
    return f"ticket-{ticket.pk}"


def shown(answer) -> list[str]:
    return [f"{item.kind}-{item.pk}" for item in answer.context["page"].rows]


@pytest.fixture
def visit(client, manager):
    client.force_login(manager)
    return lambda query="": client.get(f"/{query}")


def test_one_team_has_one_list_by_due_time(visit, store, manager):
    rows = [("ticket", 1), ("alert", 3), ("ticket", None), ("alert", 2), ("ticket", 2.5)]
    names = [put(store, kind, hours, manager) for kind, hours in rows]
    assert shown(visit()) == [names[place] for place in (0, 3, 4, 1, 2)]
    assert shown(visit("?only=alerts")) == [names[3], names[1]]
    counts = {view.key: count for view, count, _ in visit().context["views"]}
    assert counts == {"mine": 5, "unassigned": 0, "due": 2, "waiting": 0}


def test_pages_walk_through_both_and_back(visit, store, manager):
    now = timezone.now()
    names = [put(store, kind, 1, manager) for kind in ("ticket", "alert") * 27] + [put(store, "ticket", None, manager)]
    Alert.objects.update(due_at=now)
    Ticket.objects.filter(next_due_at__isnull=False).update(next_due_at=now)
    first = visit()
    second = visit(f"?cursor={first.context['page'].next}")
    assert (len(shown(first)), sorted(shown(first) + shown(second))) == (50, sorted(names))
    assert shown(visit(f"?cursor={second.context['page'].previous}")) == shown(first)
    assert (second.context["page"].next, shown(second)[-1]) == ("", names[-1])
    assert shown(visit("?cursor=x")) == shown(first)


@pytest.mark.parametrize(
    ("role", "template"),
    [
        (Role.AGENT, "tickets/list.html"),
        (Role.SUCCESS, "success/list.html"),
        (Role.LEAD, "success/inbox.html"),
        (Role.ADMIN, "success/inbox.html"),
    ],
)
def test_two_teams_have_each_their_own(client, store, role, template):
    store.team_mode = TeamMode.TWO
    store.save()
    client.force_login(MembershipFactory(store=store, role=role).user)
    answer = client.get("/")
    assert (answer.templates[0].name, answer.context["nav"]) == (template, "inbox")


@pytest.mark.parametrize("rows", [1, 3])
def test_costs_the_same_at_any_length(visit, store, manager, django_assert_num_queries, rows):
    for _ in range(rows):
        put(store, "ticket", 1, manager)
        put(store, "alert", 1, manager)
    # Session, user, halves; alerts, evidence, runs, workable stores, people, tickets; tickets, topics; counts (2);
    # stores that one leads; requests to decide; saved views; trouble with mail.
    with django_assert_num_queries(17):
        assert len(shown(visit())) == 2 * rows


def test_both_kinds_are_taken_at_once_and_taken_back(client, visit, store, manager):
    names = [put(store, kind, 1, None) for kind in ("ticket", "alert")]
    asked = {"selected": names, "owner": manager.pk}
    answer = client.post("/inbox/give/", asked, headers={"HX-Request": "true"})
    assert sorted(shown(visit())) == sorted(names)
    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    answer = client.post(undo["url"], undo["values"], headers={"HX-Request": "true"})
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["text"] == "Taken back: 2 as before"
    assert (shown(visit()), sorted(shown(visit("?view=unassigned")))) == ([], sorted(names))


def test_ticket_goes_to_success_with_the_thread(client, store, manager, agent, regular):
    store.team_mode = TeamMode.TWO
    store.save()
    ticket = make_ticket("Always late", subscriber=regular)
    client.force_login(agent)
    answer = client.post(f"/alerts/from-ticket/{ticket.pk}/", {"note": "She thinks of leaving."}, follow=True)
    assert answer.redirect_chain == [(ticket.get_absolute_url(), 302)]
    alert = Alert.objects.get(subscriber=regular)
    (evidence,) = alert.evidence.all()
    assert (evidence.kind, evidence.ticket, evidence.data["words"]) == (
        "handed_over",
        ticket,
        ["She thinks of leaving."],
    )
    assert ticket.messages.get(kind="note").text == "Handed over to success: She thinks of leaving."
    assert alert.events.get(kind="handed_over").actor == agent
    to_success(ticket, actor=agent, note="And again.")
    assert alert.evidence.count() == 2


@pytest.mark.parametrize("has_ticket", [True, False])
def test_alert_goes_to_service_and_comes_back_when_it_is_resolved(store, manager, agent, regular, has_ticket):
    alert = make_alert(store, subscriber=regular, owner=manager)
    if has_ticket:
        ticket = make_ticket("A question", subscriber=regular)
        assign(ticket, actor=manager, assignee=manager)
        change_status(ticket, actor=manager, status=TicketStatus.PENDING)
    to_service(alert, actor=manager, note="Please refund.")
    ticket = Ticket.objects.get(subscriber=regular)
    assert (ticket.status in (TicketStatus.NEW, TicketStatus.OPEN), ticket.assignee) == (True, None)
    assert ticket.messages.get(kind="note").text == "Handed over by success: Please refund."
    alert.refresh_from_db()
    assert (alert.status, alert.snooze_reason) == (AlertStatus.SNOOZED, f"With service: {ticket.number}")
    change_status(ticket, actor=agent, status=TicketStatus.RESOLVED)
    alert.refresh_from_db()
    assert (alert.status, alert.owner) == (AlertStatus.OPEN, manager)


def test_alert_that_somebody_closed_meanwhile_is_not_handed_over(store, manager, regular):
    seen = make_alert(store, subscriber=regular, owner=manager)
    close_alert(seen, actor=manager, outcome=AlertOutcome.SAVED)
    with pytest.raises(Refused):
        to_service(seen, actor=manager, note="Please refund.")
    assert (Alert.objects.get().status, Ticket.objects.count()) == (AlertStatus.CLOSED, 0)


def test_split_is_suggested_to_leads_of_large_stores_until_it_was_read(client, store, agent, monkeypatch):
    monkeypatch.setattr(split, "MANY", 1)
    for _ in range(2):
        SubscriptionFactory(subscriber=SubscriberFactory(store=store))
    lead = MembershipFactory(store=store, role=Role.LEAD).user
    client.force_login(agent)
    assert client.get("/").context["suggestion"] is None
    client.force_login(lead)
    assert client.get("/").context["suggestion"] == store
    client.post(f"/team/{store.pk}/dismiss/")
    assert (client.get("/").context["suggestion"], SplitNote.objects.get().dismissed_by) == (None, lead)


def test_leads_choose_one_team_or_two(client, store, agent):
    client.force_login(agent)
    assert client.get("/team/").status_code == 403
    client.force_login(MembershipFactory(store=store, role=Role.LEAD).user)
    client.post("/team/", {"store": store.pk, "mode": "two"})
    store.refresh_from_db()
    assert store.team_mode == TeamMode.TWO
    assert "Success manager" in client.get("/team/").content.decode()
