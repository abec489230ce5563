"""What is done on an alert from its page: the service is asked, the page told, and nobody acts who may not."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from subscribers.enums import Role
from success.enums import AlertOutcome, AlertStatus, ExitReason, RunStatus
from success.flows.engine import sweep_runs
from success.forms import preset_time
from success.models import Alert, Deed, Run, Task
from success.services.alerts import close_alert
from tests.factories.people import MembershipFactory
from tests.factories.tickets import make_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(newcomer, box) -> Alert:
    make_ticket("My box arrived crushed.", subscriber=newcomer)
    sweep_runs()
    return Alert.objects.get()


@pytest.fixture
def post(client, manager, alert):
    client.force_login(manager)

    def send(address: str, **data):
        answer = client.post(f"/alerts/{address}/", data, headers={"HX-Request": "true"})
        alert.refresh_from_db()
        return answer

    return send


def told(answer) -> dict:
    return json.loads(answer.headers["HX-Trigger"])


def test_assigned_to_me_by_one_click(post, alert, manager):
    answer = post(f"{alert.pk}/assign", owner=manager.pk)
    assert (answer.status_code, alert.owner) == (204, manager)
    undo = {"url": f"/alerts/deeds/{Deed.objects.get().pk}/undo/", "label": "Undo", "seconds": 15}
    assert told(answer) == {
        "toast": {"text": "It is yours", "level": "success", "undo": undo},
        "dialog-close": {},
        "changed:alert": {},
        "changed:alert:counts": {},
        f"changed:alert:{alert.pk}": {},
    }


def test_given_to_another_and_to_nobody(post, alert, agent):
    assert told(post(f"{alert.pk}/assign", owner=agent.pk))["toast"]["text"] == f"Given to {agent}"
    assert alert.owner == agent
    assert told(post(f"{alert.pk}/assign", owner=""))["toast"]["text"] == "Given to nobody"
    assert alert.owner is None


def test_not_given_to_somebody_of_another_store(post, alert):
    stranger = MembershipFactory().user
    answer = post(f"{alert.pk}/assign", owner=stranger.pk)
    assert (answer.status_code, answer.headers["HX-Reswap"], alert.owner) == (422, "none", None)
    assert told(answer)["toast"] == {
        "text": "This person does not work for the store of these alerts.",
        "level": "error",
    }


def test_started(post, alert, manager):
    assert post(f"{alert.pk}/start").status_code == 204
    assert (alert.status, alert.owner) == (AlertStatus.IN_PROGRESS, manager)


def test_snoozed_with_a_reason(post, alert):
    assert post(f"{alert.pk}/snooze", until="hours", reason="Holiday").status_code == 204
    assert (alert.status, alert.snooze_reason) == (AlertStatus.SNOOZED, "Holiday")
    assert timedelta(hours=3) < alert.snoozed_until - timezone.now() < timedelta(hours=5)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"until": "tomorrow", "reason": ""}, ["reason"]),
        ({"until": "tomorrow", "reason": "x" * 201}, ["reason"]),
        ({"until": "never", "reason": "Holiday"}, ["until"]),
        ({}, ["until", "reason"]),
    ],
)
def test_wrong_snooze_comes_back_with_its_faults(post, alert, data, wrong):
    answer = post(f"{alert.pk}/snooze", **data)
    assert (answer.status_code, list(answer.context["form"].errors), alert.status) == (422, wrong, AlertStatus.OPEN)


def test_closed_with_outcome_and_note(post, alert):
    assert post(f"{alert.pk}/close", outcome="saved", note="Stays.").status_code == 204
    assert (alert.status, alert.outcome) == (AlertStatus.CLOSED, AlertOutcome.SAVED)
    assert alert.events.get(kind="closed").data["note"] == "Stays."


@pytest.mark.parametrize("outcome", ["", "auto_resolved", "nonsense"])
def test_not_closed_without_an_outcome_of_ours(post, alert, outcome):
    assert (post(f"{alert.pk}/close", outcome=outcome).status_code, alert.status) == (422, AlertStatus.OPEN)


def test_closed_alert_is_left_alone(post, alert, manager):
    close_alert(alert, actor=manager, outcome=AlertOutcome.NO_ACTION)
    answers = [
        post(f"{alert.pk}/start"),
        post(f"{alert.pk}/assign", owner=manager.pk),
        post(f"{alert.pk}/snooze", until="week", reason="Holiday"),
        post(f"{alert.pk}/close", outcome="lost"),
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert alert.outcome == AlertOutcome.NO_ACTION


def test_noted(post, alert):
    assert post(f"{alert.pk}/note", text=" Called. ").status_code == 204
    assert alert.events.get(kind="noted").data == {"text": "Called."}


def test_empty_note_comes_back(post, alert):
    answer = post(f"{alert.pk}/note", text="  ")
    assert (answer.status_code, answer.context["note_form"].errors["text"]) == (422, ["A note needs some text."])


def test_task_done_lets_the_run_go_on(post, alert, manager):
    task = Task.objects.get()
    answer = post(f"tasks/{task.pk}/done")
    task.refresh_from_db()
    assert (answer.status_code, task.done_by) == (204, manager)
    sweep_runs()
    assert Run.objects.get().steps.get(state="waiting").step.key == "time-to-arrive"


def test_task_done_twice_is_refused(post, alert):
    task = Task.objects.get()
    assert [post(f"tasks/{task.pk}/done").status_code for _ in range(2)] == [204, 422]


def test_run_stops_after_it_was_asked(client, post, alert):
    run = Run.objects.get()
    asked = client.get(f"/alerts/runs/{run.pk}/stop/", headers={"HX-Request": "true"})
    run.refresh_from_db()
    assert (asked.status_code, run.status) == (200, RunStatus.ACTIVE)
    assert [post(f"runs/{run.pk}/stop").status_code for _ in range(2)] == [204, 422]
    run.refresh_from_db()
    assert (run.status, run.exit_reason) == (RunStatus.EXITED, ExitReason.CANCELLED)


@pytest.mark.parametrize("kind", ["snooze", "close"])
def test_dialog_is_a_page_where_there_is_no_javascript(client, post, alert, kind):
    part = client.get(f"/alerts/{alert.pk}/{kind}/", headers={"HX-Request": "true"}).content.decode()
    whole = client.get(f"/alerts/{alert.pk}/{kind}/").content.decode()
    assert ("<html" in part, "<html" in whole) == (False, True)
    assert "dialog-title" in part


def test_plain_form_leads_back_to_the_alert(client, post, alert, manager):
    answer = client.post(f"/alerts/{alert.pk}/start/", follow=True)
    assert answer.redirect_chain == [(f"/alerts/{alert.pk}/", 302)]
    assert [str(message) for message in answer.context["messages"]] == ["In progress"]


def addresses(alert: Alert) -> list[str]:
    run, task = Run.objects.get(), Task.objects.get()
    ours = [f"{alert.pk}/{kind}" for kind in ("assign", "start", "snooze", "close", "note")]
    return [*ours, f"tasks/{task.pk}/done", f"runs/{run.pk}/stop"]


@pytest.mark.parametrize(("mode", "status"), [("one", 204), ("two", 403)])
def test_agent_acts_where_there_is_one_team(client, post, alert, agent, store, mode, status):
    store.team_mode = mode
    store.save()
    client.force_login(agent)
    assert post(f"{alert.pk}/start").status_code == status


def test_agent_of_two_teams_can_do_nothing(client, post, alert, agent, store):
    store.team_mode = "two"
    store.save()
    client.force_login(agent)
    assert [post(address).status_code for address in addresses(alert)] == [403] * 7


def test_outsider_finds_nothing_to_act_on(client, post, alert):
    client.force_login(MembershipFactory(role=Role.ADMIN).user)
    assert [post(address).status_code for address in addresses(alert)] == [404] * 7


def test_reading_changes_nothing(client, post, alert):
    refused = [client.get(f"/alerts/{alert.pk}/{kind}/").status_code for kind in ("assign", "start", "note")]
    assert refused == [405] * 3


@pytest.mark.parametrize(
    ("preset", "ends"),
    [
        ("hours", datetime(2026, 3, 4, 19, 30, tzinfo=UTC)),
        ("tomorrow", datetime(2026, 3, 5, 9, 0, tzinfo=UTC)),
        ("days", datetime(2026, 3, 7, 9, 0, tzinfo=UTC)),
        ("monday", datetime(2026, 3, 9, 9, 0, tzinfo=UTC)),
        ("week", datetime(2026, 3, 11, 9, 0, tzinfo=UTC)),
    ],
)
def test_presets_end_in_the_morning(preset, ends):
    assert preset_time(preset, datetime(2026, 3, 4, 15, 30, tzinfo=UTC)) == ends


def test_next_monday_is_never_today():
    monday = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert preset_time("monday", monday) == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
