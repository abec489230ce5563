"""`/api/v1/alerts/` and `/api/v1/runs/`: what they show, to whom, and at what cost."""

from datetime import timedelta

import pytest

from success.enums import Arm, RunStatus
from tests.api.conftest import NOW, Cast

MOMENT = NOW.isoformat().replace("+00:00", "Z")


def test_alert_shows_its_reasons_evidence_and_runs(cast: Cast) -> None:
    ticket = cast.ticket()
    alert = cast.alert(ticket)
    run = cast.run(alert)
    body = cast.bob.get("/api/v1/alerts/").json()
    assert body["count"] == 1
    row = body["results"][0]
    assert row == {
        "id": alert.pk,
        "url": f"http://testserver/alerts/{alert.pk}/",
        "store": "tea",
        "subscriber": {"id": ticket.subscriber_id, "name": "Ana", "email": "ana@example.com"},
        "name": "Ana",
        "about": "",
        "people": 1,
        "status": "open",
        "outcome": "",
        "priority": "normal",
        "score": 40,
        "why": ["40 = damaged box 40: normal", row["why"][1]],
        "owner": None,
        "reasons": ["damaged_box"],
        "evidence": [
            {
                "kind": "damaged_box",
                "label": "Damaged box",
                "subscriber": None,
                "ticket": ticket.pk,
                "box": None,
                "weight": 40,
                "data": {"words": ["broken"]},
                "observed_at": MOMENT,
                "retracted_at": None,
                "settled": "",
            }
        ],
        "runs": [{"id": run.pk, "flow": "damaged_box", "status": "active", "outcome": "", "exit_reason": ""}],
        "value_at_risk": "0.00",
        "currency": "USD",
        "due_at": MOMENT,
        "snoozed_until": None,
        "snooze_reason": "",
        "created_at": MOMENT,
        "updated_at": row["updated_at"],
        "closed_at": None,
    }
    assert cast.bob.get(f"/api/v1/alerts/{alert.pk}/").json() == row | {"events": []}


def test_run_shows_its_steps_and_what_happened(cast: Cast) -> None:
    ticket = cast.ticket()
    run = cast.run(cast.alert(ticket))
    body = cast.bob.get(f"/api/v1/runs/{run.pk}/").json()
    picked = {name: body[name] for name in ("flow", "version", "status", "outcome", "ticket", "trigger_kind", "alert")}
    assert picked == {
        "flow": "damaged_box",
        "version": 1,
        "status": "active",
        "outcome": "",
        "ticket": ticket.pk,
        "trigger_kind": "damaged_box",
        "alert": run.alert_id,
    }
    (step,), (event,) = body["steps"], body["events"]
    assert [step[name] for name in ("sequence", "key", "kind", "state", "due_at", "task")] == [
        1,
        "wait",
        "wait",
        "due",
        MOMENT,
        None,
    ]
    assert event == {"kind": "started", "text": "Damaged box", "actor": None, "occurred_at": MOMENT}


def test_retracted_fact_is_no_reason(cast: Cast) -> None:
    alert = cast.alert(cast.ticket())
    alert.evidence.update(retracted_at=NOW)
    row = cast.bob.get("/api/v1/alerts/").json()["results"][0]
    assert (row["reasons"], [fact["retracted_at"] for fact in row["evidence"]]) == ([], [MOMENT])
    assert cast.bob.get("/api/v1/alerts/?reason=damaged_box").json()["count"] == 0


def test_ticket_of_a_queue_that_is_not_seen_is_left_out_with_its_words(cast: Cast) -> None:
    ticket = cast.ticket(queue=cast.legal)
    alert = cast.alert(ticket)
    run = cast.run(alert)
    fact = cast.bob.get(f"/api/v1/alerts/{alert.pk}/").json()["evidence"][0]
    assert (fact["kind"], fact["ticket"], fact["data"]) == ("damaged_box", None, {})
    assert cast.bob.get(f"/api/v1/runs/{run.pk}/").json()["ticket"] is None
    assert cast.bob.get(f"/api/v1/alerts/?ticket={ticket.pk}").json()["count"] == 0
    assert cast.bob.get(f"/api/v1/runs/?ticket={ticket.pk}").json()["count"] == 0
    assert cast.alice.get(f"/api/v1/alerts/{alert.pk}/").json()["evidence"][0]["ticket"] == ticket.pk
    assert cast.alice.get(f"/api/v1/alerts/?ticket=T-{ticket.pk}").json()["count"] == 1
    assert cast.alice.get(f"/api/v1/runs/?ticket={ticket.pk}").json()["count"] == 1


