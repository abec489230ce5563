"""The nursery's forks are our children: heard, named, ended with their status, started again without it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.local import launch
from helpdesk.local.nursery import PR_SET_CHILD_SUBREAPER, Nursery, Part, Program
from helpdesk.local.process import ProcessError, alive, until

SECONDS = 30
LISTENS = Program("http.server", ("--bind", "127.0.0.1", "0"))


class Heard(list[str]):
    def __call__(self, name: str, line: str) -> None:
        self.append(f"{name}: {line}")


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    env = {"DJANGO_SETTINGS_MODULE": "helpdesk.settings", "DATA": str(tmp_path), "SPT_NOENV": "1"}
    nursery = Nursery(Heard(), {**env, "PYTHONUNBUFFERED": "1"})
    nursery.open()
    yield nursery
    nursery.close()


def started(name: str, program: Program, nursery: Nursery) -> Part:
    part = Part(name, program, nursery)
    part.start()
    return part


def test_forks_run_as_by_an_interpreter_and_outlive_the_nursery_but_not_us(nursery: Nursery) -> None:
    year = Program("calendar", ("2026", "2"))
    told = started("year", year, nursery)
    wrong = started("wrong", Program("calendar", ("2026", "13")), nursery)
    assert (told.wait(SECONDS), wrong.wait(SECONDS)) == (True, True)
    assert (told.exited(), wrong.exited()) == (0, 1)
    by_itself = subprocess.run(year.command, capture_output=True, text=True, check=True).stdout
    assert [line for line in nursery.log if line.startswith("year")] == [
        f"year: {line}" for line in by_itself.splitlines()
    ]

    web = started("web", LISTENS, nursery)
    assert until(lambda: any(line.startswith("web: Serving HTTP") for line in nursery.log), SECONDS)
    arguments = Path(f"/proc/{web.pid}/cmdline").read_bytes()
    assert arguments.rstrip(b"\0").startswith(b"http.server --bind")
    parent = Path(f"/proc/{web.pid}/stat").read_text().rpartition(")")[2].split()[1]
    assert (int(parent), os.getsid(web.pid)) == (os.getpid(), web.pid)
    nursery.close()
    assert web.exited() is None

    first = web.pid
    os.kill(first, signal.SIGKILL)
    assert web.wait(SECONDS)
    assert web.exited() == -signal.SIGKILL
    web.start()  # by an interpreter of its own
    assert (web.pid != first, web.exited()) == (True, None)
    web.stop(grace=SECONDS)
    assert not alive(web.pid)


def test_forks_end_with_who_asked_for_them(tmp_path: Path) -> None:
    asking = f"""
import os, signal
from helpdesk.local import launch
from helpdesk.local.nursery import PR_SET_CHILD_SUBREAPER, Nursery, Part, Program
nursery = Nursery(print, {{"DJANGO_SETTINGS_MODULE": "helpdesk.settings", "DATA": {str(tmp_path)!r}}})
nursery.open()
part = Part("web", Program("http.server", {LISTENS.arguments!r}), nursery)
part.start()
print(part.pid, nursery._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True)
    pids = [int(word) for word in killed.stdout.split()]
    assert (killed.returncode, len(pids)) == (-signal.SIGKILL, 2)
    assert until(lambda: not any(alive(pid) for pid in pids), SECONDS)


def test_a_setup_that_fails_is_told(tmp_path: Path) -> None:
    broken = Nursery(Heard(), {"DJANGO_SETTINGS_MODULE": "helpdesk.nowhere", "DATA": str(tmp_path)})
    broken.open()
    try:
        with pytest.raises(ProcessError, match=r"calendar cannot be started; see above\."):
            started("year", Program("calendar"), broken)
        assert until(lambda: broken.log[-1:] == ["nursery: ModuleNotFoundError: No module named 'helpdesk.nowhere'"], 5)
    finally:
        broken.close()


def test_where_nobody_can_be_adopted_each_part_has_its_interpreter(nursery: Nursery) -> None:
    launch.call("prctl", PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
    year = started("year", Program("calendar", ("2026", "2")), nursery)
    assert (year.wait(SECONDS), year.exited(), nursery.is_open) == (True, 0, False)
