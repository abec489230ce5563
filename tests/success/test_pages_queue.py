"""The alert queue: who sees which alerts, in what order, what a row tells, and at what cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.enums import Role
from subscribers.models import Box, Cycle
from success.enums import AlertOutcome, AlertPriority, AlertStatus
from success.flows.engine import sweep_runs
from success.models import Alert
from success.services.alerts import assign_alert, close_alert, snooze_alert, start_alert
from tests.factories.people import MembershipFactory, SubscriberFactory
from tests.factories.tickets import make_ticket
from tickets.enums import TicketStatus
from tickets.services.tickets import change_status

pytestmark = pytest.mark.django_db


def make_alert(store, **fields) -> Alert:
    """An alert without reasons, in the state that a test wants."""
    subscriber = fields.pop("subscriber", None) or SubscriberFactory(store=store)
    fields.setdefault("due_at", timezone.now() + timedelta(hours=4))
    return Alert.objects.create(store=store, subscriber=subscriber, **fields)


@pytest.fixture
def visit(client, manager):
    client.force_login(manager)

    def get(query: str = "", **headers):
        return client.get(f"/alerts/{query}", headers=headers)

    return get


def shown(answer) -> list[int]:
    return [row.alert.pk for row in answer.context["rows"]]


def test_most_pressing_comes_first(visit, store):
    now = timezone.now()
    later = make_alert(store, priority=AlertPriority.HIGH, due_at=now + timedelta(hours=2))
    normal = make_alert(store, priority=AlertPriority.NORMAL, due_at=now)
    urgent = make_alert(store, priority=AlertPriority.URGENT, due_at=now + timedelta(days=2))
    sooner = make_alert(store, priority=AlertPriority.HIGH, due_at=now + timedelta(hours=1))
    assert shown(visit()) == [urgent.pk, sooner.pk, later.pk, normal.pk]


def test_views_hold_what_they_say_and_count_it(visit, store, manager, agent):
    tomorrow = timezone.localtime() + timedelta(days=1)
    new, asleep, done = (make_alert(store, due_at=tomorrow) for _ in range(3))
    mine = make_alert(store, due_at=timezone.now() - timedelta(hours=1))
    others = make_alert(store, due_at=tomorrow, priority=AlertPriority.URGENT)
    assign_alert(mine, actor=manager, owner=manager)
    start_alert(others, actor=agent)
    snooze_alert(asleep, actor=manager, until=timezone.now() + timedelta(days=1), reason="Holiday")
    close_alert(done, actor=manager, outcome=AlertOutcome.SAVED)
    views = {key: sorted(shown(visit(f"?view={key}"))) for key in ("open", "mine", "unassigned", "urgent", "today")}
    assert views == {
        "open": [new.pk, mine.pk, others.pk],
        "mine": [mine.pk],
        "unassigned": [new.pk],
        "urgent": [others.pk],
        "today": [mine.pk],
    }
    assert (shown(visit("?view=snoozed")), shown(visit("?view=closed"))) == ([asleep.pk], [done.pk])
    counts = {view.key: count for view, count, _ in visit().context["views"]}
    assert counts == {
        "open": 3,
        "mine": 1,
        "unassigned": 1,
        "urgent": 1,
        "today": 1,
        "waiting": 0,
        "snoozed": 1,
        "closed": None,
    }


def test_unknown_view_is_the_first_one(visit, store):
    alert = make_alert(store)
    assert shown(visit("?view=nonsense")) == [alert.pk]


def test_row_tells_reasons_run_and_what_to_do_next(visit, newcomer, box):
    make_ticket("My box arrived crushed.", subscriber=newcomer)
    sweep_runs()
    (row,) = visit().context["rows"]
    assert row.reasons == ["damaged_box", "cycle_one_ticket"]
    assert (row.run.flow.key, row.next_words) == ("damaged-box", "Arrange a replacement for Ana Souza")
    assert row.task.due_at == row.next_at
    assert row.may_work is True


def test_row_of_a_waiting_run_tells_what_it_waits_for(visit, newcomer, box, manager):
    make_ticket("My box arrived crushed.", subscriber=newcomer)
    (row,) = visit().context["rows"]
    assert (row.task, row.next_words) == (None, "Tell the agent: note on the ticket")


def test_filter_of_the_address_narrows_the_view(visit, newcomer, box, store):
    make_ticket("My box arrived crushed.", subscriber=newcomer)
    other = make_alert(store)
    alert = Alert.objects.exclude(pk=other.pk).get()
    assert shown(visit("?reason=damaged_box")) == [alert.pk]
    assert shown(visit("?reason=box_late")) == []


def test_wrong_filter_says_so_and_shows_nothing(visit, store):
    make_alert(store)
    answer = visit("?reason=nonsense")
    assert (answer.status_code, shown(answer), list(answer.context["errors"])) == (200, [], ["reason"])


def test_waiting_is_who_was_asked_and_has_not_answered(visit, store, manager):
    asked, answered = make_alert(store), make_alert(store)
    for alert in (asked, answered):
        ticket = make_ticket("How often do you send?", subscriber=alert.subscriber)
        change_status(ticket, actor=manager, status=TicketStatus.PENDING)
    make_ticket("And another thing", subscriber=answered.subscriber)
    assert shown(visit("?view=waiting")) == [asked.pk]


def test_value_brings_an_alert_forward_and_the_row_says_how(visit, store):
    due = timezone.now() + timedelta(hours=4)
    plain, dear = make_alert(store, due_at=due), make_alert(store, due_at=due, value_at_risk=240)
    assert shown(visit()) == [dear.pk, plain.pk]
    assert visit().context["rows"][0].why_here.endswith(", 12 h sooner for 240 USD at risk a year")
    assert "1 day when high" in visit().content.decode()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("q=SOUZA", ["Ana Souza"]), ("cycle=first", ["Ana Souza"]), ("cycle=later", ["Bea Lang"]), ("cycle=none", ["Cy"])],
)
def test_people_are_found_by_name_and_segment(visit, store, newcomer, regular, asked, expected):
    box = Box.objects.get(cycle__subscription__subscriber=regular, cycle__index=1)
    Cycle.objects.filter(subscription=box.cycle.subscription, index=2).update(billed_at=timezone.now())
    for person in (newcomer, regular, SubscriberFactory(store=store, name="Cy")):
        make_alert(store, subscriber=person)
    assert [row.alert.name for row in visit(f"?{asked}").context["rows"]] == expected


def test_parts_come_alone(visit, store):
    make_alert(store)
    for part in ("alert-rows", "alert-views"):
        text = visit("?view=open", **{"HX-Request": "true", "HX-Target": part}).content.decode().strip()
        assert (text.startswith(f'<div id="{part}"'), "<html" in text) == (True, False)


def test_pages_neither_repeat_nor_leave_out_although_rows_come(visit, store):
    now = timezone.now()
    people = [SubscriberFactory(store=store) for _ in range(53)]
    Alert.objects.bulk_create(Alert(store=store, subscriber=person, due_at=now) for person in people[:52])
    first = visit()
    make_alert(store, subscriber=people[52], due_at=now - timedelta(days=9))
    second = visit(f"?cursor={first.context['page'].next}")
    assert sorted(shown(first) + shown(second)) == sorted(
        Alert.objects.order_by("-pk")[1:].values_list("pk", flat=True)
    )
    assert (first.context["total"], second.context["page"].next) == (52, "")
    assert shown(visit(f"?cursor={second.context['page'].previous}")) == shown(first)
    assert len(shown(visit("?cursor=nonsense"))) == 50


def test_outsider_sees_nothing(client, store):
    make_alert(store)
    client.force_login(MembershipFactory(role=Role.LEAD).user)
    assert shown(client.get("/alerts/")) == []


def test_stranger_is_asked_to_sign_in(client, store):
    assert client.get("/alerts/").headers["Location"] == "/sign-in/?next=/alerts/"


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_at_any_length(visit, store, django_assert_num_queries, rows, box):
    for _ in range(rows):
        make_ticket("My box arrived crushed.", subscriber=SubscriberFactory(store=store))
    sweep_runs()
    # Session, user; alerts, evidence, runs, steps with tasks, the stores whose alerts may be worked, people, tickets;
    # counts, load, products, reasons; trouble with mail.
    with django_assert_num_queries(14):
        assert len(shown(visit())) == rows


def test_agent_of_a_store_with_two_teams_reads_only(client, store, agent):
    store.team_mode = "two"
    store.save()
    alert = make_alert(store, status=AlertStatus.OPEN)
    client.force_login(agent)
    (row,) = client.get("/alerts/").context["rows"]
    assert (row.alert.pk, row.may_work) == (alert.pk, False)
