"""Work is handed over by a task's name after the commit, and a lost broker costs nobody anything."""

import re
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings
from django.db import transaction

from helpdesk.celery import app
from subscribers.later import soon

APPS = ("subscribers", "tickets", "success", "helpdesk")


@pytest.fixture
def lost_broker(monkeypatch):
    monkeypatch.delenv("CELERY_BROKER_URL")  # which Celery prefers to its argument
    lost = Celery("lost", broker="redis+socket:///nowhere/valkey.sock")
    lost.conf.broker_transport_options = {"max_retries": 0}
    yield lost
    app.set_current()
    lost.close()


def test_a_lost_broker_costs_the_user_nothing(transactional_db, caplog, lost_broker):
    with transaction.atomic():
        soon("success.tasks.sweep_runs")
    assert [record.levelname for record in caplog.records if "on_commit" in record.message] == ["ERROR"]


def test_nothing_is_asked_for_what_was_not_committed(transactional_db, caplog, lost_broker):
    with transaction.atomic():
        soon("success.tasks.sweep_runs")
        transaction.set_rollback(True)
    assert caplog.records == []


def test_every_name_that_is_asked_for_is_a_task():
    app.loader.import_default_modules()
    asked = {
        name
        for folder in APPS
        for path in (Path(settings.BASE_DIR) / folder).rglob("*.py")
        for name in re.findall(r'soon\("([\w.]+)"', path.read_text())
    }
    asked |= {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert asked - set(app.tasks) == set()
    assert len(asked) >= 8
