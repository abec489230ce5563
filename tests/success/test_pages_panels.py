"""What the pages of tickets and subscribers show of success, by address."""

import pytest

from subscribers.enums import Role
from success.enums import AlertOutcome
from success.flows.contact import policy_of
from success.flows.engine import sweep_runs
from success.flows.entry import enter_by_hand
from success.models import Alert
from success.services.alerts import close_alert
from tests.factories.flows import make_flow
from tests.factories.people import MembershipFactory, SubscriberFactory
from tests.factories.tickets import make_ticket
from tickets.models import Queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(newcomer, box):
    policy_of(newcomer.store_id)
    ticket = make_ticket("My box arrived crushed.", subscriber=newcomer)
    sweep_runs()
    return ticket


@pytest.fixture
def get(client, agent):
    client.force_login(agent)
    return lambda kind, pk: client.get(f"/alerts/panel/{kind}/{pk}/")


def test_ticket_shows_the_live_alert_and_its_task(get, ticket):
    answer = get("ticket", ticket.pk)
    row = answer.context["row"]
    assert (row.alert, row.next_words) == (Alert.objects.get(), "Arrange a replacement for Ana Souza")
    text = answer.content.decode()
    assert f'hx-trigger="changed:alert:{row.alert.pk} from:body"' in text
    assert f"/alerts/tasks/{row.task.pk}/done/" in text


def test_ticket_shows_the_latest_alert_where_none_is_live(get, ticket, manager):
    close_alert(Alert.objects.get(), actor=manager, outcome=AlertOutcome.SAVED)
    answer = get("ticket", ticket.pk)
    assert answer.context["row"].alert.outcome == AlertOutcome.SAVED
    # A new alert may be opened, whose number is not known yet.
    assert 'hx-trigger="changed:alert from:body"' in answer.content.decode()


def test_live_alert_comes_before_a_later_closed_one(get, ticket, newcomer, manager):
    close_alert(Alert.objects.get(), actor=manager, outcome=AlertOutcome.LOST)
    make_ticket("Where is it?", subscriber=newcomer)
    row = get("ticket", ticket.pk).context["row"]
    assert (row.alert.is_live, row.reasons) == (True, ["cycle_one_ticket"])


def test_ticket_without_alert_says_so_in_a_line(get, regular):
    answer = get("ticket", make_ticket("A question", subscriber=regular).pk)
    assert answer.context["row"] is None
    assert "Nothing asks success to act for this subscriber." in answer.content.decode()


def test_agent_of_two_teams_gets_no_button(get, ticket, store):
    store.team_mode = "two"
    store.save()
    assert "/done/" not in get("ticket", ticket.pk).content.decode()


def test_ticket_that_is_not_seen_has_no_panel(client, get, ticket, store):
    ticket.queue = Queue.objects.create(store=store, key="legal", name="Legal", is_restricted=True)
    ticket.save()
    assert get("ticket", ticket.pk).status_code == 404
    client.force_login(MembershipFactory(role=Role.LEAD).user)
    assert [
        get(kind, pk).status_code for kind, pk in (("ticket", ticket.pk), ("subscriber", ticket.subscriber_id))
    ] == [
        404,
        404,
    ]


def test_subscriber_shows_the_live_alert_before_the_closed_ones(get, ticket, newcomer, manager):
    close_alert(Alert.objects.get(), actor=manager, outcome=AlertOutcome.SAVED)
    make_ticket("It arrived crushed again", subscriber=newcomer)
    rows = get("subscriber", newcomer.pk).context["rows"]
    assert [row.alert.is_live for row in rows] == [True, False]


def test_subscriber_without_alert_says_so(get, store):
    answer = get("subscriber", SubscriberFactory(store=store).pk)
    assert "No alert has ever been opened for them." in answer.content.decode()


def test_ticket_panel_costs_the_same(get, ticket, django_assert_num_queries):
    # Session, user, ticket; alert, evidence, runs, steps with tasks; the stores whose alerts may be worked;
    # what holds outreach back: tickets, the policy, complaints, runs; the cause.
    with django_assert_num_queries(17):
        get("ticket", ticket.pk)


@pytest.mark.parametrize("closed", [0, 2])
def test_subscriber_panel_costs_the_same_whatever_it_shows(
    get, ticket, newcomer, manager, django_assert_num_queries, closed
):
    for _ in range(closed):
        close_alert(Alert.objects.live().get(), actor=manager, outcome=AlertOutcome.SAVED)
        make_ticket("It arrived crushed again", subscriber=newcomer)
    with django_assert_num_queries(17):
        assert len(get("subscriber", newcomer.pk).context["rows"]) == closed + 1


def test_panel_says_what_is_held_back(get, store, newcomer, ticket, manager):
    """The complaint of the ticket holds outreach: the panel names the flow and the step that wait."""
    flow = make_flow(store, ("hello", "mail", {"subject": "Hi", "text": "Hello"}), name="Say hello", category="success")
    enter_by_hand(flow, newcomer, actor=manager)
    held = get("ticket", ticket.pk).context["held"]
    assert [(run.flow, run.is_mail) for run in held.runs] == [("Say hello", True)]
    text = get("ticket", ticket.pk).content.decode()
    assert [word in text for word in ("Say hello", str(held.why))] == [True, True]
