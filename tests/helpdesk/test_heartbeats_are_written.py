"""Beat and worker sign in the database; a database that is gone does not stop beat."""

import pytest
from celery.beat import PersistentScheduler
from django.db import OperationalError

from helpdesk import heartbeats, tasks
from helpdesk.celery import app
from helpdesk.models import Heartbeat


@pytest.fixture
def sent() -> list[str]:
    return []


@pytest.fixture
def scheduler(tmp_path, monkeypatch, sent) -> heartbeats.Scheduler:
    monkeypatch.setattr(PersistentScheduler, "tick", lambda self: 1.5)
    monkeypatch.setattr(app, "send_task", lambda name, **options: sent.append(name))
    return heartbeats.Scheduler(app, schedule_filename=str(tmp_path / "schedule"), lazy=True)


@pytest.mark.django_db
def test_the_workers_pulse_is_one_row_that_moves() -> None:
    tasks.pulse()
    first = Heartbeat.objects.get().seen_at
    tasks.pulse()
    assert Heartbeat.objects.get(name="worker").seen_at > first


@pytest.mark.django_db
def test_beat_signs_at_its_first_tick_and_then_every_five_seconds(scheduler, sent, monkeypatch) -> None:
    now = 100.0
    monkeypatch.setattr(heartbeats.time, "monotonic", lambda: now)
    seen = []
    for now in (100.0, 104.9, 105.0):  # noqa: B007  read by the clock above
        assert scheduler.tick() == 1.5
        seen.append(Heartbeat.objects.get(name="beat").seen_at)
    assert (seen[1] == seen[0], seen[2] > seen[1]) == (True, True)
    assert sent == ["helpdesk.tasks.pulse"]  # at once; the later ones come by the schedule


def test_beat_ticks_on_without_a_database(scheduler, monkeypatch, caplog) -> None:
    def gone(name: str) -> None:
        raise OperationalError("no server")

    monkeypatch.setattr(heartbeats, "stamp", gone)
    assert scheduler.tick() == 1.5
    assert caplog.messages == ["the pulse of beat was not written: no server"]


def test_beat_never_sleeps_past_its_next_signature(scheduler) -> None:
    assert scheduler.max_interval == heartbeats.EVERY
