"""The supervisor starts again what dies, gives up what dies again and again, and stops in order."""

import os
import signal
import sys
import threading

import pytest

from helpdesk.local import supervisor as module
from helpdesk.local.process import Process, ProcessError
from helpdesk.local.supervisor import Stopped, Supervisor


class Fake:
    """A part whose life is written in advance: the statuses that `exited` gives, start by start."""

    def __init__(self, name: str, told: list[str], lives: list[int | None]) -> None:
        self.name = name
        self.told = told
        self.lives = lives
        self.starts = 0

    def start(self) -> None:
        self.starts += 1

    def exited(self) -> int | None:
        return self.lives[min(self.starts, len(self.lives)) - 1]

    def ask_to_stop(self) -> None:
        self.told.append(f"ask {self.name}")

    def stop(self, grace: float) -> None:
        self.told.append(f"stop {self.name}")


@pytest.fixture
def supervisor(monkeypatch) -> Supervisor:
    monkeypatch.setattr(module, "STEP", 0.001)
    return Supervisor(lambda name, line: None)


def test_what_died_is_started_again_and_told() -> None:
    lines: list[str] = []
    supervisor = Supervisor(lambda name, line: lines.append(f"{name}: {line}"))
    part = Fake("web", [], [-9, None])
    supervisor.start(part)
    supervisor.look()
    supervisor.look()
    assert (part.starts, lines) == (2, ["web: ended by itself (killed by signal 9): started again"])


def test_what_dies_again_and_again_is_given_up(supervisor: Supervisor, monkeypatch) -> None:
    monkeypatch.setattr(supervisor.stopping, "wait", lambda seconds: False)
    part = Fake("web", [], [1])
    supervisor.start(part)
    with pytest.raises(ProcessError, match=r"web died 6 times within 60 s: given up"):
        supervisor.watch()
    assert part.starts == 6


def test_a_wait_ends_when_it_holds_when_it_is_late_and_when_asked_to_stop(supervisor: Supervisor) -> None:
    answers = iter([False, False, True])
    supervisor.wait_for(lambda: next(answers))
    with pytest.raises(TimeoutError):
        supervisor.wait_for(lambda: False, seconds=0)
    threading.Timer(0.01, supervisor.stopping.set).start()
    with pytest.raises(Stopped):
        supervisor.wait_for(lambda: False)
    with pytest.raises(Stopped):
        supervisor.start(Fake("web", [], [None]))


def test_groups_stop_in_order_and_all_of_a_group_are_asked_first(supervisor: Supervisor) -> None:
    told: list[str] = []
    for name in ("database", "web", "beat"):
        supervisor.start(Fake(name, told, [None]))
    supervisor.stop([(["web", "beat", "not started"], 1), (["database"], 1)])
    assert told == ["ask web", "ask beat", "stop web", "stop beat", "ask database", "stop database"]


def test_a_real_process_that_dies_is_back(supervisor: Supervisor) -> None:
    part = Process("part", [sys.executable, "-c", "import time; time.sleep(60)"], supervisor.log)
    supervisor.start(part)
    first = part.pid
    os.kill(first, signal.SIGKILL)
    supervisor.wait_for(lambda: part.pid != first, seconds=10)
    assert part.exited() is None
    supervisor.stop([(["part"], 5)])
    assert part.exited() == -15
