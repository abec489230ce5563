"""The alert queue: who sees which alerts, in what order, what a row tells, and at what cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.enums import Role
from success.enums import AlertOutcome, AlertPriority, AlertStatus
from success.flows.engine import sweep_runs
from success.models import Alert
from success.services.alerts import assign_alert, close_alert, snooze_alert, start_alert
from tests.factories.people import MembershipFactory, SubscriberFactory
from tests.factories.tickets import make_ticket

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
    new, mine, others, asleep, done = (make_alert(store) for _ in range(5))
    assign_alert(mine, actor=manager, owner=manager)
    start_alert(others, actor=agent)
    snooze_alert(asleep, actor=manager, until=timezone.now() + timedelta(days=1), reason="Holiday")
    close_alert(done, actor=manager, outcome=AlertOutcome.SAVED)
    views = {key: sorted(shown(visit(f"?view={key}"))) for key in ("open", "mine", "unassigned", "in-progress")}
    assert views == {
        "open": [new.pk, mine.pk],
        "mine": [mine.pk],
        "unassigned": [new.pk],
        "in-progress": [others.pk],
    }
    assert (shown(visit("?view=snoozed")), shown(visit("?view=closed"))) == ([asleep.pk], [done.pk])
    counts = {view.key: count for view, count, _ in visit().context["views"]}
    assert counts == {"open": 2, "mine": 1, "unassigned": 1, "in-progress": 1, "snoozed": 1, "closed": None}


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


def test_live_answer_is_the_rows_and_the_counts_alone(visit, store):
    make_alert(store)
    text = visit("?view=open", **{"HX-Request": "true", "HX-Target": "alert-rows"}).content.decode()
    assert text.strip().startswith('<div id="alert-rows"')
    assert "<html" not in text
    assert '<span class="count" id="count-open" hx-swap-oob="true">1</span>' in text


def test_pages_neither_repeat_nor_leave_out(visit, store):
    now = timezone.now()
    people = [SubscriberFactory(store=store) for _ in range(52)]
    Alert.objects.bulk_create(Alert(store=store, subscriber=person, due_at=now) for person in people)
    first, second, third = visit(), visit("?page=2"), visit("?page=3")
    assert sorted(shown(first) + shown(second)) == sorted(Alert.objects.values_list("pk", flat=True))
    assert [answer.context["page"].has_next for answer in (first, second)] == [True, False]
    assert shown(third) == []
    assert shown(visit("?page=nonsense")) == shown(first)


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
    # Session, user; alerts, evidence, runs, steps with tasks; counts; the stores whose alerts may be worked.
    with django_assert_num_queries(9):
        assert len(shown(visit())) == rows


def test_agent_of_a_store_with_two_teams_reads_only(client, store, agent):
    store.team_mode = "two"
    store.save()
    alert = make_alert(store, status=AlertStatus.OPEN)
    client.force_login(agent)
    (row,) = client.get("/alerts/").context["rows"]
    assert (row.alert.pk, row.may_work) == (alert.pk, False)
