"""`/healthz` and `/readyz`: who is told what of the parts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from helpdesk import health
from helpdesk.celery import app
from helpdesk.models import Heartbeat

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def stopped_clock(monkeypatch) -> None:
    monkeypatch.setattr(health.timezone, "now", lambda: NOW)


def beat(name: str, seconds_ago: float) -> None:
    Heartbeat.objects.create(name=name, seen_at=NOW - timedelta(seconds=seconds_ago))


def test_healthz_asks_no_database_and_no_log_in(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_healthz_takes_no_post(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_readyz_is_200_when_all_parts_were_seen_lately(client: Client, stopped_clock) -> None:
    beat("worker", 1)
    beat("beat", 30)
    answer = client.get("/readyz")
    body = answer.json()
    assert (answer.status_code, body["ready"]) == (200, True)
    assert {name: part["ok"] for name, part in body["parts"].items()} == {
        "database": True,
        "broker": True,
        "worker": True,
        "beat": True,
    }
    assert (body["parts"]["worker"]["age"], body["parts"]["beat"]["age"]) == (1.0, 30.0)
    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


@pytest.mark.django_db
def test_readyz_names_a_worker_that_fell_silent_and_a_beat_never_seen(client: Client, stopped_clock) -> None:
    beat("worker", 31)
    answer = client.get("/readyz")
    parts = answer.json()["parts"]
    assert answer.status_code == 503
    assert (parts["worker"]["ok"], parts["worker"]["error"]) == (False, "not seen lately")
    assert parts["beat"] == {"ok": False, "error": "never seen"}
    assert parts["database"] == {"ok": True}


@pytest.mark.django_db
def test_readyz_names_a_broker_that_is_gone_without_its_address(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://:secret@127.0.0.1:1/0")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["broker"] == {"ok": False, "error": "not reachable"}
    assert "secret" not in answer.content.decode()


@pytest.mark.django_db
def test_readyz_speaks_to_a_real_broker(client: Client, monkeypatch, broker_url: str) -> None:
    monkeypatch.setattr(app.conf, "broker_write_url", broker_url)
    assert client.get("/readyz").json()["parts"]["broker"] == {"ok": True}


def test_readyz_names_a_database_that_is_gone(client: Client, monkeypatch) -> None:
    from django.db import connection
    from django.db.utils import OperationalError

    def gone(*arguments: object) -> None:
        raise OperationalError("connection to server at 10.0.0.7 failed")

    monkeypatch.setattr(connection, "cursor", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == {"ok": False, "error": "not reachable"}
    assert "10.0.0.7" not in answer.content.decode()
