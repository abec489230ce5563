"""What is done on many alerts at once: all of it or none, said to each, and taken back as one."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers.errors import Refused
from success.enums import AlertOutcome, AlertStatus, RunStatus, WakeWhen
from success.flows.engine import complete_task, sweep_runs
from success.models import Alert, AlertEvent, Deed, Run, Task
from success.queue import evened_out
from success.services import deeds
from success.services.alerts import start_alert
from success.waking import wake_those
from tests.factories.people import MembershipFactory, SubscriberFactory
from tests.factories.tickets import make_ticket
from tests.success.test_pages_queue import make_alert

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(store) -> list[Alert]:
    return [make_alert(store) for _ in range(3)]


@pytest.fixture
def post(client, manager):
    client.force_login(manager)
    return lambda address, **data: client.post(f"/alerts/{address}/", data, headers={"HX-Request": "true"})


def told(answer) -> dict:
    return json.loads(answer.headers["HX-Trigger"])["toast"]


def state(alerts) -> list[tuple]:
    return list(
        Alert.objects.filter(pk__in=[one.pk for one in alerts])
        .order_by("pk")
        .values_list("status", "owner", "snooze_reason", "wakes_when", "outcome")
    )


@pytest.mark.parametrize(
    ("address", "data", "words"),
    [
        ("assign", {"owner": "me"}, "3 alerts given to you"),
        ("snooze", {"until": "box_delivered", "reason": "On its way"}, "3 alerts snoozed"),
        ("close", {"outcome": "saved", "note": "All called."}, "3 alerts closed"),
        ("note", {"text": "Same carrier."}, "3 alerts noted"),
    ],
)
def test_done_on_all_and_taken_back_as_one(post, three, manager, address, data, words):
    before = state(three)
    data = {name: manager.pk if value == "me" else value for name, value in data.items()}
    answer = post(f"chosen/{address}", form="1", selected=[one.pk for one in three], **data)
    toast = told(answer)
    assert (answer.status_code, toast["text"]) == (204, words)
    assert (state(three) == before) is (address == "note")
    assert AlertEvent.objects.filter(data__deed=Deed.objects.get().pk).count() == 3
    assert told(post(toast["undo"]["url"].removeprefix("/alerts/").rstrip("/")))["text"] == (
        "Taken back: 3 alerts as before"
    )
    assert state(three) == before
    assert AlertEvent.objects.filter(kind="undone").count() == 3


def test_all_that_match_and_those_alone_that_one_may_work(post, three, store, manager):
    make_alert(store, priority=1)
    make_alert(MembershipFactory().store, priority=1)
    answer = post("chosen/assign", everything="1", query="view=open&priority=normal", owner=manager.pk)
    assert told(answer)["text"] == "3 alerts given to you"
    assert Alert.objects.filter(owner=manager).count() == 3


def test_what_changed_meanwhile_stays_and_a_deed_is_taken_back_once(post, three, manager):
    deed = deeds.snooze(
        [one.pk for one in three], actor=manager, until=timezone.now() + timedelta(days=1), reason="Holiday"
    )
    start_alert(three[0], actor=manager)
    assert told(post(f"deeds/{deed.pk}/undo"))["text"] == "Taken back: 2 alerts as before; 1 changed meanwhile and stay"
    assert [one[0] for one in state(three)] == ["in_progress", "open", "open"]
    assert post(f"deeds/{deed.pk}/undo").status_code == 422


def test_somebody_elses_deed_is_not_taken_back(three, manager, agent):
    deed = deeds.assign([three[0].pk], actor=agent, owner=agent)
    with pytest.raises(Refused, match="Somebody else did this"):
        deeds.undo(deed, actor=manager)
    Deed.objects.update(created_at=timezone.now() - timedelta(hours=2))
    with pytest.raises(Refused, match="too late"):
        deeds.undo(deed, actor=agent)


def test_flows_that_closing_ended_go_on_when_it_is_taken_back(newcomer, box, manager):
    make_ticket("My box arrived crushed.", subscriber=newcomer)
    sweep_runs()
    alert, task = Alert.objects.get(), Task.objects.get()
    deed = deeds.close([alert.pk], actor=manager, outcome=AlertOutcome.NO_ACTION)
    assert Run.objects.get().status == RunStatus.EXITED
    deeds.undo(deed, actor=manager)
    assert Run.objects.get().status == RunStatus.ACTIVE
    complete_task(task, actor=manager)
    sweep_runs()
    assert Run.objects.get().steps.get(state="waiting").step.key == "time-to-arrive"


def test_closing_is_not_taken_back_over_a_newer_alert(store, manager):
    person = SubscriberFactory(store=store)
    deed = deeds.close([make_alert(store, subscriber=person).pk], actor=manager, outcome=AlertOutcome.LOST)
    make_alert(store, subscriber=person)
    assert deeds.undo(deed, actor=manager) == 0


def test_closed_ones_are_refused(three, manager):
    deeds.close([three[0].pk], actor=manager, outcome=AlertOutcome.LOST)
    with pytest.raises(Refused, match="This alert is closed"):
        deeds.assign([three[0].pk], actor=manager, owner=manager)


def test_snooze_ends_when_the_box_is_there(three, manager):
    soon = timezone.now() + timedelta(days=14)
    deeds.snooze([three[0].pk], actor=manager, until=soon, reason="Under way", when=WakeWhen.BOX_DELIVERED)
    wake_those(three[0].subscriber_id, WakeWhen.TICKET_RESOLVED)
    assert state(three)[0][0] == AlertStatus.SNOOZED
    wake_those(three[0].subscriber_id, WakeWhen.BOX_DELIVERED)
    assert state(three)[0] == ("open", None, "", "", "")


def test_load_is_evened_out_and_what_is_begun_stays(post, store, manager, agent):
    mine = [make_alert(store, owner=manager, due_at=timezone.now() + timedelta(hours=hour)) for hour in range(5)]
    start_alert(mine[4], actor=manager)
    assert {pk: who.pk for pk, who in evened_out(store, [manager, agent]).items()} == {
        mine[3].pk: agent.pk,
        mine[2].pk: agent.pk,
    }
    assert told(post("even-out"))["text"] == "2 alerts moved: the team's load is even"
    assert Alert.objects.filter(owner=agent).count() == 2


@pytest.mark.parametrize("rows", [1, 3])
def test_costs_the_same_however_many(three, manager, django_assert_num_queries, rows):
    with django_assert_num_queries(9):
        deeds.assign([one.pk for one in three[:rows]], actor=manager, owner=manager)