@pytest.mark.parametrize("kind", ["alerts", "runs"])
def test_other_store_sees_nothing(cast: Cast, kind: str) -> None:
    alert = cast.alert(cast.ticket())
    row = {"alerts": alert, "runs": cast.run(alert)}[kind]
    assert cast.charlie.get(f"/api/v1/{kind}/").json() == {"count": 0, "next": None, "previous": None, "results": []}
    there, nowhere = cast.charlie.get(f"/api/v1/{kind}/{row.pk}/"), cast.charlie.get(f"/api/v1/{kind}/999999/")
    assert (there.status_code, there.json()) == (404, nowhere.json())


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("kind", "queries"), [("alerts", 6), ("runs", 5)])
def test_list_costs_the_same_at_any_length(
    cast: Cast, django_assert_num_queries, kind: str, queries: int, rows: int
) -> None:
    for number in range(rows):
        cast.run(cast.alert(cast.ticket(subscriber=cast.subscriber(f"{number}@example.com"))))
    with django_assert_num_queries(queries):
        assert len(cast.bob.get(f"/api/v1/{kind}/").json()["results"]) == rows


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("alerts/?status=open", 2),
        ("alerts/?status=closed,snoozed", 0),
        ("alerts/?reason=damaged_box", 2),
        ("alerts/?reason=box_late", 0),
        ("alerts/?subscriber=eve@example.com", 1),
        ("alerts/?owner=none", 2),
        ("alerts/?owner=me", 0),
        ("alerts/?priority=normal", 2),
        ("alerts/?store=soap", 0),
        ("alerts/?due_before=2000-01-01", 0),
        ("runs/?status=active", 2),
        ("runs/?flow=damaged_box", 2),
        ("runs/?flow=other", 0),
        ("runs/?arm=holdout", 1),
        ("runs/?outcome=recovered", 1),
        ("runs/?subscriber=eve@example.com", 1),
        ("runs/?exit_reason=goal", 0),
    ],
)
def test_filter_finds(cast: Cast, query: str, found: int) -> None:
    for email in ("ana@example.com", "eve@example.com"):
        run = cast.run(cast.alert(cast.ticket(subscriber=cast.subscriber(email))))
    run.arm, run.outcome = Arm.HOLDOUT, "recovered"
    run.save()
    answer = cast.bob.get(f"/api/v1/{query}")
    assert (answer.status_code, answer.json()["count"]) == (200, found)


def test_runs_are_found_by_alert_and_newest_first(cast: Cast) -> None:
    older = cast.run(cast.alert(cast.ticket(), NOW - timedelta(days=1)), NOW - timedelta(days=1))
    newer = cast.run(cast.alert(cast.ticket(subscriber=cast.subscriber("eve@example.com"))))
    assert RunStatus(older.status) == RunStatus.ACTIVE

    def ids(query: str) -> list[int]:
        return [row["id"] for row in cast.bob.get(f"/api/v1/runs/{query}").json()["results"]]

    assert ids("?ordering=-created_at") == [newer.pk, older.pk]
    assert ids("?ordering=created_at") == [older.pk, newer.pk]
    assert ids(f"?alert={older.alert_id}") == [older.pk]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("alerts/?flow=x", "flow"),
        ("alerts/?ordering=email", "ordering"),
        ("alerts/?status=x", "status"),
        ("runs/?queue=x", "queue"),
        ("runs/?ordering=-score", "ordering"),
        ("subscribers/?ticket=1", "ticket"),
        ("subscribers/?ordering=phone", "ordering"),
    ],
)
def test_unknown_filter_or_order_is_refused_by_name(cast: Cast, query: str, field: str) -> None:
    answer = cast.bob.get(f"/api/v1/{query}")
    assert (answer.status_code, list(answer.json())) == (400, [field])
